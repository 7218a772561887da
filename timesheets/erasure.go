package timesheets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// personErased is the deed that says up to where content is gone.
const personErased = "person.erased"

// erasure is up to where the contents of audit records were erased on a person's behalf.
type erasure struct {
	Records int64   `json:"records"`              // the last of their own chain
	Others  []int64 `json:"organization_records"` // of the organization's chain: those that are about them
}

// personalTexts are what people wrote about a person's time, or the person did, and what came of it. How long it was, when and
// on what stays: payroll and projects have counted on it. So do expected hours, with the region whose holidays they leave out,
// and the days of absences, but not why somebody was absent: sickness is nobody's business any more.
var personalTexts = []string{
	"UPDATE entries SET note = '', task = '', tags = '[]', comment = '' WHERE user_id = ?",
	"UPDATE absences SET kind = 'other', note = '' WHERE user_id = ?",
	"UPDATE delegations SET reason = '' WHERE from_user_id = ?",
	"UPDATE period_events SET comment = '' WHERE period_id IN (SELECT id FROM periods WHERE user_id = ?)",
	"DELETE FROM imported_lines WHERE user_id = ?", // whose digests have no salt: what a line said could be tried
	"DELETE FROM replays WHERE subject = ?",
	"DELETE FROM webhook_deliveries WHERE owner = ?",
	"DELETE FROM notifications WHERE user_id = ?", // and their mails with them
	"DELETE FROM notifications WHERE owner_id = ?",
	"DELETE FROM notification_switches WHERE user_id = ?",
}

// Erase empties all that was written about a person's time, within the caller's write, which ends the account too. Sums,
// states, and who approved what stay, under the person's id, as does what they said about somebody else's time, which is
// that one's. The audit keeps its records of them without their contents, and is told of the erasure itself. Answers that are
// kept for others who send a request again are sealed, and gone within a day.
func (s *Service) Erase(tx *gorm.DB, user string) error {
	for _, empty := range personalTexts {
		if err := tx.Exec(empty, user).Error; err != nil {
			return fmt.Errorf("empty what was written: %w", err)
		}
	}
	err := tx.Exec("DELETE FROM webhook_deliveries WHERE owner = '' AND REPLACE(payload, ?, '') <> payload", ofUser(user)).Error
	if err != nil {
		return fmt.Errorf("take back what webhooks are told of the organization: %w", err)
	}
	if err := eraseSubmissions(tx, user); err != nil {
		return err
	}
	gone, err := eraseContents(tx, user)
	if err != nil {
		return err
	}
	return s.note(tx, operator, deed{Action: personErased, Object: user, After: gone})
}

// ofUser is what JSON has that is about the person.
func ofUser(user string) string { return `"user_id":` + element(user) }

// eraseContents takes the contents out of their chain, and of those records of the organization's that have their user_id.
func eraseContents(tx *gorm.DB, user string) (gone erasure, err error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) FROM audit_heads WHERE chain = ?", user).Scan(&gone.Records).Error; err != nil {
		return gone, fmt.Errorf("read where the chain %s ends: %w", user, err)
	}
	err = tx.Raw(`SELECT number FROM audit_records WHERE chain = ? AND action <> ? AND content IS NOT NULL
		AND (object = ? OR REPLACE(content, ?, '') <> content) ORDER BY number`,
		organizationChain, personErased, user, ofUser(user)).Scan(&gone.Others).Error
	if err != nil {
		return gone, fmt.Errorf("look for audit records: %w", err)
	}
	err = tx.Exec("UPDATE audit_records SET salt = NULL, content = NULL WHERE chain = ?", user).Error
	for part := range slices.Chunk(gone.Others, 500) {
		err = errors.Join(err, tx.Exec("UPDATE audit_records SET salt = NULL, content = NULL WHERE chain = ? AND number IN ?",
			organizationChain, part).Error)
	}
	if err != nil {
		return gone, fmt.Errorf("erase the contents of audit records: %w", err)
	}
	return gone, nil
}

// eraseSubmissions empties the frozen lines too. Their digest is made anew: it stays that of the lines as they are kept, and
// nobody can use the old one to try what the words were.
func eraseSubmissions(tx *gorm.DB, user string) error {
	type frozen struct {
		PeriodID string
		Number   int
		Lines    string
	}
	var last frozen
	for {
		var some []frozen
		err := tx.Raw(`SELECT period_id, number, lines FROM submissions WHERE period_id IN (SELECT id FROM periods WHERE user_id = ?)
			AND (period_id, number) > (?, ?) ORDER BY period_id, number LIMIT 100`, user, last.PeriodID, last.Number).Scan(&some).Error
		if err != nil {
			return fmt.Errorf("read submissions: %w", err)
		}
		if len(some) == 0 {
			return nil
		}
		for _, last = range some {
			lines := []Line{}
			if err := json.Unmarshal([]byte(last.Lines), &lines); err != nil {
				return fmt.Errorf("read the lines of submission %d of %s: %w", last.Number, last.PeriodID, err)
			}
			for i := range lines {
				lines[i].Note, lines[i].Task, lines[i].Tags = "", "", nil
			}
			text, err := canonicalLines(lines)
			if err != nil {
				return err
			}
			err = tx.Exec("UPDATE submissions SET comment = '', lines = ?, digest = ? WHERE period_id = ? AND number = ?",
				text, digestOf(text), last.PeriodID, last.Number).Error
			if err != nil {
				return fmt.Errorf("empty a submission: %w", err)
			}
		}
	}
}

// CountEntries is how many entries there are of a person, deleted ones included.
func (s *Service) CountEntries(ctx context.Context, user string) (n int, err error) {
	if err := s.db.Read(ctx).Raw("SELECT COUNT(*) FROM entries WHERE user_id = ?", user).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count entries: %w", err)
	}
	return n, nil
}
