package auth

import "time"

// maxAuthAge bounds, in seconds, what an administrator can set.
const maxAuthAge = 30 * 24 * 60 * 60

// Fresh reports whether the person signed in recently enough for what an administrator set apart for a fresh sign-in, and
// within how many seconds that must be (RFC 9470 §3). An application that acts for itself never signs in.
func (s *Server) Fresh(by Caller) (maxAge int, fresh bool) {
	maxAge = s.policy.Load().timesheets().MaxAuthAgeForApproval
	return maxAge, maxAge == 0 || s.now().Sub(by.AuthTime) <= time.Duration(maxAge)*time.Second
}
