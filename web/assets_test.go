package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
)

func loadAssets(t *testing.T) *Assets {
	t.Helper()
	a, err := LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func getAsset(a *Assets, at, encoding string) *httptest.ResponseRecorder {
	e := gin.New()
	e.Use(func(c *gin.Context) {
		c.Next()
		if len(c.Errors) > 0 {
			c.Status(http.StatusNotFound)
		}
	})
	e.GET("/a/*path", a.Serve())
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", at, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	e.ServeHTTP(w, r)
	return w
}

func TestAssetsCanBeKeptForEver(t *testing.T) {
	a := loadAssets(t)
	for name, f := range a.files {
		plain, packed := getAsset(a, a.Base+name, ""), getAsset(a, a.Base+name, "br;q=1, gzip")
		if plain.Code != 200 || plain.Body.String() != string(f.body) || plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: got %d", name, plain.Code)
		}
		if got := plain.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control is %q", name, got)
		}
		for _, w := range []*httptest.ResponseRecorder{plain, packed} {
			if h := w.Header(); h.Get("Vary") != "Accept-Encoding" || h.Get("Content-Type") != mediaTypes[path.Ext(name)] {
				t.Errorf("%s: %v", name, h)
			}
		}
		if strings.HasSuffix(name, ".woff2") || strings.HasSuffix(name, ".png") {
			continue
		}
		unpacked, err := gzip.NewReader(packed.Body)
		if err != nil || packed.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s isn't packed: %v", name, err)
			continue
		}
		if body, _ := io.ReadAll(unpacked); string(body) != string(f.body) {
			t.Errorf("%s is another one when packed", name)
		}
	}
}

func TestOtherPathsHoldNoAssets(t *testing.T) {
	a := loadAssets(t)
	for _, at := range []string{a.Base, a.Base + "/", a.Base + "/css/none.css", "/a/0123456789ab/css/base.css", a.Base + "/../assets.go",
		a.Base + "/css/../../home.html", a.Base + "/css%2Fbase.css/"} {
		if w := getAsset(a, at, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s answered %d", at, w.Code)
		}
	}
}

func TestWhatTheStyleSheetsNameIsThere(t *testing.T) {
	a := loadAssets(t)
	for name, f := range a.files {
		for _, m := range regexp.MustCompile(`url\("([^"]+)"\)`).FindAllSubmatch(f.body, -1) {
			if at := path.Join(path.Dir(name), string(m[1])); a.files[at].body == nil {
				t.Errorf("%s names %s, which isn't there", name, at)
			}
		}
		for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)\)`).FindAllSubmatch(f.body, -1) {
			set := append(m[1], ':') // --h, a project's hue, is set by the app
			if !bytes.Contains(a.files["/css/tokens.css"].body, set) && !bytes.Contains(f.body, set) && string(m[1]) != "--h" {
				t.Errorf("%s uses %s, which neither tokens.css nor itself sets", name, m[1])
			}
		}
	}
}

func TestWhatThePagesNameIsThere(t *testing.T) {
	c := theCompany(t)
	for _, page := range []string{"/", "/setup"} { // one of this package, one of auth, whose pages share a layout
		names := regexp.MustCompile(`"(/a/[^"]+)"`).FindAllStringSubmatch(c.ask(t, "", "GET", page, "").body, -1)
		if len(names) < 4 {
			t.Errorf("%s names %d files: this proves nothing", page, len(names))
		}
		for _, m := range names {
			if r := c.ask(t, "", "GET", m[1], ""); r.StatusCode != http.StatusOK || r.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s names %s, which answers %d", page, m[1], r.StatusCode)
			}
		}
	}
}

func TestTheFirstPageTellsWhereToGo(t *testing.T) {
	a := loadAssets(t)
	e := gin.New()
	e.GET("/", home(a.Base, "https://time.example.com/", `<script>"v1"`))
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	body := w.Body.String()
	for _, want := range []string{"https://time.example.com/", "/openapi.yaml", "/.well-known/openid-configuration"} {
		if !strings.Contains(body, want) {
			t.Errorf("it doesn't name %s", want)
		}
	}
	if regexp.MustCompile(`(?i)<script|<style|<[^>]+\s(style|on[a-z]+)\s*=`).MatchString(body) ||
		!strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("it could run a script, or needs more than its policy allows")
	}
}

func TestWhoAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br;q=1.0, gzip;q=0.8": true, "GZIP": true, "br\t,\tgzip": true, "br": false, "x-gzip": false,
		"gzip;q=0": false, "gzip;q=0.000": false, "gzip;Q=0": false, "gzip; q=0.5": true, "gzip;q=x": false, "gzip;q=NaN": false,
		"gzip;level=9": false, "*": true, "*;q=0": false, "gzip;q=0, *": false, "gzip, *;q=0": true,
		"identity": false, "identity;q=0, gzip;q=0.1": true, "gzip;q=0.5, identity": false, "identity;q=0.5, gzip": true, ",;,": false,
	} {
		if acceptsGzip([]string{header}) != want {
			t.Errorf("%q: got %v", header, !want)
		}
	}
	if !acceptsGzip([]string{"br", "gzip"}) {
		t.Error("the second header is not read")
	}
}

func TestEveryModuleOfTheAppFindsWhatItImports(t *testing.T) {
	var all []string
	err := fs.WalkDir(appFiles, "app", func(name string, entry fs.DirEntry, err error) error {
		if path.Ext(name) == ".js" {
			all = append(all, name)
		}
		return err
	})
	if err != nil || len(all) < 15 {
		t.Fatal(err, all)
	}
	for _, name := range importsOf(all...) {
		if !slices.Contains(all, name) {
			t.Errorf("%s is imported and isn't there", name)
		}
	}
	if len(appModules) < 10 || slices.Contains(appModules, "app/views/admin.js") {
		t.Errorf("with its first page the app loads %v", appModules)
	}
}

func TestTheLogCanBeSearchedForEveryTypeOfEvent(t *testing.T) {
	raw, err := lang.Files.ReadFile("en.json")
	if err != nil {
		t.Fatal(err)
	}
	var words struct {
		Logs struct{ Types map[string]string }
	}
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	module, err := appFiles.ReadFile("app/views/admin/log-types.js")
	if err != nil {
		t.Fatal(err)
	}
	for kind := range words.Logs.Types {
		if !bytes.Contains(module, []byte(`"`+kind+`"`)) {
			t.Errorf("%s is not offered", kind)
		}
	}
}
