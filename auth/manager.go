package auth

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// SetManager makes somebody a person's manager, or nobody if manager is nil. It runs within in a write, to which set does
// it: so what within checks before and keeps after is of the same moment. From the next call on, tokens let those approve
// who manage somebody, and nobody else. A *Mistake from set says why the manager can't be.
func (s *Server) SetManager(ctx context.Context, user string, manager *string, within func(tx *gorm.DB, set func() error) error) error {
	return s.change(ctx, func(tx *gorm.DB, n *news) error {
		return within(tx, func() error { return putManager(tx, n, user, manager) })
	})
}

func putManager(tx *gorm.DB, n *news, user string, manager *string) error {
	before, err := UserRef{user}.read(tx)
	if err != nil {
		return err
	}
	after := before.Person
	after.ManagerID, after.UpdatedAt = manager, n.now
	if err := managerFits(tx, after); err != nil {
		return err
	}
	err = tx.Model(&Person{}).Where("id = ?", user).Updates(map[string]any{"manager_id": manager, "updated_at": n.now}).Error
	if err != nil {
		return fmt.Errorf("keep manager: %w", err)
	}
	return n.tellOf(before.Person, after)
}

// managerFits refuses a manager who isn't here or can't sign in, and one whom the person manages.
func managerFits(tx *gorm.DB, p Person) error {
	if p.ManagerID == nil {
		return nil
	}
	if *p.ManagerID == p.ID {
		return noManager("can't be the person's own")
	}
	manager, err := UserRef{*p.ManagerID}.read(tx)
	switch {
	case errors.Is(err, noSuchUser):
		return noManager("is nobody's id")
	case err != nil:
		return err
	case manager.Blocked:
		return noManager("is %s's, who is blocked and could decide nothing", manager.Name)
	}
	return noCircle(tx, p, manager.Person)
}

func noManager(detail string, args ...any) error {
	return &Mistake{"/manager_id", lang.Say(detail, args...)}
}

// longestLine is how many managers a person can have above each other.
const longestLine = 100

// noCircle refuses a manager whom the person manages, directly or not: two could approve each other's time.
func noCircle(tx *gorm.DB, p, manager Person) error {
	above := manager
	for range longestLine {
		if above.ManagerID == nil {
			return nil
		}
		if *above.ManagerID == p.ID {
			return noManager("is %s's, whom %s manages, directly or not; give %s another manager first", manager.Name, p.Name, above.Name)
		}
		next := Person{}
		if err := tx.Where("id = ?", *above.ManagerID).Take(&next).Error; err != nil {
			return fmt.Errorf("read manager: %w", err)
		}
		above = next
	}
	return noManager("is %s's, who has more than %d managers above", manager.Name, longestLine)
}
