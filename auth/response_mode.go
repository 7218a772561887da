package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// responder takes an answer to the application in one response mode (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form
// Post Response Mode, and web_message as single-page apps know it for silent renewal).
type responder func(s *Server, c *gin.Context, r authorizationRequest, answer url.Values)

var responders = map[string]responder{
	"query":       (*Server).sendByQuery,
	"fragment":    (*Server).sendByFragment,
	"form_post":   (*Server).sendByForm,
	"web_message": (*Server).sendByMessage,
}

func (s *Server) sendByQuery(c *gin.Context, r authorizationRequest, answer url.Values) {
	join := "?"
	if strings.Contains(r.RedirectURI, "?") {
		join = "&"
	}
	c.Header("Location", r.RedirectURI+join+answer.Encode())
	c.Status(http.StatusSeeOther)
}

func (s *Server) sendByFragment(c *gin.Context, r authorizationRequest, answer url.Values) {
	c.Header("Location", r.RedirectURI+"#"+answer.Encode())
	c.Status(http.StatusSeeOther)
}

// The two pages that pass an answer on need a script, which their policy names by its hash: nothing else can run there.
const (
	submitScript = `document.forms[0].submit()`
	postScript   = `const d=document.body.dataset;(window.opener||window.parent).postMessage(` +
		`{type:"authorization_response",response:JSON.parse(d.response)},d.origin)`
)

var (
	formPage = template.Must(template.New("form").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>One moment · Punchcard</title></head>
<body><form method="post" action="{{.To}}">
{{range $name, $values := .Answer}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}<noscript><p>Your sign-in is complete.</p><button>Continue</button></noscript></form>
<script>{{.Script}}</script></body></html>
`))
	messagePage = template.Must(template.New("message").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>One moment · Punchcard</title></head>
<body data-origin="{{.Origin}}" data-response="{{.Response}}"><script>{{.Script}}</script></body></html>
`))
)

func (s *Server) sendByForm(c *gin.Context, r authorizationRequest, answer url.Values) {
	s.passOn(c, formPage, submitScript, "form-action "+formTarget(r.RedirectURI)+"; frame-ancestors 'none'", map[string]any{
		"To": template.URL(r.RedirectURI), "Answer": answer, // a registered address: its scheme was looked at then
	})
}

// sendByMessage speaks to the page that opened this one or holds it in a frame, if it is of the origin that was registered.
func (s *Server) sendByMessage(c *gin.Context, r authorizationRequest, answer url.Values) {
	flat := map[string]string{}
	for name := range answer {
		flat[name] = answer.Get(name)
	}
	response, err := json.Marshal(flat)
	if err != nil {
		s.showFailure(c, err)
		return
	}
	origin := originOf(r.RedirectURI)
	s.passOn(c, messagePage, postScript, "frame-ancestors "+origin, map[string]any{"Origin": origin, "Response": string(response)})
}

func (s *Server) passOn(c *gin.Context, page *template.Template, script, policy string, data map[string]any) {
	data["Script"] = template.JS(script)
	var body bytes.Buffer
	if err := page.Execute(&body, data); err != nil {
		s.showFailure(c, err)
		return
	}
	sum := sha256.Sum256([]byte(script))
	noStore(c)
	c.Header("Content-Security-Policy", "default-src 'none'; script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; base-uri 'none'; "+policy)
	c.Header("Referrer-Policy", "no-referrer")
	c.Data(http.StatusOK, "text/html; charset=utf-8", body.Bytes())
}

// originOf is the web origin of an address; empty if it has none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
