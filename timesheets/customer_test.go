package timesheets

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

func TestCustomersAreThoseOfProjects(t *testing.T) {
	h := openHouse(t)
	h.make(NewProject{Name: "A", Customer: "Baker & Sons"})
	h.make(NewProject{Name: "B", Customer: "Baker & Sons", Closed: true})
	h.make(NewProject{Name: "C", Customer: "Öresund", Closed: true})
	want := []Customer{{"Acme", 1, 0}, {"Baker & Sons", 1, 1}, {"Öresund", 0, 1}}
	q, got := CustomerQuery{Paging: Paging{Limit: 1, Count: true}}, []Customer{}
	for {
		page := must(ask(h.Customers, ada, q))
		got = append(got, page.Items...)
		if *page.Total != 3 {
			t.Errorf("there are %d", *page.Total)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if found := must(ask(h.Customers, ada, CustomerQuery{Q: "ÖRE"})).Items; !cmp.Equal(found, want[2:]) {
		t.Errorf("%v", found)
	}
	for _, c := range []struct {
		q    ProjectQuery
		want int
	}{
		{ProjectQuery{Customer: "Baker & Sons"}, 2}, {ProjectQuery{Customer: "Baker"}, 0}, {ProjectQuery{Q: "baker"}, 2},
		{ProjectQuery{Q: "ZERO"}, 1}, {ProjectQuery{Q: "%"}, 0}, {ProjectQuery{Customer: "Baker & Sons", Closed: new(true)}, 1},
	} {
		if found := must(ask(h.Projects, ada, c.q)).Items; len(found) != c.want {
			t.Errorf("%+v finds %d", c.q, len(found))
		}
	}
}

func TestTagsAreSuggestedFromTimeThatOneSees(t *testing.T) {
	h := openHouse(t)
	record := func(by auth.Caller, day string, tags ...string) {
		n := h.hour(day)
		n.Tags = tags
		h.record(by, n)
	}
	record(ada, "2026-11-02", "remote", "review")
	record(ada, "2026-11-03", "remote")
	record(ada, "2026-08-01", "long ago")
	record(eve, "2026-11-03", "secret", "Review")
	record(mia, "2026-11-03", "hiring")
	gone := h.hour("2026-11-04")
	gone.Tags = []string{"gone"}
	must(ask(h.removal, ada, EntryRef{ID: h.record(ada, gone).ID}))
	for _, c := range []struct {
		by   auth.Caller
		q    TagQuery
		want []Tag
	}{
		{ada, TagQuery{}, []Tag{{"remote", 2}, {"review", 1}}},
		{ada, TagQuery{Limit: 1}, []Tag{{"remote", 2}}},
		{bob, TagQuery{}, []Tag{}},
		{mia, TagQuery{}, []Tag{{"remote", 2}, {"hiring", 1}, {"review", 1}}},
		{eve, TagQuery{Q: "R"}, []Tag{{"Review", 1}, {"secret", 1}}},
		{root, TagQuery{Q: "REV"}, []Tag{{"Review", 1}, {"review", 1}}},
		{ada, TagQuery{Q: "secret"}, []Tag{}},
	} {
		if diff := cmp.Diff(c.want, must(ask(h.Tags, c.by, c.q)).Items); diff != "" {
			t.Errorf("%s %+v: %s", c.by.Subject(), c.q, diff)
		}
	}
	_, err := ask(h.Tags, ada, TagQuery{Limit: 201})
	refused(t, err, ValidationFailed, "limit")
}
