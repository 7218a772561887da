package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// logins is how often a person signed in. It stands apart from the person, whom every instance remembers until they change.
type logins struct {
	UserID string `gorm:"primaryKey"`
	Count  int
	LastAt *time.Time // nil: not known

	Language string // "de": of the page on which they did so last, or what they chose since; empty: not known
}

func countLogin(tx *gorm.DB, user, language string, now time.Time) error {
	again := clause.OnConflict{
		Columns:   []clause.Column{{Name: "user_id"}},
		DoUpdates: clause.Assignments(map[string]any{"count": gorm.Expr("logins.count + 1"), "last_at": now, "language": language}),
	}
	if err := tx.Clauses(again).Create(&logins{UserID: user, Count: 1, LastAt: &now, Language: language}).Error; err != nil {
		return fmt.Errorf("count sign-ins: %w", err)
	}
	return nil
}

// SetLanguage keeps that the person chose a language since they signed in; its tag as in lang.Tags.
func SetLanguage(tx *gorm.DB, user, tag string) error {
	chosen := clause.OnConflict{Columns: []clause.Column{{Name: "user_id"}}, DoUpdates: clause.Assignments(map[string]any{"language": tag})}
	if err := tx.Clauses(chosen).Create(&logins{UserID: user, Language: tag}).Error; err != nil {
		return fmt.Errorf("keep which language somebody chose: %w", err)
	}
	return nil
}

// LanguageOf is the tag of the language that the person chose, or in which they signed in since; empty if that isn't known.
func LanguageOf(tx *gorm.DB, user string) (string, error) {
	var tags []string
	if err := tx.Model(&logins{}).Where("user_id = ?", user).Pluck("language", &tags).Error; err != nil {
		return "", fmt.Errorf("read which language somebody reads: %w", err)
	}
	return strings.Join(tags, ""), nil // there is one row at most
}

func (s *Server) loginsOf(ctx context.Context, user string) (int, error) {
	var l logins
	err := s.db.Read(ctx).Where("user_id = ?", user).Take(&l).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, fmt.Errorf("read the count of sign-ins: %w", err)
	}
	return l.Count, nil
}
