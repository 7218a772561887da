package timesheets

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// Language is the one in which a person is written to.
type Language struct {
	Language string `json:"language"` // its tag: "de"
}

// Validate says what is wrong with it.
func (l Language) Validate() error {
	var c check
	c.that(slices.Contains(lang.Tags, l.Language), "/language", "must be one of %s", strings.Join(lang.Tags, ", "))
	return c.fault()
}

// Language tells in which language the caller gets mails: what they chose or signed in with last, and English otherwise.
func (s *Service) Language(ctx context.Context, by auth.Caller, _ struct{}) (Language, error) {
	if err := isPerson(by); err != nil {
		return Language{}, err
	}
	return languageOf(s.db.Read(ctx), by.User)
}

func languageOf(tx *gorm.DB, user string) (Language, error) {
	tag, err := auth.LanguageOf(tx, user)
	return Language{lang.Tagged(tag).Tag}, err
}

// SetLanguage keeps the language that the caller chose, until they sign in with another.
func (s *Service) SetLanguage(ctx context.Context, by auth.Caller, chosen Language) (Language, error) {
	if err := isPerson(by); err != nil {
		return Language{}, err
	}
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		before, err := languageOf(tx, by.User)
		if err != nil || before == chosen {
			return err
		}
		if err := auth.SetLanguage(tx, by.User, chosen.Language); err != nil {
			return err
		}
		return s.note(tx, by, deed{Action: "notification_settings.updated", Owner: by.User, Object: by.User, Before: before, After: chosen})
	})
	return chosen, err
}
