package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"punchcard/auth/rules"
)

// shownToRules are the parameters of a token request that rules may see. No secret is among them: no code, no verifier, no
// token, no password of an application.
var shownToRules = []string{"grant_type", "client_id", "redirect_uri", "scope", "audience", "resource"}

// ruleCall is what rules are given of tokens that are about to be issued, in Auth0's names.
func (s *Server) ruleCall(ctx context.Context, list []rules.Rule, i *issuing, granted scopes) (rules.Call, error) {
	count, err := s.loginsOf(ctx, i.person.person.ID)
	if err != nil {
		return rules.Call{}, err
	}
	call := rules.Call{Rules: list, Configuration: []byte("{}"), Now: s.now()}
	if call.User, err = json.Marshal(ruleUser(&i.person.person)); err != nil {
		return call, fmt.Errorf("tell rules of a person: %w", err)
	}
	if call.Context, err = json.Marshal(s.ruleContext(i, granted, count)); err != nil {
		return call, fmt.Errorf("tell rules of a request: %w", err)
	}
	return call, nil
}

const ruleConnection = "Username-Password-Authentication" // what Auth0 calls sign-in by password, and its rules compare with

type object = map[string]any

func ruleUser(p *Person) object {
	nickname, _, _ := strings.Cut(p.Email, "@")
	return object{
		"user_id": p.ID, "email": p.Email, "email_verified": p.EmailVerified, "name": p.Name, "nickname": nickname, "username": p.Email,
		"created_at": ruleTime(p.CreatedAt), "updated_at": ruleTime(p.UpdatedAt),
		"identities":   []object{{"connection": ruleConnection, "provider": "auth0", "user_id": p.ID, "isSocial": false}},
		"app_metadata": object{}, "user_metadata": object{},
	}
}

func (s *Server) ruleContext(i *issuing, granted scopes, count int) object {
	names := []string{}
	for _, id := range i.person.roles {
		names = append(names, i.person.policy.roles[id].Name)
	}
	body := object{}
	for _, name := range shownToRules {
		if value := i.request.get(name); value != "" {
			body[name] = value
		}
	}
	return object{
		"tenant": strings.TrimPrefix(strings.TrimPrefix(s.origin, "https://"), "http://"), "protocol": i.protocol,
		"clientID": i.client.ID, "clientName": i.client.Name, "clientMetadata": object{},
		"connection": ruleConnection, "connectionStrategy": "auth0", "connectionMetadata": object{},
		"sessionID": i.session, "stats": object{"loginsCount": count},
		"authentication": object{"methods": []object{{"name": "pwd", "timestamp": i.family.AuthTime.UnixMilli()}}},
		"authorization":  object{"roles": names},
		"request": object{
			"ip": i.request.about.IP, "hostname": i.request.host, "userAgent": i.request.about.UserAgent,
			"query": object{}, "body": body, "geoip": object{},
		},
		"accessToken": object{"scope": granted}, "idToken": object{},
	}
}

func ruleTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
