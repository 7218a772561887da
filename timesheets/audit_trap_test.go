package timesheets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
)

// Every house on SQLite has a trap: when its test is over, each write that changed anything of the timesheets must have left an
// audit record. A table of a later migration is trapped as soon as it is there.

// unaudited are the tables whose writes need no record, and why.
var unaudited = map[string]string{
	"audit_heads":        "a part of the records",
	"mails":              "they tell of what has a record",
	"notifications":      "they tell of what has a record, or of the time",
	"replays":            "they are of writes that have one",
	"webhook_deliveries": "they tell of what has a record",
	"webhooks":           "what is done to them has one; that they fail is no deed",
}

// authTables are told of by the log of package auth.
var authTables = strings.Fields(`apis api_scopes authorizations client_assertions client_grants client_secrets clients codes consents
	device_requests dpop_proofs events interactions logins logout_deliveries not_before password_tickets pushed_requests
	refresh_tokens role_permissions roles rule_configs rules session_clients sessions setup_links signals signing_keys
	user_permissions user_roles users`)

// byHand marks the writes of tests themselves.
type byHand struct{}

// trap numbers each write in its own transaction, so that one that is taken back leaves nothing, and has triggers note under
// that number what it changed and what it recorded.
func (h house) trap() {
	t, isTest := h.t.(*testing.T)
	if h.db.Read(context.Background()).Name() != "sqlite" || !isTest {
		return
	}
	h.write(func(tx *gorm.DB) error {
		var tables []string
		err := tx.Raw("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%'").
			Scan(&tables).Error
		set := []string{"CREATE TABLE trap (write INTEGER)", "INSERT INTO trap VALUES (0)", "CREATE TABLE trapped (write INTEGER, what TEXT)"}
		for _, table := range tables {
			if slices.Contains(authTables, table) || unaudited[table] != "" {
				continue
			}
			for _, change := range []string{"INSERT", "UPDATE", "DELETE"} {
				set = append(set, fmt.Sprintf("CREATE TRIGGER trap_%s_%s AFTER %[2]s ON %[1]s BEGIN "+
					"INSERT INTO trapped SELECT write, '%[1]s' FROM trap; END", table, change))
			}
		}
		for _, statement := range set {
			err = errors.Join(err, tx.Exec(statement).Error)
		}
		return errors.Join(err, numberWrites(tx))
	})
	t.Cleanup(func() {
		for _, table := range h.unrecorded() {
			t.Errorf("a write to %s left no audit record: note the deed, or say in unaudited why it needs none", table)
		}
	})
}

// numberWrites has each write begin with setting its number; 0 for those by hand.
func numberWrites(tx *gorm.DB) error {
	var mu sync.Mutex
	var last gorm.ConnPool // each write has its own
	number := 0
	begin := func(tx *gorm.DB) {
		mu.Lock()
		defer mu.Unlock()
		pool := tx.Statement.ConnPool
		if pool == last {
			return
		}
		last, number = pool, number+1
		n := number
		if tx.Statement.Context.Value(byHand{}) != nil {
			n = 0
		}
		if _, err := pool.ExecContext(tx.Statement.Context, "UPDATE trap SET write = ?", n); err != nil {
			tx.AddError(err)
		}
	}
	on := tx.Callback()
	return errors.Join(
		on.Create().Before("*").Register("trap", begin), on.Query().Before("*").Register("trap", begin),
		on.Update().Before("*").Register("trap", begin), on.Delete().Before("*").Register("trap", begin),
		on.Row().Before("*").Register("trap", begin), on.Raw().Before("*").Register("trap", begin))
}

// unrecorded are the tables to which something was written without a record.
func (h house) unrecorded() (tables []string) {
	err := h.db.Read(context.Background()).Raw(`SELECT DISTINCT what FROM trapped WHERE write > 0 AND what <> 'audit_records'
		AND write NOT IN (SELECT write FROM trapped WHERE what = 'audit_records')`).Scan(&tables).Error
	if err != nil {
		h.t.Error(err)
	}
	return tables
}

func TestTheTrapCatchesAWriteWithoutARecord(t *testing.T) {
	h := openHouse(t)
	if h.db.Read(t.Context()).Name() != "sqlite" {
		return // which has no trap, and is told the same by the same code
	}
	unnoted := func(err error) error {
		return errors.Join(err, h.db.Write(t.Context(), func(tx *gorm.DB) error {
			return errors.Join(tx.Exec("UPDATE projects SET customer = 'Nobody'").Error, err)
		}))
	}
	if unnoted(errors.New("taken back")); h.unrecorded() != nil {
		t.Errorf("what was taken back is said to be unrecorded: %v", h.unrecorded())
	}
	unnoted(nil)
	if got := h.unrecorded(); !slices.Equal(got, []string{"projects"}) {
		t.Errorf("trapped %v", got)
	}
	h.write(func(tx *gorm.DB) error { return tx.Exec("DELETE FROM trapped").Error })
}
