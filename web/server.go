package web

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/timesheets"
)

// Settings is what the HTTP surface is made of.
type Settings struct {
	Issuer     string // https://HOST/, with the slash at the end
	Log        *slog.Logger
	DB         *store.DB // asked by GET /health alone
	Auth       *auth.Server
	Timesheets *timesheets.Service
	Assets     *Assets // the pages of Auth name their Base too
	Version    string  // as the first page shows it

	TrustedProxies []string // networks in CIDR form; from nowhere else is X-Forwarded-For believed
}

func init() {
	gin.SetMode(gin.ReleaseMode)
	binding.Validator = nil // what is asked for says itself what is wrong with it
}

// New makes the handler of every route.
func New(s Settings) http.Handler { return s.serve(s.routes()) }

func (s Settings) serve(routes []route) http.Handler {
	engine := gin.New()
	engine.RedirectTrailingSlash = false // a redirect would come before the guard
	engine.HandleMethodNotAllowed = true
	engine.UseRawPath = true // an id in a path may have a slash of its own, as %2F
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := engine.SetTrustedProxies(s.TrustedProxies); err != nil {
		panic(err) // whoever calls New has read them as networks
	}
	engine.Use(observe(s.Log), problems(s.Issuer, s.Log), secure(s.Issuer), share(s.Auth, routes), bound)
	hidden := hide(s.Auth, routes)
	engine.NoRoute(hidden, nothing(s.Auth))
	engine.NoMethod(hidden, func(c *gin.Context) {
		fail(c, fault(methodNotAllowed, "this path takes %s", c.Writer.Header().Get("Allow")))
	})
	for _, r := range routes {
		handlers := []gin.HandlerFunc{r.handler}
		if r.access.scope != "" {
			handlers = []gin.HandlerFunc{guard(s.Auth, r.access), r.handler}
		}
		if r.changesTime() {
			handlers = []gin.HandlerFunc{guard(s.Auth, r.access), changes(s.Timesheets), r.handler}
		}
		if r.access == signedIn {
			handlers = []gin.HandlerFunc{s.Auth.SignedIn(), r.handler}
		}
		engine.Handle(r.method, r.path, handlers...)
		if r.method == http.MethodGet {
			engine.Handle(http.MethodHead, r.path, handlers...)
		}
	}
	return engine
}

// secure sets what holds for every answer. A page says more for itself.
func secure(issuer string) gin.HandlerFunc {
	encrypted := strings.HasPrefix(issuer, "https://")
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "same-origin") // no-referrer would make a browser send our own forms with Origin: null
		if encrypted {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
	}
}
