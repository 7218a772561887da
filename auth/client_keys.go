package auth

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth/lang"
)

// clientKeySet is where the public keys of an application are that signs assertions instead of keeping a secret: in the
// row, or at an address of the application's own.
type clientKeySet struct {
	ClientID string `gorm:"primaryKey"`
	JWKS     string `gorm:"column:jwks"`
	JWKSURI  string `gorm:"column:jwks_uri"`

	keys []publicKey // those of the row
}

// signs reports whether the application authenticates by assertions (private_key_jwt), and so by nothing else.
func (c *Client) signs() bool { return c.keySet != nil }

// attachKeys gives each application its keys. A set that can't be read, which was refused when it was registered, has none.
func (p *policy) attachKeys(sets []*clientKeySet) {
	for _, set := range sets {
		if c := p.clients[set.ClientID]; c != nil {
			set.keys, _ = readJWKS([]byte(set.JWKS))
			c.keySet = set
		}
	}
}

// putCredentials lets the application authenticate by its keys or by its secret, never by both: what it no longer names
// must not open the door. An application that is named without either keeps what it has.
func putCredentials(tx *gorm.DB, n *news, c NewClient) error {
	switch {
	case c.JWKS != "" || c.JWKSURI != "":
		if err := tx.Where("client_id = ?", c.ID).Delete(&clientSecret{}).Error; err != nil {
			return fmt.Errorf("retire client secrets: %w", err)
		}
		set := clientKeySet{ClientID: c.ID, JWKS: c.JWKS, JWKSURI: c.JWKSURI}
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&set).Error; err != nil {
			return fmt.Errorf("keep client keys: %w", err)
		}
		return nil
	case c.Secret != "":
		if err := tx.Where("client_id = ?", c.ID).Delete(&clientKeySet{}).Error; err != nil {
			return fmt.Errorf("retire client keys: %w", err)
		}
		return putSecret(tx, n, c)
	}
	return nil
}

func (c NewClient) checkKeys(m *mistakes, i int, confidential bool) {
	m.unless(confidential || c.JWKS == "", lang.Say("is not for %s apps, which can keep no private key", c.Type), "/clients/%d/jwks", i)
	m.unless(confidential || c.JWKSURI == "",
		lang.Say("is not for %s apps, which can keep no private key", c.Type), "/clients/%d/jwks_uri", i)
	m.unless(c.JWKS == "" || c.JWKSURI == "", lang.Say("can't stand beside jwks: leave one of them out"), "/clients/%d/jwks_uri", i)
	m.unless(c.Secret == "" || c.JWKS == "" && c.JWKSURI == "",
		lang.Say("can't stand beside keys, which replace it: leave it out, or them"),
		"/clients/%d/client_secret", i)
	if c.JWKS != "" {
		_, err := readJWKS([]byte(c.JWKS))
		m.unless(len(c.JWKS) <= maxFetch, lang.Say("is longer than 64 KiB"), "/clients/%d/jwks", i)
		if wrong, ok := errors.AsType[lang.Sentence](err); ok {
			m.found(&wrong, "/clients/%d/jwks", i)
		}
	}
	if c.JWKSURI != "" {
		m.found(fetchMistake(c.JWKSURI), "/clients/%d/jwks_uri", i)
	}
}
