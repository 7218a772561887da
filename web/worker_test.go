package web

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func answered(h gin.HandlerFunc, path string) *httptest.ResponseRecorder {
	e, w := gin.New(), httptest.NewRecorder()
	e.GET(path, h)
	e.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func TestTheServiceWorkerKeepsTheShellAndNothingElse(t *testing.T) {
	a := loadAssets(t)
	w := answered(a.worker(), "/sw.js")
	if h := w.Header(); h.Get("Cache-Control") != "no-cache" || h.Get("Service-Worker-Allowed") != "/" ||
		h.Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("it comes with %v", h)
	}
	var shell struct {
		Base  string
		Files []string
	}
	first, _, _ := strings.Cut(w.Body.String(), "\n")
	text := strings.TrimSuffix(strings.TrimPrefix(first, "const shell = "), ";")
	if err := json.Unmarshal([]byte(text), &shell); err != nil || shell.Base != a.Base {
		t.Fatalf("%q: %v", first, err)
	}
	for _, path := range shell.Files {
		if got := getAsset(a, path, ""); got.Code != 200 {
			t.Errorf("%s is %d", path, got.Code)
		}
	}
	for _, name := range slices.Concat(appStyles, appModules, []string{"app/main.js", "lang/de.json", "fonts/inter.woff2"}) {
		if !slices.Contains(shell.Files, a.Base+"/"+name) {
			t.Errorf("%s isn't kept", name)
		}
	}
}

func TestTheManifestNamesIconsThatAreThere(t *testing.T) {
	a := loadAssets(t)
	w := answered(a.manifest(), "/manifest.webmanifest")
	var m struct {
		Icons []struct{ Src, Sizes, Type, Purpose string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || w.Header().Get("Content-Type") != "application/manifest+json" {
		t.Fatal(err, w.Header())
	}
	var sizes []string
	for _, icon := range m.Icons {
		if got := getAsset(a, icon.Src, ""); got.Code != 200 || got.Header().Get("Content-Type") != icon.Type {
			t.Errorf("%s is %d, %v", icon.Src, got.Code, got.Header())
		}
		sizes = append(sizes, icon.Sizes+icon.Purpose)
	}
	if want := []string{"192x192", "512x512", "512x512maskable", "any"}; !slices.Equal(sizes, want) {
		t.Errorf("icons are %v, want %v", sizes, want)
	}
	if left := regexp.MustCompile(`BASE|\{\{`).FindString(w.Body.String()); left != "" {
		t.Errorf("%q is left in it", left)
	}
}
