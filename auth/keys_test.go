package auth

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func openKeys(t *testing.T, w *world) *Keys {
	t.Helper()
	k, err := OpenKeys(t.Context(), w.db, bytes.Repeat([]byte("s"), 32))
	if err != nil {
		t.Fatal(err)
	}
	k.server.now = w.clock.now
	return k
}

func uses(k *Keys, alg string) string {
	var list []string
	for _, key := range k.List() {
		if key.Alg == alg {
			list = append(list, key.Use)
		}
	}
	return strings.Join(list, " ")
}

func TestAKeyCanBeRotatedBeforeItsTime(t *testing.T) {
	w := newWorld(t)
	k := openKeys(t, w)
	old, _ := w.tokens("ada@example.com")
	w.clock.move(time.Second)
	next, err := k.Rotate(t.Context(), "ES256")
	if err != nil || uses(k, "ES256") != "signs next" {
		t.Fatal(err, uses(k, "ES256"))
	}
	if err := w.server.listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if published(t, w)[next.ID] == nil {
		t.Error("the running server doesn't publish it")
	}
	if access, _ := w.tokens("ada@example.com"); kidOf(t, access) == next.ID {
		t.Error("it signs before others can know it")
	}
	w.clock.move(jwksLife)
	access, _ := w.tokens("ada@example.com")
	if kidOf(t, access) != next.ID || uses(k, "ES256") != "verifies signs" {
		t.Errorf("it doesn't sign after that: %s", uses(k, "ES256"))
	}
	if a := w.probe(old); a.status != 200 {
		t.Errorf("a token of the old key got %d", a.status)
	}
	if _, err := k.Rotate(t.Context(), "HS256"); err == nil {
		t.Error("a key was made for HS256")
	}
}

func TestARevokedKeyIsWorthNothingAtTheNextCall(t *testing.T) {
	w := newWorld(t)
	k := openKeys(t, w)
	access, refresh := w.tokens("ada@example.com")
	if a := w.probe(access); a.status != 200 {
		t.Fatalf("got %d", a.status)
	}
	w.clock.move(time.Second)
	lost := kidOf(t, access)
	if err := k.Revoke(t.Context(), lost); err != nil {
		t.Fatal(err)
	}
	if err := w.server.listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused(t, w.probe(access), 401, "invalid_token")
	if published(t, w)[lost] != nil {
		t.Error("the key is still published")
	}
	again := w.refresh(refresh)
	if a := w.probe(again.json()["access_token"].(string)); a.status != 200 {
		t.Errorf("the new key's token got %d %s", a.status, a.body)
	}
	if err := k.Revoke(t.Context(), lost); err == nil {
		t.Error("it was revoked twice")
	}
	if _, err := OpenKeys(t.Context(), w.db, bytes.Repeat([]byte("x"), 32)); err == nil {
		t.Error("another secret opens the keys")
	}
}
