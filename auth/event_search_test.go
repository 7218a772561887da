package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

func TestSearchingEvents(t *testing.T) {
	w := newWorld(t)
	began := w.clock.now()
	for i := range 120 { // every minute one, of three kinds by turns
		w.server.record(t.Context(), event{
			Type: []string{"s", "fp", "seacft"}[i%3], UserID: []string{"usr_1", "usr_2"}[i%2], ClientID: []string{"app", "spa", "web", "tv"}[i%4],
			IP: "192.0.2." + fmt.Sprint(i%5), Description: fmt.Sprintf("Event %d: 100%% of_it", i),
		})
		w.clock.move(time.Minute)
	}
	all, err := w.server.events(t.Context(), EventQuery{Take: 100})
	if err != nil || len(all) != 100 || all[0].Description != "Event 119: 100% of_it" {
		t.Fatalf("got %d events, %v", len(all), err)
	}
	fortieth := w.events("")[40]
	at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
	for _, c := range []struct {
		name        string
		q           EventQuery
		count       int
		first, last int // the numbers of the events
	}{
		{"fifty unless told", EventQuery{}, 50, 119, 70},
		{"as many as told", EventQuery{Take: 3}, 3, 119, 117},
		{"onward, the oldest first", EventQuery{From: fortieth.ID, Take: 10}, 10, 41, 50},
		{"onward to the end", EventQuery{From: all[2].ID}, 2, 118, 119},
		{"onward from the last", EventQuery{From: all[0].ID}, 0, 0, 0},
		{"a type", EventQuery{Type: []string{"fp"}, Take: 100}, 40, 118, 1},
		{"types", EventQuery{Type: []string{"fp", "s"}, Take: 100}, 80, 118, 0},
		{"a type onward", EventQuery{Type: []string{"fp"}, From: fortieth.ID, Take: 2}, 2, 43, 46},
		{"an unknown type", EventQuery{Type: []string{"none"}}, 0, 0, 0},
		{"a person", EventQuery{UserID: "usr_2", Take: 100}, 60, 119, 1},
		{"an application", EventQuery{ClientID: "tv", Take: 100}, 30, 119, 3},
		{"an address", EventQuery{IP: "192.0.2.4", Take: 100}, 24, 119, 4},
		{"all of them", EventQuery{UserID: "usr_2", ClientID: "spa", IP: "192.0.2.1", Type: []string{"fp"}}, 2, 61, 1},
		{"since", EventQuery{Since: at(100), Take: 100}, 20, 119, 100},
		{"until", EventQuery{Until: at(10), Take: 100}, 11, 10, 0},
		{"between", EventQuery{Since: at(10), Until: at(12)}, 3, 12, 10},
		{"a microsecond between", EventQuery{Since: at(10).Add(time.Microsecond), Until: at(12).Add(-time.Microsecond)}, 1, 11, 11},
		{"in another zone", EventQuery{Since: at(118).In(time.FixedZone("east", 5*3600))}, 2, 119, 118},
		{"text in another case", EventQuery{Text: "eVENT 11", Take: 100}, 11, 119, 11},
		{"text that looks like a pattern", EventQuery{Text: "100% of_it", Take: 1}, 1, 119, 119},
		{"a pattern", EventQuery{Text: "Event%it"}, 0, 0, 0},
		{"another pattern", EventQuery{Text: "of it"}, 0, 0, 0},
		{"no SQL", EventQuery{Text: "' OR 1=1 --", UserID: "' OR ''='"}, 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := w.server.events(t.Context(), c.q)
			if err != nil || len(list) != c.count {
				t.Fatalf("got %d events, %v, want %d", len(list), err, c.count)
			}
			if c.count == 0 {
				return
			}
			first, last := fmt.Sprintf("Event %d:", c.first), fmt.Sprintf("Event %d:", c.last)
			if !strings.HasPrefix(list[0].Description, first) || !strings.HasPrefix(list[c.count-1].Description, last) {
				t.Errorf("from %q to %q, want from %q to %q", list[0].Description, list[c.count-1].Description, first, last)
			}
		})
	}
}

func TestASearchThatCantBeIsRefused(t *testing.T) {
	w := newWorld(t)
	for want, q := range map[string]EventQuery{
		"take must be from 1 to 100": {Take: 101}, "take must": {Take: -1}, "from must be the id": {From: "log_1' OR 1=1"},
		"from must be": {From: strings.ToUpper(firstEventID(w.clock.now()))}, "at most 50 types": {Type: make([]string, 51)},
		"at most 512 bytes": {Text: strings.Repeat("x", 513)}, "must be UTF-8": {UserID: "\xff"}, "UTF-8 of": {Type: []string{"a\x00"}},
	} {
		_, err := w.server.events(t.Context(), q)
		if e, ok := errors.AsType[*Denial](err); !ok || e.Code != "invalid_query_string" || !strings.Contains(e.Message.String(), want) {
			t.Errorf("%+v got %v, want %q", q, err, want)
		}
	}
}

// plan is how the database goes about a query.
func plan(t *testing.T, tx *gorm.DB, query *gorm.DB) (plan string) {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if tx.Name() == "postgres" { // which reads small tables whole, if it may
		explain = "EXPLAIN "
		if err := tx.Exec("SET LOCAL enable_seqscan = off").Error; err != nil {
			t.Fatal(err)
		}
	}
	statement := query.Session(&gorm.Session{DryRun: true}).Find(&[]event{}).Statement
	rows, err := tx.Raw(explain+statement.SQL.String(), statement.Vars...).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		plan += fmt.Sprintln(*values[len(values)-1].(*any))
	}
	return plan
}

func TestSearchesUseIndexes(t *testing.T) {
	w := newWorld(t)
	id, now := firstEventID(w.clock.now()), w.clock.now()
	for _, c := range []struct {
		name, index string
		q           EventQuery
	}{
		{"the newest", "sqlite_autoindex_events_1", EventQuery{}},
		{"onward", "sqlite_autoindex_events_1", EventQuery{From: id}},
		{"a time", "sqlite_autoindex_events_1", EventQuery{Since: now, Until: now}},
		{"a type", "events_by_type", EventQuery{Type: []string{"fp"}}},
		{"a type onward", "events_by_type", EventQuery{Type: []string{"fp"}, From: id}},
		{"a person", "events_by_user", EventQuery{UserID: "usr_1"}},
		{"a person's time", "events_by_user", EventQuery{UserID: "usr_1", Since: now}},
		{"an application", "events_by_client", EventQuery{ClientID: "app"}},
		{"an address", "events_by_ip", EventQuery{IP: "192.0.2.1"}},
		{"a request", "sqlite_autoindex_events_1", EventQuery{RequestID: "0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.q.check(); err != nil {
				t.Fatal(err)
			}
			var got string
			err := w.db.Write(t.Context(), func(tx *gorm.DB) error { got = plan(t, tx, c.q.find(tx, id)); return nil })
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got, "INDEX "+c.index) && !strings.Contains(got, "Index Scan") || strings.Contains(got, "TEMP B-TREE") || strings.Contains(got, "Sort") {
				t.Errorf("it is searched by %s", got)
			}
		})
	}
}

func TestTheSearchLanguage(t *testing.T) {
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]EventQuery{
		``:                                  {},
		`  `:                                {},
		`type:fp`:                           {Type: []string{"fp"}},
		`type:"fp"`:                         {Type: []string{"fp"}},
		`user_id:"usr_1" AND client_id:app`: {UserID: "usr_1", ClientID: "app"},
		`  ip:192.0.2.7   AND   type:s  `:   {IP: "192.0.2.7", Type: []string{"s"}},
		`ip:2001:db8::7`:                    {IP: "2001:db8::7"},
		`request_id:0199a5c2`:               {RequestID: "0199a5c2"},
		`description:"wrong \"password\" \\ AND ü"`:   {Text: `wrong "password" \ AND ü`},
		`description:secret`:                          {Text: "secret"},
		`date:[2026-03-04 TO 2026-03-04]`:             {Since: day, Until: day.Add(24*time.Hour - time.Microsecond)},
		`date:[2026-03-04T09:30:00+01:00 TO *]`:       {Since: day.Add(8*time.Hour + 30*time.Minute)},
		`date:[* TO 2026-03-04T00:00:00Z] AND type:s`: {Until: day, Type: []string{"s"}},
	} {
		got, err := parseEventSearch(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestWhatTheSearchLanguageDoesNotKnowIsNamed(t *testing.T) {
	for text, named := range map[string]string{
		`fp`: "'fp'", `foo:bar`: "'foo:bar'", `type:`: "'type:'", `type:fp OR type:s`: "'OR type:s'", `NOT type:fp`: "'NOT type:fp'",
		`type:fp type:s`: "'type:s'", `type:fp AND`: "'AND'", `type:fp AND AND ip:::1`: "'AND ip:::1'", `type:f*`: "'type:f*'", `type:(f OR s)`: "'type:(f",
		`type:fp AND type:s`: "names type twice", `"quoted"`: "'", `description:"open`: "open", `description:""`: "from", `description:"a"b`: "a",
		`date:2026-03-04`: "'date:2026-03-04'", `date:[2026-03-04]`: "date:[2026-03-04]", `date:[yesterday TO today]`: "'yesterday' is no date",
		`date:{2026-03-04 TO 2026-03-05}`: "date:{", `date:[2026-03-04 TO 2026-02-30]`: "'2026-02-30' is no date", `date:[* TO *]x`: "date:",
		`user_name:ada`: "'user_name:ada'", `type:fp and ip:x`: "'and ip:x'", `ip:evil:x`: "'ip:evil:x'", `details.email:x`: "details.email", `type :fp`: "'type :fp'",
	} {
		q, err := parseEventSearch(text)
		if e, ok := errors.AsType[*Denial](err); !ok || e.Code != "invalid_query_string" || !strings.Contains(e.Message.String(), named) {
			t.Errorf("%s: %+v %v, want an error with %s", text, q, err, named)
		}
	}
}

func FuzzEventSearch(f *testing.F) {
	for _, text := range []string{
		`type:fp AND date:[2026-03-04 TO *]`, `description:"a \" b" AND ip:::1`, `user_id:`, `:`, `"`, `date:[ TO ]`, `type:"\`, "client_id:\xff", `a AND b`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := parseEventSearch(text)
		if err != nil {
			if e, ok := errors.AsType[*Denial](err); !ok || len(e.Message.String()) > 1000 {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		// What was understood, written down again, means the same.
		var terms []string
		quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
		for name, value := range map[string]string{
			"type": strings.Join(q.Type, ""), "user_id": q.UserID, "client_id": q.ClientID, "ip": q.IP, "description": q.Text,
		} {
			if value != "" {
				terms = append(terms, name+`:"`+quote.Replace(value)+`"`)
			}
		}
		slices.Sort(terms)
		again, err := parseEventSearch(strings.Join(terms, " AND "))
		again.Since, again.Until = q.Since, q.Until
		if err != nil || !cmp.Equal(again, q) {
			t.Errorf("%q is %+v, and written again %+v %v", text, q, again, err)
		}
	})
}
