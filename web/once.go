package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/timesheets"
)

const (
	validateOnly = "validate_only" // the query parameter that leaves all as it is
	keyLimit     = 255             // characters of an Idempotency-Key
	changesKey   = "changes"       // has the Service of a request that may change timesheets
)

// changes lets a request that may change timesheets be tried, by validate_only, and repeated, by Idempotency-Key.
func changes(t *timesheets.Service) gin.HandlerFunc {
	return func(c *gin.Context) { c.Set(changesKey, t) }
}

// changesTime reports whether the request is one of those.
func changesTime(c *gin.Context) bool {
	_, changes := c.Get(changesKey)
	return changes
}

// rehearse has the request answered as it would be, and all left as it is.
func rehearse(c *gin.Context, given []string, wrong *faults) {
	switch {
	case len(given) > 1:
		wrong.note(validateOnly, errRepeated)
	case given[0] == "true":
		c.Request = c.Request.WithContext(timesheets.Rehearse(c.Request.Context()))
	case given[0] != "" && given[0] != "false":
		wrong.add(validateOnly, "must be true or false")
	}
}

// idempotencyKey is under what key a POST is to be done once; nil if it has none. A request of another method is the same
// however often it is sent, so there the header says nothing.
func idempotencyKey(c *gin.Context) (*timesheets.Key, error) {
	given := c.Request.Header["Idempotency-Key"]
	if c.Request.Method != http.MethodPost || len(given) == 0 || !changesTime(c) {
		return nil, nil
	}
	key := strings.Join(given, ",")
	outside := func(r rune) bool { return r < ' ' || r > '~' }
	if len(given) > 1 || key == "" || len(key) > keyLimit || strings.ContainsFunc(key, outside) {
		return nil, fault(malformed, "Idempotency-Key must be there once, with 1 to %d printable characters of ASCII", keyLimit)
	}
	body, err := io.ReadAll(c.Request.Body)
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLong
	}
	if err != nil {
		return nil, fault(malformed, "the body breaks off")
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	request := sha256.New()
	fmt.Fprintf(request, "%q %q %q\n", c.Request.URL.EscapedPath(), c.Request.URL.RawQuery, c.GetHeader("If-Match"))
	request.Write(body)
	return &timesheets.Key{
		Route: c.Request.Method + " " + c.FullPath(), Key: key, Request: hex.EncodeToString(request.Sum(nil)),
	}, nil
}

// once does what a request asks for, or answers again what was answered under its key. What is only tried leaves no answer.
func once(c *gin.Context, key *timesheets.Key, do func(context.Context) (response, error)) (response, error) {
	ctx := c.Request.Context()
	if key == nil || timesheets.Rehearses(ctx) {
		return do(ctx)
	}
	service := c.MustGet(changesKey).(*timesheets.Service)
	text, replayed, err := service.Once(ctx, caller(c), *key, func(ctx context.Context) (string, error) {
		r, err := do(ctx)
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(r)
		return string(text), err
	})
	var r response
	if err == nil {
		err = json.Unmarshal([]byte(text), &r)
	}
	if err == nil && replayed {
		r.Header = withReplayed(r.Header)
	}
	return r, err
}

// withReplayed marks an answer that was given before.
func withReplayed(header map[string]string) map[string]string {
	if header == nil {
		header = map[string]string{}
	}
	header["Idempotency-Replayed"] = "true"
	return header
}
