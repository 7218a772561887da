package main

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

const onePhone = `
users: [{email: ada@exampleco.com, name: Ada, password_hash: "` + exampleHash + `", roles: [employee]}]
clients:
  - client_id: timesheets-mobile
    name: Phone
    type: native
    redirect_uris: ["http://127.0.0.1/callback"]
    scopes: [offline_access, "read:timesheets"]
    skip_consent: true
`

// killable is the program as a process of its own, on a folder and a port that stay the same when it is started again.
type killable struct {
	folder, listen string
	process        *os.Process
}

func (k *killable) start(t *testing.T) {
	t.Helper()
	command := exec.Command(os.Args[0], "serve", "--listen", k.listen, "--provision", "punchcard.yaml")
	command.Dir, command.Env = k.folder, append(os.Environ(), asMain+"=1")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	k.process = command.Process
	for range 2000 {
		if answer, err := http.Get("http://" + k.listen + "/health"); err == nil {
			answer.Body.Close()
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it doesn't answer")
}

func (k *killable) kill(t *testing.T) {
	t.Helper()
	if err := k.process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := k.process.Wait(); err != nil {
		t.Fatal(err)
	}
}

// phone is Ada's app, which stays signed in.
type phone struct{ oauth2.Config }

func adasPhone(issuer string) phone {
	return phone{oauth2.Config{
		ClientID: "timesheets-mobile", RedirectURL: "http://127.0.0.1:50123/callback", Scopes: []string{"offline_access", "read:timesheets"},
		Endpoint: oauth2.Endpoint{AuthURL: issuer + "authorize", TokenURL: issuer + "oauth/token", AuthStyle: oauth2.AuthStyleInParams},
	}}
}

// signIn gives the first refresh token.
func (p phone) signIn(t *testing.T) string {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	answer := signIn(t, p.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier)), "ada@exampleco.com")
	tokens, err := p.Exchange(t.Context(), answer.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return tokens.RefreshToken
}

func (p phone) refresh(ctx context.Context, token string) (*oauth2.Token, error) {
	return p.TokenSource(ctx, &oauth2.Token{RefreshToken: token}).Token()
}

// A phone refreshes again and again while the server is killed, whose answer may be lost. Once the server is back, the phone
// is still signed in by the last token that it was given.
func TestNobodyIsSignedOutWhenTheServerIsKilledWhileTokensAreRefreshed(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &killable{folder: t.TempDir(), listen: free.Addr().String()}
	free.Close()
	if err := os.WriteFile(filepath.Join(k.folder, "punchcard.yaml"), []byte(onePhone), 0o600); err != nil {
		t.Fatal(err)
	}
	k.start(t)
	defer func() { k.kill(t) }()
	issuer := "http://" + k.listen + "/"
	app := adasPhone(issuer)
	last, refreshed := app.signIn(t), 0
	for round := range 5 {
		ended := make(chan int)
		go func() {
			done := 0
			for {
				next, err := app.refresh(context.Background(), last)
				if err != nil {
					break
				}
				last, done = next.RefreshToken, done+1
			}
			ended <- done
		}()
		time.Sleep(time.Duration(20+rand.IntN(60)) * time.Millisecond)
		k.kill(t)
		done := <-ended
		refreshed += done
		k.start(t)
		next, err := app.refresh(t.Context(), last)
		if err != nil {
			t.Fatalf("round %d, after %d refreshes: %v", round, done, err)
		}
		last = next.RefreshToken
		mustGet(t, app.Client(t.Context(), next), issuer+"me", http.StatusOK)
	}
	if refreshed == 0 {
		t.Error("it was killed before anything was refreshed")
	}
}
