package web

import (
	"net/http"
	"strings"
	"testing"
)

// What is refused is told in the language that whoever asks reads; what programs go by is the same in all.
func TestRefusalsAreInTheLanguageThatIsAskedFor(t *testing.T) {
	c := newCompany(t)
	ada := c.token(t, "ada")
	e, _ := c.record(t, "ada", "2026-01-05")
	german := []string{"Accept-Language", "de-AT,de;q=0.9,en;q=0.5"}
	for _, q := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		want                     []string
	}{
		{"what isn't there", "GET", "/timesheets/none", "", german, 404,
			[]string{`"title":"Hier ist nichts"`, `"diesen Eintrag gibt es nicht, oder du darfst ihn nicht sehen"`, `/problems/not-found"`}},
		{"a value", "POST", "/timesheets", `{"date":"2026-01-05","minutes":0,"project_id":"` + e.ProjectID + `"}`, german, 422,
			[]string{`"eine Angabe stimmt nicht"`, `"pointer":"/minutes","detail":"muss zwischen 1 Minute und 24 Stunden liegen"`}},
		{"a parameter", "GET", "/timesheets?from=2026-02-30&limit=x", "", german, 422,
			[]string{`"2 Angaben stimmen nicht"`, `"detail":"muss eine ganze Zahl sein"`, `"parameter":"from","detail":"muss ein Tag ab 1970 sein`}},
		{"a type", "POST", "/timesheets", `{"note":5}`, german, 422, []string{`"muss ein Text sein"`}},
		{"a phrase within a sentence", "POST", "/approvals/reminders", `{}`, german, 403,
			[]string{`"das braucht den Scope approve:timesheets"`}},
		{"one of a batch", "POST", "/timesheets/batch", `{"operations":[{"op":"submit","id":"none"}]}`, german, 207,
			[]string{`"diesen Eintrag gibt es nicht, oder du darfst ihn nicht sehen"`}},
		{"by the choice made in the app", "GET", "/timesheets/none", "", []string{"Cookie", "language=de", "Accept-Language", "en"}, 404,
			[]string{`"Hier ist nichts"`}},
		{"English", "GET", "/timesheets/none", "", []string{"Accept-Language", "en-GB,de;q=0.5"}, 404, []string{`"Nothing is here"`}},
		{"any other", "GET", "/timesheets/none", "", []string{"Accept-Language", "tlh"}, 404, []string{`"Nothing is here"`}},
		{"none", "GET", "/timesheets/none", "", nil, 404, []string{`"Nothing is here"`}},
		{"far too many", "GET", "/timesheets/none", "", []string{"Accept-Language", strings.Repeat("de,", 5000)}, 404, []string{`"Nothing is here"`}},
		{"nonsense", "GET", "/timesheets/none", "", []string{"Accept-Language", "\";q=,,*;q=9,<script>"}, 404, []string{`"Nothing is here"`}},
	} {
		answer := c.ask(t, ada, q.method, q.path, q.body, q.header...)
		if answer.StatusCode != q.status {
			t.Errorf("%s: %d %s", q.name, answer.StatusCode, answer.body)
		}
		for _, want := range q.want {
			if !strings.Contains(answer.body, want) {
				t.Errorf("%s: %s lacks %s", q.name, answer.body, want)
			}
		}
	}
}

func TestARefusalIsKeptForItsLanguageAlone(t *testing.T) {
	c := newCompany(t)
	answer := c.ask(t, c.token(t, "ada"), "GET", "/timesheets/none", "", "Accept-Language", "de")
	vary := strings.Join(answer.Header.Values("Vary"), ", ")
	if !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Cookie") || answer.Header.Get("Content-Language") != "de" {
		t.Errorf("Vary: %s, Content-Language: %s", vary, answer.Header.Get("Content-Language"))
	}
}

// A file is answered line by line, in the language of who sends it.
func TestAFileIsReadInTheLanguageThatIsAskedFor(t *testing.T) {
	c := newCompany(t)
	answer := c.ask(t, c.token(t, "ada"), "POST", "/timesheets/import?dry_run=true", "date,project,minutes\n2026-01-05,Nowhere,soon\n",
		"Content-Type", "text/csv", "Accept-Language", "de")
	if answer.StatusCode != http.StatusOK || !strings.Contains(answer.body, "muss eine ganze Zahl von Minuten sein") {
		t.Errorf("%d %s", answer.StatusCode, answer.body)
	}
}
