package auth

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// everything is all rows of all tables, as text.
func (w *world) everything() string {
	var all strings.Builder
	tx := w.db.Read(w.Context())
	tables, err := tx.Migrator().GetTables()
	if err != nil {
		w.Fatal(err)
	}
	for _, table := range tables {
		if strings.HasPrefix(table, "sqlite") {
			continue
		}
		rows := []map[string]any{}
		if err := tx.Table(table).Find(&rows).Error; err != nil {
			w.Fatal(err)
		}
		for _, row := range rows {
			fmt.Fprintln(&all, table, row)
		}
	}
	return all.String()
}

func (w *world) erase(user string, also error) error {
	return Erase(w.Context(), w.db, user, func(*gorm.DB) error { return also })
}

func TestAnErasedPersonIsNobodyAnyMore(t *testing.T) {
	w := newWorld(t)
	ada, mia := w.person("ada@example.com"), w.person("mia@example.com")
	access, refresh := w.tokens("ada@example.com")
	miasAccess, _ := w.tokens("mia@example.com")
	w.wrong("Ada@example.com")
	w.wrong("max@example.com")
	name := "Ada King"
	_, err := w.server.UpdateUser(t.Context(), Caller{Client: "console", Address: "192.0.2.9"},
		UserChange{UserRef: UserRef{ada}, UserFields: UserFields{Name: &name, UserMetadata: Metadata{"phone": "555-0100"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.browser().authorize("login_hint", "ada@example.com")
	w.push("app", "login_hint", "ada@example.com")
	if err := w.server.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	words := []string{"ada@example.com", "Ada Lovelace", "Ada King", "555-0100"}
	before := w.everything()
	for _, word := range words {
		if !strings.Contains(before, word) {
			t.Errorf("before, nothing says %s", word)
		}
	}
	broken := errors.New("the rest of it")
	err = w.erase(ada, broken)
	if diff := cmp.Diff(before, w.everything()); !errors.Is(err, broken) || diff != "" {
		t.Errorf("where the rest of it fails, it is half done: %v, %s", err, diff)
	}
	if err := w.erase(ada, nil); err != nil {
		t.Fatal(err)
	}
	after := w.everything()
	for _, word := range words {
		if strings.Contains(strings.ToLower(after), strings.ToLower(word)) {
			t.Errorf("there still is %s", word)
		}
	}
	if !strings.Contains(after, "max@example.com") || !strings.Contains(after, mia) {
		t.Error("others are gone too")
	}
	if err := w.server.listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.probe(access).status; got != http.StatusUnauthorized {
		t.Errorf("her access token gets %d", got)
	}
	if got := w.refresh(refresh).status; got != http.StatusBadRequest {
		t.Errorf("her refresh token gets %d", got)
	}
	if got := w.probe(miasAccess).status; got != http.StatusOK {
		t.Errorf("Mia's token gets %d", got)
	}
	if p, err := FindPerson(t.Context(), w.db, ada); err != nil || p.Name != ErasedName || !p.Blocked || p.PasswordHash != "" {
		t.Errorf("%+v, %v", p, err)
	}
	if err := w.erase(ada, nil); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestTheLastAdministratorIsNotErased(t *testing.T) {
	w := newWorld(t)
	if err := w.erase(w.person("root@example.com"), nil); err == nil || !strings.Contains(err.Error(), "last administrator") {
		t.Errorf("%v", err)
	}
	if _, err := FindPerson(t.Context(), w.db, "ROOT@example.com"); err != nil {
		t.Error(err)
	}
	if err := w.erase("usr_none", nil); err == nil {
		t.Error("nobody was erased")
	}
}
