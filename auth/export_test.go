package auth

import (
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"punchcard/store"
)

// House makes the handler of every route that there is. It is set by conformance_house_test.go, which stands outside of this
// package, since what uses the package can't be imported in it.
var House func(s *Server, db *store.DB, issuer string, log *slog.Logger, now func() time.Time) (http.Handler, error)

// newHouse is a world whose server speaks as it does in production: every route of package web, and no GET /probe. To learn
// whether a token is good, call GET /me.
func newHouse(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	whole, err := House(w.server, w.db, issuer, w.logger, w.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	w.http = httptest.NewServer(whole)
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
