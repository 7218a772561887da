package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/store"
)

// Holders are whose tokens are revoked together. One of the fields is set.
type Holders struct {
	User      string // a person's id
	Client    string // client_id; its own tokens too
	Everybody bool
}

// subject is the key of the holders; empty if it isn't said, or said twice, who they are.
func (h Holders) subject() string {
	switch h {
	case Holders{User: h.User}:
		if h.User != "" {
			return ofUser(h.User)
		}
	case Holders{Client: h.Client}:
		return ofClient(h.Client)
	case Holders{Everybody: true}:
		return everybody
	}
	return ""
}

// notBefore is a row of an instant: access tokens of the subject that were issued before it are refused.
type notBefore struct {
	Subject   string `gorm:"primaryKey"`
	At        time.Time
	ExpiresAt time.Time
}

// TableName is the table's.
func (notBefore) TableName() string { return "not_before" }

// everybody is the subject of what concerns all tokens.
const everybody = "all"

func ofUser(id string) string   { return "user:" + id }
func ofClient(id string) string { return "client:" + id }

// revokeBefore ends everything that was issued to the holders before the instant, at the next call: sessions (which no
// application has), codes and refresh tokens by their rows, and access tokens by the instant itself, since those of an
// application that acts for itself have no row. Of several instants the newest counts, in whatever order they are set.
func revokeBefore(tx *gorm.DB, n *news, whose Holders, at time.Time) error {
	if at.After(n.now) {
		return errors.New("tokens can't be revoked before they are issued: name an instant that has been")
	}
	subject := whose.subject()
	if subject == "" {
		return errors.New("say whose tokens to revoke: a person's, an application's, or everybody's")
	}
	families := tx.Model(&authorization{}).Where("revoked_at IS NULL AND created_at < ?", at)
	sessions := tx.Model(&session{}).Where("ended_at IS NULL AND auth_time < ?", at)
	told := toldOf(tx).Where("s.ended_at IS NULL AND s.auth_time < ?", at)
	switch {
	case whose.Client != "":
		families, told, sessions = families.Where("client_id = ?", whose.Client), told.Where("sc.client_id = ?", whose.Client), nil
	case whose.User != "":
		families, told = families.Where("user_id = ?", whose.User), told.Where("s.user_id = ?", whose.User)
		sessions = sessions.Where("user_id = ?", whose.User)
	}
	if err := n.tellApps(told); err != nil {
		return err
	}
	if err := families.Update("revoked_at", n.now).Error; err != nil {
		return fmt.Errorf("revoke authorizations: %w", err)
	}
	if sessions != nil {
		if err := sessions.Update("ended_at", n.now).Error; err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
	}
	newest := clause.OnConflict{
		Columns: []clause.Column{{Name: "subject"}}, DoUpdates: clause.AssignmentColumns([]string{"at", "expires_at"}),
		Where: clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "excluded.at > not_before.at"}}},
	}
	if err := tx.Clauses(newest).Create(&notBefore{subject, at.UTC(), at.UTC().Add(maxTokenLife)}).Error; err != nil {
		return fmt.Errorf("keep from when on tokens are good: %w", err)
	}
	return n.tell("policy", "")
}

// issuedTooEarly reports whether an access token is older than tokens of its person, its application, or of anybody may be.
// Its iat is in whole seconds: one of the same second is refused, whether it came before the instant or after.
func (p *policy) issuedTooEarly(t *verifiedToken) bool {
	for _, subject := range t.holders {
		if at, ok := p.notBefore[subject]; ok && t.claims.IssuedAt.Before(at) {
			return true
		}
	}
	return false
}

// RevokeTokens signs the holders out: whatever was issued to them before this moment is refused from now on, which running
// servers hear of within a second. User is an e-mail address here. It takes a database that a server was started on before.
func RevokeTokens(ctx context.Context, db *store.DB, whose Holders) error {
	s := &Server{db: db, now: utc(time.Now), policing: make(chan struct{}, 1)}
	return s.change(ctx, func(tx *gorm.DB, n *news) error {
		named := whose
		var err error
		switch {
		case whose.User != "":
			var person Person
			err = tx.Where("email = ?", normalEmail(whose.User)).Take(&person).Error
			named.User = person.ID
		case whose.Client != "":
			err = tx.Where("id = ?", whose.Client).Take(&Client{}).Error
		}
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("there is no %s: check the spelling", whose.User+whose.Client)
		}
		if err != nil {
			return fmt.Errorf("read whose tokens to revoke: %w", err)
		}
		return revokeBefore(tx, n, named, n.now)
	})
}
