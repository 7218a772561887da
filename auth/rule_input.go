package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"punchcard/auth/rules"
)

// occasion is what rules are asked about: tokens that are about to be issued to an application for a person.
type occasion struct {
	protocol string // "oidc-basic-profile", "oidc-implicit-profile", "oauth2-refresh-token" or "oauth2-device-code"
	client   *Client
	person   *standing
	api      *api
	granted  scopes
	authTime time.Time
	session  string            // sid; empty once it ended
	sso      bool              // it was there before: the person didn't have to sign in
	about    *event            // what is known of the request
	host     string            // to which it was sent
	query    map[string]string // of the authorization request
	body     map[string]string // of the token request
	denial   string            // the code of the error by which the application is told of a denial
}

// hiddenFromRules are the parameters that rules don't see: what proves something, or would pass for somebody.
var hiddenFromRules = []string{
	"access_token", "actor_token", "assertion", "client_assertion", "client_secret", "code", "code_verifier", "device_code",
	"id_token", "id_token_hint", "mfa_token", "otp", "password", "refresh_token", "request", "request_uri", "subject_token", "token",
	"user_code",
}

// maxShown bounds what rules see of one parameter, in bytes. Of a longer one they see nothing.
const maxShown = 2 << 10

// shown are the parameters as rules see them.
func (p params) shown() map[string]string {
	all := map[string]string{}
	for name, value := range p.values {
		if !slices.Contains(hiddenFromRules, strings.ToLower(name)) && len(name)+len(value) <= maxShown {
			all[name] = value
		}
	}
	return all
}

// ruleCall is what rules are given of tokens that are about to be issued, in Auth0's names.
func (s *Server) ruleCall(ctx context.Context, p *policy, o occasion) (rules.Call, error) {
	call := rules.Call{Rules: p.rules, Configuration: p.ruleConfigs, Now: s.now()}
	logins, err := s.loginsOf(ctx, o.person.person.ID)
	if err != nil {
		return call, err
	}
	signedIn, err := s.clientsOf(ctx, o.session)
	if err != nil {
		return call, err
	}
	user := ruleUser(&o.person.person)
	user["permissions"] = o.person.permits(o.api)
	if call.User, err = json.Marshal(user); err != nil {
		return call, fmt.Errorf("tell rules of a person: %w", err)
	}
	about := s.ruleContext(o)
	about["stats"] = object{"loginsCount": logins}
	about["sso"] = object{"with_auth0": o.sso, "with_dbconn": o.sso, "current_clients": signedIn}
	if call.Context, err = json.Marshal(about); err != nil {
		return call, fmt.Errorf("tell rules of a request: %w", err)
	}
	return call, nil
}

// clientsOf are the applications that have tokens of a session, as many as a person can know of.
func (s *Server) clientsOf(ctx context.Context, session string) ([]string, error) {
	ids := []string{}
	err := s.db.Read(ctx).Model(&authorization{}).Where("session_id = ? AND revoked_at IS NULL", session).
		Distinct("client_id").Order("client_id").Limit(100).Pluck("client_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read the applications of a session: %w", err)
	}
	return ids, nil
}

const ruleConnection = "Username-Password-Authentication" // what Auth0 calls sign-in by password, and its rules compare with

type object = map[string]any

func ruleUser(p *Person) object {
	nickname, _, _ := strings.Cut(p.Email, "@")
	return object{
		"user_id": p.ID, "email": p.Email, "email_verified": p.EmailVerified, "name": p.Name, "nickname": nickname, "username": p.Email,
		"created_at": ruleTime(p.CreatedAt), "updated_at": ruleTime(p.UpdatedAt),
		"identities":   []object{{"connection": ruleConnection, "provider": "auth0", "user_id": p.ID, "isSocial": false}},
		"app_metadata": p.AppMetadata.orEmpty(), "user_metadata": p.UserMetadata.orEmpty(),
	}
}

func (s *Server) ruleContext(o occasion) object {
	names := []string{}
	for _, id := range o.person.roles {
		names = append(names, o.person.policy.roles[id].Name)
	}
	return object{
		"tenant": strings.TrimPrefix(strings.TrimPrefix(s.origin, "https://"), "http://"), "protocol": o.protocol,
		"clientID": o.client.ID, "clientName": o.client.Name, "clientMetadata": orEmpty(o.client.Metadata),
		"connection": ruleConnection, "connectionStrategy": "auth0", "connectionMetadata": object{},
		"sessionID":      o.session,
		"authentication": object{"methods": []object{{"name": "pwd", "timestamp": o.authTime.UnixMilli()}}},
		"authorization":  object{"roles": names},
		"request": object{
			"ip": o.about.IP, "hostname": o.host, "userAgent": cut(o.about.UserAgent, maxShown),
			"query": orEmpty(o.query), "body": orEmpty(o.body),
			"geoip": object{}, // nothing here knows where an address is
		},
		"accessToken": object{"scope": o.granted}, "idToken": object{},
	}
}

// orEmpty is an object also where there is nothing: rules look into it without asking.
func orEmpty[V any](all map[string]V) map[string]V {
	if all == nil {
		return map[string]V{}
	}
	return all
}

func ruleTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
