package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"gorm.io/gorm"
)

// UserFields are what can be said of a person. What is left out stays as it is.
type UserFields struct {
	Email         *string   `json:"email"`
	EmailVerified *bool     `json:"email_verified"`
	Name          *string   `json:"name"`
	Password      *string   `json:"password"` // write-only
	Blocked       *bool     `json:"blocked"`
	Connection    *string   `json:"connection"`
	AppMetadata   Metadata  `json:"app_metadata"` // its members replace those of the same names; null takes one away, {} all
	UserMetadata  Metadata  `json:"user_metadata"`
	ManagerID     personRef `json:"manager_id"` // null: nobody
}

// personRef is a person's id that may be given, and may be null.
type personRef struct {
	Given bool
	Value *string
}

// UnmarshalJSON reads it.
func (r *personRef) UnmarshalJSON(data []byte) error {
	r.Given = true
	return json.Unmarshal(data, &r.Value)
}

// UserChange changes what is given of a person.
type UserChange struct {
	UserRef
	UserFields
}

// NewUser is a person to make. Without a password they can't sign in until they set one, by a ticket.
type NewUser struct {
	UserFields
}

// Validate says what is wrong with it.
func (f UserFields) Validate() error {
	switch {
	case f.Email != nil && !isEmail(normalEmail(*f.Email)):
		return unfit("'email' must be an e-mail address of at most 254 bytes")
	case f.Name != nil && (strings.TrimSpace(*f.Name) == "" || len(*f.Name) > 200):
		return unfit("'name' must be 1 to 200 bytes")
	case f.Password != nil && passwordMistake(*f.Password) != nil:
		return unfit("'password' %s", passwordMistake(*f.Password))
	case f.Connection != nil && *f.Connection != ruleConnection:
		return unfit("'connection' must be %s: there is no other", ruleConnection)
	}
	return nil
}

// Validate says what is wrong with it.
func (n NewUser) Validate() error {
	if n.Email == nil {
		return unfit("'email' is needed")
	}
	return n.UserFields.Validate()
}

func isEmail(email string) bool {
	address, err := mail.ParseAddress(email)
	return err == nil && address.Address == email && len(email) <= 254
}

// hash hashes the password, if there is one, which no write may wait for.
func (f UserFields) hash(ctx context.Context, h hashing) (string, error) {
	if f.Password == nil {
		return "", nil
	}
	return h.hash(ctx, *f.Password)
}

// put changes and keeps a person. An e-mail address that changes is unverified until somebody says otherwise.
func (f UserFields) put(tx *gorm.DB, p *Person, hash string) error {
	if f.Email != nil && normalEmail(*f.Email) != p.Email {
		p.Email, p.EmailVerified = normalEmail(*f.Email), false
	}
	if f.EmailVerified != nil {
		p.EmailVerified = *f.EmailVerified
	}
	if f.Blocked != nil {
		p.Blocked = *f.Blocked
	}
	if f.AppMetadata != nil {
		p.AppMetadata = p.AppMetadata.with(f.AppMetadata)
	}
	if f.UserMetadata != nil {
		p.UserMetadata = p.UserMetadata.with(f.UserMetadata)
	}
	if f.ManagerID.Given {
		p.ManagerID = f.ManagerID.Value
	}
	p.Name, p.PasswordHash = cmp.Or(deref(f.Name), p.Name), cmp.Or(hash, p.PasswordHash)
	if err := cmp.Or(p.AppMetadata.fits("app_metadata"), p.UserMetadata.fits("user_metadata"), f.managerFits(tx, *p)); err != nil {
		return err
	}
	err := tx.Save(p).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return taken("The user already exists.")
	}
	if err != nil {
		return fmt.Errorf("keep person: %w", err)
	}
	return nil
}

// managerFits is the rule for managers, in the words of this API, where one is given.
func (f UserFields) managerFits(tx *gorm.DB, p Person) error {
	if !f.ManagerID.Given {
		return nil
	}
	err := managerFits(tx, p)
	if wrong, ok := errors.AsType[*Mistake](err); ok {
		return unfit("'manager_id' %s", wrong.Detail)
	}
	return err
}

// CreateUser makes a person, who has no role yet: POST /api/v2/users.
func (s *Server) CreateUser(ctx context.Context, by Caller, n NewUser) (User, error) {
	hash, err := n.hash(ctx, s.hashing)
	if err != nil {
		return User{}, err
	}
	var made userRow
	err = s.administer(ctx, by, "Create a user", func(tx *gorm.DB, news *news) (act, error) {
		made = userRow{Person: newPerson(*n.Email, normalEmail(*n.Email), news.now)}
		if err := n.put(tx, &made.Person, hash); err != nil {
			return act{}, err
		}
		return act{of: made.ID, after: made.shown()}, news.tellOf(made.Person)
	})
	return made.shown(), err
}

// tellOf tells that a person changed, and with them whom their manager manages; and if that one is blocked, the next above.
func (n *news) tellOf(people ...Person) error {
	for _, p := range people {
		told := []string{}
		if p.ManagerID != nil {
			if err := n.tx.Raw(managersQuery, *p.ManagerID).Scan(&told).Error; err != nil {
				return fmt.Errorf("read who is above: %w", err)
			}
		}
		for _, id := range append(told, p.ID) {
			if err := n.tell("user", id); err != nil {
				return err
			}
		}
	}
	return nil
}

const managersQuery = `
WITH RECURSIVE up (id) AS (
	SELECT id FROM users WHERE id = ?
	UNION SELECT manager_id FROM up JOIN users ON users.id = up.id WHERE blocked AND manager_id IS NOT NULL)
SELECT id FROM up`

// UpdateUser changes a person: PATCH /api/v2/users/{id}. Who is blocked, or has another password or e-mail address, is signed
// out everywhere, at once.
func (s *Server) UpdateUser(ctx context.Context, by Caller, change UserChange) (User, error) {
	hash, err := change.hash(ctx, s.hashing)
	if err != nil {
		return User{}, err
	}
	var now userRow
	err = s.administer(ctx, by, "Update a user", func(tx *gorm.DB, n *news) (act, error) {
		before, err := change.read(tx)
		if err != nil {
			return act{}, err
		}
		if hash != "" || change.Email != nil {
			if err := s.maySignInAs(tx, by, before.ID); err != nil {
				return act{}, err
			}
		}
		if deref(change.Blocked) && !before.Blocked {
			if err := mayGo(tx, by, before.ID); err != nil {
				return act{}, err
			}
		}
		now = before
		now.UpdatedAt = n.now
		if err := change.put(tx, &now.Person, hash); err != nil {
			return act{}, err
		}
		if hash != "" || now.Email != before.Email || now.Blocked && !before.Blocked {
			if err := errors.Join(endEverything(tx, n, now.ID), endTickets(tx, now.ID)); err != nil {
				return act{}, err
			}
		}
		if hash != "" {
			if err := s.notice(tx, now.ID, passwordChanged); err != nil {
				return act{}, err
			}
		}
		return act{of: now.ID, before: before.shown(), after: now.shown()}, n.tellOf(before.Person, now.Person)
	})
	return now.shown(), err
}

// mayGo refuses to block or delete the caller, and the last who can administer.
func mayGo(tx *gorm.DB, by Caller, user string) error {
	if by.User == user {
		return taken("You can't block or delete yourself: another administrator can.")
	}
	return staysAdministered(tx, user)
}

// staysAdministered refuses that nobody would be left with the role admin.
func staysAdministered(tx *gorm.DB, without string) error {
	var admins []string
	err := Administrators(tx).Select("users.id").Limit(2).Pluck("users.id", &admins).Error
	if err != nil {
		return fmt.Errorf("read administrators: %w", err)
	}
	if len(admins) == 1 && admins[0] == without {
		return taken("This is the last administrator: give somebody else the role admin first.")
	}
	return nil
}

// DeleteUser ends a person with all that they signed in to: DELETE /api/v2/users/{id}. Whose timesheets are kept can only be
// blocked. To delete somebody who isn't there is no mistake.
func (s *Server) DeleteUser(ctx context.Context, by Caller, ref UserRef) error {
	err := s.administer(ctx, by, "Delete a user", func(tx *gorm.DB, n *news) (act, error) {
		before, err := ref.read(tx)
		if err != nil {
			return act{}, err
		}
		if err := cmp.Or(mayGo(tx, by, before.ID), endEverything(tx, n, before.ID)); err != nil {
			return act{}, err
		}
		err = tx.Delete(&before.Person).Error
		if errors.Is(err, gorm.ErrForeignKeyViolated) {
			return act{}, taken("The person has timesheets, decided about some, or is somebody's manager, and is kept for that: " +
				"block them instead, by PATCH with blocked true.")
		}
		if err != nil {
			return act{}, fmt.Errorf("delete person: %w", err)
		}
		return act{of: before.ID, before: before.shown()}, n.tellOf(before.Person)
	})
	if errors.Is(err, noSuchUser) {
		return nil
	}
	return err
}
