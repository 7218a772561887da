package auth

import (
	"context"
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

// ManagedBy is the subquery of the ids of the people whose manager is the given person.
func ManagedBy(tx *gorm.DB, manager string) *gorm.DB {
	return tx.Session(&gorm.Session{NewDB: true}).Model(&Person{}).Select("id").Where("manager_id = ?", manager)
}

// Administrators is the subquery of the ids of the people who have the role admin and can sign in.
func Administrators(tx *gorm.DB) *gorm.DB {
	return tx.Session(&gorm.Session{NewDB: true}).Model(&Person{}).Select("users.id").
		Joins("JOIN user_roles ON user_roles.user_id = users.id").
		Joins("JOIN roles ON roles.id = user_roles.role_id AND roles.name = 'admin'").
		Where("NOT users.blocked")
}
