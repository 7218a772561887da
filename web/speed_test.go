package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/timesheets"
)

// quiet is the company's server without a log, with more routes.
func (c *company) quiet(more ...route) http.Handler {
	s := c.settings
	s.Log = slog.New(slog.DiscardHandler)
	return s.serve(append(s.routes(), more...))
}

// BenchmarkGuard tells what the guard costs where a token is known: the same route with it and without, in turns, over
// loopback connections kept alive. The ratio is that of their speeds; the goal is 0.6 and more.
func BenchmarkGuard(b *testing.B) {
	c := theCompany(b)
	var me timesheets.Person
	token := c.token(b, "ada")
	c.ask(b, token, "GET", "/me", "").json(b, &me)
	nothing := func(context.Context, auth.Caller, struct{}) (map[string]string, error) {
		return map[string]string{"status": "ok"}, nil
	}
	bare := answer(http.StatusOK, nothing)
	server := httptest.NewServer(c.quiet(
		route{"GET", "/bench/guarded", scope("read:timesheets"), bare},
		route{"GET", "/bench/bare", access{}, as(auth.Caller{User: me.ID}, bare)},
	))
	defer server.Close()
	spent := map[string]time.Duration{}
	for b.Loop() {
		for _, path := range []string{"/bench/bare", "/bench/guarded"} {
			began := time.Now()
			load(b, server, 16, 200, "GET", path, token, func(int) string { return "" })
			spent[path] += time.Since(began)
		}
	}
	b.ReportMetric(spent["/bench/bare"].Seconds()/spent["/bench/guarded"].Seconds(), "ratio")
}

// BenchmarkRecord adds entries durably, 64 clients at once, in turns with the same request answered without a database.
func BenchmarkRecord(b *testing.B) {
	c := newCompany(b)
	token, project := c.token(b, "ada"), c.project(b)
	server := httptest.NewServer(c.quiet(route{"POST", "/bench/record", scope("create:timesheets"), answer(http.StatusCreated,
		func(_ context.Context, by auth.Caller, n timesheets.NewEntry) (timesheets.Entry, error) {
			return timesheets.Entry{ID: "x", UserID: by.User, Date: n.Date, Minutes: *n.Minutes, ProjectID: n.ProjectID, Revision: 1}, nil
		})}))
	defer server.Close()
	var day atomic.Int64
	entry := func(int) string {
		date := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(day.Add(1)%15_000)).Format(time.DateOnly)
		return fmt.Sprintf(`{"date":%q,"minutes":1,"project_id":%q,"task":"Build","note":"as fast as can be"}`, date, project)
	}
	spent := map[string]time.Duration{}
	requests := 0
	for b.Loop() {
		requests += 64 * 20
		for _, path := range []string{"/bench/record", "/timesheets"} {
			began := time.Now()
			load(b, server, 64, 20, "POST", path, token, entry)
			spent[path] += time.Since(began)
		}
	}
	b.ReportMetric(spent["/bench/record"].Seconds()/spent["/timesheets"].Seconds(), "ratio")
	b.ReportMetric(float64(requests)/spent["/timesheets"].Seconds(), "entries/s")
}

// as calls a handler as the guard does, without asking anything.
func as(by auth.Caller, handler gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) { c.Set(callerKey, by); handler(c) }
}

// load sends n requests from each of so many clients at once.
func load(b *testing.B, server *httptest.Server, clients, n int, method, path, token string, body func(int) string) {
	b.Helper()
	transport := server.Client().Transport.(*http.Transport)
	transport.MaxIdleConnsPerHost = clients
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for i := range n {
				r, _ := http.NewRequest(method, server.URL+path, strings.NewReader(body(i)))
				r.Header.Set("Authorization", "Bearer "+token)
				r.Header.Set("Content-Type", "application/json")
				answer, err := transport.RoundTrip(r)
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if answer.StatusCode >= 300 {
					b.Errorf("%s: %d", path, answer.StatusCode)
					return
				}
			}
		})
	}
	all.Wait()
}
