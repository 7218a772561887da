package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// UserInfo is what an application may know of the person who signed in (OpenID Connect Core §5.1), as far as the scopes
// profile and email go, and the claims that were asked for one by one.
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

// profileOf is what the scopes tell of a person, and single claims beside them.
func profileOf(p *Person, granted scopes, single ...string) profile {
	tells := func(claim string) bool { return granted.has(scopeOfClaim[claim]) || slices.Contains(single, claim) }
	var of profile
	if tells("name") {
		of.Name = p.Name
	}
	if tells("updated_at") {
		of.UpdatedAt = p.UpdatedAt.Truncate(time.Second).Unix()
	}
	if tells("email") {
		of.Email = p.Email
	}
	if tells("email_verified") {
		of.EmailVerified = &p.EmailVerified
	}
	return of
}

// UserInfo answers the UserInfo endpoint (OpenID Connect Core §5.3) for a caller with the scope openid.
func (s *Server) UserInfo(ctx context.Context, by Caller, _ struct{}) (UserInfo, error) {
	person, err := s.holder(ctx, by.User)
	if err != nil {
		return UserInfo{}, err
	}
	single, err := s.claimsFor(ctx, by)
	if err != nil {
		return UserInfo{}, err
	}
	return UserInfo{Subject: by.User, profile: profileOf(&person.person, by.Scopes, single...)}, nil
}

// claimsFor are the single claims that were asked for, with what a token came of, to be told here.
func (s *Server) claimsFor(ctx context.Context, by Caller) ([]string, error) {
	id, _, _ := strings.Cut(by.Token, ".")
	var family authorization
	err := s.db.Read(ctx).Where("id = ?", id).Take(&family).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the authorization of a token: %w", err)
	}
	client := s.policy.Load().client(by.Client)
	if client == nil {
		return nil, nil
	}
	return family.told(family.Claims.UserInfo, client, by.Scopes), nil
}
