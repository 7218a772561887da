package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// ApplicationFields are what can be said of an application. What is null or left out stays as it is.
type ApplicationFields struct {
	Name              *string            `json:"name"`
	Description       *string            `json:"description"`
	AppType           *string            `json:"app_type"`
	IsFirstParty      *bool              `json:"is_first_party"`
	OIDCConformant    *bool              `json:"oidc_conformant"`
	Callbacks         []string           `json:"callbacks"`
	AllowedLogoutURLs []string           `json:"allowed_logout_urls"`
	WebOrigins        []string           `json:"web_origins"`
	GrantTypes        []string           `json:"grant_types"`
	AuthMethod        *string            `json:"token_endpoint_auth_method"`
	JWKS              *keySetJSON        `json:"jwks"`
	JWKSURI           *string            `json:"jwks_uri"`
	Metadata          map[string]*string `json:"client_metadata"` // null takes a member away
	Scopes            []string           `json:"scopes"`
	SkipConsent       *bool              `json:"skip_consent"`
	Disabled          *bool              `json:"disabled"`
}

// ApplicationChange changes what is given of an application.
type ApplicationChange struct {
	ApplicationRef
	ApplicationFields
}

// keySetJSON is a JSON Web Key Set as it was given.
type keySetJSON struct {
	Keys []map[string]any `json:"keys"`
}

// NewApplication is an application to make. Without a client_id it is given one.
type NewApplication struct {
	ApplicationFields
	ClientID string `json:"client_id"`
}

// Validate says what is wrong with it that needs no look at what there is.
func (c ApplicationFields) Validate() error {
	_, known := appTypes[deref(c.AppType)]
	switch {
	case c.AppType != nil && !known:
		return unfit("'app_type' must be native, spa, regular_web or non_interactive")
	case c.IsFirstParty != nil && !*c.IsFirstParty:
		return unfit("'is_first_party' must be true: whether people are asked is up to skip_consent here")
	case c.OIDCConformant != nil && !*c.OIDCConformant:
		return unfit("'oidc_conformant' must be true: every application is")
	case len(deref(c.Description)) > 500:
		return unfit("'description' must be at most 500 bytes")
	case len(c.Metadata) > mostMetadata:
		return unfit("'client_metadata' must have at most %d members", mostMetadata)
	}
	for name, value := range c.Metadata {
		if len(name) > 255 || len(deref(value)) > 255 {
			return unfit("'client_metadata' must have names and values of at most 255 bytes")
		}
	}
	return nil
}

// Validate says what is wrong with it that needs no look at what there is.
func (n NewApplication) Validate() error {
	switch {
	case n.Name == nil:
		return unfit("'name' is needed")
	case n.AppType == nil:
		return unfit("'app_type' is needed: native, spa, regular_web or non_interactive")
	}
	return n.ApplicationFields.Validate()
}

const mostMetadata = 10

// deref is what a pointer leads to, or nothing.
func deref[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}

// CreateApplication makes an application: POST /api/v2/clients. One that can keep a secret is told it this once, unless it
// comes with public keys.
func (s *Server) CreateApplication(ctx context.Context, by Caller, n NewApplication) (Application, error) {
	var made Application
	id, secret := n.ClientID, newSecret()
	if id == "" {
		id = newClientID()
	}
	err := s.administer(ctx, by, "Create a client", func(tx *gorm.DB, news *news) (act, error) {
		_, err := ApplicationRef{id}.read(tx)
		if err == nil {
			return act{}, taken("An application with this client_id already exists.")
		}
		if !errors.Is(err, noSuchClient) {
			return act{}, err
		}
		client := &Client{ID: id, CreatedAt: news.now, Scopes: defaultScopes}
		if *n.AppType == "non_interactive" {
			client.Scopes = nil
		}
		if err := s.keepApplication(tx, news, client, n.ApplicationFields, secret); err != nil {
			return act{}, err
		}
		made = client.shown()
		after := made
		if client.confidential() && !client.signs() {
			made.ClientSecret = secret
		}
		return act{of: id, after: after}, news.tell("policy", "")
	})
	return made, err
}

// UpdateApplication changes an application: PATCH /api/v2/clients/{id}. One that is disabled has no live token from then on.
func (s *Server) UpdateApplication(ctx context.Context, by Caller, change ApplicationChange) (Application, error) {
	var now Application
	err := s.administer(ctx, by, "Update a client", func(tx *gorm.DB, n *news) (act, error) {
		client, err := change.read(tx)
		if err == nil {
			err = by.mayActAs(tx, client.ID)
		}
		if err != nil {
			return act{}, err
		}
		before := client.shown()
		if by.Client == client.ID && deref(change.Disabled) {
			return act{}, taken("An application can't disable itself.")
		}
		if err := s.keepApplication(tx, n, client, change.ApplicationFields, ""); err != nil {
			return act{}, err
		}
		now = client.shown()
		return act{of: client.ID, before: before, after: now}, n.tell("policy", "")
	})
	return now, err
}

// keepApplication changes the row and what the application authenticates with, by the rules of the provisioning file.
func (s *Server) keepApplication(tx *gorm.DB, n *news, client *Client, change ApplicationFields, secret string) error {
	change.applyTo(client)
	client.UpdatedAt = n.now
	given := change.asNew(client, secret)
	if err := given.unfit(s.scopes); err != nil {
		return err
	}
	if err := change.grantsFit(client); err != nil {
		return err
	}
	if err := tx.Save(client).Error; err != nil {
		return fmt.Errorf("keep client: %w", err)
	}
	if err := change.retire(tx, client); err != nil {
		return err
	}
	if err := putCredentials(tx, n, given); err != nil {
		return err
	}
	if given.JWKS+given.JWKSURI != "" {
		client.keySet = &clientKeySet{ClientID: client.ID, JWKS: given.JWKS, JWKSURI: given.JWKSURI}
	}
	return nil
}

// retire takes away what the application may not authenticate with any more: a public one with nothing, one that goes back
// to a secret, which RotateSecret gives it, with no keys.
func (c ApplicationFields) retire(tx *gorm.DB, client *Client) error {
	var credentials []any
	switch public := !client.confidential(); {
	case public:
		credentials = []any{&clientSecret{}, &clientKeySet{}}
	case strings.HasPrefix(deref(c.AuthMethod), "client_secret_"):
		credentials = []any{&clientKeySet{}}
	}
	for _, credential := range credentials {
		client.keySet = nil
		if err := tx.Where("client_id = ?", client.ID).Delete(credential).Error; err != nil {
			return fmt.Errorf("retire credentials: %w", err)
		}
	}
	return nil
}

func (c ApplicationFields) applyTo(client *Client) {
	for _, text := range []struct{ given, into *string }{{c.Name, &client.Name}, {c.Description, &client.Description}} {
		if text.given != nil {
			*text.into = *text.given
		}
	}
	for _, list := range []struct{ given, into *[]string }{
		{&c.Callbacks, &client.RedirectURIs}, {&c.AllowedLogoutURLs, &client.LogoutURIs}, {&c.WebOrigins, &client.WebOrigins},
		{&c.GrantTypes, &client.GrantTypes}, {&c.Scopes, &client.Scopes},
	} {
		if *list.given != nil {
			*list.into = *list.given
		}
	}
	for _, flag := range []struct{ given, into *bool }{{c.SkipConsent, &client.SkipConsent}, {c.Disabled, &client.Disabled}} {
		if flag.given != nil {
			*flag.into = *flag.given
		}
	}
	if c.AppType != nil {
		client.Type = appTypes[*c.AppType]
	}
	metadata := maps.Clone(client.Metadata)
	for name, value := range c.Metadata {
		if metadata == nil {
			metadata = map[string]string{}
		}
		if value == nil {
			delete(metadata, name)
		} else {
			metadata[name] = *value
		}
	}
	client.Metadata = metadata
}

// asNew is the application as the provisioning file would have it, so that one set of rules holds for both.
func (c ApplicationFields) asNew(client *Client, secret string) NewClient {
	n := NewClient{
		ID: client.ID, Name: client.Name, Type: client.Type, JWKSURI: deref(c.JWKSURI), RedirectURIs: client.RedirectURIs,
		LogoutURIs: client.LogoutURIs, WebOrigins: client.WebOrigins, Scopes: client.Scopes, SkipConsent: client.SkipConsent,
	}
	if c.JWKS != nil {
		keys, _ := json.Marshal(c.JWKS)
		n.JWKS = string(keys)
	}
	if client.confidential() && n.JWKS+n.JWKSURI == "" {
		n.Secret = secret
	}
	return n
}

// unfit tells all that is wrong with an application in the names of the management API. Its callbacks may come later, when
// its client_id is known, and a secret that it has already isn't given again.
func (c NewClient) unfit(catalogue []Scope) error {
	var m mistakes
	c.check(&m, 0, catalogue)
	var wrong []string
	for _, mistake := range m {
		name := strings.TrimPrefix(mistake.Pointer, "/clients/0/")
		if name == "redirect_uris" && c.Type != "machine" || name == "client_secret" && c.Secret == "" {
			continue
		}
		for ours, theirs := range map[string]string{"redirect_uris": "callbacks", "logout_uris": "allowed_logout_urls", "type": "app_type"} {
			if rest, ok := strings.CutPrefix(name, ours); ok {
				name = theirs + rest
			}
		}
		wrong = append(wrong, "'"+name+"' "+mistake.Detail)
	}
	if len(wrong) > 0 {
		return unfit("%s", strings.Join(wrong, "; "))
	}
	return nil
}

// grantsFit keeps an application to the grants of its type and to the credentials that it can have.
func (c ApplicationFields) grantsFit(client *Client) error {
	for _, grant := range client.GrantTypes {
		if !slices.Contains(grantsOfType[client.Type], grant) {
			return unfit("'grant_types' must be of %s for this app_type: %q isn't", strings.Join(grantsOfType[client.Type], ", "), grant)
		}
	}
	keys := c.JWKS != nil || deref(c.JWKSURI) != ""
	signs := keys || client.signs()
	switch method := deref(c.AuthMethod); {
	case method == "", method == "none" && !client.confidential(), method == "private_key_jwt" && signs:
		return nil
	case (method == "client_secret_post" || method == "client_secret_basic") && client.confidential() && !keys:
		return nil
	case method == "private_key_jwt":
		return unfit("'token_endpoint_auth_method' private_key_jwt takes jwks or jwks_uri beside it")
	default:
		return unfit("'token_endpoint_auth_method' must be none for native and spa, else client_secret_post, client_secret_basic or private_key_jwt")
	}
}
