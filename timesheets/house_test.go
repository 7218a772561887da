package timesheets

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/store/storetest"
)

// house is a service over a database of its own, in which Mia manages Ada and Bob, nobody manages Mia, Carl's manager was
// blocked, Eve is a stranger to all of them, and Root is the administrator. It is 20 November 2026, noon.
type house struct {
	*Service
	t  testing.TB
	db *store.DB
}

var (
	ada     = person("ada", "Ada Lovelace")
	bob     = person("bob", "Bob Ross")
	mia     = person("mia", "Mia Chen")
	carl    = person("carl", "Carl Gauss")
	eve     = person("eve", "Eve Stranger")
	root    = administrator("root", "Root Admin")
	second  = administrator("second", "Second Admin")
	payroll = auth.Caller{Client: "payroll", Token: "jti", Scopes: allScopes}
)

var allScopes = []string{readScope, createScope, deleteScope, approveScope}

func person(id, name string) auth.Caller {
	return auth.Caller{User: "usr_" + id, Name: name, Client: "phone", Token: "jti", Scopes: allScopes}
}

func administrator(id, name string) auth.Caller {
	by := person(id, name)
	by.Admin = true
	return by
}

func openHouse(t testing.TB) house {
	return houseOn(t, storetest.Open(t))
}

func houseOn(t testing.TB, db *store.DB) house {
	noon := time.Date(2026, 11, 20, 12, 0, 0, 123456789, time.FixedZone("Auckland", 13*3600))
	s := New(db, Settings{Secret: []byte("a secret of the tests"), Now: func() time.Time { return noon }})
	h := house{s, t, db}
	h.trap()
	explainReads(t, db)
	h.write(func(tx *gorm.DB) error {
		h.hire(tx, mia, "")
		h.hire(tx, ada, mia.User)
		h.hire(tx, bob, mia.User)
		h.hire(tx, eve, "")
		h.hire(tx, root, "")
		h.hire(tx, second, "")
		h.hire(tx, person("gone", "Gone Manager"), "")
		h.hire(tx, carl, "usr_gone")
		h.appoint(tx, root, second)
		return tx.Model(&auth.Person{}).Where("id = ?", "usr_gone").Update("blocked", true).Error
	})
	h.apply(Setup{Projects: []NewProject{
		{Name: "StoreZero", Customer: "Acme", Billable: true, Tasks: []string{"Build", "Review"}},
		{Name: "Internal"},
		{Name: "Apollo", Closed: true},
	}})
	return h
}

func (h house) hire(tx *gorm.DB, p auth.Caller, manager string) {
	row := auth.Person{ID: p.User, Email: strings.TrimPrefix(p.User, "usr_") + "@exampleco.com", Name: p.Name,
		CreatedAt: h.instant(), UpdatedAt: h.instant()}
	if manager != "" {
		row.ManagerID = &manager
	}
	if err := tx.Create(&row).Error; err != nil {
		h.t.Fatal(err)
	}
}

// appoint gives the people the role of administrators.
func (h house) appoint(tx *gorm.DB, people ...auth.Caller) {
	err := tx.Exec("INSERT INTO roles (id, name, description) VALUES ('rol_admin', 'admin', '') ON CONFLICT DO NOTHING").Error
	for _, p := range people {
		err = errors.Join(err, tx.Exec("INSERT INTO user_roles (user_id, role_id) VALUES (?, 'rol_admin')", p.User).Error)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// entrust has roles count, of which administrators' and those of these people let them approve, and nobody else's does.
func (h house) entrust(tx *gorm.DB, people ...auth.Caller) {
	h.t.Helper()
	h.appoint(tx)
	err := errors.Join(
		tx.Exec(`INSERT INTO apis (id, audience, name, signing_alg, access_token_lifetime)
			VALUES ('timesheets', 'https://api.example.com/', 'Timesheets', 'ES256', 600) ON CONFLICT DO NOTHING`).Error,
		tx.Exec("INSERT INTO roles (id, name, description) VALUES ('rol_manager', 'manager', '') ON CONFLICT DO NOTHING").Error,
		tx.Exec(`INSERT INTO role_permissions (role_id, api_id, scope) SELECT id, 'timesheets', 'approve:timesheets' FROM roles
			WHERE TRUE ON CONFLICT DO NOTHING`).Error,
		tx.Exec("DELETE FROM user_roles WHERE role_id = 'rol_manager'").Error)
	for _, p := range people {
		err = errors.Join(err, tx.Exec("INSERT INTO user_roles (user_id, role_id) VALUES (?, 'rol_manager')", p.User).Error)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// write is a test's own, which leaves no audit record.
func (h house) write(fn func(tx *gorm.DB) error) {
	h.t.Helper()
	if err := h.db.Write(context.WithValue(context.Background(), byHand{}, true), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h house) apply(setup Setup) {
	h.t.Helper()
	if mistakes := setup.Check(); mistakes != nil {
		h.t.Fatal(mistakes)
	}
	err := h.db.Write(context.Background(), func(tx *gorm.DB) error { return h.Apply(context.Background(), tx, setup) })
	if err != nil {
		h.t.Fatal(err)
	}
}

// project is the id of the project with the name.
func (h house) project(name string) string {
	h.t.Helper()
	for _, p := range must(ask(h.Projects, root, ProjectQuery{})).Items {
		if p.Name == name {
			return p.ID
		}
	}
	h.t.Fatalf("no project %s", name)
	return ""
}

// hour is a new entry of an hour.
func (h house) hour(day string) NewEntry {
	return NewEntry{Date: day, Minutes: new(60), ProjectID: h.project("StoreZero")}
}

func (h house) record(by auth.Caller, n NewEntry) Entry {
	return must(ask(h.Record, by, n))
}

// as brings a new entry of Ada's into a state.
func (h house) as(state State, day string) Entry {
	e := h.record(ada, h.hour(day))
	if state == Deleted {
		must(ask(h.removal, ada, EntryRef{ID: e.ID}))
		e.Revision++
		return e
	}
	if state != Draft {
		e = must(ask(h.Submit, ada, EntryRef{ID: e.ID}))
	}
	if state == Approved || state == Rejected {
		e = must(ask(h.Decide, mia, Decision{ID: e.ID, Decision: state, Comment: " well\n"}))
	}
	return e
}

// ask calls an operation as the API does: what can say what is wrong with itself is asked first.
func ask[In, Out any](op func(context.Context, auth.Caller, In) (Out, error), by auth.Caller, in In) (Out, error) {
	if v, ok := any(in).(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			var none Out
			return none, err
		}
	}
	return op(context.Background(), by, in)
}

// removal is Remove in the form of the other operations.
func (h house) removal(ctx context.Context, by auth.Caller, ref EntryRef) (Entry, error) {
	return Entry{}, h.Remove(ctx, by, ref)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// refused wants a fault of the kind that says all the words.
func refused(t testing.TB, err error, kind Kind, words ...string) {
	t.Helper()
	fault, ok := errors.AsType[*Fault](err)
	if !ok || fault.Kind != kind {
		t.Errorf("%v, want a fault of kind %s", err, kind)
		return
	}
	for _, w := range words {
		if !strings.Contains(fault.Error(), w) {
			t.Errorf("%q doesn't say %q", fault, w)
		}
	}
}
