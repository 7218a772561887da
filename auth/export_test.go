package auth

import (
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"gorm.io/gorm"

	"punchcard/store"
)

// Above is what stands above a server of this package, and what it is told from there.
type Above struct {
	Handler http.Handler                                 // of every route that there is
	Decides func(tx *gorm.DB, user string) (bool, error) // Settings.Decides
	Notice  func(tx *gorm.DB, user, kind string) error   // Settings.Notice
}

// House puts the rest of the house upon a server, as package main does. It is set by conformance_house_test.go, which stands
// outside of this package, since what uses the package can't be imported in it.
var House func(s *Server, db *store.DB, issuer string, log *slog.Logger, now func() time.Time) (Above, error)

// newHouse is a world whose server speaks as it does in production: every route of package web, and no GET /probe. To learn
// whether a token is good, call GET /me.
func newHouse(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	above, err := House(w.server, w.db, issuer, w.logger, w.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	w.server.decides, w.server.notice = above.Decides, above.Notice
	w.http = httptest.NewServer(above.Handler)
	t.Cleanup(w.http.Close)
	return w
}

// overTLS is the same server behind TLS.
func (w *world) overTLS(t *testing.T) *httptest.Server {
	t.Helper()
	secure := httptest.NewUnstartedServer(w.http.Config.Handler)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	return secure
}
