package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"punchcard/timesheets"
)

// readBody reads a JSON object into the fields that have its members' names. No body is the same as {}.
func (r *reader) readBody(c *gin.Context, v reflect.Value, wrong *faults) error {
	if !r.takesBody(c.Request.Method) {
		return nil
	}
	data, err := io.ReadAll(c.Request.Body)
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLong
	}
	if err != nil {
		return fault(malformed, "the body breaks off")
	}
	if len(data) == 0 {
		return nil
	}
	if r.file != nil {
		media, err := isOneOf(c, r.media)
		v.FieldByIndex(r.file).Set(reflect.ValueOf(timesheets.File{Media: media, Text: string(data)}))
		return err
	}
	if err := isJSON(c); err != nil {
		return err
	}
	return r.body.parse(data, v, wrong)
}

// isJSON refuses a body that doesn't say that it is JSON. A page of another origin could send it without asking.
func isJSON(c *gin.Context) error {
	accepted := []string{"application/json"}
	if c.Request.Method == http.MethodPatch {
		accepted = append(accepted, "application/merge-patch+json")
	}
	_, err := isOneOf(c, accepted)
	return err
}

// isOneOf is which of the accepted media types the body has, which is neither compressed nor in another charset than UTF-8.
func isOneOf(c *gin.Context, accepted []string) (string, error) {
	if c.GetHeader("Content-Encoding") != "" {
		c.Header("Accept-Encoding", "identity")
		return "", fault(unsupported, "the body must not be compressed")
	}
	given, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	charset, hasCharset := params["charset"]
	for _, one := range accepted {
		if err == nil && given == one && (!hasCharset || strings.EqualFold(charset, "utf-8")) {
			return one, nil
		}
	}
	c.Header("Accept", strings.Join(accepted, ", "))
	return "", fault(unsupported, "the Content-Type must be %s", strings.Join(accepted, " or "))
}

// parse reads a whole body: one object, and nothing after it.
func (s *shape) parse(data []byte, v reflect.Value, wrong *faults) error {
	if !utf8.Valid(data) {
		return fault(malformed, "the body is not UTF-8")
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return fault(malformed, "the body is not JSON: %s", position(data, err))
	}
	raw = bytes.TrimSpace(raw)
	if raw[0] != '{' {
		return fault(malformed, "the body must be a JSON object")
	}
	s.read(raw, "", v, wrong)
	return nil
}

func position(data []byte, err error) string {
	broken, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return "it can't be read"
	}
	before := data[:min(int(broken.Offset), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1)
	return "line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column) + ": " + broken.Error()
}

// takesBody reports whether a body means anything with the method: with DELETE, where the input has members that say what
// to take away.
func (r *reader) takesBody(method string) bool {
	switch method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return true
	case http.MethodDelete:
		return len(r.body.members) > 0
	}
	return false
}
