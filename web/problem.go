package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
	"punchcard/timesheets"
)

// problem is how a request failed (RFC 9457).
type problem struct {
	Type     string    `json:"type"` // absolute: <issuer>problems/<kind>
	Title    string    `json:"title"`
	Status   int       `json:"status"`
	Detail   string    `json:"detail,omitempty"`
	Instance string    `json:"instance"` // urn:uuid:<Request-Id>
	Errors   []mistake `json:"errors,omitempty"`
}

// mistake is one value that is wrong: a member of the body, or a query parameter.
type mistake struct {
	Pointer   string `json:"pointer,omitempty"` // JSON Pointer (RFC 6901)
	Parameter string `json:"parameter,omitempty"`
	Detail    string `json:"detail"`
}

// A request that is wrong in more places than this is told of the first.
const maxMistakes = 100

func writeProblem(c *gin.Context, issuer string, f *timesheets.Fault) {
	in := lang.Of(c.Request)
	p := problemOf(issuer, requestID(c), f, in)
	inLanguage(c, in)
	writeFailure(c, p.Status, "application/problem+json", p)
}

func problemOf(issuer, request string, f *timesheets.Fault, in *lang.Catalogue) problem {
	k := kinds[f.Kind]
	p := problem{
		Type: issuer + "problems/" + string(f.Kind), Title: k.title.In(in), Status: k.status, Detail: f.Detail.In(in),
		Instance: "urn:uuid:" + request,
	}
	for _, field := range f.Fields[:min(len(f.Fields), maxMistakes)] {
		m := mistake{Parameter: field.Pointer, Detail: field.Detail.In(in)}
		if strings.HasPrefix(field.Pointer, "/") {
			m.Pointer, m.Parameter = field.Pointer, ""
		}
		p.Errors = append(p.Errors, m)
	}
	return p
}

// inLanguage says in which language an answer is, and by what that was chosen (RFC 9110 §12.5.4).
func inLanguage(c *gin.Context, in *lang.Catalogue) {
	c.Header("Content-Language", in.Tag)
	c.Writer.Header().Add("Vary", "Accept-Language, Cookie")
}

// speaksOAuth reports whether the clients of an endpoint expect the failures of RFC 6749 §5.2.
func speaksOAuth(c *gin.Context) bool {
	return strings.HasPrefix(c.FullPath(), "/oauth/") || c.FullPath() == "/userinfo"
}

var oauthCodes = map[timesheets.Kind]string{
	invalidToken:      "invalid_token",
	insufficientScope: "insufficient_scope",
	invalidProof:      "invalid_dpop_proof",
	nonceNeeded:       "use_dpop_nonce",
	unavailable:       "temporarily_unavailable",
	internal:          "server_error",
}

func writeOAuthError(c *gin.Context, f *timesheets.Fault) {
	k := kinds[f.Kind]
	c.Header("Pragma", "no-cache")
	writeFailure(c, k.status, "application/json", map[string]string{
		"error":             cmp.Or(oauthCodes[f.Kind], "invalid_request"),
		"error_description": quotable.Replace(cmp.Or(f.Detail.String(), k.title.String())),
	})
}

func writeFailure(c *gin.Context, status int, contentType string, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings and numbers only
	}
	h := c.Writer.Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		h.Set("Retry-After", "2")
	}
	c.Data(status, contentType, append(data, '\n'))
}
