package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Proof is what a request brings to show that its sender holds a key (RFC 9449 §4).
type Proof struct {
	Given  []string // every DPoP header field; one is in order
	Method string
	Path   string // of the request, decoded: the rest of its URL is the issuer's, whatever Host says
}

const (
	maxProof = 4 << 10     // bytes; with an RSA key of 4096 bits it takes 2,300
	proofAge = time.Minute // how far the proof's iat may be from our time, either way
	maxJTI   = 128         // bytes
)

// proofClaims are a proof's (RFC 9449 §4.2).
type proofClaims struct {
	jwt.RegisteredClaims
	Method    string `json:"htm"`
	URI       string `json:"htu"`
	TokenHash string `json:"ath"`
	Nonce     string `json:"nonce"`
}

// prove checks a proof as RFC 9449 §4.3 lists it, and gives the thumbprint of its key. Beside an access token, which the
// proof must then name, token is its text and bound the thumbprint of its key; at the token endpoint both are empty. A proof
// is good once.
//
// The nonce comes after all that the proof says by itself, so that only who can make a proof is told to make another; the
// write comes last, so that nothing but a good proof costs one.
func (s *Server) prove(ctx context.Context, p Proof, token, bound string) (string, error) {
	if len(p.Given) != 1 {
		return "", wrongProof("there must be exactly one DPoP header").because("there are %d", len(p.Given))
	}
	claims, key, err := parseProof(p.Given[0], s.now)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(token))
	switch age := s.now().Sub(claims.IssuedAt.Time); {
	case age > proofAge || age < -proofAge:
		return "", wrongProof("its iat is more than a minute off").because("iat is %s ago", age)
	case claims.Method != p.Method:
		return "", wrongProof("its htm is not the method of the request").because("htm is %.20q", claims.Method)
	case !sameURI(claims.URI, s.origin, p.Path):
		address := strings.FieldsFunc(claims.URI, func(r rune) bool { return r == '?' || r == '#' }) // what follows is for no log
		return "", wrongProof("its htu is not the address of the request").because("htu is %.200q", address[:min(1, len(address))])
	case token != "" && claims.TokenHash != base64.RawURLEncoding.EncodeToString(sum[:]):
		return "", wrongProof("its ath is not of the access token")
	case key != bound && bound != "":
		return "", refuse("invalid_token", "The access token is bound to another key").because("the request proves key %s", key)
	case !s.freshNonce(claims.Nonce):
		return "", refuse("use_dpop_nonce", "The DPoP proof needs the nonce of the DPoP-Nonce header")
	}
	return key, s.useUp(ctx, key, claims.ID)
}

func wrongProof(why string) *Error {
	return refuse("invalid_dpop_proof", "The DPoP proof is not valid: "+why)
}

// parseProof checks what a proof says by itself: that it is a well-formed JWT of its type, signed by the key in its header
// with one of our algorithms, and that nothing is missing. It gives the thumbprint of the key.
func parseProof(text string, now func() time.Time) (claims *proofClaims, key string, err error) {
	if len(text) > maxProof {
		return nil, "", wrongProof("it is too long").because("%d bytes", len(text))
	}
	claims = &proofClaims{}
	_, err = jwt.NewParser(
		jwt.WithValidMethods(methods), jwt.WithStrictDecoding(), jwt.WithTimeFunc(now), jwt.WithLeeway(proofAge),
	).ParseWithClaims(text, claims, func(t *jwt.Token) (any, error) {
		public, thumbprint, err := proofKey(t.Header)
		key = thumbprint
		return public, err
	})
	switch {
	case err != nil:
		return nil, "", wrongProof("it must be a JWT of the type dpop+jwt, signed by the public key in its header").because("%v", err)
	case claims.ID == "" || len(claims.ID) > maxJTI:
		return nil, "", wrongProof("its jti must have 1 to 128 bytes")
	case claims.IssuedAt == nil || claims.Method == "" || claims.URI == "":
		return nil, "", wrongProof("its iat, htm or htu is missing")
	}
	return claims, key, nil
}

// sameURI reports whether htu names this server and the path, apart from query and fragment, by whatever spelling means
// the same (RFC 3986 §6.2.2, §6.2.3).
func sameURI(htu, origin, path string) bool {
	got, err := url.Parse(htu)
	want, _ := url.Parse(origin)
	if err != nil || got.User != nil || got.Opaque != "" {
		return false
	}
	rooted := func(path string) string { return "/" + strings.TrimPrefix(path, "/") }
	return got.Scheme == want.Scheme && authority(got) == authority(want) && rooted(got.Path) == rooted(path)
}

// authority is host and port, written out.
func authority(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return strings.ToLower(u.Hostname()) + " " + port
}
