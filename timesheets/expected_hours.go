package timesheets

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"punchcard/auth"
)

// ExpectedHours is how much is expected of one person, or of everybody who has none of their own yet.
type ExpectedHours struct {
	UserID    *string    `json:"user_id"`   // nil: everybody's
	Schedules []Schedule `json:"schedules"` // in the order of their days
}

// PersonRef names one person.
type PersonRef struct {
	ID string `path:"id" json:"-"`
}

// NewHours takes the place of the organization's expected hours.
type NewHours struct {
	Schedules *[]Schedule `json:"schedules"`
}

// Validate says everything that is wrong with them.
func (n NewHours) Validate() error {
	var c check
	if n.Schedules == nil {
		c.that(false, "/schedules", "is needed: an array, which may be empty")
	} else {
		checkSchedules(&c, *n.Schedules, "/schedules")
	}
	return c.fault()
}

// NewHoursOf takes the place of one person's expected hours.
type NewHoursOf struct {
	PersonRef
	NewHours
}

// ExpectedHours is the organization's.
func (s *Service) ExpectedHours(ctx context.Context, _ auth.Caller, _ struct{}) (ExpectedHours, error) {
	schedules, err := schedulesOf(s.db.Read(ctx), nil)
	return ExpectedHours{nil, schedules}, err
}

// ExpectedHoursOf is one person's, whose time the caller may see.
func (s *Service) ExpectedHoursOf(ctx context.Context, by auth.Caller, ref PersonRef) (ExpectedHours, error) {
	tx := s.db.Read(ctx)
	if err := theirTimeIsSeen(ctx, tx, by, ref.ID); err != nil {
		return ExpectedHours{}, err
	}
	schedules, err := schedulesOf(tx, &ref.ID)
	return ExpectedHours{&ref.ID, schedules}, err
}

// SetExpectedHours sets the organization's, which is for administrators alone.
func (s *Service) SetExpectedHours(ctx context.Context, by auth.Caller, n NewHours) (ExpectedHours, error) {
	return s.setHours(ctx, by, nil, *n.Schedules)
}

// SetExpectedHoursOf sets one person's, which is for administrators alone.
func (s *Service) SetExpectedHoursOf(ctx context.Context, by auth.Caller, n NewHoursOf) (ExpectedHours, error) {
	return s.setHours(ctx, by, &n.ID, *n.Schedules)
}

func (s *Service) setHours(ctx context.Context, by auth.Caller, user *string, schedules []Schedule) (ExpectedHours, error) {
	set := ExpectedHours{user, inOrder(schedules)}
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		d := deed{Action: "expected_hours.updated", After: set}
		if user != nil {
			if err := theirTimeIsSeen(ctx, tx, by, *user); err != nil {
				return err
			}
			d.Owner, d.Object = *user, *user
		}
		if err := onlyAdministrators(by, "only an administrator can say how much is expected"); err != nil {
			return err
		}
		before, err := schedulesOf(tx, user)
		if err != nil || slices.Equal(before, set.Schedules) {
			return err
		}
		if err := putSchedules(tx, user, set.Schedules); err != nil {
			return err
		}
		if err := s.expectAnew(tx, user, "", lastDay); err != nil {
			return err
		}
		d.Before = ExpectedHours{user, before}
		return s.note(tx, by, d)
	})
	return set, err
}

// theirTimeIsSeen refuses to tell about a person whose time the caller may not see.
func theirTimeIsSeen(ctx context.Context, tx *gorm.DB, by auth.Caller, user string) error {
	seen, err := seesTimeOf(ctx, tx, by, user)
	if err == nil && !seen {
		err = fault(NotFound, "there is no such person, or their time isn't yours to see")
	}
	return err
}
