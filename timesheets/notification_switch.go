package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
)

// occasion is what people are notified of. What is said about it stands in the catalogues of package lang, under "mails".
type occasion struct {
	kind   string
	mailed bool // unless a person says otherwise; in the app all are told of
}

const (
	reminder   = "reminder"
	escalation = "escalation"
)

var occasions = []occasion{
	{"submitted", true},
	{"withdrawn", false},
	{"approved", false},
	{"rejected", true},
	{"reopened", true},
	{"reopening_requested", true},
	{reminder, true},
	{escalation, true},
}

func occasionOf(kind string) occasion {
	i := slices.IndexFunc(occasions, func(o occasion) bool { return o.kind == kind })
	if i < 0 {
		return occasion{}
	}
	return occasions[i]
}

// usual is how people are told of it who didn't say otherwise.
func (o occasion) usual() Switch { return Switch{Kind: o.kind, InApp: true, Email: o.mailed} }

// Switch is by which ways a person is told of one kind of thing.
type Switch struct {
	Kind  string `json:"kind"`
	InApp bool   `json:"in_app"`
	Email bool   `json:"email"`
}

// switchRow is one that a person set.
type switchRow struct {
	UserID string
	Switch
}

// TableName has a row for each.
func (switchRow) TableName() string { return "notification_switches" }

// Switches are a person's, for every kind.
type Switches struct {
	EmailAvailable bool     `json:"email_available"` // whether this server sends mails at all
	Kinds          []Switch `json:"kinds"`
}

// NewSwitches are how a person wants to be told. A kind that isn't among them is told as usual.
type NewSwitches struct {
	Kinds []Switch `json:"kinds"`
}

// Validate says everything that is wrong with them.
func (n NewSwitches) Validate() error {
	var c check
	var known []string
	for _, o := range occasions {
		known = append(known, o.kind)
	}
	c.that(len(n.Kinds) <= len(known), "/kinds", "must be at most %d", len(known))
	for i, s := range n.Kinds[:min(len(n.Kinds), len(known))] {
		at := fmt.Sprintf("/kinds/%d/kind", i)
		first := slices.IndexFunc(n.Kinds, func(other Switch) bool { return other.Kind == s.Kind })
		c.that(slices.Contains(known, s.Kind), at, "must be one of %s", strings.Join(known, ", "))
		c.that(first == i, at, "is named in /kinds/%d already", first)
	}
	return c.fault()
}

// Switches tells how the caller is notified.
func (s *Service) Switches(ctx context.Context, by auth.Caller, _ struct{}) (Switches, error) {
	if err := isPerson(by); err != nil {
		return Switches{}, err
	}
	return s.switches(s.db.Read(ctx), by.User)
}

func (s *Service) switches(tx *gorm.DB, user string) (Switches, error) {
	var set []switchRow
	if err := tx.Where("user_id = ?", user).Find(&set).Error; err != nil {
		return Switches{}, fmt.Errorf("read how somebody is notified: %w", err)
	}
	all := Switches{EmailAvailable: s.mail != nil}
	for _, o := range occasions {
		now := o.usual()
		for _, row := range set {
			if row.Kind == o.kind {
				now = row.Switch
			}
		}
		all.Kinds = append(all.Kinds, now)
	}
	return all, nil
}

// SetSwitches sets how the caller is notified.
func (s *Service) SetSwitches(ctx context.Context, by auth.Caller, n NewSwitches) (Switches, error) {
	if err := isPerson(by); err != nil {
		return Switches{}, err
	}
	var now Switches
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		before, err := s.switches(tx, by.User)
		if err != nil {
			return err
		}
		if err := tx.Where("user_id = ?", by.User).Delete(&switchRow{}).Error; err != nil {
			return fmt.Errorf("forget how somebody is notified: %w", err)
		}
		for _, set := range n.Kinds {
			if err := tx.Create(&switchRow{by.User, set}).Error; err != nil {
				return fmt.Errorf("keep how somebody is notified: %w", err)
			}
		}
		if now, err = s.switches(tx, by.User); err != nil {
			return err
		}
		return s.noteSwitches(tx, by, before)
	})
	return now, err
}

// noteSwitches notes how a person is notified now, and was before.
func (s *Service) noteSwitches(tx *gorm.DB, by auth.Caller, before Switches) error {
	now, err := s.switches(tx, by.User)
	if err != nil {
		return err
	}
	return s.note(tx, by, deed{Action: "notification_settings.updated", Owner: by.User, Object: by.User, Before: before, After: now})
}

// switchesOf are those of some people for a kind, as they set them or as is usual.
func switchesOf(tx *gorm.DB, kind string, people []string) (map[string]Switch, error) {
	var set []switchRow
	if err := tx.Where("user_id IN ? AND kind = ?", people, kind).Find(&set).Error; err != nil {
		return nil, fmt.Errorf("read how people are notified: %w", err)
	}
	all := map[string]Switch{}
	for _, user := range people {
		all[user] = occasionOf(kind).usual()
	}
	for _, row := range set {
		all[row.UserID] = row.Switch
	}
	return all, nil
}
