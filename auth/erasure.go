package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/store"
)

// ErasedName is what an erased person is called.
const ErasedName = "Erased person"

// FindPerson is the person with an e-mail address or an id.
func FindPerson(ctx context.Context, db *store.DB, emailOrID string) (Person, error) {
	var person Person
	err := db.Read(ctx).Where("id = ? OR email = ?", emailOrID, normalEmail(emailOrID)).Take(&person).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return person, fmt.Errorf("nobody has the e-mail address or the id %s: check the spelling", emailOrID)
	}
	if err != nil {
		return person, fmt.Errorf("read person: %w", err)
	}
	return person, nil
}

// Erase takes out whatever is kept about a person here, in one write, in which also, the rest of it, runs last. Their row
// stays for what others keep under its id: blocked, without a name, an address or a password. All that they signed in to ends at the next call,
// which running servers hear of within a second, and events about them tell neither who it was nor from where. The last
// administrator can't be erased. It takes a database that a server was started on before.
func Erase(ctx context.Context, db *store.DB, user string, also func(tx *gorm.DB) error) error {
	s := &Server{db: db, now: utc(time.Now), policing: make(chan struct{}, 1)}
	return s.change(ctx, func(tx *gorm.DB, n *news) error {
		found, err := UserRef{user}.read(tx)
		if err != nil {
			return err
		}
		if err := staysAdministered(tx, user); err != nil {
			if _, last := errors.AsType[*Denial](err); last {
				return fmt.Errorf("%s is the last administrator: give somebody else the role admin first", found.Name)
			}
			return err
		}
		if err := revokeBefore(tx, n, Holders{User: user}, n.now); err != nil {
			return err
		}
		if err := eraseTraces(tx, found.Person); err != nil {
			return err
		}
		if err := anonymize(tx, found.Person, n.now); err != nil {
			return err
		}
		if err := n.tell("people", ""); err != nil { // those who were managed, and the manager
			return err
		}
		return also(tx)
	})
}

// personRows are what goes with a person. Codes, refresh tokens and device codes go with their authorization.
var personRows = []string{"authorizations", "sessions", "consents", "logins", "password_tickets", "user_permissions", "user_roles"}

// eraseTraces reads all of the log, in which administrators' changes tell how people were before, and refused sign-ins which
// address was typed. For a table of a million events that is about a second.
func eraseTraces(tx *gorm.DB, p Person) error {
	for _, table := range personRows {
		if err := tx.Exec("DELETE FROM "+table+" WHERE user_id = ?", p.ID).Error; err != nil {
			return fmt.Errorf("erase from %s: %w", table, err)
		}
	}
	id, email := "%"+likeable(p.ID)+"%", "%"+likeable(p.Email)+"%"
	for _, erase := range []string{
		"DELETE FROM interactions WHERE LOWER(request) LIKE ? ESCAPE '!' OR LOWER(request) LIKE ? ESCAPE '!'",
		"DELETE FROM pushed_requests WHERE LOWER(parameters) LIKE ? ESCAPE '!' OR LOWER(parameters) LIKE ? ESCAPE '!'",
		"UPDATE events SET details = '{}' WHERE LOWER(details) LIKE ? ESCAPE '!' OR LOWER(details) LIKE ? ESCAPE '!'",
	} {
		if err := tx.Exec(erase, id, email).Error; err != nil {
			return fmt.Errorf("erase what names them: %w", err)
		}
	}
	err := tx.Exec("UPDATE events SET description = '', session_id = '', ip = '', user_agent = '', details = '{}' WHERE user_id = ?", p.ID).Error
	if err != nil {
		return fmt.Errorf("erase from the log: %w", err)
	}
	return nil
}

func anonymize(tx *gorm.DB, p Person, now time.Time) error {
	err := tx.Model(&Person{}).Where("id = ?", p.ID).Updates(map[string]any{
		"email": p.erasedAddress(), "email_verified": false, "name": ErasedName, "password_hash": "",
		"blocked": true, "app_metadata": Metadata{}, "user_metadata": Metadata{}, "updated_at": now,
	}).Error
	if err != nil {
		return fmt.Errorf("make a person nobody: %w", err)
	}
	return nil
}

// Erased reports whether the person is nobody any more: only the id is left.
func (p Person) Erased() bool { return p.Email == p.erasedAddress() }

// erasedAddress leads nowhere (RFC 2606 §2), and is nobody else's.
func (p Person) erasedAddress() string { return strings.TrimPrefix(p.ID, "usr_") + "@erased.invalid" }
