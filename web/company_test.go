package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/argon2"
	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/store/storetest"
	"punchcard/timesheets"
)

const (
	testIssuer   = "https://time.example.com/"
	testAudience = "https://api.example.com/timesheets"
	testCallback = "com.example.phone:/callback"
	testOrigin   = "https://app.example.com"
	testPassword = "correct horse battery"
	testSecret   = "a secret that only payroll knows, and nobody else"
)

// company is a whole server on an empty database, with a few people and applications. Ada and Ben are employees whose
// manager is Mia; Otto is the administrator.
type company struct {
	handler  http.Handler
	settings Settings
	db       *store.DB

	mu     sync.Mutex
	tokens map[string]string // by person and scopes
}

var everyScope = []string{"read:timesheets", "create:timesheets", "delete:timesheets", "approve:timesheets"}

// newCompany is one of the test's own.
func newCompany(t testing.TB) *company {
	t.Helper()
	return openCompany(t, withKeys(t))
}

// withKeys is an empty database that has its signing keys already: those by RSA take long to make.
func withKeys(t testing.TB) *store.DB {
	t.Helper()
	url := storetest.URL(t)
	if path, isFile := strings.CutPrefix(url, "sqlite:"); isFile {
		file, err := keyed()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// keyed is the content of such a database.
var keyed = sync.OnceValues(func() ([]byte, error) {
	path := filepath.Join(runFolder, "keyed.db")
	db, err := store.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	_, err = auth.New(context.Background(), db, auth.Settings{Issuer: testIssuer, Secret: testMaster, Scopes: timesheets.Scopes})
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// testMaster is what the secret file would hold.
var testMaster = bytes.Repeat([]byte("s"), 32)

var (
	sharedOnce sync.Once
	shared     *company
)

// theCompany is one for all tests that leave it as it was, but for entries on days of their own.
func theCompany(t testing.TB) *company {
	t.Helper()
	sharedOnce.Do(func() {
		db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(runFolder, "shared.db"))
		if err != nil {
			t.Fatal(err)
		}
		shared = openCompany(t, db)
	})
	if shared == nil {
		t.Fatal("the shared company could not be opened")
	}
	return shared
}

func openCompany(t testing.TB, db *store.DB) *company {
	t.Helper()
	log := slog.New(slog.NewJSONHandler(&runLog, nil))
	secret := testMaster
	assets, err := LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(context.Background(), db, auth.Settings{
		Issuer: testIssuer, Secret: secret, Assets: assets.Base, Scopes: timesheets.Scopes, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	domain := timesheets.New(db, timesheets.Settings{Secret: secret, Log: log, Post: a.Post, AddressMistake: a.AddressMistake,
		SetManager: a.SetManager})
	c := &company{db: db, tokens: map[string]string{}, settings: Settings{
		Issuer: testIssuer, Log: log, DB: db, Auth: a, Timesheets: domain, Assets: assets, Version: "test",
	}}
	c.handler = New(c.settings)
	setup := timesheets.Setup{Projects: []timesheets.NewProject{
		{Name: "StoreZero", Billable: true}, {Name: "Attic", Closed: true},
	}}
	err = a.Apply(context.Background(), companyDirectory(), func(tx *gorm.DB) error {
		return c.settings.Timesheets.Apply(context.Background(), tx, setup)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{testPassword, testSecret} {
		runSecrets.Store(secret, "a password")
	}
	return c
}

func companyDirectory() auth.Directory {
	person := func(name, role, manager string) auth.NewPerson {
		return auth.NewPerson{
			Email: name + "@example.com", Name: name, PasswordHash: cheapHash(), Roles: []string{role}, Manager: manager,
		}
	}
	return auth.Directory{
		API: &auth.NewAPI{Audience: testAudience},
		People: []auth.NewPerson{
			person("otto", "admin", ""), person("mia", "manager", ""), person("ada", "employee", "mia@example.com"),
			person("ben", "employee", "mia@example.com"),
		},
		Clients: []auth.NewClient{
			{ID: "phone", Name: "Phone", Type: "native", RedirectURIs: []string{testCallback}, SkipConsent: true,
				Scopes: append([]string{"openid", "profile", "email", "offline_access"}, everyScope...)},
			{ID: "app", Name: "App", Type: "spa", RedirectURIs: []string{testOrigin + "/"}, WebOrigins: []string{testOrigin}},
			{ID: "payroll", Name: "Payroll", Type: "machine", Secret: testSecret,
				Grants: []auth.NewGrant{{Audience: testAudience, Scopes: everyScope[:3]}}},
			{ID: "operator", Name: "Operator", Type: "machine", Secret: testSecret,
				Grants: []auth.NewGrant{{Audience: managementAudience, Scopes: managementScopes}}},
		},
	}
}

// cheapHash is the hash of testPassword at the least cost.
var cheapHash = sync.OnceValue(func() string {
	salt, b64 := []byte("saltsaltsaltsalt"), base64.RawStdEncoding
	key := argon2.IDKey([]byte(testPassword), salt, 1, 8, 1, 32)
	return "$argon2id$v=19$m=8,t=1,p=1$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(key)
})
