package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/auth/lang"
	"punchcard/timesheets"
)

// administers reports whether a request is for the management API, whose clients expect failures in its own shape.
func administers(c *gin.Context) bool { return strings.HasPrefix(c.Request.URL.Path, "/api/v2/") }

// denial is how a call of the management API fails, as Auth0's does.
type denial struct {
	Status  int    `json:"statusCode"`
	Error   string `json:"error"` // the status in words
	Message string `json:"message"`
	Code    string `json:"errorCode,omitempty"`
}

func writeDenial(c *gin.Context, d *auth.Denial) {
	writeFailure(c, d.Status, "application/json", denial{d.Status, http.StatusText(d.Status), d.Message, d.Code})
}

// denialCodes are the errorCodes of what HTTP itself refuses.
var denialCodes = map[timesheets.Kind]string{
	insufficientScope: "insufficient_scope", invalid: "invalid_body", malformed: "invalid_body", tooLarge: "invalid_body",
	unsupported: "invalid_body",
}

// denialOf is the same refusal as a problem would tell, in the shape of the management API.
func denialOf(c *gin.Context, f *timesheets.Fault) *auth.Denial {
	in := lang.Of(c.Request)
	d := &auth.Denial{Status: kinds[f.Kind].status, Code: denialCodes[f.Kind], Message: f.Detail.In(in)}
	switch f.Kind {
	case invalid:
		d.Status, d.Message = http.StatusBadRequest, "Payload validation error: "+wrongIn(f, in)
		if !strings.HasPrefix(f.Fields[0].Pointer, "/") {
			d.Code, d.Message = "invalid_query_string", "Query validation error: "+wrongIn(f, in)
		}
	case insufficientScope:
		d.Message = strings.Replace(f.Detail.String(), "this needs the scope ", "Insufficient scope, expected any of: ", 1)
	case internal:
		d.Message = "Something went wrong here; the administrator's log has the cause under the Request-Id " + requestID(c)
	}
	return d
}

// wrongIn names each value that is wrong.
func wrongIn(f *timesheets.Fault, in *lang.Catalogue) string {
	var all []string
	for _, field := range f.Fields[:min(len(f.Fields), maxMistakes)] {
		all = append(all, "'"+strings.TrimPrefix(field.Pointer, "/")+"' "+field.Detail.In(in))
	}
	return strings.Join(all, "; ")
}
