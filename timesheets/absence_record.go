package timesheets

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// RecordAbsence adds an absence to the caller's own. Administrators, and applications that act for themselves, can add it
// to somebody else's. What is submitted or approved takes one too: it changes what is expected, never the time that was
// worked.
func (s *Service) RecordAbsence(ctx context.Context, by auth.Caller, n NewAbsence) (Absence, error) {
	owner, err := NewEntry{UserID: n.UserID}.owner(by)
	if err != nil {
		return Absence{}, err
	}
	a := s.absence(by, owner, n)
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		seen, err := seesTimeOf(ctx, tx, by, owner)
		if err != nil {
			return err
		}
		if !seen {
			return invalid(ValidationFailed, "/user_id", "is nobody here")
		}
		closed, err := closingOf(tx)
		if err != nil {
			return err
		}
		if err := a.fits(tx, closed); err != nil {
			return err
		}
		return s.keepAbsence(tx, by, a)
	})
	if by.Machine() {
		return a.told(), err
	}
	return a, err
}

// absence is the new one as it is kept.
func (s *Service) absence(by auth.Caller, owner string, n NewAbsence) Absence {
	return Absence{
		ID: "abs_" + uuid.Must(uuid.NewV7()).String(), UserID: owner, Kind: &n.Kind, From: n.From, To: cmp.Or(n.To, n.From),
		Half: n.Half, MinutesPerDay: n.MinutesPerDay, Note: strings.TrimSpace(n.Note), CreatedBy: by.Subject(), CreatedAt: s.instant(),
	}
}

// fits refuses an absence on closed days, and one on days that the person is absent on already.
func (a Absence) fits(tx *gorm.DB, closed closing) error {
	if closed.covers(a.From) {
		return invalid(PeriodClosed, "/from", "%s", closed)
	}
	var other Absence
	err := tx.Where("user_id = ? AND from_day <= ? AND to_day >= ?", a.UserID, a.To, a.From).
		Order("from_day").Limit(1).Find(&other).Error
	if err != nil {
		return fmt.Errorf("look for other absences: %w", err)
	}
	if other.ID != "" {
		return invalid(Overlap, "/from", "overlaps with the absence from %s to %s; delete that first, or choose other days", other.From, other.To)
	}
	return nil
}

// closingOf is the lock date as it stands in the way.
func closingOf(tx *gorm.DB) (closing, error) {
	lock, err := lockOf(tx)
	if err != nil || lock.UntilDay == nil {
		return closing{}, err
	}
	return closing{*lock.UntilDay, lock.Reason}, nil
}

func (s *Service) keepAbsence(tx *gorm.DB, by auth.Caller, a Absence) error {
	if err := tx.Create(&a).Error; err != nil {
		return fmt.Errorf("write an absence: %w", err)
	}
	if err := s.expectAnew(tx, &a.UserID, a.From, a.To); err != nil {
		return err
	}
	return s.note(tx, by, deed{Action: "absence.created", Owner: a.UserID, Object: a.ID, After: a.told()})
}

// RemoveAbsence deletes an absence: one's own, or anybody's for administrators and applications that act for themselves.
func (s *Service) RemoveAbsence(ctx context.Context, by auth.Caller, ref AbsenceRef) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		a, err := visibleAbsence(tx, by, ref.ID)
		if err != nil {
			return err
		}
		if a.UserID != by.User && !seesAll(by) {
			return fault(Forbidden, "only who is absent, or an administrator, can delete this")
		}
		closed, err := closingOf(tx)
		if err != nil {
			return err
		}
		if closed.covers(a.From) {
			return fault(PeriodClosed, "%s", closed)
		}
		if err := tx.Delete(&a).Error; err != nil {
			return fmt.Errorf("delete an absence: %w", err)
		}
		if err := s.expectAnew(tx, &a.UserID, a.From, a.To); err != nil {
			return err
		}
		return s.note(tx, by, deed{Action: "absence.deleted", Owner: a.UserID, Object: a.ID, Before: a.told()})
	})
}
