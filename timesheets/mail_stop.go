package timesheets

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// A mail has an address that ends those of its kind, for whoever holds the mail: it needs no sign-in (RFC 8058). The token in
// it says whom and which kind, behind a signature, and is good for nothing else.

func (s *Service) stopAddress(user, kind string) string {
	said := []byte(kind + " " + user)
	token := cursorText.EncodeToString(append(s.stopMAC(said), said...))
	return s.issuer + "unsubscribe?" + url.Values{"token": {token}}.Encode()
}

func (s *Service) stopMAC(said []byte) []byte {
	mac := hmac.New(sha256.New, s.mailKey)
	mac.Write(said)
	return mac.Sum(nil)
}

// Stop is which mails somebody gets no more.
type Stop struct{ user, kind string }

// What names the mails in a language, as a sentence goes on that begins "mails about".
func (s Stop) What(c *lang.Catalogue) string { return c.Text("mails.about-" + s.kind) }

// ReadStop reads the token of a mail, which does nothing yet.
func (s *Service) ReadStop(token string) (Stop, error) {
	text, err := cursorText.DecodeString(token)
	if err == nil && len(text) > sha256.Size && hmac.Equal(text[:sha256.Size], s.stopMAC(text[sha256.Size:])) {
		kind, user, _ := strings.Cut(string(text[sha256.Size:]), " ")
		return Stop{user, kind}, nil
	}
	return Stop{}, fault(NotFound, "no mail has this address: copy the whole of it")
}

// StopMails ends the mails that a token names. To do so again changes nothing.
func (s *Service) StopMails(ctx context.Context, token string) (Stop, error) {
	stop, err := s.ReadStop(token)
	if err != nil {
		return stop, err
	}
	return stop, s.db.Write(ctx, func(tx *gorm.DB) error {
		var found []auth.Person
		err := auth.People(ctx, tx).Where("id = ?", stop.user).Find(&found).Error
		if err != nil || len(found) == 0 || found[0].Erased() {
			return err // who isn't here any more gets none, and nothing more is kept about them
		}
		set, err := switchesOf(tx, stop.kind, []string{stop.user})
		if err != nil || !set[stop.user].Email {
			return err
		}
		before, err := s.switches(tx, stop.user)
		if err != nil {
			return err
		}
		now := set[stop.user]
		now.Email = false
		err = tx.Clauses(clause.OnConflict{
			Columns: []clause.Column{{Name: "user_id"}, {Name: "kind"}}, DoUpdates: clause.AssignmentColumns([]string{"email"}),
		}).Create(&switchRow{stop.user, now}).Error
		if err != nil {
			return fmt.Errorf("end mails: %w", err)
		}
		return s.noteSwitches(tx, auth.Caller{User: stop.user, Client: "mail"}, before)
	})
}
