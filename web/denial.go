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
	in := lang.Of(c.Request)
	inLanguage(c, in)
	writeFailure(c, d.Status, "application/json", denial{d.Status, http.StatusText(d.Status), d.Message.In(in), d.Code})
}

// denialCodes are the errorCodes of what HTTP itself refuses.
var denialCodes = map[timesheets.Kind]string{
	insufficientScope: "insufficient_scope", invalid: "invalid_body", malformed: "invalid_body", tooLarge: "invalid_body",
	unsupported: "invalid_body",
}

// denialOf is the same refusal as a problem would tell, in the shape of the management API.
func denialOf(c *gin.Context, f *timesheets.Fault) *auth.Denial {
	d := &auth.Denial{Status: kinds[f.Kind].status, Code: denialCodes[f.Kind], Message: f.Detail}
	switch f.Kind {
	case invalid:
		d.Status, d.Message = http.StatusBadRequest, lang.Say("Payload validation error: %s", wrongIn(f))
		if !strings.HasPrefix(f.Fields[0].Pointer, "/") {
			d.Code, d.Message = "invalid_query_string", lang.Say("Query validation error: %s", wrongIn(f))
		}
	case insufficientScope:
		d.Message = lang.Say("Insufficient scope, expected any of: %s", strings.TrimPrefix(f.Detail.String(), "this needs the scope "))
	case internal:
		d.Message = lang.Say("Something went wrong here; the administrator's log has the cause under the Request-Id %s", requestID(c))
	}
	return d
}

// wrongIn names each value that is wrong.
func wrongIn(f *timesheets.Fault) lang.Phrase {
	var all []lang.Phrase
	for _, field := range f.Fields[:min(len(f.Fields), maxMistakes)] {
		all = append(all, lang.Say("'%s' %s", strings.TrimPrefix(field.Pointer, "/"), field.Detail))
	}
	return lang.Besides(all...)
}
