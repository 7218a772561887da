package auth

import "gorm.io/gorm"

// Kept are the rows of one kind that are kept about a person, for them to have.
type Kept struct {
	Name string
	Rows *gorm.DB
	Key  []string // columns that order the rows, each of which has values of its own in them
	JSON []string // columns that hold JSON
}

// KeptAbout is all that is kept here about a person, but for secrets and their hashes.
func KeptAbout(tx *gorm.DB, user string) []Kept {
	theirs := func(table, columns string) *gorm.DB {
		return tx.Table(table).Select(columns).Where("user_id = ?", user)
	}
	return []Kept{
		{"profile", tx.Table("users").Where("id = ?", user).
			Select("id, email, email_verified, name, manager_id, blocked, app_metadata, user_metadata, created_at, updated_at"),
			[]string{"id"}, []string{"app_metadata", "user_metadata"}},
		{"roles", tx.Table("roles").Select("id, name").Where("id IN (?)", theirs("user_roles", "role_id")), []string{"id"}, nil},
		{"sign_ins", theirs("logins", "user_id, count, last_at, language"), []string{"user_id"}, nil},
		{"sessions", theirs("sessions", "id, auth_time, created_at, seen_at, expires_at, ended_at, user_agent, ip"), []string{"id"}, nil},
		{"consents", theirs("consents", "id, client_id, api_id, scopes, created_at, updated_at"), []string{"id"}, []string{"scopes"}},
		{"authorizations", theirs("authorizations", "id, client_id, api_id, scopes, auth_time, created_at, expires_at, revoked_at"),
			[]string{"id"}, []string{"scopes"}},
		{"events", theirs("events", "id, at, type, description, client_id, ip, user_agent, audience, scope"), []string{"id"}, nil},
	}
}
