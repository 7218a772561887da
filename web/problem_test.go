package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"punchcard/store"
	"punchcard/timesheets"
)

// withRoutes is the company's server with more routes, and a log of its own.
func (c *company) withRoutes(more ...route) (http.Handler, *bytes.Buffer) {
	var log bytes.Buffer
	s := c.settings
	s.Log = slog.New(slog.NewJSONHandler(&log, nil))
	return s.serve(append(s.routes(), more...)), &log
}

func ask(handler http.Handler, method, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(method, path, nil))
	return answer
}

func failing(err error) gin.HandlerFunc { return func(c *gin.Context) { fail(c, err) } }

func TestPanicsAreOurFault(t *testing.T) {
	handler, log := theCompany(t).withRoutes(
		route{"GET", "/panic", anyone, func(*gin.Context) { panic("a secret cause") }},
		route{"POST", "/oauth/panic", anyone, func(*gin.Context) { panic("a secret cause") }},
	)
	for _, q := range []struct{ method, path, contentType, body string }{
		{"GET", "/panic", "application/problem+json", `"type":"https://time.example.com/problems/internal-error"`},
		{"POST", "/oauth/panic", "application/json", `{"error":"server_error","error_description":"Something went wrong here"}`},
	} {
		log.Reset()
		answer := ask(handler, q.method, q.path)
		body, id := answer.Body.String(), answer.Header().Get("Request-Id")
		if answer.Code != 500 || answer.Header().Get("Content-Type") != q.contentType || !strings.Contains(body, q.body) {
			t.Errorf("%s: %d %s", q.path, answer.Code, body)
		}
		if answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control: %s", q.path, answer.Header().Get("Cache-Control"))
		}
		if strings.Contains(body, "secret") || strings.Contains(body, "goroutine") || strings.Contains(body, ".go") {
			t.Errorf("%s tells too much: %s", q.path, body)
		}
		if got := strings.Count(log.String(), "a secret cause"); got != 1 || !strings.Contains(log.String(), "problem_test.go") ||
			!strings.Contains(log.String(), `"request_id":"`+id+`"`) {
			t.Errorf("%s: the log tells the cause %d times: %s", q.path, got, log)
		}
	}
}

func TestHalfAnAnswerIsBroken(t *testing.T) {
	handler, _ := theCompany(t).withRoutes(route{"GET", "/half", anyone, func(c *gin.Context) {
		c.String(200, "half")
		panic("and no more")
	}})
	server := httptest.NewServer(handler)
	defer server.Close()
	answer, err := http.Get(server.URL + "/half")
	if err == nil {
		answer.Body.Close()
		t.Errorf("got %d as if it were whole", answer.StatusCode)
	}
}

func TestErrorsBecomeAnswers(t *testing.T) {
	for name, q := range map[string]struct {
		err    error
		status int
		logged bool
	}{
		"a fault":             {fmt.Errorf("record: %w", fault(timesheets.PeriodLocked, "it is")), 409, false},
		"a fault of no kind":  {fault("no-such-kind", "?"), 500, true},
		"any other error":     {errors.New("disk full"), 500, true},
		"a closed database":   {fmt.Errorf("record: %w", store.ErrClosed), 503, false},
		"a deadline":          {fmt.Errorf("read: %w", context.DeadlineExceeded), 503, false},
		"a body too large":    {&http.MaxBytesError{Limit: 3}, 413, false},
		"cancelled by itself": {context.Canceled, 500, true},
	} {
		handler, log := theCompany(t).withRoutes(route{"GET", "/fails", anyone, failing(q.err)})
		answer := ask(handler, "GET", "/fails")
		if answer.Code != q.status || strings.Contains(answer.Body.String(), "disk") {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
		if logged := strings.Contains(log.String(), `"msg":"request failed"`); logged != q.logged {
			t.Errorf("%s: logged %v", name, logged)
		}
		if got := answer.Header().Get("Retry-After"); (got != "") != (q.status == 503) {
			t.Errorf("%s: Retry-After: %s", name, got)
		}
	}
}

func TestAClientThatLeftIsNoError(t *testing.T) {
	slow := func(c *gin.Context) { fail(c, c.Request.Context().Err()) }
	handler, log := theCompany(t).withRoutes(route{"GET", "/slow", anyone, slow})
	gone, leave := context.WithCancel(context.Background())
	leave()
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/slow", nil).WithContext(gone))
	if got := log.String(); strings.Contains(got, "ERROR") || !strings.Contains(got, `"status":499`) {
		t.Error(got)
	}
}

func TestRequestsHaveIdsOfTheirOwn(t *testing.T) {
	handler, log := theCompany(t).withRoutes()
	seen := map[string]bool{}
	for range 3 {
		r := httptest.NewRequest("GET", "/nothing", nil)
		r.Header.Set("Request-Id", "mine")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		id := answer.Header().Get("Request-Id")
		if seen[id] || !uuidForm.MatchString(id) || !strings.Contains(answer.Body.String(), `"instance":"urn:uuid:`+id+`"`) {
			t.Errorf("id %q in %s", id, answer.Body)
		}
		if !strings.Contains(log.String(), id) {
			t.Errorf("the log has no %s", id)
		}
		seen[id] = true
	}
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func TestTheLogHasTheRouteAndNotTheAddress(t *testing.T) {
	c := theCompany(t)
	handler, log := c.withRoutes()
	r := httptest.NewRequest("GET", "/timesheets/abc?access_token=s3cret&code=s3cret", nil)
	r.Header.Set("Authorization", "Bearer s3cret")
	r.Header.Set("Cookie", "punchcard=s3cret")
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if got := log.String(); !strings.Contains(got, `"path":"/timesheets/:id"`) || strings.Contains(got, "s3cret") ||
		strings.Contains(got, "abc") {
		t.Error(got)
	}
	log.Reset()
	r = httptest.NewRequest("GET", "/me", nil)
	r.Header.Set("Authorization", "Bearer "+c.token(t, "ada"))
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if got := log.String(); !strings.Contains(got, `"client":"phone","user":"usr_`) || strings.Count(got, "\n") != 1 {
		t.Error(got)
	}
}

func TestTheLogSaysWhyATokenWasRefused(t *testing.T) {
	handler, log := theCompany(t).withRoutes()
	r := httptest.NewRequest("GET", "/me", nil)
	r.Header.Set("Authorization", "Bearer not.a.token")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	if got := log.String(); !strings.Contains(got, `"msg":"refused"`) || !strings.Contains(got, `"error":"invalid_token","cause":"`) ||
		strings.Contains(got, "not.a.token") {
		t.Error(got)
	}
}

// The kinds that package timesheets has are read out of its source, so that a new one can't be forgotten.
func TestEveryKindHasItsStatus(t *testing.T) {
	found := 0
	source, err := parser.ParseFile(token.NewFileSet(), "../timesheets/fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(source, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || fmt.Sprint(spec.Type) != "Kind" {
			return true
		}
		name, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if _, ok := kinds[timesheets.Kind(name)]; !ok {
			t.Errorf("%s has no status", name)
		}
		found++
		return true
	})
	if found < 5 {
		t.Errorf("found %d kinds", found)
	}
}

func TestEveryProblemIsExplained(t *testing.T) {
	c := theCompany(t)
	for name, k := range kinds {
		answer := c.ask(t, "", "GET", "/problems/"+string(name), "")
		if !strings.Contains(answer.body, k.title.String()) || !strings.Contains(answer.body, fmt.Sprint(k.status)) {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.body)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	c := theCompany(t)
	for path, limit := range map[string]int{
		"/oauth/token": maxForm, "/oauth/revoke": maxForm, "/authorize": maxForm, "/login": maxForm, "/consent": maxForm,
		"/setup": maxForm, "/timesheets": maxBody,
	} {
		told := c.ask(t, c.token(t, "ada"), "POST", path, strings.Repeat("a", limit+1),
			"Content-Type", "application/x-www-form-urlencoded")
		if told.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s takes a longer body: %d", path, told.StatusCode)
		}
	}
	for path, contentType := range map[string]string{
		"/oauth/token": "application/x-www-form-urlencoded", "/timesheets": "application/json",
	} {
		body := strings.NewReader(strings.Repeat(" ", maxBody+1))
		r, err := http.NewRequest("POST", testIssuer[:len(testIssuer)-1]+path, body)
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = -1 // not told
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Authorization", "Bearer "+c.token(t, "ada"))
		if answer := c.send(t, r); answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s takes a longer body in pieces: %d %s", path, answer.StatusCode, answer.body)
		}
	}
}

func TestHealthFailsWithTheDatabase(t *testing.T) {
	c := newCompany(t)
	if answer := c.ask(t, "", "GET", "/health", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("before: %d", answer.StatusCode)
	}
	token := c.token(t, "ada")
	c.db.Close()
	if answer := c.ask(t, "", "GET", "/health", ""); answer.StatusCode < 500 {
		t.Errorf("after: %d", answer.StatusCode)
	}
	answer := c.ask(t, token, "PUT", "/timesheets/x/submission", "")
	if answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a write: %d %s", answer.StatusCode, answer.body)
	}
}
