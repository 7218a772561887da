package auth

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Person is somebody who can sign in.
type Person struct {
	ID            string
	Email         string // lower case
	EmailVerified bool
	Name          string
	PasswordHash  string  // argon2id in PHC form; empty: cannot sign in by password
	ManagerID     *string // who approves this person's time
	Blocked       bool
	AppMetadata   Metadata // of administrators
	UserMetadata  Metadata // of the person
	CreatedAt     time.Time
	UpdatedAt     time.Time `gorm:"autoUpdateTime:false"`
}

func (Person) TableName() string { return "users" }

// People starts a query over all people.
func People(ctx context.Context, tx *gorm.DB) *gorm.DB {
	return tx.WithContext(ctx).Model(&Person{})
}

// PersonWith is the id of the person with the e-mail address; empty if there is none.
func PersonWith(tx *gorm.DB, email string) (string, error) {
	var ids []string
	if err := anew(tx).Model(&Person{}).Where("email = ?", normalEmail(email)).Pluck("id", &ids).Error; err != nil {
		return "", fmt.Errorf("look for a person: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}
