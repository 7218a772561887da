package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// interaction is an authorization request that waits for a person to sign in or to consent. The request is kept here as
// it was accepted, so that nothing between the pages can change it, and it can be finished once.
type interaction struct {
	Hash        string `gorm:"primaryKey"`
	BrowserHash string // no other browser can go on with it
	ClientID    string
	Request     authorizationRequest `gorm:"serializer:json"`
	SessionID   *string              // the sign-in that it brought about
	CreatedAt   time.Time
	ExpiresAt   time.Time
	FinishedAt  *time.Time

	id string // as it stands in the page's address
}

const interactionLife = time.Hour

var errFinished = errors.New("the interaction was finished before, or is unknown")

// begin keeps the request and sends the browser to the page that is needed first.
func (s *Server) begin(c *gin.Context, r authorizationRequest) (*interaction, error) {
	if err := s.unhurried(c, "sign-ins", networkOf(c.ClientIP()), rowsPerNetwork); err != nil {
		return nil, err
	}
	in := &interaction{
		id: newSecret(), BrowserHash: hashed(s.browser(c)), ClientID: r.ClientID, Request: r,
		CreatedAt: s.now(), ExpiresAt: s.now().Add(interactionLife),
	}
	in.Hash = hashed(in.id)
	err := s.db.Write(c.Request.Context(), func(tx *gorm.DB) error { return tx.Create(in).Error })
	if err != nil {
		return nil, fmt.Errorf("keep authorization request: %w", err)
	}
	return in, nil
}

// resume finds the unfinished interaction that the address names, if this browser began it.
func (s *Server) resume(c *gin.Context) (*interaction, error) {
	about(c).Type = "f"
	id, browser := c.Query("interaction"), s.cookie(c, browserCookie)
	in := &interaction{}
	err := s.db.Read(c.Request.Context()).Where("hash = ? AND browser_hash = ? AND finished_at IS NULL AND expires_at > ?",
		hashed(id), hashed(browser), s.now()).Take(in).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errFinished
	}
	if err != nil {
		return nil, fmt.Errorf("read authorization request: %w", err)
	}
	in.id = id
	about(c).ClientID = in.ClientID
	return in, nil
}

func (in *interaction) page(path string) string {
	return path + "?" + url.Values{"interaction": {in.id}}.Encode()
}

// proceed takes the browser to what an interaction needs next: the sign-in page, the consent page, or the application
// with its code.
func (s *Server) proceed(c *gin.Context, in *interaction, live *session, person *standing) error {
	if mustSignIn(in.Request, in, live, s.now()) {
		c.Redirect(http.StatusSeeOther, in.page("/login"))
		return nil
	}
	ask, err := s.mustConsent(c.Request.Context(), in.Request, person)
	if err != nil {
		return err
	}
	if ask {
		c.Redirect(http.StatusSeeOther, in.page("/consent"))
		return nil
	}
	return s.finish(c, in.Request, in, live, person, false)
}

// mustSignIn reports whether the person has to give the password now: when nobody is signed in, and when the application
// asked for it (prompt, max_age) and it did not happen within this interaction.
func mustSignIn(r authorizationRequest, in *interaction, live *session, now time.Time) bool {
	switch {
	case live == nil:
		return true
	case !r.isFor(live.UserID):
		return true
	case in != nil && in.SessionID != nil:
		return *in.SessionID != live.ID
	case slices.Contains(r.Prompt, "login") || slices.Contains(r.Prompt, "select_account"):
		return true
	}
	return r.MaxAge != nil && now.Sub(live.AuthTime) > time.Duration(*r.MaxAge)*time.Second || r.MaxAge != nil && *r.MaxAge == 0
}

// mustConsent reports whether the person has to be asked: unless an administrator decided for this application, or the
// person granted at least as much before.
func (s *Server) mustConsent(ctx context.Context, r authorizationRequest, person *standing) (bool, error) {
	if slices.Contains(r.Prompt, "consent") {
		return true, nil
	}
	policy := s.policy.Load()
	a := policy.apis[r.API]
	if client := policy.client(r.ClientID); client == nil || a == nil || client.preauthorized(a) {
		return false, nil
	}
	before, err := readConsent(s.db.Read(ctx), person.person.ID, r)
	if err != nil {
		return false, err
	}
	return before == nil || !person.of(r.asks(), a).within(before.Scopes), nil
}

// end closes an interaction, if there is one: where nobody needed to be asked, there is none. Of several requests at once,
// one succeeds.
func (in *interaction) end(tx *gorm.DB, now time.Time) error {
	if in == nil {
		return nil
	}
	done := tx.Model(&interaction{}).Where("hash = ? AND finished_at IS NULL", in.Hash).Update("finished_at", now)
	if done.Error != nil {
		return fmt.Errorf("end interaction: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return errFinished
	}
	return nil
}
