package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// send takes the browser back to the application (RFC 6749 §4.1.2), always saying who answers (RFC 9207). Nobody on the way
// may keep the answer, which can hold a code.
func (s *Server) send(c *gin.Context, r authorizationRequest, answer url.Values) {
	noStore(c)
	answer.Set("iss", s.issuer)
	if r.State != "" {
		answer.Set("state", r.State)
	}
	responders[cmp.Or(r.ResponseMode, "query")](s, c, r, answer)
}

func (s *Server) sendRefusal(c *gin.Context, r authorizationRequest, err error) {
	e := asError(err)
	s.refused(c, e)
	s.send(c, r, url.Values{"error": {e.Code}, "error_description": {e.Description}})
}

// showRefusal tells the person what went wrong, where no application may be told.
func (s *Server) showRefusal(c *gin.Context, err error) {
	e := asError(err)
	s.refused(c, e)
	retryLater(c, e)
	s.showNotice(c, e.Status, noticePage{
		Tone: "error", Name: "refused", Cause: e.toPerson(), ID: requestID(c),
	})
}

// showFailure is for the pages after /authorize: what can go wrong there is the person's to mend, or ours.
func (s *Server) showFailure(c *gin.Context, err error) {
	if errors.Is(err, errFinished) {
		s.showNotice(c, http.StatusBadRequest, noticePage{
			Tone: "error", Name: "used",
		})
		return
	}
	if errors.Is(err, context.Canceled) {
		return
	}
	e := asError(err)
	s.refused(c, e)
	retryLater(c, e)
	s.showNotice(c, e.Status, noticePage{
		Tone: "error", Name: "failed", Cause: e.toPerson(), ID: requestID(c),
	})
}

func noStore(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("Pragma", "no-cache")
}

// formTarget is the source expression by which a page's policy lets the form's answer go on to the application: browsers
// hold a redirect after a POST against form-action too.
func formTarget(redirectURI string) string {
	u, err := url.Parse(redirectURI)
	if err != nil || u.Scheme == "" { // it leads nowhere else
		return ""
	}
	if u.Host == "" || strings.Contains(u.Host, "[") { // a custom scheme, or an IPv6 address, which CSP can't name
		return fmt.Sprintf("%s:", u.Scheme)
	}
	return u.Scheme + "://" + u.Host
}
