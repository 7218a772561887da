package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Application is an application as administrators see it. Its secret is told once, when it is made.
type Application struct {
	ClientID          string            `json:"client_id"`
	ClientSecret      string            `json:"client_secret,omitempty"`
	Name              string            `json:"name"`
	Description       string            `json:"description"`
	AppType           string            `json:"app_type"` // native, spa, regular_web or non_interactive
	IsFirstParty      bool              `json:"is_first_party"`
	OIDCConformant    bool              `json:"oidc_conformant"`
	Callbacks         []string          `json:"callbacks"`
	AllowedLogoutURLs []string          `json:"allowed_logout_urls"`
	WebOrigins        []string          `json:"web_origins"`
	GrantTypes        []string          `json:"grant_types"`
	AuthMethod        string            `json:"token_endpoint_auth_method"` // none, client_secret_post or private_key_jwt
	JWKS              json.RawMessage   `json:"jwks,omitempty"`
	JWKSURI           string            `json:"jwks_uri,omitempty"`
	Metadata          map[string]string `json:"client_metadata"`
	RefreshToken      refreshSettings   `json:"refresh_token"`
	IDTokens          idTokenSettings   `json:"jwt_configuration"`
	Logout            logoutSettings    `json:"oidc_logout"`
	RequirePushed     bool              `json:"require_pushed_authorization_requests"`
	RequirePKCE       bool              `json:"require_pkce"`
	Scopes            []string          `json:"scopes"`       // what it may ask people for at the timesheet API
	SkipConsent       bool              `json:"skip_consent"` // nobody is asked
	Disabled          bool              `json:"disabled"`
	CreatedAt         time.Time         `json:"created_at"`
	UpdatedAt         time.Time         `json:"updated_at"`
}

// refreshSettings are how refresh tokens live, which is the same for every application: seconds.
type refreshSettings struct {
	Rotation      string `json:"rotation_type"`
	Expiration    string `json:"expiration_type"`
	Leeway        int    `json:"leeway"`
	Lifetime      int    `json:"token_lifetime"`
	IdleLifetime  int    `json:"idle_token_lifetime"`
	NoEnd         bool   `json:"infinite_token_lifetime"`
	NoEndWhenIdle bool   `json:"infinite_idle_token_lifetime"`
}

var refreshSettled = refreshSettings{
	Rotation: "rotating", Expiration: "expiring", Leeway: int(refreshGrace.Seconds()),
	Lifetime: int(offlineLife.Seconds()), IdleLifetime: int(refreshIdle.Seconds()),
}

// idTokenSettings are how an application's ID tokens are made.
type idTokenSettings struct {
	Alg      string `json:"alg"`                 // RS256, PS256, ES256 or EdDSA
	Lifetime int    `json:"lifetime_in_seconds"` // the same for every application
}

// logoutSettings are where an application is told that a session ended.
type logoutSettings struct {
	URLs []string `json:"backchannel_logout_urls"` // one at most
}

// appTypes are the types of applications by the names that the management API has for them.
var appTypes = map[string]string{"native": "native", "spa": "spa", "regular_web": "web", "non_interactive": "machine"}

func appTypeOf(kind string) string {
	for name, of := range appTypes {
		if of == kind {
			return name
		}
	}
	return kind
}

// shown is the application as administrators see it, without its secret, of which only the hash is known.
func (c *Client) shown() Application {
	a := Application{
		ClientID: c.ID, Name: c.Name, Description: c.Description, AppType: appTypeOf(c.Type), IsFirstParty: true, OIDCConformant: true,
		Callbacks: c.RedirectURIs, AllowedLogoutURLs: c.LogoutURIs, WebOrigins: c.WebOrigins, GrantTypes: c.GrantTypes,
		AuthMethod: "client_secret_post", Metadata: c.Metadata, RefreshToken: refreshSettled, Scopes: c.Scopes, SkipConsent: c.SkipConsent,
		IDTokens: idTokenSettings{c.IDTokenAlg, int(idTokenLife.Seconds())}, Logout: logoutSettings{[]string{}},
		RequirePushed: c.RequirePushed, RequirePKCE: !c.PKCEOptional,
		Disabled: c.Disabled, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
	if len(a.GrantTypes) == 0 {
		a.GrantTypes = grantsOfType[c.Type]
	}
	if c.BackchannelLogoutURI != "" {
		a.Logout.URLs = []string{c.BackchannelLogoutURI}
	}
	if !c.confidential() {
		a.AuthMethod = "none"
	}
	if c.signs() {
		a.AuthMethod, a.JWKS, a.JWKSURI = "private_key_jwt", json.RawMessage(c.keySet.JWKS), c.keySet.JWKSURI
	}
	return a
}

// ApplicationQuery asks for applications.
type ApplicationQuery struct {
	Checkpoint
	AppType string `query:"app_type"` // names with commas between
}

// Applications lists applications by name: GET /api/v2/clients.
func (s *Server) Applications(_ context.Context, _ Caller, q ApplicationQuery) (List[Application], error) {
	all := []Application{}
	for _, c := range s.policy.Load().clients {
		if a := c.shown(); q.AppType == "" || slices.Contains(strings.Split(q.AppType, ","), a.AppType) {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b Application) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ClientID, b.ClientID))
	})
	return listOf(all, "clients", q.Checkpoint, func(a Application) string { return a.ClientID })
}

// ApplicationRef names an application.
type ApplicationRef struct {
	ID string `path:"id"`
}

var noSuchClient = unknown("inexistent_client", "The client does not exist.")

// Application shows one application: GET /api/v2/clients/{id}.
func (s *Server) Application(_ context.Context, _ Caller, ref ApplicationRef) (Application, error) {
	c := s.policy.Load().clients[ref.ID]
	if c == nil {
		return Application{}, noSuchClient
	}
	return c.shown(), nil
}

func (ref ApplicationRef) read(tx *gorm.DB) (*Client, error) {
	found := &Client{}
	err := tx.Where("id = ?", ref.ID).Take(found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, noSuchClient
	}
	if err != nil {
		return nil, fmt.Errorf("read client: %w", err)
	}
	var set clientKeySet
	err = tx.Where("client_id = ?", ref.ID).Take(&set).Error
	if err == nil {
		found.keySet = &set
	} else if !errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, fmt.Errorf("read client keys: %w", err)
	}
	return found, nil
}

// DeleteApplication ends an application with all its tokens: DELETE /api/v2/clients/{id}. To delete one that isn't there is no
// mistake.
func (s *Server) DeleteApplication(ctx context.Context, by Caller, ref ApplicationRef) error {
	err := s.administer(ctx, by, "Delete a client", func(tx *gorm.DB, n *news) (act, error) {
		before, err := ref.read(tx)
		if err != nil {
			return act{}, err
		}
		if before.ID == OwnApp {
			return act{}, errOwnApp
		}
		if by.Client == before.ID {
			return act{}, taken("An application can't delete itself.")
		}
		if err := tx.Delete(before).Error; err != nil {
			return act{}, fmt.Errorf("delete client: %w", err)
		}
		// Should another application be given the same client_id, the tokens of this one are not its.
		return act{of: before.ID, before: before.shown()}, revokeBefore(tx, n, Holders{Client: before.ID}, n.now)
	})
	if errors.Is(err, noSuchClient) {
		return nil
	}
	return err
}

// SecretRotation asks for another secret.
type SecretRotation struct {
	ApplicationRef
	RevokePrevious bool `json:"revoke_previous"` // else the secret before works on, until the next rotation
}

// RotateSecret gives an application another secret, which is told this once: POST /api/v2/clients/{id}/rotate-secret.
func (s *Server) RotateSecret(ctx context.Context, by Caller, r SecretRotation) (Application, error) {
	var now Application
	secret := newSecret()
	err := s.administer(ctx, by, "Rotate a client secret", func(tx *gorm.DB, n *news) (act, error) {
		client, err := r.read(tx)
		if err == nil {
			err = by.mayActAs(tx, client.ID)
		}
		if err != nil {
			return act{}, err
		}
		if !client.confidential() || client.signs() {
			return act{}, unfit("the application has no secret: it is %s and authenticates by %s", appTypeOf(client.Type), client.shown().AuthMethod)
		}
		if r.RevokePrevious {
			if err := tx.Where("client_id = ?", client.ID).Delete(&clientSecret{}).Error; err != nil {
				return act{}, fmt.Errorf("retire client secrets: %w", err)
			}
		}
		now = client.shown()
		now.ClientSecret = secret
		return act{of: client.ID, after: map[string]bool{"previous_revoked": r.RevokePrevious}},
			errors.Join(putSecret(tx, n, NewClient{ID: client.ID, Secret: secret}), n.tell("policy", ""))
	})
	return now, err
}

func newClientID() string { return rand.Text() }
