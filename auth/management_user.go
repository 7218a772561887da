package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// User is a person as administrators see them.
type User struct {
	ID            string     `json:"user_id"` // usr_…, the tokens' sub
	Email         string     `json:"email"`
	EmailVerified bool       `json:"email_verified"`
	Name          string     `json:"name"`
	Nickname      string     `json:"nickname"` // the e-mail address before the @
	Blocked       bool       `json:"blocked"`
	ManagerID     *string    `json:"manager_id"` // who approves this person's time
	CreatedAt     time.Time  `json:"created_at"`
	UpdatedAt     time.Time  `json:"updated_at"`
	LastLogin     *time.Time `json:"last_login,omitempty"` // absent: never, or not known
	LoginsCount   int        `json:"logins_count"`
	Identities    []Identity `json:"identities"`
	AppMetadata   Metadata   `json:"app_metadata"`
	UserMetadata  Metadata   `json:"user_metadata"`
}

// Identity is how a person signs in: by password, here.
type Identity struct {
	Connection string `json:"connection"`
	Provider   string `json:"provider"`
	UserID     string `json:"user_id"`
	IsSocial   bool   `json:"isSocial"`
}

// userRow is a person with how often they signed in.
type userRow struct {
	Person
	LoginsCount int        `gorm:"->"`
	LastLogin   *time.Time `gorm:"->"`
}

func (u userRow) shown() User {
	nickname, _, _ := strings.Cut(u.Email, "@")
	return User{
		ID: u.ID, Email: u.Email, EmailVerified: u.EmailVerified, Name: u.Name, Nickname: nickname, Blocked: u.Blocked,
		ManagerID: u.ManagerID, CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt, LastLogin: u.LastLogin, LoginsCount: u.LoginsCount,
		Identities:  []Identity{{Connection: ruleConnection, Provider: "auth0", UserID: u.ID}},
		AppMetadata: u.AppMetadata.orEmpty(), UserMetadata: u.UserMetadata.orEmpty(),
	}
}

func (m Metadata) orEmpty() Metadata {
	if m == nil {
		return Metadata{}
	}
	return m
}

// userRows starts a query over people with their sign-ins.
func userRows(db *gorm.DB) *gorm.DB {
	return db.Model(&userRow{}).Select("users.*, COALESCE(logins.count, 0) AS logins_count, logins.last_at AS last_login").
		Joins("LEFT JOIN logins ON logins.user_id = users.id")
}

// UserQuery asks for people.
type UserQuery struct {
	Paging
	Q            string `query:"q"`    // email:ada* AND blocked:false
	Sort         string `query:"sort"` // "name:1"; "created_at:-1": the newest first
	SearchEngine string `query:"search_engine"`
}

// Validate says what is wrong with it.
func (q UserQuery) Validate() error {
	if q.SearchEngine != "" && q.SearchEngine != "v3" {
		return mistaken("search_engine", "must be v3")
	}
	return q.Paging.Validate()
}

// Users lists people, the oldest account first unless it says otherwise: GET /api/v2/users.
func (s *Server) Users(ctx context.Context, _ Caller, q UserQuery) (List[User], error) {
	order, err := userOrder(q.Sort)
	if err != nil {
		return List[User]{}, err
	}
	terms, err := parseSearch(q.Q)
	if err != nil {
		return List[User]{}, err
	}
	query := userRows(s.db.Read(ctx)).Order(order)
	for _, term := range terms {
		query = query.Where(term.condition, term.values...)
	}
	return pageOf(query, "users", q.Paging, userRow.shown)
}

// EmailQuery asks for who has an e-mail address.
type EmailQuery struct {
	Email         string `query:"email"`
	Fields        string `query:"fields"`
	IncludeFields *bool  `query:"include_fields"`
}

// UsersByEmail lists who has an e-mail address, one person at most: GET /api/v2/users-by-email.
func (s *Server) UsersByEmail(ctx context.Context, _ Caller, q EmailQuery) (List[User], error) {
	if q.Email == "" {
		return List[User]{}, mistaken("email", "is needed")
	}
	query := userRows(s.db.Read(ctx)).Where("users.email = ?", normalEmail(q.Email))
	return pageOf(query, "users", Paging{Fields: q.Fields, IncludeFields: q.IncludeFields}, userRow.shown)
}

// UserRef names a person.
type UserRef struct {
	ID string `path:"id"`
}

var noSuchUser = unknown("inexistent_user", "The user does not exist.")

// User shows one person: GET /api/v2/users/{id}.
func (s *Server) User(ctx context.Context, _ Caller, ref UserRef) (User, error) {
	found, err := ref.read(s.db.Read(ctx))
	return found.shown(), err
}

func (ref UserRef) read(db *gorm.DB) (found userRow, err error) {
	err = userRows(db).Where("users.id = ?", ref.ID).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return found, noSuchUser
	}
	if err != nil {
		return found, fmt.Errorf("read person: %w", err)
	}
	return found, nil
}
