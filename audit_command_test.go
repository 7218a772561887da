package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gorm.io/gorm"
)

func TestTheAuditIsVerifiedByACommandAndComparedWithWhatWasNoted(t *testing.T) {
	t.Parallel()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	h, _ := serveIn(t, folder, p)
	file, other := filepath.Join(folder, "noted.txt"), filepath.Join(folder, "other.txt")
	verify := func(wantStatus int, wantSaid string, args ...string) string {
		t.Helper()
		status, said := onFolder(folder, append([]string{"audit", "verify"}, args...)...)
		if status != wantStatus || !strings.Contains(said, wantSaid) {
			t.Errorf("%v ended with %d: %s", args, status, said)
		}
		return said
	}
	tamper := func(statement string) {
		t.Helper()
		if err := h.db.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec(statement).Error }); err != nil {
			t.Fatal(err)
		}
	}
	digest := regexp.MustCompile("sha256:[0-9a-f]{64}").FindString(verify(0, "are as they were written", "--save="+file))
	verify(0, digest, "--digest="+digest)
	p.setup.Projects[0].Customer = "Somebody else"
	if err := p.apply(t.Context(), h.auth, h.timesheets); err != nil {
		t.Fatal(err)
	}
	verify(failed, "--since", "--digest="+digest)
	verify(0, "are as they were written", "--since="+file, "--digest="+digest)
	if err := os.WriteFile(other, []byte("organization 1 sha256:00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	verify(failed, "isn't what was noted", "--since="+other, "--digest="+digest)
	verify(failed, "was written anew", "--since="+other)
	verify(failed, "can't be read", "--since="+filepath.Join(folder, "none.txt"))
	tamper("UPDATE audit_records SET content = REPLACE(content, 'Somebody else', 'Nobody') WHERE action = 'project.updated'")
	verify(failed, "content was altered")
	tamper("UPDATE audit_records SET actor = 'usr_x' WHERE number = 2")
	if said := verify(failed, "record 2 of the chain organization is broken"); strings.Contains(said, "sha256:") {
		t.Errorf("it gives a digest all the same: %s", said)
	}
}
