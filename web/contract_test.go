package web

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// contract carries requests to a handler and holds each answer against openapi.yaml: the statuses that an operation can
// have, the headers and the body of each. What the document doesn't name can be nothing but a problem.
type contract struct {
	t       testing.TB
	handler http.Handler
}

func (c contract) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, body, err := serve(c.handler, r)
	if err != nil {
		return nil, err
	}
	c.t.Helper()
	if err := describedAs(r, answer, body); err != nil {
		c.t.Errorf("%s %s %d is not as openapi.yaml has it: %v\n%s", r.Method, r.URL.Path, answer.StatusCode, err, body)
	}
	return answer, nil
}

// serve calls the handler as a server would.
func serve(handler http.Handler, r *http.Request) (answer *http.Response, body []byte, err error) {
	defer func() {
		if cause := recover(); cause == http.ErrAbortHandler {
			err = io.ErrUnexpectedEOF
		} else if cause != nil {
			panic(cause)
		}
	}()
	served := r.Clone(r.Context())
	if served.URL, err = url.ParseRequestURI(r.URL.RequestURI()); err != nil {
		return nil, nil, err
	}
	served.RequestURI, served.Host, served.RemoteAddr = r.URL.RequestURI(), r.URL.Host, "192.0.2.1:1234"
	if served.Body == nil {
		served.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, served)
	answer = recorder.Result()
	answer.Request = r
	if body, err = io.ReadAll(answer.Body); r.Method == http.MethodHead {
		body = nil
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, body, err
}

// documentRouter finds the operation of a request in openapi.yaml. Its schemas are closed: the tests refuse a member that
// is not described, which clients should not.
var documentRouter, managementRouter = routerOf(openAPI), routerOf(managementAPI)

func routerOf(text []byte) func() routers.Router {
	return sync.OnceValue(func() routers.Router { return newRouter(text) })
}

func newRouter(text []byte) routers.Router {
	for _, kind := range []string{"text/html", "text/csv", "text/calendar", "application/pdf",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.PlainBodyDecoder)
	}
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		panic(err)
	}
	document.Servers = nil
	for _, schema := range document.Components.Schemas {
		closeSchema(schema)
	}
	router, err := legacy.NewRouter(document, openapi3.IsOpenAPI31OrLater())
	if err != nil {
		panic(err)
	}
	return router
}

func closeSchema(s *openapi3.SchemaRef) {
	if s == nil || s.Ref != "" {
		return
	}
	if closed := false; len(s.Value.Properties) > 0 && s.Value.AdditionalProperties.Has == nil {
		s.Value.AdditionalProperties.Has = &closed
	}
	closeSchema(s.Value.Items)
	for _, property := range s.Value.Properties {
		closeSchema(property)
	}
}

func describedAs(r *http.Request, answer *http.Response, body []byte) error {
	for _, header := range []string{"Request-Id", "X-Content-Type-Options", "Strict-Transport-Security"} {
		if answer.Header.Get(header) == "" {
			return fmt.Errorf("%s is missing", header)
		}
	}
	router := documentRouter()
	if strings.HasPrefix(r.URL.Path, "/api/v2/") {
		router = managementRouter()
	}
	route, parameters, err := router.FindRoute(&http.Request{Method: described(r.Method), URL: &url.URL{Path: r.URL.EscapedPath()}})
	// What ends in a slash the router takes for the path without it, and what lacks a parameter for one that is empty.
	if err != nil || strings.HasSuffix(r.URL.Path, "/") || slices.Contains(slices.Collect(maps.Values(parameters)), "") {
		return undescribed(answer, r)
	}
	if isGuarded(route.Operation) && !isPrivate(answer) {
		return fmt.Errorf("it could be stored, or told to somebody else")
	}
	if answer.StatusCode == http.StatusNotModified && (answer.Header.Get("ETag") == "" || len(body) > 0) {
		return fmt.Errorf("304 has an ETag and no body")
	}
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: r, PathParams: parameters, Route: route,
		},
		Status: answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

func isGuarded(operation *openapi3.Operation) bool {
	if operation.Security == nil {
		return false
	}
	return slices.ContainsFunc(*operation.Security, func(r openapi3.SecurityRequirement) bool { return r["oauth2"] != nil })
}

// isPrivate reports whether nobody keeps the answer for others. What is too large is refused before anybody asks whose it is.
func isPrivate(answer *http.Response) bool {
	return answer.Header.Get("Cache-Control") == "no-store" &&
		(slices.Contains(answer.Header["Vary"], "Authorization") || answer.StatusCode == http.StatusRequestEntityTooLarge)
}

// described is the method under which the document has it: what answers GET answers HEAD.
func described(method string) string {
	if method == http.MethodHead {
		return http.MethodGet
	}
	return method
}

// undescribed is what can be answered where the document has nothing: a page, the answer to a preflight, or a problem.
func undescribed(answer *http.Response, r *http.Request) error {
	kind := answer.Header.Get("Content-Type")
	switch {
	case isPagePath(r.URL.Path) && answer.StatusCode != http.StatusNotFound,
		byBrowser(r) && answer.StatusCode == http.StatusNotFound && strings.HasPrefix(kind, "text/html"),
		r.Method == http.MethodOptions && answer.StatusCode == http.StatusNoContent,
		r.Method == http.MethodHead,
		kind == "application/problem+json" && answer.StatusCode >= 400,
		strings.HasPrefix(r.URL.Path, "/api/v2/") && kind == "application/json" && answer.StatusCode >= 400:
		return nil
	}
	return fmt.Errorf("it is %s", kind)
}

// isPagePath tells what only people see, which openapi.yaml leaves out.
func isPagePath(path string) bool {
	switch first, _, _ := strings.Cut(path[1:], "/"); first {
	case "", "a", "app", "sw.js", "manifest.webmanifest", "login", "consent", "setup", "device", "activate", "account", "reset-password", "unsubscribe":
		return true
	}
	return false
}
