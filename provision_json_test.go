package main

import (
	"strings"
	"testing"
)

// aKey is a public key as its owner publishes it.
const aKey = `{"keys":[{"alg":"ES256","crv":"P-256","kid":"one","kty":"EC","use":"sig","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`

func TestKeysOfClientsAreRead(t *testing.T) {
	for name, lines := range map[string]string{
		"as JSON":        "jwks: " + strings.ReplaceAll(aKey, ":", ": "),
		"as a text":      "jwks: '" + aKey + "'",
		"as a long text": "jwks: |-\n      " + aKey,
		"as YAML": `jwks:
      keys:
        - kty: EC
          crv: P-256
          kid: one
          use: sig
          alg: ES256
          x: MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4
          y: 4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM`,
	} {
		p, err := parseProvisioning("punchcard.yaml", []byte("clients:\n  - client_id: signer\n    type: machine\n    "+lines+"\n"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := p.directory.Clients[0].JWKS; got != aKey {
			t.Errorf("%s: got %s", name, got)
		}
	}
	p, err := parseProvisioning("x", []byte(`clients: [{client_id: signer, type: web, redirect_uris: ["https://x.example/"], jwks_uri: "https://x.example/jwks.json"}]`))
	if err != nil || p.directory.Clients[0].JWKSURI != "https://x.example/jwks.json" {
		t.Errorf("got %v", err)
	}
}

func TestMistakesInKeysOfClientsAreTold(t *testing.T) {
	const client = "clients:\n  - client_id: signer\n    type: machine\n    "
	for lines, want := range map[string]string{
		"jwks: [x]":       "punchcard.yaml:4: clients[0].jwks: must be text",
		"jwks: {keys: 7}": "punchcard.yaml:4: clients[0].jwks: must be text: put it in quotation marks",
		"jwks: {keys: [], keys: []}": "punchcard.yaml:4: clients[0].jwks: has a field twice: take one of them out\n" +
			"punchcard.yaml:4: clients[0].jwks: has no key that is read here: RSA of 2048 to 8192 bits, EC P-256 or OKP Ed25519, for signatures",
		"jwks: {keys: [{kty: EC, d: AAAA}]}": "punchcard.yaml:4: clients[0].jwks: holds a private or shared key: publish the public half alone, and make a new pair",
		"jwks: '{}'":                         `punchcard.yaml:4: clients[0].jwks: is no JSON Web Key Set: {"keys": [{"kty": …}]}`,
		"jwks_uri: http://localhost/jwks":    "punchcard.yaml:4: clients[0].jwks_uri: must begin with https:// and a host",
		"jwks_uri: https://x.example/jwks\n    client_secret: a secret of some letters": "punchcard.yaml:5: clients[0].client_secret: can't stand beside keys, which replace it: leave it out, or them",
	} {
		if got := mistakesIn(client + lines + "\n"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", lines, got, want)
		}
	}
}
