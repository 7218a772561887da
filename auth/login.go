package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// LoginPage shows where a person signs in: GET /login?interaction=…, or ?return_to=… for a page of this server.
func (s *Server) LoginPage() gin.HandlerFunc {
	return func(c *gin.Context) {
		if forOwnPage(c) {
			s.ownLoginPage(c)
			return
		}
		in, err := s.resume(c)
		if err != nil {
			s.showFailure(c, err)
			return
		}
		s.showLogin(c, in, http.StatusOK, in.Request.LoginHint, nil)
	}
}

func (s *Server) showLogin(c *gin.Context, in *interaction, status int, email string, alert lang.Words) {
	page := loginPage{Email: email, Alert: alert, Action: in.page("/login"), CSRF: s.csrf(s.browser(c), in.id)}
	if client := s.policy.Load().client(in.ClientID); client != nil {
		page.App = client.Name
	}
	s.show(c, status, "login.html", formTarget(in.Request.RedirectURI), page)
}

// Login takes e-mail and password: POST /login?interaction=…, or ?return_to=….
func (s *Server) Login() gin.HandlerFunc {
	return func(c *gin.Context) {
		if forOwnPage(c) {
			s.ownLogin(c)
			return
		}
		in, form, err := s.submitted(c)
		if err != nil {
			s.showFailure(c, err)
			return
		}
		email := normalEmail(form.get("email"))
		person, alert, err := s.authenticate(c, email, form.get("password"))
		if err != nil {
			e := asError(err)
			s.refused(c, e)
			s.showLogin(c, in, e.Status, email, e.toPerson())
			return
		}
		if alert == nil && !in.Request.isFor(person.ID) {
			alert = lang.Words{"pages.login.somebody-else"}
			s.record(c, about(c).as("f", "the application asks for somebody else: "+strings.Join(in.Request.Subjects, ", ")))
		}
		if alert != nil {
			s.showLogin(c, in, http.StatusUnprocessableEntity, email, alert)
			return
		}
		if err := s.signInAndProceed(c, in, person); err != nil {
			s.showFailure(c, err)
		}
	}
}

// submitted reads a form of an interaction's page. One that this browser was not shown is refused (RFC 9700 §4.7).
func (s *Server) submitted(c *gin.Context) (*interaction, params, error) {
	in, err := s.resume(c)
	if err != nil {
		return nil, params{}, err
	}
	form, err := s.readPageForm(c, in.id)
	return in, form, err
}

func (s *Server) readPageForm(c *gin.Context, purpose string) (params, error) {
	values, err := readForm(c.Request)
	if err != nil {
		return params{}, err
	}
	form, err := newParams(values)
	if err != nil {
		return params{}, err
	}
	if err := form.once(); err != nil {
		return params{}, err
	}
	if !s.sameForm(c, form, purpose) {
		e := refuse("invalid_request", "This form did not come from a page that this browser was shown. Cookies may be switched off.").telling("pages.foreign-form")
		e.Status = http.StatusForbidden
		return params{}, e.because("CSRF token missing or foreign")
	}
	return form, nil
}

// sameForm reports whether the form is of a page that this browser was shown for this purpose.
func (s *Server) sameForm(c *gin.Context, form params, purpose string) bool {
	want := s.csrf(s.cookie(c, browserCookie), purpose)
	return subtle.ConstantTimeCompare([]byte(form.get("csrf")), []byte(want)) == 1
}

// authenticate finds the person that e-mail and password belong to. It says in the person's words why they may not sign
// in, without telling whether somebody with that e-mail exists, and takes as long either way.
func (s *Server) authenticate(c *gin.Context, email, password string) (*Person, lang.Words, error) {
	about(c).UserID, about(c).SessionID = "", "" // whoever is signed in already may be somebody else
	person, wrong, err := s.tryPassword(c, email, password)
	if err != nil {
		return nil, nil, err
	}
	about(c).UserID = person.ID
	switch {
	case wrong != "":
		s.record(c, about(c).as(wrong, eventTypes[wrong]).typed(email))
		return nil, lang.Words{"pages.login.wrong"}, nil
	case person.Blocked:
		s.record(c, about(c).as("blocked", "sign-in of a blocked person"))
		return nil, lang.Words{"pages.login.disabled"}, nil
	}
	return person, nil, nil
}

// signedIn is the event of a session that begins.
func signedIn(c *gin.Context, in session) event {
	e := about(c).as("s", "signed in")
	e.UserID, e.SessionID = in.UserID, in.ID
	return e
}

// tryPassword finds the person with the e-mail. If the password isn't theirs, wrong is the type of event that this is: fp, or
// fu where there is nobody, which takes the same time. Who fails too often has to wait: that is looked at again when it is
// this attempt's turn, since of many that came at once those before it have failed by then.
func (s *Server) tryPassword(c *gin.Context, email, password string) (person *Person, wrong string, err error) {
	person = &Person{}
	err = s.db.Read(c.Request.Context()).Where("email = ?", email).Take(person).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, "", fmt.Errorf("read person: %w", err)
	}
	if err := s.mayTry(c, email, person.ID); err != nil {
		return nil, "", err
	}
	if err := s.hashing.acquire(c.Request.Context()); err != nil {
		return nil, "", err
	}
	defer s.hashing.release()
	if err := s.mayTry(c, email, person.ID); err != nil {
		return nil, "", err
	}
	ok, err := samePassword(person.PasswordHash, password)
	if err != nil {
		return nil, "", err
	}
	network := networkOf(c.ClientIP())
	if !ok {
		s.throttle.failed(email, network, s.now())
		if person.ID == "" {
			return person, "fu", nil
		}
		return person, "fp", nil
	}
	s.throttle.forget(email, network)
	return person, "", nil
}

// mayTry refuses an attempt at a person's password after too many that failed. Where the person signed in before, those
// from elsewhere don't count: nobody can lock them out of there.
func (s *Server) mayTry(c *gin.Context, email, user string) error {
	network := networkOf(c.ClientIP())
	wait := s.throttle.wait(email, network, s.now())
	if elsewhere := s.throttle.waitAnywhere(email, s.now()); elsewhere > wait {
		known, err := s.signedInFrom(c.Request.Context(), user, network)
		if err != nil {
			return err
		}
		if !known {
			wait = elsewhere
		}
	}
	if wait == 0 {
		return nil
	}
	minutes := int(wait.Minutes()) + 1
	e := refuse("slow_down", fmt.Sprintf("Too many failed attempts. Try again in %d minutes.", minutes)).telling("pages.login.throttled", "n", minutes)
	e.Status = http.StatusTooManyRequests
	about(c).Details = about(c).typed(email).Details
	kind, first := s.throttle.brake(email, network)
	e.quiet = !first
	return e.because("sign-in from %s is throttled", c.ClientIP()).as(kind)
}

// signedInFrom reports whether the person signed in from a network in the last week or so.
func (s *Server) signedInFrom(ctx context.Context, user, network string) (bool, error) {
	var from []string
	err := s.db.Read(ctx).Model(&session{}).Where("user_id = ?", user).
		Order("created_at DESC").Limit(mostListed).Pluck("ip", &from).Error
	if err != nil {
		return false, fmt.Errorf("read from where a person signed in: %w", err)
	}
	return slices.ContainsFunc(from, func(ip string) bool { return networkOf(ip) == network }), nil
}

func (s *Server) signInAndProceed(c *gin.Context, in *interaction, person *Person) error {
	before, _, err := s.currentSession(c)
	if err != nil {
		return err
	}
	var live session
	err = s.signIn(c, person, before, func(tx *gorm.DB, n *news, now session) error {
		live = now
		done := tx.Model(&interaction{}).Where("hash = ? AND finished_at IS NULL", in.Hash).Update("session_id", now.ID)
		if done.Error == nil && done.RowsAffected == 0 {
			return errFinished
		}
		return errors.Join(done.Error, n.record(signedIn(c, now)))
	})
	if err != nil {
		return err
	}
	in.SessionID = &live.ID
	standing, err := s.standing(c.Request.Context(), person.ID)
	if err != nil {
		return err
	}
	if standing == nil {
		return errFinished
	}
	return s.proceed(c, in, &live, standing)
}

// normalEmail is how an e-mail address is kept and looked for.
func normalEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
