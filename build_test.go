package main

import (
	"path/filepath"
	"testing"
	"time"
)

// What one instance does, another on the same database hears of: the house looks after itself from when it is built.
func TestInstancesHearOfEachOther(t *testing.T) {
	folder := t.TempDir()
	s := settings{DB: "sqlite:" + filepath.Join(folder, "punchcard.db"), SecretFile: filepath.Join(folder, "punchcard.secret")}
	var houses [2]*house
	for i := range houses {
		var err error
		if houses[i], err = build(t.Context(), s, "http://localhost:8080/", &provisioning{}, quiet); err != nil {
			t.Fatal(err)
		}
		defer houses[i].close()
	}
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.apply(t.Context(), houses[0].auth, houses[0].timesheets); err != nil {
		t.Fatal(err)
	}
	const origin = "http://localhost:3000" // of the web app in the file
	for deadline := time.Now().Add(10 * time.Second); !houses[1].auth.AllowedOrigin(origin); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the other instance never heard of the applications")
		}
	}
}
