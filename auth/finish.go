package auth

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// protocols are the names by which rules know the response types (context.protocol).
var protocols = map[string]string{"code": "oidc-basic-profile", "id_token": "oidc-implicit-profile"}

// finish sends the browser to the application with a code, or with an ID token, if the rules let it. What the person just
// consented to is remembered, and the interaction that led here can't be gone through again.
//
// The rules of a code run here, where the person is and can be told no, and not when it is redeemed: what they made of it is
// kept with it.
func (s *Server) finish(c *gin.Context, r authorizationRequest, in *interaction, live *session, person *standing, consented bool) error {
	p := s.policy.Load()
	a, client := p.apis[r.API], p.client(r.ClientID)
	switch {
	case a == nil:
		return refuse("invalid_target", "Service not found").telling("pages.wrong.service")
	case client == nil:
		return refuse("unauthorized_client", "The application may not act any more").telling("pages.wrong.ended")
	}
	known := about(c)
	known.ClientID, known.UserID, known.SessionID = r.ClientID, live.UserID, live.ID
	o := occasion{
		protocol: protocols[r.ResponseType], client: client, person: person, api: a, granted: person.of(r.Scopes, a),
		authTime: live.AuthTime, session: live.ID, sso: in == nil || in.SessionID == nil, about: known, host: c.Request.Host, query: r.Query,
		denial: "access_denied", // Auth0 says "unauthorized" here, which RFC 6749 §4.1.2.1 doesn't know
	}
	after, err := s.rule(c.Request.Context(), o)
	if err != nil {
		return s.dismiss(c, r, in, err)
	}
	secret := newSecret()
	err = s.db.Write(c.Request.Context(), func(tx *gorm.DB) error {
		if err := in.end(tx, s.now()); err != nil {
			return err
		}
		if consented {
			if err := remember(tx, person.person.ID, r, person.of(r.asks(), a), s.now()); err != nil {
				return err
			}
		}
		if err := joinSession(tx, live.ID, r.ClientID); err != nil {
			return err
		}
		if r.ResponseType == "id_token" {
			return nil
		}
		return s.keepCode(tx, secret, r, live, o, after)
	})
	if err != nil {
		return err
	}
	s.authorized(c, r, a, live, o.granted, consented)
	if r.ResponseType == "id_token" {
		return s.sendID(c, r, o, after)
	}
	s.send(c, r, url.Values{"code": {secret}})
	return nil
}

// keepCode keeps a code and the authorization that it is for.
func (s *Server) keepCode(tx *gorm.DB, secret string, r authorizationRequest, live *session, o occasion, after *ruled) error {
	now := s.now()
	family := r.authorizedBy(live, o.granted, now, codeLife+o.api.life())
	if err := tx.Create(&family).Error; err != nil {
		return fmt.Errorf("keep authorization: %w", err)
	}
	return tx.Create(&code{
		Hash: hashed(secret), AuthorizationID: family.ID, RedirectURI: r.RedirectURI, CodeChallenge: r.CodeChallenge,
		Nonce: r.Nonce, ExpiresAt: now.Add(codeLife), Ruled: after,
	}).Error
}

// dismiss sends the browser to the application without a code. The interaction is over: nobody can go through it again to
// be judged anew, only begin another one.
func (s *Server) dismiss(c *gin.Context, r authorizationRequest, in *interaction, why error) error {
	if err := s.db.Write(c.Request.Context(), func(tx *gorm.DB) error { return in.end(tx, s.now()) }); err != nil {
		return err
	}
	s.sendRefusal(c, r, why)
	return nil
}

// authorized records that an application was sent what it asked for, and whether somebody just allowed it.
func (s *Server) authorized(c *gin.Context, r authorizationRequest, a *api, live *session, granted scopes, consented bool) {
	e := allowed(c, r, a, live, granted)
	if consented {
		s.record(c, e.as("consent_granted", "consent granted"))
	}
	if slices.Contains(r.Prompt, "none") {
		s.record(c, e.as("ssa", "authorized without asking"))
		return
	}
	s.record(c, e.as("authorized", "authorized"))
}

func allowed(c *gin.Context, r authorizationRequest, a *api, live *session, granted scopes) event {
	e := *about(c)
	e.ClientID, e.UserID, e.SessionID, e.Audience, e.Scope = r.ClientID, live.UserID, live.ID, a.Audience, granted.String()
	return e
}
