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

// mostDelegated is how long a delegation can last: a year, and the 29th of February in it.
const mostDelegated = 366 // days

// DelegationQuery asks for the delegations that the caller gave or got, all of them for an administrator; the latest first.
type DelegationQuery struct {
	Paging
}

// Validate says everything that is wrong with the query.
func (q DelegationQuery) Validate() error {
	var c check
	c.paging(q.Paging)
	return c.fault()
}

// Delegations lists a page of delegations, those that are over or were ended among them.
func (s *Service) Delegations(ctx context.Context, by auth.Caller, q DelegationQuery) (Page[auth.Delegation], error) {
	return turn(s, by, DelegationQuery{}, q.Paging, list[auth.Delegation]{
		all:   visibleDelegations(s.db.Read(ctx), by).Session(&gorm.Session{}),
		order: "starts_on DESC, id DESC",
		after: "(starts_on, id) < (?, ?)",
		keys:  func(d auth.Delegation) []string { return []string{d.StartsOn, d.ID} },
		read: func(rows *gorm.DB) ([]auth.Delegation, error) {
			found := []auth.Delegation{}
			err := rows.Find(&found).Error
			for i := range found {
				found[i] = inUTC(found[i])
			}
			return found, err
		},
	})
}

func visibleDelegations(tx *gorm.DB, by auth.Caller) *gorm.DB {
	delegations := tx.Model(&auth.Delegation{})
	if seesAll(by) {
		return delegations
	}
	return delegations.Where("(from_user_id = ? OR to_user_id = ?)", by.User, by.User)
}

func inUTC(d auth.Delegation) auth.Delegation {
	d.CreatedAt = d.CreatedAt.UTC()
	if d.EndedAt != nil {
		at := d.EndedAt.UTC()
		d.EndedAt = &at
	}
	return d
}

// NewDelegation hands over whom one approves for some days.
type NewDelegation struct {
	FromUserID string `json:"from_user_id"` // empty: the caller; administrators can name anybody
	ToUserID   string `json:"to_user_id"`
	StartsOn   string `json:"starts_on"` // the first day, in UTC
	EndsOn     string `json:"ends_on"`   // the last day
	Reason     string `json:"reason"`    // the delegate reads it
}

// Validate says everything that is wrong with it by itself.
func (n NewDelegation) Validate() error {
	var c check
	c.line(n.FromUserID, "/from_user_id", idLimit)
	c.that(n.ToUserID != "", "/to_user_id", "is needed")
	c.line(n.ToUserID, "/to_user_id", idLimit)
	c.day(n.StartsOn, "/starts_on")
	c.day(n.EndsOn, "/ends_on")
	c.line(n.Reason, "/reason", taskLimit)
	if c.fault() == nil {
		c.that(n.StartsOn <= n.EndsOn, "/ends_on", "must not be before starts_on")
		c.that(n.EndsOn < dayAfter(n.StartsOn, mostDelegated), "/ends_on", "must be at most a year after starts_on")
	}
	return c.fault()
}

// Delegate lets somebody decide beside the giver, about the time of the giver's people, from one day to another: of UTC,
// wherever anybody is. What was delegated to the giver isn't passed on.
func (s *Service) Delegate(ctx context.Context, by auth.Caller, n NewDelegation) (auth.Delegation, error) {
	d := auth.Delegation{
		ID: "dlg_" + uuid.Must(uuid.NewV7()).String(), FromUserID: cmp.Or(n.FromUserID, by.User), ToUserID: n.ToUserID,
		StartsOn: n.StartsOn, EndsOn: n.EndsOn, Reason: strings.TrimSpace(n.Reason), CreatedBy: by.User, CreatedAt: s.instant(),
	}
	switch {
	case by.Machine():
		return d, fault(Forbidden, "an application that acts for itself has nobody to delegate; a person has to")
	case d.FromUserID != by.User && !by.Admin:
		return d, fault(Forbidden, "only an administrator can delegate for somebody else; leave from_user_id out")
	}
	err := s.entitle(ctx, func(tx *gorm.DB) ([]string, error) {
		if err := s.delegable(ctx, tx, d); err != nil {
			return nil, err
		}
		if err := tx.Create(&d).Error; err != nil {
			return nil, fmt.Errorf("keep delegation: %w", err)
		}
		return []string{d.ToUserID}, s.note(tx, by, deed{Action: "delegation.created", Owner: d.FromUserID, Object: d.ID, After: d})
	})
	return d, err
}

// delegable refuses a delegation that is over, of nothing, to nobody, or beside another.
func (s *Service) delegable(ctx context.Context, tx *gorm.DB, d auth.Delegation) error {
	var c check
	c.that(d.EndsOn >= s.today(), "/ends_on", "must not be over: today is %s (UTC)", s.today())
	c.that(d.StartsOn < dayAfter(s.today(), mostDelegated), "/starts_on", "must be within a year")
	c.that(d.FromUserID != d.ToUserID, "/to_user_id", "must be somebody else")
	blocked := map[string]bool{}
	var people []auth.Person
	if err := auth.People(ctx, tx).Where("id IN ?", []string{d.FromUserID, d.ToUserID}).Find(&people).Error; err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, p := range people {
		blocked[p.ID] = p.Blocked
	}
	left, given := blocked[d.FromUserID]
	c.that(given, "/from_user_id", "is nobody here")
	c.that(!left, "/from_user_id", "belongs to somebody who can't sign in any more, whose delegations don't count")
	gone, taken := blocked[d.ToUserID]
	c.that(taken, "/to_user_id", "is nobody here")
	c.that(!gone, "/to_user_id", "belongs to somebody who can't sign in any more")
	if c.fault() != nil {
		return c.fault()
	}
	own := reachOf(tx, auth.Caller{User: d.FromUserID})
	if own.err != nil {
		return own.err
	}
	if !own.manages && !own.approves {
		return invalid(ValidationFailed, "/from_user_id", "manages nobody and approves no project, so there is nothing to "+
			"delegate; what was delegated to somebody isn't passed on")
	}
	var other []auth.Delegation
	err := tx.Where("from_user_id = ? AND ended_at IS NULL AND starts_on <= ? AND ends_on >= ?", d.FromUserID, d.EndsOn, d.StartsOn).
		Order("starts_on").Limit(1).Find(&other).Error
	if err != nil {
		return fmt.Errorf("look for other delegations: %w", err)
	}
	if len(other) > 0 {
		return invalid(Overlap, "/starts_on", "another delegation holds from %s to %s; end that first, or choose other days",
			other[0].StartsOn, other[0].EndsOn)
	}
	return nil
}

// DelegationRef names one delegation.
type DelegationRef struct {
	ID string `path:"id" json:"-"`
}

// EndDelegation ends one at once, for who gave it or an administrator; who got it can decline it. It stays in the list. One
// that is over already stays as it is.
func (s *Service) EndDelegation(ctx context.Context, by auth.Caller, ref DelegationRef) error {
	missing := fault(NotFound, "there is no such delegation, or it isn't yours to see")
	if by.Machine() {
		return fault(Forbidden, "an application that acts for itself can't end a delegation; a person has to")
	}
	if !printable(ref.ID) {
		return missing
	}
	return s.entitle(ctx, func(tx *gorm.DB) ([]string, error) {
		var d auth.Delegation
		if err := visibleDelegations(tx, by).Where("id = ?", ref.ID).Limit(1).Find(&d).Error; err != nil {
			return nil, fmt.Errorf("read delegation: %w", err)
		}
		if d.ID == "" {
			return nil, missing
		}
		if d.EndedAt != nil || d.EndsOn < s.today() {
			return nil, nil
		}
		before, now := inUTC(d), s.instant()
		d = before
		d.EndedAt, d.EndedBy = &now, &by.User
		if err := tx.Select("ended_at", "ended_by").Updates(&d).Error; err != nil {
			return nil, fmt.Errorf("end delegation: %w", err)
		}
		return []string{d.ToUserID}, s.note(tx, by, deed{
			Action: "delegation.ended", Owner: d.FromUserID, Object: d.ID, Before: before, After: d,
		})
	})
}
