package auth

import "github.com/gin-gonic/gin"

// V2Logout is where Auth0's older SDKs send the browser: GET /v2/logout with client_id and returnTo.
func (s *Server) V2Logout() gin.HandlerFunc {
	return func(c *gin.Context) {
		noStore(c)
		r, _, err := s.readLogout(c, v2LogoutChecks)
		if err == nil {
			err = s.v2LogOut(c, r)
		}
		if err != nil {
			s.showLogoutFailure(c, err)
		}
	}
}

// v2LogOut asks nobody if an application that is registered sends the browser: its SDKs count on that. Browsers keep the
// cookie from what isn't navigation, so that no image can sign anybody out.
func (s *Server) v2LogOut(c *gin.Context, r logoutRequest) error {
	live, person, err := s.currentSession(c)
	switch {
	case err != nil:
		return err
	case live == nil:
		s.loggedOut(c, r)
		return nil
	case r.ClientID != "" && navigates(c.Request):
		return s.endAndLeave(c, live, r)
	}
	s.askToLogOut(c, r, live, person)
	return nil
}
