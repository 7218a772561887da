package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth/lang"
	"punchcard/timesheets"
)

// What the timesheet API's scopes let an application do is said in every language.
func TestScopesOfTimesheetsAreSaidInEveryLanguage(t *testing.T) {
	for _, c := range lang.All() {
		for _, sc := range timesheets.Scopes {
			if key := "scopes." + sc.Name; !c.Has(key+".title") || !c.Has(key+".detail") {
				t.Errorf("nothing in %s for %s", c.Tag, key)
			}
		}
	}
}

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
		{"a second token", "GET", "/timesheets?access_token=x", "", german, 400, []string{`"die Anfrage trägt mehr als ein Access-Token`}},
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

// What administrators are denied is put into their language: its message is, and what Auth0's clients compare is not.
func TestDenialsAreInTheLanguageThatIsAskedFor(t *testing.T) {
	c := newCompany(t)
	operator, german := c.token(t, "operator", managementScopes...), []string{"Accept-Language", "de"}
	for _, q := range []struct {
		name, method, path, body string
		header                   []string
		want                     denial
	}{
		{"what isn't there", "GET", "roles/rol_x", "", german, denial{404, "Not Found", "Diese Rolle gibt es nicht.", "inexistent_role"}},
		{"what is there already", "POST", "roles", `{"name": "admin"}`, german,
			denial{409, "Conflict", "Eine Rolle mit diesem Namen gibt es schon.", ""}},
		{"a value", "POST", "clients", `{"name": "X", "app_type": "app"}`, german, denial{400, "Bad Request",
			"Das geht so nicht: 'app_type' muss native, spa, regular_web oder non_interactive sein", "invalid_body"}},
		{"several values", "POST", "clients", `{"name": "X", "app_type": "spa", "callbacks": ["/cb", "https://x/#y"]}`, german,
			denial{400, "Bad Request", "Das geht so nicht: 'callbacks/0' muss vollständig sein, etwa https://app.example.com/callback; " +
				"'callbacks/1' darf kein Fragment (den Teil ab #) haben", "invalid_body"}},
		{"a member", "POST", "roles", `{"name": "x", "colour": "red"}`, german,
			denial{400, "Bad Request", "Das geht so nicht: 'colour' gehört hier nicht hin", "invalid_body"}},
		{"a parameter", "GET", "roles?per_page=101", "", german,
			denial{400, "Bad Request", "Diese Abfrage geht so nicht: 'per_page' muss zwischen 1 und 100 liegen", "invalid_query_string"}},
		{"a search", "GET", "logs?q=nonsense%22", "", german, denial{400, "Bad Request",
			"Diese Abfrage geht so nicht: Die Suche ist ab 'nonsense\"' nicht zu verstehen: schreib feld:wert oder feld:\"Wert mit Leerzeichen\", " +
				"verbunden mit AND; Felder sind type, user_id, client_id, ip, description, request_id und date wie in " +
				"date:[2026-03-01 TO 2026-03-31]", "invalid_query_string"}},
		{"by the choice made in the app", "GET", "roles/rol_x", "", []string{"Cookie", "language=de", "Accept-Language", "en"},
			denial{404, "Not Found", "Diese Rolle gibt es nicht.", "inexistent_role"}},
		{"none", "GET", "roles/rol_x", "", nil, denial{404, "Not Found", "The role does not exist.", "inexistent_role"}},
	} {
		var got denial
		answer := c.ask(t, operator, q.method, "/api/v2/"+q.path, q.body, q.header...)
		answer.json(t, &got)
		if diff := cmp.Diff(q.want, got); diff != "" || answer.StatusCode != q.want.Status {
			t.Errorf("%s: %s", q.name, diff)
		}
	}
	if logged := c.manage(t, "GET", "logs?q=type:fapi", "").body; !strings.Contains(logged, "A role with this name already exists.") {
		t.Errorf("the log speaks the language of who was denied: %s", logged)
	}
}

// Where nothing is, a person is told so on a page, and a program by a problem.
func TestWhereNothingIsAPersonIsToldOnAPage(t *testing.T) {
	c := newCompany(t)
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, q := range []struct{ method, accept, kind, says string }{
		{"GET", browser, "text/html", "Unter dieser Adresse ist nichts"},
		{"GET", "*/*", "application/problem+json", "Hier ist nichts"},
		{"GET", "application/json, text/html", "application/problem+json", "Hier ist nichts"},
		{"POST", browser, "application/problem+json", "Hier ist nichts"},
	} {
		answer := c.ask(t, "", q.method, "/acount", "", "Accept", q.accept, "Accept-Language", "de")
		kind := answer.Header.Get("Content-Type")
		if answer.StatusCode != http.StatusNotFound || !strings.HasPrefix(kind, q.kind) || !strings.Contains(answer.body, q.says) {
			t.Errorf("%s for %s: %d %s %.200s", q.method, q.accept, answer.StatusCode, kind, answer.body)
		}
		if q.method == "GET" && !strings.Contains(strings.Join(answer.Header.Values("Vary"), ", "), "Accept") {
			t.Errorf("for %s: a cache mixes the two up", q.accept)
		}
	}
}

// The first page, to which every other leads, is in the language of who reads it.
func TestTheFirstPageIsInTheLanguageThatIsAskedFor(t *testing.T) {
	c := newCompany(t)
	for accept, want := range map[string][]string{
		"de": {`<html lang="de">`, "Stunden freigegeben.", `In <a href="/account">deinem Konto</a> siehst du`, ">Mi</text>"},
		"en": {`<html lang="en">`, "Hours approved.", `In <a href="/account">your account</a> you see`, ">Wed</text>"},
	} {
		answer := c.ask(t, "", "GET", "/", "", "Accept-Language", accept)
		for _, text := range want {
			if !strings.Contains(answer.body, text) {
				t.Errorf("in %s it lacks %s", accept, text)
			}
		}
		if strings.Contains(answer.body, ">home.") || accept == "de" && strings.Contains(answer.body, "Hours") {
			t.Errorf("in %s it says something else: %s", accept, answer.body)
		}
	}
}
