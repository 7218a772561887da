package auth

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signingKey is a row of a private key, encrypted, and the key itself once it is read.
type signingKey struct {
	ID         string `gorm:"primaryKey"` // the kid
	Alg        string
	PrivateKey string // PKCS #8, AES-256-GCM, base64
	CreatedAt  time.Time
	ActiveAt   time.Time

	private crypto.Signer
}

// algorithms are those that tokens can be signed with (RFC 7518 §3.1, RFC 8037), and how their keys are made.
var algorithms = map[string]struct {
	method jwt.SigningMethod
	make   func() (crypto.Signer, error)
}{
	"RS256": {jwt.SigningMethodRS256, newRSAKey},
	"PS256": {jwt.SigningMethodPS256, newRSAKey},
	"ES256": {jwt.SigningMethodES256, func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }},
	"EdDSA": {jwt.SigningMethodEdDSA, func() (crypto.Signer, error) {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	}},
}

func knownAlg(name string) bool {
	_, known := algorithms[name]
	return known
}

// ed25519Name is what RFC 9864 §2.2 calls EdDSA by Ed25519. Ours are named EdDSA, which every library knows; others' may have
// either name.
const ed25519Name = "Ed25519"

func init() {
	jwt.RegisterSigningMethod(ed25519Name, func() jwt.SigningMethod { return jwt.SigningMethodEdDSA })
}

func newRSAKey() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// newSigningKey makes a key pair. It takes a moment for RSA, so never do it while writing.
func newSigningKey(alg string, sealing []byte, now, activeAt time.Time) (*signingKey, error) {
	private, err := algorithms[alg].make()
	if err != nil {
		return nil, fmt.Errorf("make a key for %s: %w", alg, err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("encode a key for %s: %w", alg, err)
	}
	k := &signingKey{ID: "key_" + rand.Text(), Alg: alg, CreatedAt: now, ActiveAt: activeAt, private: private}
	k.PrivateKey, err = seal(sealing, der, k.ID)
	return k, err
}

// open reads the private key of a row.
func (k *signingKey) open(sealing []byte) error {
	der, err := unseal(sealing, k.PrivateKey, k.ID)
	if err != nil {
		return err
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return fmt.Errorf("read signing key %s: %w", k.ID, err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return fmt.Errorf("signing key %s is a %T", k.ID, private)
	}
	k.private = signer
	return nil
}

// jwk is the public half (RFC 7517, RFC 7518 §6, RFC 8037 §2).
func (k *signingKey) jwk() map[string]string {
	b64 := base64.RawURLEncoding.EncodeToString
	j := map[string]string{"kid": k.ID, "use": "sig", "alg": k.Alg}
	switch public := k.private.Public().(type) {
	case *rsa.PublicKey:
		j["kty"], j["n"] = "RSA", b64(public.N.Bytes())
		j["e"] = b64([]byte{byte(public.E >> 16), byte(public.E >> 8), byte(public.E)})
	case *ecdsa.PublicKey:
		point, _ := public.Bytes() // 4, x, y: it fails for other curves than ours only
		j["kty"], j["crv"], j["x"], j["y"] = "EC", "P-256", b64(point[1:33]), b64(point[33:])
	case ed25519.PublicKey:
		j["kty"], j["crv"], j["x"] = "OKP", "Ed25519", b64(public)
	}
	return j
}

// ErrWrongSecret is why New fails with another secret than the one that the database was made with.
var ErrWrongSecret = errors.New("the secret file isn't the one that this database was made with: its signing keys can't be decrypted. " +
	"Put back the secret file that belongs to the database")

// seal encrypts what is kept in the database under a key that isn't. It is good only in the place that it was made for.
func seal(key, plain []byte, place string) (string, error) {
	box, err := newBox(key)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(box.Seal(nil, nil, plain, []byte(place))), nil
}

func unseal(key []byte, sealed, place string) ([]byte, error) {
	box, err := newBox(key)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, ErrWrongSecret
	}
	plain, err := box.Open(nil, nil, raw, []byte(place))
	if err != nil {
		return nil, ErrWrongSecret
	}
	return plain, nil
}

func newBox(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("encryption key: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
