package timesheets

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

func TestAnEntryIsReadAsItWasWritten(t *testing.T) {
	h := openHouse(t)
	written := h.record(ada, NewEntry{
		Date: "2026-03-04", Start: new("09:00"), End: new("12:45"), BreakMinutes: 15, ProjectID: h.project("StoreZero"),
		Task: " UX research ", Tags: []string{"review", " review", "Review"}, Note: "first line\nsecond", Billable: new(false),
	})
	read := must(ask(h.Entry, ada, EntryRef{ID: written.ID}))
	if diff := cmp.Diff(inJSON(t, written), inJSON(t, read)); diff != "" {
		t.Error(diff)
	}
	if id, revision := read.Key(); id != written.ID || revision != 1 {
		t.Errorf("the key is %s, %d", id, revision)
	}
	if uuid.MustParse(read.ID).Version() != 7 {
		t.Errorf("the id %s is no UUIDv7", read.ID)
	}
	want := map[string]any{
		"id": read.ID, "user_id": "usr_ada", "date": "2026-03-04", "minutes": 210.0, "hours": 3.5,
		"start": "09:00", "end": "12:45", "break_minutes": 15.0, "project_id": h.project("StoreZero"),
		"task": "UX research", "tags": []any{"review", "Review"}, "note": "first line\nsecond", "billable": false,
		"state": "draft", "approved": false, "approved_by": nil, "approved_at": nil, "on_behalf_of": nil, "comment": "", "locked_reason": nil,
		"period_id": "per_2026-03-02_usr_ada", "source": "phone", "created_by": "usr_ada", "revision": 1.0,
		"created_at": "2026-11-19T23:00:00.123Z", "updated_at": "2026-11-19T23:00:00.123Z",
		"allowed_actions": []any{"update", "delete", "submit"},
	}
	if diff := cmp.Diff(want, inJSON(t, read)); diff != "" {
		t.Error(diff)
	}
}

func TestADecidedEntrySaysByWhomAndWhy(t *testing.T) {
	h := openHouse(t)
	approved := inJSON(t, h.as(Approved, "2026-03-04"))
	for name, want := range map[string]any{
		"state": "approved", "approved": true, "approved_by": "usr_mia", "approved_at": "2026-11-19T23:00:00.123Z",
		"comment": "well", "locked_reason": "approved by Mia Chen on 19 November 2026", "revision": 3.0,
	} {
		if approved[name] != want {
			t.Errorf("approved: %s is %v, want %v", name, approved[name], want)
		}
	}
	rejected := inJSON(t, h.as(Rejected, "2026-03-05"))
	for name, want := range map[string]any{
		"state": "rejected", "approved": false, "approved_by": nil, "approved_at": nil,
		"comment": "well", "locked_reason": nil,
	} {
		if rejected[name] != want {
			t.Errorf("rejected: %s is %v, want %v", name, rejected[name], want)
		}
	}
	submitted := h.as(Submitted, "2026-03-06")
	if *submitted.LockedReason != "submitted on 19 November 2026, waiting for Mia Chen" {
		t.Errorf("submitted: %s", *submitted.LockedReason)
	}
}

func inJSON(t *testing.T, v any) (members map[string]any) {
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &members)
	}
	if err != nil {
		t.Fatal(err)
	}
	return members
}

func TestHowLongIsSaidInAnyWayAndAgrees(t *testing.T) {
	for _, c := range []struct {
		name string
		n    NewEntry
		want int
		at   string // the fault's pointer
	}{
		{"minutes", NewEntry{Minutes: new(90)}, 90, ""},
		{"hours", NewEntry{Hours: new(1.5)}, 90, ""},
		{"hours of 200 minutes", NewEntry{Hours: new(200.0 / 60)}, 200, ""},
		{"start and end", NewEntry{Start: new("09:00"), End: new("12:45"), BreakMinutes: 15}, 210, ""},
		{"until midnight", NewEntry{Start: new("22:30"), End: new("24:00")}, 90, ""},
		{"a whole day", NewEntry{Start: new("00:00"), End: new("24:00")}, 1440, ""},
		{"all three", NewEntry{Minutes: new(60), Hours: new(1.0), Start: new("09:00"), End: new("10:00")}, 60, ""},
		{"minutes with a break that they leave out", NewEntry{Minutes: new(90), BreakMinutes: 30}, 90, ""},
		{"nothing", NewEntry{}, 0, "/minutes"},
		{"no minutes", NewEntry{Minutes: new(0)}, 0, "/minutes"},
		{"fewer than none", NewEntry{Minutes: new(-60)}, 0, "/minutes"},
		{"more than a day", NewEntry{Minutes: new(1441)}, 0, "/minutes"},
		{"hours of no whole minutes", NewEntry{Hours: new(0.333)}, 0, "/hours"},
		{"no hours", NewEntry{Hours: new(0.0)}, 0, "/hours"},
		{"hours without measure", NewEntry{Hours: new(1e300)}, 0, "/hours"},
		{"hours and minutes apart", NewEntry{Minutes: new(90), Hours: new(2.0)}, 0, "/hours"},
		{"minutes and clock apart", NewEntry{Minutes: new(90), Start: new("09:00"), End: new("10:00")}, 0, "/minutes"},
		{"hours and clock apart", NewEntry{Hours: new(1.5), Start: new("09:00"), End: new("10:00")}, 0, "/hours"},
		{"start alone", NewEntry{Minutes: new(60), Start: new("09:00")}, 0, "/end"},
		{"end alone", NewEntry{Minutes: new(60), End: new("09:00")}, 0, "/start"},
		{"backwards", NewEntry{Start: new("10:00"), End: new("09:00")}, 0, "/end"},
		{"over midnight", NewEntry{Start: new("22:00"), End: new("06:00")}, 0, "/end"},
		{"at no time", NewEntry{Start: new("10:00"), End: new("10:00")}, 0, "/end"},
		{"on no clock", NewEntry{Start: new("9:00"), End: new("25:00")}, 0, "/start /end"},
		{"begun at midnight's end", NewEntry{Start: new("24:00"), End: new("24:00")}, 0, "/end"},
		{"all break", NewEntry{Start: new("09:00"), End: new("10:00"), BreakMinutes: 60}, 0, "/break_minutes"},
		{"a break less than none", NewEntry{Start: new("09:00"), End: new("10:00"), BreakMinutes: -1}, 0, "/break_minutes"},
		{"a break of a day", NewEntry{Minutes: new(10), BreakMinutes: 1440}, 0, "/break_minutes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.n.Date, c.n.ProjectID = "2026-03-04", "prj"
			if got := pointers(c.n.Validate()); got != c.at {
				t.Fatalf("faults at %q, want %q", got, c.at)
			}
			if got := c.n.worked(new(check)); c.at == "" && got != c.want {
				t.Errorf("%d minutes, want %d", got, c.want)
			}
		})
	}
}

// pointers is where a fault points, in the order in which it was found.
func pointers(err error) string {
	var at []string
	if err != nil {
		for _, f := range err.(*Fault).Fields {
			at = append(at, f.Pointer)
		}
	}
	return strings.Join(at, " ")
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	long := strings.Repeat("é", 2001)
	n := NewEntry{
		UserID: "usr\x00", Date: "2026-02-30", Minutes: new(0), Task: "two\nlines", Note: long,
		Tags: []string{"fine", " ", long, "a,b", `say "x"`},
	}
	err := n.Validate()
	refused(t, err, ValidationFailed, "must be a day such as 2026-03-04")
	want := "/user_id /date /minutes /project_id /task /note /tags/1 /tags/2 /tags/3 /tags/4"
	if got := pointers(err); got != want {
		t.Errorf("faults at\n%s, want\n%s", got, want)
	}
	n = NewEntry{Date: "2026-03-04", Minutes: new(1), ProjectID: "prj", Note: long[:4000], Tags: make([]string, 21)}
	for i := range n.Tags {
		n.Tags[i] = fmt.Sprint("tag ", i)
	}
	if got := pointers(n.Validate()); got != "/tags" {
		t.Errorf("faults at %s, want only at /tags, since 2000 characters of 2 bytes are 2000 characters", got)
	}
}

func TestADayIsADayWhereverTheClockStands(t *testing.T) {
	h := openHouse(t)
	for _, day := range []string{
		"2026-03-29", "2026-10-25", // the clocks change in Europe
		"2026-04-05", "2026-09-27", // and in New Zealand
		"2011-12-30", // a day that Samoa didn't have
		"2028-02-29", "2000-02-29", "2026-12-31", "2027-01-01", "1970-01-01", "9999-12-31",
	} {
		e := h.record(ada, NewEntry{Date: day, Start: new("00:30"), End: new("03:30"), ProjectID: h.project("Internal")})
		if read := must(ask(h.Entry, ada, EntryRef{ID: e.ID})); read.Date != day || read.Minutes != 180 {
			t.Errorf("%s was kept as %d minutes on %s", day, read.Minutes, read.Date)
		}
	}
	for _, day := range []string{
		"", "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-3-4", "04.03.2026", "20260304",
		"2026-03-04T00:00:00Z", "2026-W10-3", "1969-12-31", "+2026-03-04", " 2026-03-04", "٢٠٢٦-٠٣-٠٤",
	} {
		if got := pointers(NewEntry{Date: day, Minutes: new(1), ProjectID: "prj"}.Validate()); got != "/date" {
			t.Errorf("%q: faults at %q", day, got)
		}
	}
}

func TestBillableIsAsTheProjectIsUnlessSaid(t *testing.T) {
	h := openHouse(t)
	for project, want := range map[string]bool{"StoreZero": true, "Internal": false} {
		n := NewEntry{Date: "2026-03-04", Minutes: new(1), ProjectID: h.project(project)}
		if e := h.record(ada, n); e.Billable != want {
			t.Errorf("time on %s is billable: %v", project, e.Billable)
		}
		n.Billable = new(!want)
		if e := h.record(ada, n); e.Billable == want {
			t.Errorf("time on %s is billable: %v, though said otherwise", project, e.Billable)
		}
	}
}

func TestTimeGoesOnOpenProjectsOfAnExistingKind(t *testing.T) {
	h := openHouse(t)
	n := h.hour("2026-03-04")
	n.ProjectID = "prj_none"
	_, err := ask(h.Record, ada, n)
	refused(t, err, ValidationFailed, "/project_id is no project here")
	n.ProjectID = h.project("Apollo")
	_, err = ask(h.Record, ada, n)
	refused(t, err, ProjectClosed, "Apollo is closed", "/project_id")
}

func TestTimeIsOnesOwnUnlessAnAdministratorOrAnApplicationRecordsIt(t *testing.T) {
	h := openHouse(t)
	for _, c := range []struct {
		name, owner string
		by          auth.Caller
		want        string // whose it is, or a part of the fault
	}{
		{"one's own", "", ada, ada.User},
		{"one's own by name", ada.User, ada, ada.User},
		{"somebody else's", bob.User, ada, "/user_id must be left out"},
		{"one's people's", ada.User, mia, "/user_id must be left out"},
		{"anybody's by an administrator", ada.User, root, ada.User},
		{"anybody's by an application", ada.User, payroll, ada.User},
		{"an application's own", "", payroll, "/user_id is needed"},
		{"nobody's", "usr_none", root, "/user_id is nobody here"},
		{"that of who was blocked", "usr_gone", payroll, "/user_id belongs to somebody who can't sign in any more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := h.hour("2026-03-04")
			n.UserID = c.owner
			e, err := ask(h.Record, c.by, n)
			if err != nil {
				refused(t, err, ValidationFailed, c.want)
				return
			}
			if e.UserID != c.want || e.CreatedBy != c.by.Subject() || e.Source != c.by.Client {
				t.Errorf("it is %s's, by %s through %s", e.UserID, e.CreatedBy, e.Source)
			}
		})
	}
}

func TestWhereEntriesAreSubmittedAtOnceTheyAreSubmitted(t *testing.T) {
	h := openHouse(t)
	h.apply(Setup{Organization: &NewOrganization{SubmitOnCreate: new(true)}})
	e := h.record(ada, h.hour("2026-03-04"))
	if e.State != Submitted || *e.LockedReason != "submitted on 19 November 2026, waiting for Mia Chen" {
		t.Errorf("it is %s: %v", e.State, e.LockedReason)
	}
	if diff := cmp.Diff(inJSON(t, e), inJSON(t, must(ask(h.Entry, ada, EntryRef{ID: e.ID})))); diff != "" {
		t.Error(diff)
	}
	must(ask(h.Decide, mia, Decision{ID: e.ID}))
	if e := h.record(carl, h.hour("2026-03-04")); !strings.HasSuffix(*e.LockedReason, "waiting for an administrator other than Carl Gauss") {
		t.Errorf("Carl's manager can't sign in, but it is %s", *e.LockedReason)
	}
}

func TestADayHas24Hours(t *testing.T) {
	h := openHouse(t)
	fill := func(by auth.Caller, day string, minutes int) error {
		_, err := ask(h.Record, by, NewEntry{Date: day, Minutes: &minutes, ProjectID: h.project("StoreZero")})
		return err
	}
	for _, c := range []struct {
		by      auth.Caller
		day     string
		minutes int
		fits    bool
	}{
		{ada, "2026-03-04", 1400, true},
		{ada, "2026-03-04", 41, false},
		{ada, "2026-03-05", 1440, true}, // another day
		{bob, "2026-03-04", 1440, true}, // another person
		{ada, "2026-03-04", 40, true},
		{ada, "2026-03-04", 1, false},
	} {
		err := fill(c.by, c.day, c.minutes)
		if c.fits && err != nil {
			t.Errorf("%d minutes on %s: %v", c.minutes, c.day, err)
		}
		if !c.fits {
			refused(t, err, DayLimitExceeded, "/minutes", c.day+" has 2")
		}
	}
	deleted := must(ask(h.Entries, bob, EntryQuery{})).Items[0]
	must(ask(h.removal, bob, EntryRef{ID: deleted.ID}))
	if err := fill(bob, "2026-03-04", 1440); err != nil {
		t.Errorf("deleted time still fills the day: %v", err)
	}
}

func TestADayHas24HoursAlsoWhenManyRecordAtOnce(t *testing.T) {
	h := openHouse(t)
	n := NewEntry{Date: "2026-03-04", Minutes: new(95), ProjectID: h.project("StoreZero")}
	var recorded atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 4 {
				if _, err := ask(h.Record, ada, n); err == nil {
					recorded.Add(1)
				} else {
					refused(t, err, DayLimitExceeded)
				}
			}
		})
	}
	all.Wait()
	var sum int
	h.write(func(tx *gorm.DB) error {
		return tx.Raw("SELECT SUM(minutes) FROM entries WHERE user_id = ?", ada.User).Scan(&sum).Error
	})
	if recorded.Load() != 15 || sum != 15*95 {
		t.Errorf("%d entries and %d minutes were recorded, want 15 and 1425", recorded.Load(), sum)
	}
}

func TestInstantsAreUTC(t *testing.T) {
	h := openHouse(t)
	e := h.as(Approved, "2026-03-04")
	for _, at := range []time.Time{e.CreatedAt, e.UpdatedAt, *e.ApprovedAt} {
		if at.Location() != time.UTC {
			t.Errorf("%s", at)
		}
	}
	read := must(ask(h.Entry, ada, EntryRef{ID: e.ID}))
	if _, offset := read.ApprovedAt.Zone(); offset != 0 || !read.ApprovedAt.Equal(*e.ApprovedAt) {
		t.Errorf("approved at %s, read as %s", e.ApprovedAt, read.ApprovedAt)
	}
}
