package timesheets

import (
	"testing"

	"punchcard/auth"
)

// Who decides about somebody's time sees that they are absent. Why is for their own manager alone, who knows them.
func TestWhySomebodyIsAbsentIsForTheirManagerAlone(t *testing.T) {
	h := staffedHouse(t)
	a := h.absent(ada, NewAbsence{Kind: "sick", From: "2026-03-02", Note: "a broken leg"})
	delegate := h.calls(dora)
	for _, test := range []struct {
		name string
		by   auth.Caller
		why  bool
	}{
		{"themselves", ada, true}, {"the manager", mia, true}, {"an administrator", root, true},
		{"who stands in for the manager", delegate, false}, {"who is above the manager", above, false}, {"an application", payroll, false},
	} {
		one := must(ask(h.Absence, test.by, AbsenceRef{a.ID}))
		listed := must(ask(h.Absences, test.by, AbsenceQuery{})).Items[0]
		for _, seen := range []Absence{one, listed} {
			if (seen.Kind != nil) != test.why || (seen.Note != "") != test.why || seen.From != a.From {
				t.Errorf("%s sees %s", test.name, asJSON(seen))
			}
		}
	}
}
