package web

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// reply is an answer, read to its end.
type reply struct {
	*http.Response
	body string
}

func (r reply) json(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), into); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}

// problem is the problem that the answer is.
func (r reply) problem(t testing.TB) problem {
	t.Helper()
	var p problem
	r.json(t, &p)
	if r.Header.Get("Content-Type") != "application/problem+json" || p.Status != r.StatusCode {
		t.Errorf("no problem: %s %s", r.Header.Get("Content-Type"), r.body)
	}
	return p
}

// kind is the last part of the problem's type.
func (r reply) kind(t testing.TB) string {
	t.Helper()
	return strings.TrimPrefix(r.problem(t).Type, testIssuer+"problems/")
}

// ask sends a request with a token, unless that is empty, and holds the answer against openapi.yaml. A body is JSON
// unless a header says otherwise.
func (c *company) ask(t testing.TB, token, method, path, body string, header ...string) reply {
	t.Helper()
	r, err := http.NewRequest(method, testIssuer[:len(testIssuer)-1]+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return c.send(t, r)
}

func (c *company) send(t testing.TB, r *http.Request) reply {
	t.Helper()
	answer, err := contract{t, c.handler}.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer, string(body)}
}
