package web

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

func TestWhatCostsMuchRunsAFewAtOnce(t *testing.T) {
	f := &few{of: map[string]int{}}
	release, began := make(chan struct{}), make(chan struct{}, fewAll)
	slow := f.gate(func(*gin.Context) {
		began <- struct{}{}
		<-release
	})
	ask := func(user string) (refused bool) {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest("GET", "/timesheets/export", nil)
		c.Set(callerKey, auth.Caller{User: user})
		slow(c)
		return c.IsAborted()
	}
	var all sync.WaitGroup
	begin := func(user string) {
		all.Go(func() {
			if ask(user) {
				t.Errorf("%s was refused", user)
			}
		})
		<-began
	}
	begin("usr_a")
	begin("usr_a")
	if !ask("usr_a") {
		t.Error("one person has three at once")
	}
	for i := range fewAll - fewEach {
		begin("usr_" + string(rune('b'+i)))
	}
	if !ask("usr_z") {
		t.Errorf("there are more than %d at once", fewAll)
	}
	close(release)
	all.Wait()
	if ask("usr_a") || f.all != 0 || len(f.of) != 0 {
		t.Errorf("afterwards %d are counted, of %v", f.all, f.of)
	}
}

func TestARequestTooManyIsToldWhenToComeAgain(t *testing.T) {
	w := httptest.NewRecorder()
	engine := gin.New()
	engine.Use(problems(testIssuer, nil))
	engine.GET("/", func(c *gin.Context) { fail(c, fault(rateLimited, "wait")) })
	engine.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
