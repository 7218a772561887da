package auth

import (
	"context"
	"time"
)

// UserInfo is what an application may know of the person who signed in (OpenID Connect Core §5.1), as far as the scopes
// profile and email go.
type UserInfo struct {
	Subject string `json:"sub"`
	profile
}

type profile struct {
	Name          string `json:"name,omitempty"`
	UpdatedAt     int64  `json:"updated_at,omitempty"` // seconds since 1970
	Email         string `json:"email,omitempty"`
	EmailVerified *bool  `json:"email_verified,omitempty"`
}

func profileOf(p *Person, granted scopes) profile {
	var of profile
	if granted.has("profile") {
		of.Name, of.UpdatedAt = p.Name, p.UpdatedAt.Truncate(time.Second).Unix()
	}
	if granted.has("email") {
		of.Email, of.EmailVerified = p.Email, &p.EmailVerified
	}
	return of
}

// UserInfo answers the UserInfo endpoint (OpenID Connect Core §5.3) for a caller with the scope openid.
func (s *Server) UserInfo(ctx context.Context, by Caller, _ struct{}) (UserInfo, error) {
	person, err := s.holder(ctx, by.User)
	if err != nil {
		return UserInfo{}, err
	}
	return UserInfo{Subject: by.User, profile: profileOf(&person.person, by.Scopes)}, nil
}
