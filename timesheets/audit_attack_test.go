package timesheets

import (
	"context"
	"errors"
	"strings"
	"testing"

	"gorm.io/gorm"
)

// Somebody who can write to the database as they like changes what was done. Each is caught, and told by the first record
// that isn't as it was.
func TestWhoeverTampersWithTheAuditIsCaught(t *testing.T) {
	h := openHouse(t)
	for _, day := range []string{"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"} {
		h.record(ada, h.hour(day))
		h.record(bob, h.hour(day))
	}
	of := "WHERE chain = 'usr_ada' AND number = "
	for _, c := range []struct {
		name   string
		tamper []string
		chain  string
		number int64
		why    string
	}{
		{"altered content", []string{"UPDATE audit_records SET content = REPLACE(content, '60', '61') " + of + "2"}, "usr_ada", 2, "content was altered"},
		{"content of another record", []string{"UPDATE audit_records SET (salt, content) = (SELECT o.salt, o.content FROM audit_records AS o " +
			"WHERE o.chain = 'usr_bob' AND o.number = 2) " + of + "2"}, "usr_ada", 2, "content was altered"},
		{"content that nobody erased", []string{"UPDATE audit_records SET salt = NULL, content = NULL " + of + "3"}, "usr_ada", 3, "nobody erased"},
		{"another actor", []string{"UPDATE audit_records SET actor = 'usr_eve' " + of + "1"}, "usr_ada", 1, "was altered"},
		{"another time", []string{"UPDATE audit_records SET at = '2026-11-19 23:00:00.124' " + of + "1"}, "usr_ada", 1, "was altered"},
		{"another token", []string{"UPDATE audit_records SET token = 'x' " + of + "4"}, "usr_ada", 4, "was altered"},
		{"a field's end moved into the next", []string{"UPDATE audit_records SET client = 'phonej', token = 'ti' " + of + "4"}, "usr_ada", 4, "was altered"},
		{"a removed record", []string{"DELETE FROM audit_records " + of + "2"}, "usr_ada", 2, "missing"},
		{"a removed first record", []string{"DELETE FROM audit_records " + of + "1"}, "usr_ada", 1, "missing"},
		{"a removed end", []string{"DELETE FROM audit_records " + of + "4"}, "usr_ada", 4, "missing"},
		{"a removed end, and the head's number set", []string{"DELETE FROM audit_records " + of + "4",
			"UPDATE audit_heads SET number = 3 WHERE chain = 'usr_ada'"}, "usr_ada", 3, "than its chain ended with"},
		{"a removed record, and the others moved up", []string{"DELETE FROM audit_records " + of + "2",
			"UPDATE audit_records SET number = number - 1 WHERE chain = 'usr_ada' AND number > 2",
			"UPDATE audit_heads SET number = 3 WHERE chain = 'usr_ada'"}, "usr_ada", 2, "doesn't follow"},
		{"swapped records", []string{"UPDATE audit_records SET number = 99 " + of + "2", "UPDATE audit_records SET number = 2 " + of + "3",
			"UPDATE audit_records SET number = 3 " + of + "99"}, "usr_ada", 2, "doesn't follow"},
		{"records of two people swapped", []string{"UPDATE audit_records SET chain = 'usr_x' " + of + "2",
			"UPDATE audit_records SET chain = 'usr_ada' WHERE chain = 'usr_bob' AND number = 2",
			"UPDATE audit_records SET chain = 'usr_bob' WHERE chain = 'usr_x'"}, "usr_ada", 2, "doesn't follow"},
		{"a record more", []string{"INSERT INTO audit_records SELECT chain, 5, 'x', at, actor, client, token, request, action, object, " +
			"content_digest, hash, hash, salt, content FROM audit_records " + of + "4"}, "usr_ada", 5, "was altered"},
		{"a forged head", []string{"UPDATE audit_heads SET hash = 'sha256:00' WHERE chain = 'usr_ada'"}, "usr_ada", 4, "than its chain ended with"},
		{"a head that is behind", []string{"UPDATE audit_heads SET number = 2 WHERE chain = 'usr_ada'"}, "usr_ada", 3, "beyond the end"},
		{"a lost head", []string{"DELETE FROM audit_heads WHERE chain = 'usr_ada'"}, "usr_ada", 4, "is lost"},
		{"a chain that nobody has", []string{"INSERT INTO audit_records SELECT '', 1, 'x', at, actor, client, token, request, action, object, " +
			"content_digest, '', hash, salt, content FROM audit_records " + of + "1"}, "", 1, "was altered"},
		{"a lost chain", []string{"DELETE FROM audit_records WHERE chain = 'usr_bob'"}, "usr_bob", 1, "missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := *h.verified().Digest
			var v Verification
			err := h.db.Write(t.Context(), func(tx *gorm.DB) error {
				for _, statement := range c.tamper {
					if err := tx.Exec(statement).Error; err != nil {
						return err
					}
				}
				w := newWalk(nil)
				v = must(w.verdict(w.all(tx)))
				return errRehearsed // so that all is as it was for the next
			})
			if !errors.Is(err, errRehearsed) {
				t.Fatal(err)
			}
			if v.OK || v.Digest != nil || v.Broken.Chain != c.chain || v.Broken.Number != c.number || !strings.Contains(v.Broken.Why, c.why) {
				t.Errorf("it is said: %v", v.Broken)
			}
			if after := h.verified(); !after.OK || *after.Digest != before {
				t.Errorf("afterwards: %v", after.Broken)
			}
		})
	}
}

// forge writes a chain anew from its last record on, so that all of it fits together.
func (h house) forge(chain string) {
	h.write(func(tx *gorm.DB) error {
		var r auditRecord
		err := tx.Where("chain = ?", chain).Order("number DESC").Take(&r).Error
		r.Actor = "usr_eve"
		return errors.Join(err, tx.Exec("UPDATE audit_records SET actor = ?, hash = ? WHERE id = ?", r.Actor, r.sum(), r.ID).Error,
			tx.Exec("UPDATE audit_heads SET hash = ? WHERE chain = ?", r.sum(), chain).Error)
	})
}

func TestAChainThatIsWrittenAnewIsCaughtByWhatWasNotedElsewhere(t *testing.T) {
	h := openHouse(t)
	h.record(ada, h.hour("2026-03-02"))
	noted := must(ReadAuditHeads(strings.NewReader(h.verified().Heads.String())))
	if noted.Digest() != *h.verified().Digest {
		t.Fatal("what was noted has another digest")
	}
	since := func() Verification { return must(h.VerifyAudit(context.Background(), noted)) }
	h.record(ada, h.hour("2026-03-03"))
	h.record(bob, h.hour("2026-03-03"))
	if v := since(); !v.OK || noted.Digest() == *v.Digest {
		t.Fatalf("the audit has only grown, and is said to be broken: %v", v.Broken)
	}
	h.forge(bob.User) // which is younger than what was noted
	if v := since(); !v.OK {
		t.Errorf("%v", v.Broken)
	}
	noted = h.verified().Heads
	h.forge(organizationChain)
	if v := h.verified(); !v.OK {
		t.Fatalf("it doesn't fit together: %v", v.Broken)
	}
	if v := since(); v.OK || v.Broken.Chain != organizationChain || !strings.Contains(v.Broken.Why, "anew") {
		t.Errorf("it is said: %v", v.Broken)
	}
	h.write(func(tx *gorm.DB) error {
		return errors.Join(tx.Exec("DELETE FROM audit_records WHERE chain = 'usr_bob'").Error, tx.Exec("DELETE FROM audit_heads WHERE chain = 'usr_bob'").Error)
	})
	noted = noted[len(noted)-1:]
	if v := since(); h.verified().OK == v.OK || v.Broken.Chain != bob.User {
		t.Errorf("of a chain that is gone altogether it is said: %v", v.Broken)
	}
	for _, wrong := range []string{"usr_ada 1", "usr_ada one sha256:00", "usr_ada 1 sha256:00 more", " usr_ada 1 sha256:00"} {
		if heads, err := ReadAuditHeads(strings.NewReader(wrong + "\n")); err == nil {
			t.Errorf("%q was read as %v", wrong, heads)
		}
	}
}

// A record that fits in itself, of a chain that was never begun, is caught by the head that it lacks.
func TestARecordThatStandsAloneIsCaught(t *testing.T) {
	for _, chain := range []string{"", "usr_zoe"} {
		h := openHouse(t)
		h.write(func(tx *gorm.DB) error {
			r := auditRecord{Chain: chain, Number: 1, ID: auditID(h.instant(), 1), At: h.instant(), Actor: "usr_eve", Action: "timesheet.approved"}
			if err := r.contain(nil, nil); err != nil {
				return err
			}
			r.Hash = r.sum()
			return tx.Create(&r).Error
		})
		if v := h.verified(); v.OK || v.Broken.Chain != chain || !strings.Contains(v.Broken.Why, "is lost") {
			t.Errorf("of the chain %q it is said: %v", chain, v.Broken)
		}
	}
}
