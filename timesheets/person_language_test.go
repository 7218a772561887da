package timesheets

import (
	"testing"

	"punchcard/auth"
)

func TestEverybodyChoosesTheirOwnLanguage(t *testing.T) {
	h := openHouse(t)
	steps := []struct {
		chosen, want string
		deeds        int // that are noted by then
	}{{"de", "de", 1}, {"de", "de", 1}, {"en", "en", 2}, {"", "en", 2}, {"de-AT", "en", 2}, {"tlh", "en", 2}}
	for _, step := range steps {
		if _, err := ask(h.SetLanguage, ada, Language{step.chosen}); (err == nil) != (step.chosen == step.want) {
			t.Errorf("%q: %v", step.chosen, err)
		}
		noted := must(ask(h.Audit, root, AuditQuery{Action: "notification_settings.updated"}))
		if got := must(ask(h.Language, ada, struct{}{})).Language; got != step.want || len(noted.Items) != step.deeds {
			t.Errorf("after %q: %q, %d deeds", step.chosen, got, len(noted.Items))
		}
	}
	if got := must(ask(h.Language, mia, struct{}{})).Language; got != "en" {
		t.Errorf("another's became %q", got)
	}
	machine := auth.Caller{Client: "payroll", Scopes: ada.Scopes}
	_, err := ask(h.Language, machine, struct{}{})
	refused(t, err, NotFound, "no person")
	_, err = ask(h.SetLanguage, machine, Language{"de"})
	refused(t, err, NotFound, "no person")
}
