package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth/lang"
)

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
	if err := s.keyFor(ctx, cmp.Or(n.idTokenAlg(), idTokenAlg)); err != nil {
		return made, err
	}
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
		client := &Client{ID: id, CreatedAt: news.now, Scopes: defaultScopes, IDTokenAlg: idTokenAlg}
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
	if err := s.keyFor(ctx, cmp.Or(change.idTokenAlg(), idTokenAlg)); err != nil {
		return now, err
	}
	err := s.administer(ctx, by, "Update a client", func(tx *gorm.DB, n *news) (act, error) {
		client, err := change.read(tx)
		if err == nil {
			err = by.mayActAs(tx, client.ID)
		}
		if err != nil {
			return act{}, err
		}
		if client.ID == OwnApp {
			return act{}, errOwnApp
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
	if err := s.fits(given); err != nil {
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
	for _, flag := range []struct{ given, into *bool }{{c.SkipConsent, &client.SkipConsent}, {c.Disabled, &client.Disabled}, {c.RequirePushed, &client.RequirePushed}} {
		if flag.given != nil {
			*flag.into = *flag.given
		}
	}
	if c.AppType != nil {
		client.Type = appTypes[*c.AppType]
	}
	if c.RequirePKCE != nil {
		client.PKCEOptional = !*c.RequirePKCE
	}
	if c.IDTokens != nil && c.IDTokens.Alg != nil {
		client.IDTokenAlg = *c.IDTokens.Alg
	}
	if c.Logout != nil && c.Logout.URLs != nil {
		client.BackchannelLogoutURI = strings.Join(c.Logout.URLs, "")
		client.BackchannelLogoutSessionRequired = client.BackchannelLogoutSessionRequired && client.BackchannelLogoutURI != ""
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
		IDTokenAlg: client.IDTokenAlg, RequirePushed: client.RequirePushed, PKCEOptional: client.PKCEOptional,
		BackchannelLogoutURI: client.BackchannelLogoutURI, BackchannelLogoutSessionRequired: client.BackchannelLogoutSessionRequired,
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

// applicationNames are the members of applications that the provisioning file knows by another name.
var applicationNames = map[string]string{
	"redirect_uris": "callbacks", "logout_uris": "allowed_logout_urls", "type": "app_type", "id_token_signed_response_alg": "jwt_configuration/alg",
	"backchannel_logout_uri": "oidc_logout/backchannel_logout_urls/0",
}

// fits tells all that is wrong with an application in the names of the management API. Its callbacks may come later, when
// its client_id is known, and a secret that it has already isn't given again.
func (s *Server) fits(c NewClient) error {
	var m mistakes
	c.check(&m, 0, s.scopes)
	var wrong []lang.Phrase
	for _, mistake := range append(m, s.checkBackchannels([]NewClient{c})...) {
		name := strings.TrimPrefix(mistake.Pointer, "/clients/0/")
		if name == "redirect_uris" && c.Type != "machine" || name == "client_secret" && c.Secret == "" {
			continue
		}
		for ours, theirs := range applicationNames {
			if rest, ok := strings.CutPrefix(name, ours); ok {
				name = theirs + rest
			}
		}
		wrong = append(wrong, lang.Say("'%s' %s", name, mistake.Detail))
	}
	if len(wrong) > 0 {
		return unfit("%s", lang.Besides(wrong...))
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
