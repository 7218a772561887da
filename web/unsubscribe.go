package web

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/auth/lang"
	"punchcard/timesheets"
)

//go:embed unsubscribe.html
var unsubscribePage string

var unsubscribeTemplate = template.Must(template.New("unsubscribe").Parse(unsubscribePage))

// stopPage asks whether mails are to end: GET /unsubscribe?token=…. To look at it ends nothing: programs that look through
// mails follow every link (RFC 8058 §2).
func stopPage(assets string, t *timesheets.Service) gin.HandlerFunc {
	return func(c *gin.Context) {
		stop, err := t.ReadStop(c.Query("token"))
		showStop(c, assets, stop, false, err)
	}
}

// stopMails ends them: POST /unsubscribe?token=…, by the page's button or by a mail program in one click.
func stopMails(assets string, t *timesheets.Service) gin.HandlerFunc {
	return func(c *gin.Context) {
		stop, err := t.StopMails(c.Request.Context(), c.Query("token"))
		showStop(c, assets, stop, true, err)
	}
}

func showStop(c *gin.Context, assets string, stop timesheets.Stop, done bool, err error) {
	status := http.StatusOK
	_, wrong := errors.AsType[*timesheets.Fault](err)
	if wrong {
		status, err = http.StatusBadRequest, nil
	}
	var body bytes.Buffer
	if err == nil {
		in := lang.Of(c.Request)
		err = unsubscribeTemplate.Execute(&body, struct {
			Assets, Language, What string
			Wrong, Done            bool
			T                      func(key string, values ...any) string
		}{assets, in.Tag, stop.What(in), wrong, done, in.Text})
	}
	if err != nil {
		fail(c, err)
		return
	}
	auth.PageHeaders(c.Writer.Header(), "")
	c.Data(status, "text/html; charset=utf-8", body.Bytes())
}
