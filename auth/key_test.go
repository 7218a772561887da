package auth

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func published(t *testing.T, w *world) map[string]map[string]any {
	t.Helper()
	keys := map[string]map[string]any{}
	for _, k := range w.browser().get("/.well-known/jwks.json").json()["keys"].([]any) {
		jwk := k.(map[string]any)
		keys[jwk["kid"].(string)] = jwk
	}
	return keys
}

func kidOf(t *testing.T, token string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(raw), `"kid":"`)
	kid, _, _ := strings.Cut(after, `"`)
	return kid
}

func TestConformanceKeysRotateWithoutAGap(t *testing.T) {
	holds(t, "K-07")
	w := newWorld(t)
	machine := func() string {
		return w.token("payroll:payroll secret, long", "grant_type", "client_credentials").json()["access_token"].(string)
	}
	tend := func() {
		t.Helper()
		if err := w.server.tendKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	first := kidOf(t, machine())
	w.clock.move(keyLife - keyPreview - time.Second)
	if tend(); len(published(t, w)) != 2 {
		t.Fatalf("%d keys are published, want one for each algorithm", len(published(t, w)))
	}
	w.clock.move(time.Second)
	if tend(); len(published(t, w)) != 4 {
		t.Fatalf("%d keys are published a week before the change, want four", len(published(t, w)))
	}
	if kidOf(t, machine()) != first {
		t.Error("the new key signs before those who cache the JWKS can know it")
	}
	w.clock.move(keyPreview - time.Second)
	last := machine()
	w.clock.move(time.Second)
	change := w.clock.now()
	second := kidOf(t, machine())
	if kidOf(t, last) != first || second == first {
		t.Fatal("the keys don't change at the end of the first one's life")
	}
	for w.clock.now().Before(change.Add(maxTokenLife)) {
		if tend(); w.probe(machine()).status != 200 || published(t, w)[first] == nil {
			t.Fatalf("there is a gap %s after the change", w.clock.now().Sub(change))
		}
		w.clock.move(time.Hour)
	}
	w.clock.move(keyAfter - maxTokenLife + time.Second)
	if tend(); published(t, w)[first] != nil || published(t, w)[second] == nil {
		t.Error("the first key is still published when nothing of it can be valid")
	}
}

func TestAServerThatSleptThroughTheRotationCatchesUp(t *testing.T) {
	w := newWorld(t)
	w.clock.move(2 * keyLife)
	s := w.open()
	if got := len(s.keys.all()); got != 4 {
		t.Fatalf("%d keys, want an old and a coming one for each algorithm", got)
	}
	if k := s.keys.signer("ES256", w.clock.now()); k == nil || k.ActiveAt.After(w.clock.now()) {
		t.Error("nothing signs until the new key is known")
	}
}

func TestConformanceThePublicKeysHoldNothingPrivate(t *testing.T) {
	holds(t, "K-06")
	w := newWorld(t)
	keys := published(t, w)
	if len(keys) != 2 {
		t.Fatalf("%d keys", len(keys))
	}
	for _, jwk := range keys {
		for _, member := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if jwk[member] != nil {
				t.Errorf("the key holds %s", member)
			}
		}
		if jwk["use"] != "sig" || jwk["alg"] == nil || jwk["kty"] == nil {
			t.Errorf("the key is %v", jwk)
		}
	}
}

func TestEveryAlgorithmSignsAndVerifies(t *testing.T) {
	for _, alg := range methods {
		t.Run(alg, func(t *testing.T) {
			w := newWorld(t)
			if err := w.server.Apply(t.Context(), Directory{API: &NewAPI{Audience: audience, SigningAlg: alg}}, nil); err != nil {
				t.Fatal(err)
			}
			access, _ := w.tokens("ada@example.com")
			if a := w.probe(access); a.status != 200 || published(t, w)[kidOf(t, access)]["alg"] != alg {
				t.Errorf("got %d %s", a.status, a.body)
			}
		})
	}
}

func TestPrivateKeysAreEncrypted(t *testing.T) {
	w := newWorld(t)
	var rows []signingKey
	if err := w.db.Read(t.Context()).Find(&rows).Error; err != nil || len(rows) == 0 {
		t.Fatal(err, len(rows))
	}
	for i, row := range rows {
		raw, err := base64.StdEncoding.DecodeString(row.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(raw, []byte{0x30, 0x82}) || bytes.Contains(raw, []byte("PRIVATE")) {
			t.Error("the key lies open")
		}
		stolen := rows[(i+1)%len(rows)]
		stolen.ID = row.ID
		if stolen.open(w.server.secrets.keys) == nil {
			t.Error("a key can be put in another one's place")
		}
	}
}

func TestAWrongSecretFileIsTold(t *testing.T) {
	w := newWorld(t)
	_, err := New(t.Context(), w.db, Settings{Issuer: issuer, Secret: bytes.Repeat([]byte("x"), 32), Scopes: testScopes, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !contains(err.Error(), "Put back the secret file") {
		t.Errorf("got %v", err)
	}
	if _, err := New(t.Context(), w.db, Settings{Issuer: issuer, Secret: []byte("short")}); err == nil {
		t.Error("a short secret is taken")
	}
}

func TestAnIssuerIsAnOrigin(t *testing.T) {
	for _, wrong := range []string{"", "https://time.example.com", "ftp://x/", "https://x/path/", "https://x/?a", "https://u@x/", "x"} {
		if _, err := New(t.Context(), nil, Settings{Issuer: wrong, Secret: bytes.Repeat([]byte("x"), 32)}); err == nil {
			t.Errorf("%q is taken for an issuer", wrong)
		}
	}
}
