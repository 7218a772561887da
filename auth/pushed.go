package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// pushedRequest is an authorization request that an application handed in directly, so that no browser can change it
// (RFC 9126). It is good once, within a minute.
type pushedRequest struct {
	Hash       string `gorm:"primaryKey"`
	ClientID   string
	Parameters map[string]string `gorm:"serializer:json"`
	ExpiresAt  time.Time
	UsedAt     *time.Time
}

const (
	pushedLife   = time.Minute
	pushedPrefix = "urn:ietf:params:oauth:request_uri:"
)

// Push is the pushed authorization request endpoint: POST /oauth/par.
func (s *Server) Push() gin.HandlerFunc {
	return s.endpoint(failsAs("push_failed"), func(c *gin.Context, client *Client, p params) (any, error) {
		if p.get("request_uri") != "" {
			return nil, refuse("invalid_request", "A pushed request can't hold a request_uri")
		}
		if p.get("client_id") == "" {
			p.values["client_id"] = client.ID
		}
		p.pushed = true
		r := authorizationRequest{}
		for _, checks := range [][]check{shown, sent} {
			if err := s.run(checks, p, &r); err != nil {
				return nil, err
			}
		}
		from, limit := networkOf(c.ClientIP()), rowsPerNetwork
		if client.confidential() {
			from, limit = client.ID, rowsPerClient
		}
		if err := s.unhurried(c, "pushed requests", from, limit); err != nil {
			return nil, err
		}
		for _, secret := range []string{"client_secret", "client_assertion", "client_assertion_type"} {
			delete(p.values, secret)
		}
		uri := pushedPrefix + newSecret()
		row := pushedRequest{Hash: hashed(uri), ClientID: client.ID, Parameters: p.values, ExpiresAt: s.now().Add(pushedLife)}
		err := s.db.Write(c.Request.Context(), func(tx *gorm.DB) error { return tx.Create(&row).Error })
		if err != nil {
			return nil, fmt.Errorf("keep pushed request: %w", err)
		}
		return created{"request_uri": uri, "expires_in": int(pushedLife.Seconds())}, nil
	})
}

// created is an answer with the status 201, as RFC 9126 §2.2 has it.
type created gin.H

func isCreated(body any) bool { _, ok := body.(created); return ok }

// pulled puts the parameters of a pushed request in the place of those in the address, of which nothing but the
// client_id counts (RFC 9126 §4). Other request URIs are left to be refused.
func (s *Server) pulled(ctx context.Context, p params) (params, error) {
	uri := p.get("request_uri")
	if !strings.HasPrefix(uri, pushedPrefix) || len(p.doubled) > 0 {
		return p, nil
	}
	var row pushedRequest
	var refused error
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		row, refused = pushedRequest{}, nil
		err := tx.Where("hash = ? AND client_id = ?", hashed(uri), p.get("client_id")).Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			refused = refuse("invalid_request_uri", "The request_uri is unknown or not this application's").telling("pages.wrong.old")
			return nil
		}
		if err != nil {
			return fmt.Errorf("read pushed request: %w", err)
		}
		now := s.now()
		if row.UsedAt != nil || !row.ExpiresAt.After(now) {
			refused = refuse("invalid_request_uri", "The request_uri was used before or expired").telling("pages.wrong.old")
			return nil
		}
		return tx.Model(&row).Update("used_at", now).Error
	})
	if err != nil {
		return p, err
	}
	return params{values: row.Parameters, pushed: true}, refused
}
