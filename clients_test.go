package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// exampleServer serves ExampleCo without its weeks, and gives the issuer.
func exampleServer(t *testing.T) string {
	t.Helper()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	_, issuer := serveHouse(t, p)
	return issuer
}

// serveHouse builds a house in an empty folder and serves it until the test ends.
func serveHouse(t *testing.T, p *provisioning) (*house, string) {
	t.Helper()
	return serveIn(t, t.TempDir(), p)
}

func serveIn(t *testing.T, folder string, p *provisioning) (*house, string) {
	t.Helper()
	return serveBehind(t, folder, p, func(h http.Handler) http.Handler { return h })
}

// serveBehind has something lie between the house and who calls it.
func serveBehind(t *testing.T, folder string, p *provisioning, between func(http.Handler) http.Handler) (*house, string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String() + "/"
	s := settings{DB: "sqlite:" + filepath.Join(folder, "punchcard.db"), SecretFile: filepath.Join(folder, "punchcard.secret")}
	h, err := build(t.Context(), s, issuer, p, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = between(h.handler)
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h, issuer
}

var hiddenToken = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// signIn is a person with a browser: it follows an authorization URL through the pages to where the application waits.
func signIn(t *testing.T, authorizationURL, email string) url.Values {
	t.Helper()
	to, body := throughPages(t, authorizationURL, email)
	if to == nil {
		t.Fatalf("no application waits at the end: %s", body)
	}
	return to.Query()
}

// throughPages fills in each page that it comes to, and ends where the browser leaves the server, or at a page without a form.
func throughPages(t *testing.T, from, email string) (left *url.URL, page string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(from)
	for range 8 {
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		to, _ := answer.Location()
		here := answer.Request.URL
		switch token := hiddenToken.FindSubmatch(body); {
		case to != nil && to.Host != here.Host:
			return to, ""
		case to != nil:
			answer, err = browser.Get(to.String())
		case token != nil:
			answer, err = browser.PostForm(here.String(), url.Values{
				"csrf": {string(token[1])}, "email": {email}, "password": {examplePassword}, "decision": {"allow"},
				"user_code": here.Query()["user_code"]})
		case answer.StatusCode == http.StatusOK:
			return nil, string(body)
		default:
			t.Fatalf("%s answered %d: %s", here.Path, answer.StatusCode, body)
		}
	}
	t.Fatal("the sign-in goes round in circles")
	return nil, ""
}

// A native app made with golang.org/x/oauth2 and go-oidc: discovery, code with PKCE, ID token, UserInfo, refresh.
func TestNativeAppByXOAuth2AndGoOIDC(t *testing.T) {
	t.Parallel()
	issuer, ctx := exampleServer(t), t.Context()
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		t.Fatal(err)
	}
	app := oauth2.Config{
		ClientID: "timesheets-mobile", Endpoint: provider.Endpoint(), RedirectURL: "http://127.0.0.1:50123/callback",
		Scopes: []string{"openid", "profile", "email", "offline_access", "read:timesheets"},
	}
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	answer := signIn(t, app.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), "ada@exampleco.com")
	if answer.Get("state") != state || answer.Get("iss") != issuer {
		t.Fatalf("the answer is %v", answer)
	}
	if _, err := app.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier())); err == nil {
		t.Fatal("a code was redeemed with another verifier")
	}
	answer = signIn(t, app.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), "ada@exampleco.com")
	tokens, err := app.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: app.ClientID}).Verify(ctx, raw)
	if err != nil || id.Nonce != nonce {
		t.Fatalf("the ID token: %v", err)
	}
	if err := id.VerifyAccessToken(tokens.AccessToken); err != nil {
		t.Error(err)
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil || info.Subject != id.Subject || info.Email != "ada@exampleco.com" {
		t.Errorf("UserInfo is %+v, %v", info, err)
	}
	next, err := app.TokenSource(ctx, &oauth2.Token{RefreshToken: tokens.RefreshToken}).Token()
	if err != nil || next.RefreshToken == tokens.RefreshToken {
		t.Fatalf("refresh: %v", err)
	}
	mustGet(t, oauth2.NewClient(ctx, oauth2.StaticTokenSource(next)), issuer+"timesheets", http.StatusOK)
	mustGet(t, http.DefaultClient, issuer+"timesheets", http.StatusUnauthorized)
}

// A terminal made with golang.org/x/oauth2: it waits while the person goes to the link that it shows.
func TestDeviceByXOAuth2(t *testing.T) {
	t.Parallel()
	issuer, ctx := exampleServer(t), t.Context()
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		t.Fatal(err)
	}
	terminal := oauth2.Config{
		ClientID: "timesheets-mobile", Endpoint: provider.Endpoint(), Scopes: []string{"openid", "offline_access", "read:timesheets"},
	}
	device, err := terminal.DeviceAuth(ctx)
	if err != nil {
		t.Fatal(err)
	}
	device.Interval = 1 // the first poll needn't wait for longer
	short, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
	defer cancel()
	if _, err := terminal.DeviceAccessToken(short, device); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("before anybody allowed it: %v", err)
	}
	if _, page := throughPages(t, device.VerificationURIComplete, "ada@exampleco.com"); !strings.Contains(page, "Your device may go on") {
		t.Fatalf("the last page is %s", page)
	}
	tokens, err := terminal.DeviceAccessToken(ctx, device)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	if _, err := provider.Verifier(&oidc.Config{ClientID: terminal.ClientID}).Verify(ctx, raw); err != nil {
		t.Errorf("the ID token: %v", err)
	}
	next, err := terminal.TokenSource(ctx, &oauth2.Token{RefreshToken: tokens.RefreshToken}).Token()
	if err != nil {
		t.Fatalf("refresh: %v", err)
	}
	mustGet(t, oauth2.NewClient(ctx, oauth2.StaticTokenSource(next)), issuer+"timesheets", http.StatusOK)
	if _, err := terminal.DeviceAccessToken(ctx, device); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("a second time: %v", err)
	}
}

// A web app and a machine made with golang.org/x/oauth2, with the secret in the header and in the body.
func TestConfidentialClientsByXOAuth2(t *testing.T) {
	t.Parallel()
	issuer := exampleServer(t)
	for name, style := range map[string]oauth2.AuthStyle{"Basic": oauth2.AuthStyleInHeader, "post": oauth2.AuthStyleInParams} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			reports := oauth2.Config{
				ClientID: "reports", ClientSecret: "reports-secret-of-the-demo-only", RedirectURL: "http://localhost:4000/callback",
				Scopes:   []string{"openid", "read:timesheets"},
				Endpoint: oauth2.Endpoint{AuthURL: issuer + "authorize", TokenURL: issuer + "oauth/token", AuthStyle: style},
			}
			verifier := oauth2.GenerateVerifier()
			answer := signIn(t, reports.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier)), "ben@exampleco.com")
			tokens, err := reports.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
			if err != nil {
				t.Fatal(err)
			}
			mustGet(t, reports.Client(ctx, tokens), issuer+"me", http.StatusOK)

			payroll := clientcredentials.Config{
				ClientID: "payroll", ClientSecret: "payroll-secret-of-the-demo-only", TokenURL: issuer + "oauth/token", AuthStyle: style,
				EndpointParams: url.Values{"audience": {"https://api.exampleco.com/timesheets"}},
			}
			mustGet(t, payroll.Client(ctx), issuer+"timesheets", http.StatusOK)
			payroll.ClientSecret = "wrong"
			if _, err := payroll.Token(ctx); err == nil || !strings.Contains(err.Error(), "invalid_client") {
				t.Errorf("with a wrong secret: %v", err)
			}
		})
	}
}

func mustGet(t *testing.T, client *http.Client, at string, status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), "GET", at, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != status {
		body, _ := io.ReadAll(answer.Body)
		t.Errorf("%s answered %d, want %d: %s", at, answer.StatusCode, status, body)
	}
}
