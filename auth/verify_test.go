package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"gorm.io/gorm"
)

// forge signs what it is given, with a header of any kind.
func forge(t testing.TB, method jwt.SigningMethod, key any, header map[string]any, claims jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	delete(token.Header, "typ")
	for name, value := range header {
		token.Header[name] = value
	}
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestConformanceForgedAndForeignTokensAreRefused(t *testing.T) {
	holds(t, "B-13", "B-14", "B-15", "B-16", "Z-16", "Z-17")
	w := newWorld(t)
	good, refresh := w.tokens("ada@example.com", "nonce", "n")
	idToken := w.redeem(w.browser().code("ada@example.com")).json()["id_token"].(string)
	claims, err := w.server.parseAccess(good)
	if err != nil {
		t.Fatal(err)
	}
	key := w.server.keys.signer("ES256", w.clock.now())
	public, err := x509.MarshalPKIXPublicKey(key.private.Public())
	if err != nil {
		t.Fatal(err)
	}
	stranger, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	rsa := w.server.keys.signer("RS256", w.clock.now())
	ours := map[string]any{"typ": "at+jwt", "kid": key.ID}
	with := func(change func(*accessClaims)) accessClaims {
		c := *claims
		change(&c)
		return c
	}
	header := func(pairs ...any) map[string]any {
		h := map[string]any{"typ": "at+jwt", "kid": key.ID}
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i].(string)] = pairs[i+1]
		}
		return h
	}
	es := func(h map[string]any, c accessClaims) string {
		return forge(t, jwt.SigningMethodES256, key.private, h, c)
	}
	if a := w.probe(es(ours, *claims)); a.status != http.StatusOK {
		t.Fatalf("what is forged with the true key and claims is refused, so the cases below prove nothing: %s", a.body)
	}
	for name, token := range map[string]string{
		"empty":                 "",
		"a word":                "x",
		"dots":                  strings.Repeat(".", 1<<20),
		"ID token":              idToken,
		"refresh token":         refresh,
		"unsigned":              forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, ours, claims),
		"HMAC of public DER":    forge(t, jwt.SigningMethodHS256, public, ours, claims),
		"HMAC of nothing":       forge(t, jwt.SigningMethodHS256, []byte{}, ours, claims),
		"a stranger's key":      forge(t, jwt.SigningMethodES256, stranger, ours, claims),
		"another alg":           forge(t, jwt.SigningMethodRS256, rsa.private, ours, claims),
		"PS256 by an RS256 key": forge(t, jwt.SigningMethodPS256, rsa.private, header("kid", rsa.ID), claims),
		"no typ":                es(map[string]any{"kid": key.ID}, *claims),
		"typ JWT":               es(header("typ", "JWT"), *claims),
		"no kid":                es(map[string]any{"typ": "at+jwt"}, *claims),
		"unknown kid":           es(header("kid", "../../etc/passwd"), *claims),
		"long kid":              es(header("kid", strings.Repeat("k", 10_000)), *claims),
		"kid a number":          es(header("kid", 7), *claims),
		"embedded key":          es(header("jwk", map[string]string{"kty": "EC"}), *claims),
		"key by address":        es(header("jku", "http://127.0.0.1:1/keys"), *claims),
		"critical":              es(header("crit", []string{"b64"}), *claims),
		"unencoded payload":     es(header("b64", false), *claims),
		"other issuer":          es(ours, with(func(c *accessClaims) { c.Issuer = "https://evil.example/" })),
		"issuer, no slash":      es(ours, with(func(c *accessClaims) { c.Issuer = strings.TrimSuffix(issuer, "/") })),
		"other audience":        es(ours, with(func(c *accessClaims) { c.Audience = jwt.ClaimStrings{"https://elsewhere.example"} })),
		"for userinfo alone":    es(ours, with(func(c *accessClaims) { c.Audience = jwt.ClaimStrings{issuer + "userinfo"} })),
		"no audience":           es(ours, with(func(c *accessClaims) { c.Audience = nil })),
		"expired":               es(ours, with(func(c *accessClaims) { c.ExpiresAt = jwt.NewNumericDate(w.clock.now()) })),
		"no expiry":             es(ours, with(func(c *accessClaims) { c.ExpiresAt = nil })),
		"not yet valid":         es(ours, with(func(c *accessClaims) { c.NotBefore = jwt.NewNumericDate(w.clock.now().Add(time.Hour)) })),
		"from the future":       es(ours, with(func(c *accessClaims) { c.IssuedAt = jwt.NewNumericDate(w.clock.now().Add(time.Hour)) })),
		"no iat":                es(ours, with(func(c *accessClaims) { c.IssuedAt = nil })),
		"no jti":                es(ours, with(func(c *accessClaims) { c.ID = "" })),
		"no subject":            es(ours, with(func(c *accessClaims) { c.Subject = "" })),
		"unknown person":        es(ours, with(func(c *accessClaims) { c.Subject = "usr_nobody" })),
		"unknown client":        es(ours, with(func(c *accessClaims) { c.ClientID = "nobody" })),
		"a fourth part":         good + ".x",
		"padded":                good + "=",
		"space before":          " " + good,
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := w.server.Verify(t.Context(), token, Timesheets)
			if e, ok := errors.AsType[*Error](err); !ok || e.Code != "invalid_token" || e.Status != 401 {
				t.Errorf("got %v", err)
			}
			if took := time.Since(began); len(token) > 1<<16 && took > 100*time.Millisecond {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestConformanceNoChangedTokenIsValid(t *testing.T) {
	holds(t, "B-17", "Z-18")
	w := newWorld(t)
	good, _ := w.tokens("ada@example.com")
	refusedToken := func(token string) {
		t.Helper()
		if _, err := w.server.parseAccess(token); err == nil && token != good {
			t.Errorf("%q is taken for valid", token)
		}
	}
	for cut := range len(good) {
		refusedToken(good[:cut])
	}
	for i := range len(good) {
		for _, other := range []byte{'A', 'B', 'z', '9', '_', '.', '='} {
			refusedToken(good[:i] + string(other) + good[i+1:])
		}
	}
}

// Dies at once: whatever ends a token ends it at the next call, though it was verified and remembered before.
func TestConformanceTokensDieAtTheNextCall(t *testing.T) {
	holds(t, "B-18")
	for name, c := range map[string]struct {
		kill   func(w *world, access, refresh string)
		status int
	}{
		"revoked": {func(w *world, access, _ string) {
			if a := w.client("/oauth/revoke", "app", "token", access); a.status != http.StatusOK {
				w.Fatalf("got %d %s", a.status, a.body)
			}
		}, 401},
		"its refresh token revoked": {func(w *world, _, refresh string) { w.client("/oauth/revoke", "app", "token", refresh) }, 401},
		"its session ended": {func(w *world, _, _ string) {
			w.endSession()
		}, 401},
		"its person blocked": {func(w *world, _, _ string) { w.update("mia@example.com", "blocked", true) }, 401},
		"expired":            {func(w *world, _, _ string) { w.clock.move(2 * time.Hour) }, 401},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			access, refresh := w.tokens("mia@example.com")
			if a := w.probe(access); a.status != http.StatusOK {
				t.Fatalf("got %d", a.status)
			}
			c.kill(w, access, refresh)
			refused(t, w.probe(access), c.status, "invalid_token")
			w.http.Config.Handler = w.routes(w.open()) // and after a restart
			refused(t, w.probe(access), c.status, "invalid_token")
		})
	}
}

func TestConformanceALostRoleIsLostAtTheNextCall(t *testing.T) {
	holds(t, "B-19")
	w := newWorld(t)
	access, _ := w.tokens("mia@example.com", "scope", "read:timesheets approve:timesheets")
	may := func() []any { s, _ := w.probe(access).json()["Scopes"].([]any); return s }
	if len(may()) != 2 {
		t.Fatalf("got %v", may())
	}
	w.update("ada@example.com", "manager_id", nil)
	if got := may(); len(got) != 1 || got[0] != "read:timesheets" {
		t.Errorf("who manages nobody any more may %v", got)
	}
	err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
		if err := tx.Where("1 = 1").Delete(&userRole{}).Error; err != nil {
			return err
		}
		return n.tell("people", "")
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := may(); len(got) != 0 {
		t.Errorf("who has no role any more may %v", got)
	}
}

// Two instances share a database. What one revokes, the other hears when it listens.
func TestOtherInstancesHearOfRevocations(t *testing.T) {
	w := newWorld(t)
	access, _ := w.tokens("ada@example.com")
	other := w.open()
	if _, err := other.Verify(t.Context(), access, Timesheets); err != nil {
		t.Fatal(err)
	}
	w.client("/oauth/revoke", "app", "token", access)
	if err := other.listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Verify(t.Context(), access, Timesheets); err == nil {
		t.Error("the other instance still takes it")
	}
	second, _ := w.tokens("ada@example.com")
	if _, err := other.Verify(t.Context(), second, Timesheets); err != nil {
		t.Fatal(err)
	}
	w.clock.move(time.Second)
	w.update("ada@example.com", "blocked", true)
	if err := other.listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Verify(t.Context(), second, Timesheets); err == nil {
		t.Error("the other instance lets a blocked person in")
	}
}

// An instance whose clock is behind is heard as well, about what another one spoke of later.
func TestInstancesWhoseClocksDifferHearEachOther(t *testing.T) {
	w := newWorld(t)
	access, _ := w.tokens("ada@example.com")
	other := w.open()
	other.now = func() time.Time { return w.clock.now().Add(-5 * time.Second) }
	for _, blocked := range []bool{false, true} {
		from := w.server
		if blocked {
			from = other
		}
		err := from.change(t.Context(), func(tx *gorm.DB, n *news) error {
			if err := tx.Model(&Person{}).Where("email = ?", "ada@example.com").Update("blocked", blocked).Error; err != nil {
				return err
			}
			return n.tell("people", "")
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.server.listen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, w.probe(access), 401, "invalid_token")
}

func TestAnAccessTokenIsAsRFC9068HasIt(t *testing.T) {
	w := newWorld(t)
	access, _ := w.tokens("ada@example.com")
	part := strings.Split(access, ".")
	var header, claims map[string]any
	for i, into := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(part[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	if header["typ"] != "at+jwt" || header["alg"] != "ES256" || w.server.keys.find(header["kid"].(string)) == nil {
		t.Errorf("the header is %v", header)
	}
	for _, name := range []string{"iss", "sub", "aud", "client_id", "azp", "iat", "exp", "jti", "scope", "auth_time", "amr", "sid"} {
		if claims[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range []string{"email", "name", "nonce"} {
		if claims[name] != nil {
			t.Errorf("%s is there", name)
		}
	}
	if aud := claims["aud"].([]any); len(aud) != 2 || aud[0] != audience || aud[1] != issuer+"userinfo" {
		t.Errorf("aud is %v", aud)
	}
}

func TestTheCacheOfVerifiedTokensIsBounded(t *testing.T) {
	var v verified
	now := time.Now()
	claims := &accessClaims{RegisteredClaims: jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(now.Add(time.Hour))}}
	for i := range 2*mostVerified + 10 {
		v.keep([32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, &verifiedToken{claims: claims}, now)
	}
	if len(v.known) > mostVerified || len(v.known) < mostVerified/2 {
		t.Errorf("it holds %d", len(v.known))
	}
}

func FuzzVerify(f *testing.F) {
	s := &Server{issuer: issuer, now: time.Now}
	s.policy.Store(&policy{apis: map[string]*api{Timesheets: {ID: Timesheets, Audience: audience}}})
	key := &signingKey{ID: "k", Alg: "ES256"}
	key.private, _ = algorithms["ES256"].make()
	s.keys.keys.Store(&[]*signingKey{key})
	good, err := s.sign("ES256", "at+jwt", accessClaims{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("..")
	f.Add("eyJhbGciOiJub25lIn0..")
	f.Fuzz(func(t *testing.T, token string) {
		if claims, err := s.parseAccess(token); err == nil {
			t.Errorf("%q is taken for %v", token, claims)
		}
	})
}

// What the guard costs for a token that it knows, and for one that it sees for the first time.
func BenchmarkVerify(b *testing.B) {
	w := newWorld(b)
	access, _ := w.tokens("ada@example.com")
	for name, forget := range map[string]bool{"known": false, "first": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if forget {
					w.server.verified.known = nil
				}
				if _, err := w.server.Verify(b.Context(), access, Timesheets); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
