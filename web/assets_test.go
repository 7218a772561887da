package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
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
		if mediaTypes[path.Ext(name)] == "" {
			t.Errorf("%s has no media type", name)
		}
		plain, packed := getAsset(a, a.Base+name, ""), getAsset(a, a.Base+name, "br;q=1, gzip")
		if plain.Code != 200 || plain.Body.String() != string(f.body) || plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: got %d", name, plain.Code)
		}
		if got := plain.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control is %q", name, got)
		}
		if strings.HasSuffix(name, ".woff2") {
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
	if strings.Contains(body, "<script") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("it could run a script")
	}
	for _, m := range regexp.MustCompile(`="`+a.Base+`([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if a.files[m[1]].body == nil {
			t.Errorf("it names %s, which isn't there", m[1])
		}
	}
}

func TestWhoAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "gzip, br": true, "br": false, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=0.5": true,
		"x-gzip": false, "gzip;q=x": false,
	} {
		if acceptsGzip(header) != want {
			t.Errorf("%q: got %v", header, !want)
		}
	}
}
