package auth

import (
	"errors"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// Revoke ends a token (RFC 7009): POST /oauth/revoke. A refresh token takes its whole authorization with it, an access
// token only itself. What is no live token of this server is answered in the same way, with 200.
func (s *Server) Revoke() gin.HandlerFunc {
	return s.endpoint(failsAs("revocation_failed"), func(c *gin.Context, client *Client, p params) (any, error) {
		token := p.get("token")
		if token == "" {
			return nil, refuse("invalid_request", "Missing required parameter: token")
		}
		var family authorization
		var refused error
		found := false
		err := s.change(c.Request.Context(), func(tx *gorm.DB, n *news) error {
			family = authorization{}
			refused = findRefreshToken(tx, hashed(token), client, &refreshToken{}, &family)
			if found = family.ID != ""; found && refused == nil {
				e := about(c).as("srrt", "refresh token revoked").with("authorization", family.ID)
				e.concern(&family)
				return errors.Join(n.record(e), family.revoke(tx, n))
			}
			return onlyOurs(refused)
		})
		switch {
		case err != nil:
			return nil, err
		case found:
			return nil, s.notTheirs(client, refused)
		}
		return nil, s.revokeAccess(c, client, token)
	})
}

// notTheirs informs an application that the token is another one's (RFC 7009 §2.1), if it authenticated itself: anybody
// could claim to be a public one.
func (s *Server) notTheirs(client *Client, refused error) error {
	if refused == nil || !client.confidential() {
		return nil
	}
	return refuse("invalid_request", "The token was not issued to this client").because("%v", refused)
}

func (s *Server) revokeAccess(c *gin.Context, client *Client, token string) error {
	claims, err := s.parseAccess(token)
	if _, refused := errors.AsType[*Error](err); refused {
		return nil
	}
	if err != nil {
		return err
	}
	if claims.ClientID != client.ID {
		return s.notTheirs(client, errors.New("the access token is client "+claims.ClientID+"'s"))
	}
	e := about(c).as("token_revoked", "access token revoked").with("jti", claims.ID)
	e.SessionID = claims.SID
	if claims.GrantTy == "" {
		e.UserID = claims.Subject
	}
	return s.change(c.Request.Context(), func(_ *gorm.DB, n *news) error { return errors.Join(n.record(e), n.tell("token", claims.ID)) })
}
