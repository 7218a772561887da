package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// deviceRequest is a device that can't show pages, such as a terminal or a television, and waits until a person allows it
// somewhere else what it asks for (RFC 8628).
type deviceRequest struct {
	Hash            string `gorm:"primaryKey"` // of the device code
	UserCodeMAC     string `gorm:"column:user_code_mac"`
	ClientID        string
	APIID           string `gorm:"column:api_id"`
	Scopes          scopes `gorm:"serializer:json"`
	IP              string // from where it asked
	PollInterval    int    // seconds
	CreatedAt       time.Time
	ExpiresAt       time.Time
	PolledAt        *time.Time
	DeniedAt        *time.Time
	AuthorizationID *string // once a person allowed it
	UsedAt          *time.Time
}

const (
	deviceLife   = 15 * time.Minute
	pollInterval = 5 // seconds; also what a poll that comes too soon adds
)

// deviceResponse is what the device is told (RFC 8628 §3.2).
type deviceResponse struct {
	DeviceCode              string `json:"device_code"`
	UserCode                string `json:"user_code"`
	VerificationURI         string `json:"verification_uri"`
	VerificationURIComplete string `json:"verification_uri_complete"`
	ExpiresIn               int    `json:"expires_in"` // seconds
	Interval                int    `json:"interval"`   // seconds
}

// DeviceAuthorization is where a device begins (RFC 8628 §3.1): POST /oauth/device/code.
func (s *Server) DeviceAuthorization() gin.HandlerFunc {
	return s.endpoint(failsAs("fdeaz"), func(c *gin.Context, client *Client, p params) (any, error) {
		if !client.may(deviceGrant) {
			return nil, refuse("unauthorized_client", "Grant type '"+deviceGrant+"' not allowed for the client.")
		}
		r := authorizationRequest{ClientID: client.ID}
		if err := s.run([]check{knownAudience, scopesOfClient}, p, &r); err != nil {
			return nil, err
		}
		if err := s.unhurried(c, "devices", networkOf(c.ClientIP()), rowsPerNetwork); err != nil {
			return nil, err
		}
		secret := newSecret()
		code, err := s.keepDevice(c.Request.Context(), deviceRequest{
			Hash: hashed(secret), ClientID: client.ID, APIID: r.API, Scopes: r.Scopes, IP: c.ClientIP(), PollInterval: pollInterval,
		})
		if err != nil {
			return nil, err
		}
		page := s.issuer + "activate"
		return deviceResponse{
			DeviceCode: secret, UserCode: code, VerificationURI: page,
			VerificationURIComplete: page + "?" + url.Values{"user_code": {code}}.Encode(),
			ExpiresIn:               int(deviceLife.Seconds()), Interval: pollInterval,
		}, nil
	})
}

// keepDevice keeps the request under a user code that no other has, which among 25 billion takes one attempt.
func (s *Server) keepDevice(ctx context.Context, d deviceRequest) (code string, err error) {
	d.CreatedAt = s.now()
	d.ExpiresAt = d.CreatedAt.Add(deviceLife)
	for range 3 {
		code = newUserCode()
		d.UserCodeMAC = s.userCodeMAC(code)
		err = s.db.Write(ctx, func(tx *gorm.DB) error { return tx.Create(&d).Error })
		if !errors.Is(err, gorm.ErrDuplicatedKey) {
			break
		}
	}
	if err != nil {
		return "", fmt.Errorf("keep the request of a device: %w", err)
	}
	return code, nil
}

// waiting finds a request that nobody decided about yet; nil if there is none.
func (s *Server) waiting(ctx context.Context, where, value string) (*deviceRequest, error) {
	found := &deviceRequest{}
	err := undecided(s.db.Read(ctx), s.now()).Where(where, value).Take(found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the request of a device: %w", err)
	}
	if client := s.policy.Load().client(found.ClientID); client == nil || !client.may(deviceGrant) {
		return nil, nil
	}
	return found, nil
}

func undecided(tx *gorm.DB, now time.Time) *gorm.DB {
	return tx.Model(&deviceRequest{}).Where("expires_at > ? AND denied_at IS NULL AND authorization_id IS NULL", now)
}

// asRequest is what the person is asked. They confirm it in any case, also for an application that is pre-authorised: the
// device may be somebody else's, who sent them the code (RFC 8628 §5.4). What only managers or administrators hold takes the
// password too.
func (d *deviceRequest) asRequest(a *api) authorizationRequest {
	r := authorizationRequest{ClientID: d.ClientID, API: d.APIID, Scopes: d.Scopes, Device: d.Hash, Prompt: []string{"consent"}}
	far := func(sc Scope) bool { return (sc.ManagersOnly || a.ID == Management) && d.Scopes.has(sc.Name) }
	if a != nil && slices.ContainsFunc(a.scopes, far) {
		r.Prompt = append(r.Prompt, "login")
	}
	return r
}
