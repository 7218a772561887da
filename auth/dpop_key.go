package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// proofKey reads the public key in a proof's header, and its thumbprint (RFC 7638). A header that holds a private key is
// refused, since whoever sends it gave the key away; so is one with an extension that must be understood.
func proofKey(header map[string]any) (crypto.PublicKey, string, error) {
	jwk, ok := header["jwk"].(map[string]any)
	if _, critical := header["crit"]; !ok || critical || header["typ"] != "dpop+jwt" {
		return nil, "", errors.New("its header isn't that of a DPoP proof")
	}
	for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if _, there := jwk[private]; there {
			return nil, "", errors.New("its header holds a private or symmetric key")
		}
	}
	kty, _ := jwk["kty"].(string)
	kind, ok := proofKeys[kty]
	if !ok {
		return nil, "", fmt.Errorf("there are no proofs by keys of type %.20q", kty)
	}
	required, parts := map[string]string{"kty": kty}, map[string][]byte{}
	if kind.crv != "" {
		if jwk["crv"] != kind.crv {
			return nil, "", fmt.Errorf("its curve is not %s", kind.crv)
		}
		required["crv"] = kind.crv
	}
	for _, name := range kind.parts {
		text, _ := jwk[name].(string)
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(raw) == 0 || base64.RawURLEncoding.EncodeToString(raw) != text { // one key, one thumbprint
			return nil, "", fmt.Errorf("%s of its key is not base64url", name)
		}
		required[name], parts[name] = text, raw
	}
	public, err := kind.read(parts)
	if err != nil {
		return nil, "", err
	}
	return public, thumbprint(required), nil
}

// proofKeys are the types of keys that proofs can be made with: for each, the members that make it and how they are read
// (RFC 7518 §6, RFC 8037 §2).
var proofKeys = map[string]struct {
	crv   string
	parts []string
	read  func(map[string][]byte) (crypto.PublicKey, error)
}{
	"EC":  {"P-256", []string{"x", "y"}, readP256},
	"OKP": {"Ed25519", []string{"x"}, readEd25519},
	"RSA": {"", []string{"n", "e"}, readRSA},
}

func readP256(parts map[string][]byte) (crypto.PublicKey, error) {
	if len(parts["x"]) != 32 || len(parts["y"]) != 32 {
		return nil, errors.New("its key is no point of P-256")
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, parts["x"]...), parts["y"]...))
}

func readEd25519(parts map[string][]byte) (crypto.PublicKey, error) {
	if len(parts["x"]) != ed25519.PublicKeySize {
		return nil, errors.New("its key is no key of Ed25519")
	}
	return ed25519.PublicKey(parts["x"]), nil
}

// readRSA bounds the size from below by what is secure, and from above by what it costs to check.
func readRSA(parts map[string][]byte) (crypto.PublicKey, error) {
	n, e := new(big.Int).SetBytes(parts["n"]), new(big.Int).SetBytes(parts["e"])
	if n.BitLen() < 2048 || n.BitLen() > 4096 || e.BitLen() > 31 || parts["n"][0] == 0 || parts["e"][0] == 0 {
		return nil, errors.New("its RSA key is too small, too large or has leading zeros")
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

// thumbprint is a key's name (RFC 7638 §3): the SHA-256 of its required members in the order of their names.
func thumbprint(required map[string]string) string {
	data, err := json.Marshal(required)
	if err != nil {
		panic(err) // strings only
	}
	sum := sha256.Sum256(data)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
