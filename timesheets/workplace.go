package timesheets

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
)

// workplace is where a person works, which decides upon their holidays.
type workplace struct {
	UserID string `gorm:"primaryKey"`
	Region string // the organization's own word: "DE-BY"
}

const regionLimit = 50 // characters

// NewRegion says in which region a person works.
type NewRegion struct {
	PersonRef
	Region Patch[string] `json:"region"` // null or empty: none, so that they have only the holidays of everybody
}

// Validate says what is wrong with it.
func (n NewRegion) Validate() error {
	var c check
	c.that(n.Region.Set, "/region", "is needed; null for none")
	c.line(n.region(), "/region", regionLimit)
	return c.fault()
}

func (n NewRegion) region() string { return strings.TrimSpace(n.Region.overValue("")) }

// SetRegion says in which region a person works, which is for administrators alone. It holds for all days, past and to come.
func (s *Service) SetRegion(ctx context.Context, by auth.Caller, n NewRegion) (now Person, err error) {
	err = s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		now, err = s.changePerson(ctx, tx, by, n.ID, func() error { return s.putRegion(tx, n.ID, n.region()) })
		return err
	})
	return now, err
}

// putRegion keeps where the person works. Who works in no region has no row.
func (s *Service) putRegion(tx *gorm.DB, user, region string) error {
	if err := tx.Where("user_id = ?", user).Delete(&workplace{}).Error; err != nil {
		return fmt.Errorf("take back a region: %w", err)
	}
	if region != "" {
		err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&workplace{user, region}).Error
		if err != nil {
			return fmt.Errorf("write a region: %w", err)
		}
	}
	return s.expectAnew(tx, &user, "", lastDay)
}
