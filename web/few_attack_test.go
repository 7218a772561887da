package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/timesheets"
)

// Who begins long files and hangs up holds no place, whether a file was being sent, or nothing of it yet.
func TestWhoHangsUpLeavesTheirPlace(t *testing.T) {
	for name, write := range map[string]func(context.Context, io.Writer) error{
		"while it is sent": func(_ context.Context, w io.Writer) (err error) {
			for err == nil {
				_, err = io.WriteString(w, strings.Repeat("x", pieceBytes))
			}
			return err
		},
		"before it is":     func(ctx context.Context, _ io.Writer) error { <-ctx.Done(); return ctx.Err() },
		"when that panics": func(ctx context.Context, _ io.Writer) error { <-ctx.Done(); panic("at the end") },
	} {
		t.Run(name, func(t *testing.T) {
			f := &few{of: map[string]int{}}
			began := make(chan struct{}, fewAll)
			handler, _ := theCompany(t).withRoutes(route{"GET", "/file", access{}, func(c *gin.Context) {
				as(auth.Caller{User: c.Query("user")}, f.gate(download(
					func(ctx context.Context, _ auth.Caller, _ struct {
						User string `query:"user"`
					}) (timesheets.Export, error) {
						return timesheets.Export{Name: "file.csv", MediaType: "text/csv", Write: func(w io.Writer) error {
							began <- struct{}{}
							return write(ctx, w)
						}}, nil
					})))(c)
			}})
			server := httptest.NewServer(handler)
			defer server.Close()
			ctx, hangUp := context.WithCancel(t.Context())
			defer hangUp()
			for range fewEach {
				go func() {
					r, _ := http.NewRequestWithContext(ctx, "GET", server.URL+"/file?user=usr_a", nil)
					if answer, err := server.Client().Do(r); err == nil {
						defer answer.Body.Close()
						<-ctx.Done()
					}
				}()
				<-began
			}
			answer, err := server.Client().Get(server.URL + "/file?user=usr_a")
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" {
				t.Fatalf("a third is answered %d", answer.StatusCode)
			}
			hangUp()
			free := func() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.all == 0 && len(f.of) == 0 }
			for since := time.Now(); !free(); time.Sleep(time.Millisecond) {
				if time.Since(since) > 20*time.Second {
					t.Fatal("their places are held still")
				}
			}
		})
	}
}
