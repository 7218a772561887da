package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"gorm.io/gorm"
)

// consent is what a person granted an application, for good or until it is taken back.
type consent struct {
	ID        string `gorm:"primaryKey"`
	UserID    string
	ClientID  string
	APIID     string `gorm:"column:api_id"`
	Scopes    scopes `gorm:"serializer:json"`
	CreatedAt time.Time
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

func readConsent(db *gorm.DB, user string, r authorizationRequest) (*consent, error) {
	found := &consent{}
	err := db.Where("user_id = ? AND client_id = ? AND api_id = ?", user, r.ClientID, r.API).Take(found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read consent: %w", err)
	}
	return found, nil
}

// remember adds what was granted to what was granted before.
func remember(tx *gorm.DB, user string, r authorizationRequest, granted scopes, now time.Time) error {
	found, err := readConsent(tx, user, r)
	if err != nil {
		return err
	}
	if found == nil {
		found = &consent{ID: "con_" + uuid.Must(uuid.NewV7()).String(), UserID: user, ClientID: r.ClientID, APIID: r.API, CreatedAt: now, UpdatedAt: now}
	}
	if more := granted.without(found.Scopes); len(more) > 0 {
		found.Scopes, found.UpdatedAt = append(found.Scopes, more...), now
	}
	if err := tx.Save(found).Error; err != nil {
		return fmt.Errorf("keep consent: %w", err)
	}
	return nil
}

// ConsentPage asks the person whether the application may: GET /consent?interaction=….
func (s *Server) ConsentPage() gin.HandlerFunc {
	return func(c *gin.Context) {
		in, err := s.resume(c)
		if err != nil {
			s.showFailure(c, err)
			return
		}
		if err := s.showConsent(c, in); err != nil {
			s.showFailure(c, err)
		}
	}
}

func (s *Server) showConsent(c *gin.Context, in *interaction) error {
	live, person, err := s.currentSession(c)
	if err != nil {
		return err
	}
	client := s.policy.Load().client(in.ClientID)
	if mustSignIn(in.Request, in, live, s.now()) || client == nil {
		c.Redirect(http.StatusSeeOther, in.page("/login"))
		return nil
	}
	before, err := readConsent(s.db.Read(c.Request.Context()), person.person.ID, in.Request)
	if err != nil {
		return err
	}
	page := consentPage{
		App: client.Name, Initial: initial(client.Name), Person: person.person.Name, Email: person.person.Email,
		Widening: before != nil, Action: in.page("/consent"), CSRF: s.csrf(s.browser(c), in.id), Host: answerHost(in.Request.RedirectURI),
	}
	if page.Device, err = s.deviceOf(c, in.Request); err != nil {
		return err
	}
	a := s.policy.Load().apis[in.Request.API]
	for _, name := range person.of(in.Request.asks(), a) {
		sc, _ := a.catalogued(name)
		page.Scopes = append(page.Scopes, consentScope{Name: name, Title: sc.Title, Detail: sc.Detail, New: before != nil && !before.Scopes.has(name)})
	}
	s.show(c, http.StatusOK, "consent.html", formTarget(in.Request.RedirectURI), page)
	return nil
}

func initial(name string) string {
	first, _ := utf8.DecodeRuneInString(name)
	return string(first)
}

// answerHost tells a person where the answer goes.
func answerHost(redirectURI string) string {
	u, err := url.Parse(redirectURI)
	if err != nil || u.Host == "" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" {
		return "an app on this device"
	}
	return u.Host
}

// Consent takes the person's decision: POST /consent?interaction=….
func (s *Server) Consent() gin.HandlerFunc {
	return func(c *gin.Context) {
		in, form, err := s.submitted(c)
		if err == nil {
			err = s.decided(c, in, form.get("decision"))
		}
		if err != nil {
			s.showFailure(c, err)
		}
	}
}

func (s *Server) decided(c *gin.Context, in *interaction, decision string) error {
	live, person, err := s.currentSession(c)
	if err != nil {
		return err
	}
	if mustSignIn(in.Request, in, live, s.now()) {
		c.Redirect(http.StatusSeeOther, in.page("/login"))
		return nil
	}
	switch decision {
	case "allow":
		if in.Request.Device != "" {
			return s.allowDevice(c, in, live, person)
		}
		return s.finish(c, in.Request, in, live, person, true)
	case "decline":
		if in.Request.Device != "" {
			return s.declineDevice(c, in)
		}
		return s.dismiss(c, in.Request, in, refuse("access_denied", "User did not authorize the request").as("consent_declined"))
	case "switch":
		return s.switchAccount(c, in)
	}
	return refuse("invalid_request", "Choose whether to allow or to decline").telling("pages.consent.choose")
}

// switchAccount lets another person sign in for the same request. Who is signed in stays so until then.
func (s *Server) switchAccount(c *gin.Context, in *interaction) error {
	in.Request.Prompt = append(in.Request.Prompt, "select_account")
	in.Request.LoginHint, in.SessionID = "", nil
	if err := s.db.Write(c.Request.Context(), func(tx *gorm.DB) error { return tx.Save(in).Error }); err != nil {
		return fmt.Errorf("switch account: %w", err)
	}
	c.Redirect(http.StatusSeeOther, in.page("/login"))
	return nil
}
