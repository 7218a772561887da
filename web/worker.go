package web

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

//go:embed sw.js
var workerScript string

// manifest is what makes the app one that can be installed. Its scope is the whole server, so that signing in stays in its window.
const manifest = `{
  "id": "/app/", "name": "Punchcard", "short_name": "Punchcard", "start_url": "/app/", "scope": "/", "display": "standalone",
  "background_color": "#faf8f4", "theme_color": "#faf8f4", "categories": ["business", "productivity"],
  "icons": [
    {"src": "BASE/img/icon-192.png", "sizes": "192x192", "type": "image/png"},
    {"src": "BASE/img/icon-512.png", "sizes": "512x512", "type": "image/png"},
    {"src": "BASE/img/icon-maskable.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    {"src": "BASE/img/icon.svg", "sizes": "any", "type": "image/svg+xml"}
  ]
}
`

// shell are the files without which the app can't start or show one of its views, in the order of their names.
func (a *Assets) shell() []string {
	var all []string
	for name := range a.files {
		if strings.HasPrefix(name, "/app/") || strings.HasPrefix(name, "/css/") || strings.HasPrefix(name, "/lang/") ||
			strings.HasSuffix(name, ".woff2") || name == "/img/icon.svg" {
			all = append(all, a.Base+name)
		}
	}
	slices.Sort(all)
	return all
}

// worker is the service worker. Where it lies is how far it reaches, so it isn't among the assets; its bytes differ with
// every version of them, by which browsers see that there is a new one.
func (a *Assets) worker() gin.HandlerFunc {
	shell, err := json.Marshal(map[string]any{"base": a.Base, "files": a.shell()})
	if err != nil {
		panic(err) // they are texts
	}
	script := []byte("const shell = " + string(shell) + ";\n" + workerScript)
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Cache-Control", "no-cache")
		h.Set("Service-Worker-Allowed", "/")
		h.Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'")
		c.Data(http.StatusOK, mediaTypes[".js"], script)
	}
}

func (a *Assets) manifest() gin.HandlerFunc {
	text := []byte(strings.ReplaceAll(manifest, "BASE", a.Base))
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, "application/manifest+json", text)
	}
}
