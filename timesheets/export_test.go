package timesheets

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/timesheets/export"
)

// exported is the file that the caller gets.
func (h house) exported(by auth.Caller, q ExportQuery) string {
	h.t.Helper()
	var file bytes.Buffer
	if err := must(ask(h.Export, by, q)).Write(&file); err != nil {
		h.t.Fatal(err)
	}
	return file.String()
}

// notesOf are the notes in a CSV file, in their order.
func notesOf(t *testing.T, file string) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, row := range rows[1:] {
		notes = append(notes, row[slices.Index(rows[0], "note")])
	}
	return strings.Join(notes, " ")
}

// team records an hour of each of Ada, Bob, Mia, Carl and Eve on two days, with a note that says whose it is.
func (h house) team() {
	for _, day := range []string{"2026-03-03", "2026-03-04"} {
		for name, by := range map[string]auth.Caller{"ada": ada, "bob": bob, "mia": mia, "carl": carl, "eve": eve} {
			n := h.hour(day)
			n.Note = name + day[9:]
			h.record(by, n)
		}
	}
}

func TestExportHoldsWhatItsCallerMaySee(t *testing.T) {
	h := openHouse(t)
	h.team()
	all := "ada3 ada4 bob3 bob4 carl3 carl4 eve3 eve4 mia3 mia4"
	sorted := func(words string) string {
		return strings.Join(slices.Sorted(slices.Values(strings.Fields(words))), " ")
	}
	for _, c := range []struct {
		name string
		by   auth.Caller
		q    EntryQuery
		want string
	}{
		{"an employee", ada, EntryQuery{}, "ada4 ada3"},
		{"an employee, of a colleague", ada, EntryQuery{UserID: bob.User}, ""},
		{"an employee, of their manager", ada, EntryQuery{UserID: mia.User}, ""},
		{"an employee, of everybody's project", ada, EntryQuery{ProjectID: h.project("StoreZero")}, "ada4 ada3"},
		{"an employee, by somebody else's words", ada, EntryQuery{Q: "bob"}, ""},
		{"a manager", mia, EntryQuery{}, "ada4 ada3 bob4 bob3 mia4 mia3"},
		{"a manager, of one", mia, EntryQuery{UserID: bob.User}, "bob4 bob3"},
		{"a manager, of a stranger", mia, EntryQuery{UserID: eve.User}, ""},
		{"a manager, by a stranger's words", mia, EntryQuery{Q: "eve"}, ""},
		{"a manager, of a day", mia, EntryQuery{From: "2026-03-04", To: "2026-03-04"}, "ada4 bob4 mia4"},
		{"one whose manager was blocked", carl, EntryQuery{}, "carl4 carl3"},
		{"a blocked manager's successor of nobody", person("gone", "Gone Manager"), EntryQuery{UserID: ada.User}, ""},
		{"an administrator, of one", root, EntryQuery{UserID: eve.User}, "eve4 eve3"},
		{"an application, of one", payroll, EntryQuery{UserID: carl.User, To: "2026-03-03"}, "carl3"},
		{"nobody known", person("nobody", "Nobody"), EntryQuery{}, ""},
	} {
		if got := notesOf(t, h.exported(c.by, ExportQuery{EntryQuery: c.q})); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		var shown []Entry
		if err := json.Unmarshal([]byte(h.exported(c.by, ExportQuery{EntryQuery: c.q, Format: "json"})), &shown); err != nil {
			t.Fatal(err)
		}
		listed := must(ask(h.Entries, c.by, c.q)).Items
		byID := func(a, b Entry) int { return strings.Compare(a.ID, b.ID) }
		slices.SortFunc(listed, byID)
		slices.SortFunc(shown, byID)
		if diff := cmp.Diff(asJSON(listed), asJSON(shown)); diff != "" {
			t.Errorf("%s: the file isn't what the list has: %s", c.name, diff)
		}
		for _, format := range []string{"ics", "pdf", "xlsx"} {
			if file := h.exported(c.by, ExportQuery{EntryQuery: c.q, Format: format}); format == "ics" && strings.Count(file, "BEGIN:VEVENT") != len(shown) {
				t.Errorf("%s: %s has not %d entries", c.name, format, len(shown))
			}
		}
	}
	for _, by := range []auth.Caller{root, payroll} {
		if got := sorted(notesOf(t, h.exported(by, ExportQuery{}))); got != all {
			t.Errorf("%s: %q", by.Subject(), got)
		}
	}
}

func asJSON(v any) string { return string(must(json.Marshal(v))) }

func TestPDFHasTheSheetsOfWhomItsCallerMaySee(t *testing.T) {
	h := openHouse(t)
	h.team()
	for _, c := range []struct {
		name string
		by   auth.Caller
		q    EntryQuery
		want int
	}{
		{"an employee", ada, EntryQuery{}, 1},
		{"an employee, of a colleague", ada, EntryQuery{UserID: bob.User}, 0},
		{"a manager", mia, EntryQuery{}, 3},
		{"a manager, of a stranger", mia, EntryQuery{UserID: eve.User}, 0},
		{"a manager, by a stranger's words", mia, EntryQuery{Q: "eve"}, 0},
		{"a manager, of days without time", mia, EntryQuery{From: "2026-03-05", To: "2026-03-08"}, 0},
		{"an administrator", root, EntryQuery{}, 5},
		{"an application", payroll, EntryQuery{}, 5},
	} {
		x := h.extract(t.Context(), c.by)
		if got := must(x.periods(h.db.Read(t.Context()), c.q)); len(got) != c.want {
			t.Errorf("%s: %d sheets, want %d", c.name, len(got), c.want)
		}
	}
}

// heapSize is how many bytes of objects there are.
func heapSize() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// measured counts what is written, and remembers how large the heap was at most.
type measured struct{ bytes, peak int64 }

func (m *measured) Write(p []byte) (int, error) {
	m.bytes += int64(len(p))
	m.peak = max(m.peak, heapSize())
	return len(p), nil
}

// crowd writes weeks of entries of Ada's, so many a week, past the operations.
func (h house) crowd(weeks, each int) {
	project, monday, now := h.project("StoreZero"), time.Date(2016, 1, 4, 0, 0, 0, 0, time.UTC), h.instant()
	h.write(func(tx *gorm.DB) error {
		for week := range weeks {
			first := monday.AddDate(0, 0, 7*week)
			row := periodRow{UserID: ada.User, StartDay: first.Format(time.DateOnly), EndDay: first.AddDate(0, 0, 6).Format(time.DateOnly)}
			row.ID = "per_" + row.StartDay + "_" + row.UserID
			if _, err := row.id(tx, now); err != nil {
				return err
			}
			var values []any
			for i := range each {
				e := Entry{ID: uuid.Must(uuid.NewV7()).String(), UserID: ada.User, Date: first.AddDate(0, 0, i*7/each).Format(time.DateOnly),
					Minutes: 7, ProjectID: project, Task: "Build", Tags: Words{"review"}, Note: "Checkout, second round: what happens when the card is declined",
					State: Draft, PeriodID: row.ID, Source: "phone", CreatedBy: ada.User, editedBy: ada.User, Revision: 1, CreatedAt: now, UpdatedAt: now}
				values = append(values, e.fields()...)
			}
			rows := strings.TrimSuffix(strings.Repeat("("+marks(len(entryColumns))+"), ", each), ", ")
			if err := tx.Exec("INSERT INTO entries ("+strings.Join(entryColumns, ", ")+") VALUES "+rows, values...).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

func TestExportHoldsAFewEntriesAtATime(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // as where it is served
	h := openHouse(t)
	h.crowd(100, 200)
	for _, format := range []string{"json", "pdf"} {
		runtime.GC()
		before, m := heapSize(), &measured{}
		if err := must(ask(h.Export, ada, ExportQuery{Format: format})).Write(m); err != nil {
			t.Fatal(err)
		}
		if grown := m.peak - before; grown > 32<<20 || m.bytes < 1<<20 {
			t.Errorf("%s of %d bytes: the heap grew by %d", format, m.bytes, grown)
		}
	}
}

// BenchmarkExport tells what 100,000 entries cost in each format.
func BenchmarkExport(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // as where it is served
	h := openHouse(b)
	h.crowd(500, 200)
	for _, format := range []string{"csv", "json", "ics", "xlsx", "pdf"} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				runtime.GC()
				before, m := heapSize(), &measured{}
				if err := must(ask(h.Export, ada, ExportQuery{Format: format})).Write(m); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(m.peak-before)/(1<<20), "MiB")
				b.ReportMetric(float64(m.bytes)/(1<<20), "MiB-written")
			}
		})
	}
}

// exporting is the file, and what is done before each piece of it is taken.
func (h house) exporting(ctx context.Context, by auth.Caller, q ExportQuery, meanwhile func(piece int) error) (string, error) {
	h.t.Helper()
	if err := q.Validate(); err != nil {
		h.t.Fatal(err)
	}
	var file bytes.Buffer
	pieces := 0
	err := must(h.Export(ctx, by, q)).Write(writerFunc(func(p []byte) (int, error) {
		pieces++
		if err := meanwhile(pieces); err != nil {
			return 0, err
		}
		return file.Write(p)
	}))
	return file.String(), err
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestEachEntryIsInAFileAtMostOnce(t *testing.T) {
	for _, format := range []string{"json", "ics"} {
		h := openHouse(t)
		h.crowd(4, 300)
		moved := 0
		file, err := h.exporting(t.Context(), ada, ExportQuery{Format: format}, func(piece int) error {
			if piece != 10 { // some were written, and others of the same days were not
				return nil
			}
			return h.db.Write(context.WithValue(t.Context(), byHand{}, true), func(tx *gorm.DB) error {
				update := tx.Exec("UPDATE entries SET date = '2016-01-04', revision = 2 WHERE date >= '2016-01-25'")
				moved = int(update.RowsAffected)
				return update.Error
			})
		})
		if err != nil || moved == 0 {
			t.Fatal(moved, err)
		}
		var ids []string
		if err := h.db.Read(t.Context()).Table("entries").Pluck("id", &ids).Error; err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			prefix := map[string]string{"json": `{"id":"`, "ics": "UID:"}[format]
			if n := strings.Count(file, prefix+id); n != 1 { // they were moved to where the reading hadn't come yet
				t.Errorf("%s: %s is there %d times", format, id, n)
			}
		}
	}
}

func TestSlowClientHoldsNoConnection(t *testing.T) {
	h := openHouse(t)
	h.crowd(4, 300)
	pool := must(h.db.Read(t.Context()).DB())
	for _, format := range []string{"csv", "json", "ics", "xlsx", "pdf"} {
		_, err := h.exporting(t.Context(), ada, ExportQuery{Format: format}, func(int) error {
			if n := pool.Stats().InUse; n > 0 {
				return fmt.Errorf("%d connections wait for the client", n)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestManagerWhoIsReplacedSeesNoMore(t *testing.T) {
	h := openHouse(t)
	h.crowd(2, 300) // of Ada, who comes first
	h.team()
	dismiss := func(int) error {
		return h.db.Write(context.WithValue(t.Context(), byHand{}, true), func(tx *gorm.DB) error {
			return tx.Model(&auth.Person{}).Where("id = ?", bob.User).Update("manager_id", nil).Error
		})
	}
	file, err := h.exporting(t.Context(), mia, ExportQuery{}, dismiss)
	if err != nil || strings.Contains(file, "bob") || !strings.Contains(file, "mia3") {
		t.Errorf("%v, %d bytes", err, len(file))
	}
}

func TestExportEndsWithItsRequest(t *testing.T) {
	h := openHouse(t)
	h.crowd(4, 300)
	for _, format := range []string{"csv", "json", "ics", "pdf"} {
		ctx, cancel := context.WithCancel(t.Context())
		file, err := h.exporting(ctx, ada, ExportQuery{Format: format}, func(int) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) || len(file) > 1<<20 {
			t.Errorf("%s: %d bytes, %v", format, len(file), err)
		}
	}
}

func TestExportIsRefusedThatIsTooLong(t *testing.T) {
	h := openHouse(t)
	h.crowd(4, 3)
	x, tx := h.extract(t.Context(), ada), h.db.Read(t.Context())
	x.most, x.sheets = 12, 4
	if err := x.fits(tx, EntryQuery{}); err != nil {
		t.Error(err)
	}
	if periods := must(x.periods(tx, EntryQuery{})); len(periods) != 4 {
		t.Errorf("%d periods", len(periods))
	}
	x.most, x.sheets = 11, 3
	refused(t, x.fits(tx, EntryQuery{}), ValidationFailed, "more than 11 entries", "from and to")
	_, err := x.periods(tx, EntryQuery{})
	refused(t, err, ValidationFailed, "at most 3 timesheets", "user_id")
	later := EntryQuery{From: "2016-01-11"}
	if err := x.fits(tx, later); err != nil {
		t.Error(err)
	}
	if periods := must(x.periods(tx, later)); len(periods) != 3 || periods[0].StartDay != "2016-01-25" {
		t.Errorf("%v", periods)
	}
}

func TestCSVSaysWhatTheEntrySays(t *testing.T) {
	h := openHouse(t)
	n := h.hour("2026-03-04")
	n.Minutes, n.Start, n.End, n.BreakMinutes = nil, new("09:00"), new("12:40"), 20
	n.Task, n.Tags, n.Note = "=Build", []string{"-review", "ux;=1"}, "+1\r\nŁukasz, \"Ευα\"\r@Иван"
	e := h.record(ada, n)
	must(ask(h.Submit, ada, EntryRef{ID: e.ID}))
	e = must(ask(h.Decide, mia, Decision{ID: e.ID, Decision: Approved}))
	rows := must(csv.NewReader(strings.NewReader(h.exported(ada, ExportQuery{}))).ReadAll())
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name] = export.Unguard(rows[1][i])
	}
	want := map[string]string{
		"date": "2026-03-04", "person": "Ada Lovelace", "email": "ada@exampleco.com", "project": "StoreZero", "customer": "Acme",
		"task": "=Build", "tags": "-review,ux;=1", "start": "09:00", "end": "12:40", "break_minutes": "20", "minutes": "200",
		"hours": "3.3333333333333335", "billable": "true", "state": "approved", "approved_by": mia.User, "approver": "Mia Chen",
		"approved_at": e.ApprovedAt.Format(time.RFC3339Nano), "note": "+1\nŁukasz, \"Ευα\"\n@Иван", "id": e.ID,
		"user_id": ada.User, "project_id": n.ProjectID, "period_id": e.PeriodID,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSheetSaysWhoDidWhat(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	p := must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}, Comment: "all of it"}))
	p = must(ask(h.DecidePeriod, mia, PeriodDecision{ID: p.ID, Revision: &p.Revision, Decision: Approved, Comment: "thanks"}))
	h.expectHours()
	x := h.extract(t.Context(), root)
	row := must(x.periods(h.db.Read(t.Context()), EntryQuery{UserID: ada.User}))[0]
	got := must(x.sheet(EntryQuery{UserID: ada.User, From: "2026-03-05"}, Organization{Name: "ExampleCo"}, row))
	want := export.Sheet{
		Organization: "ExampleCo", Person: "Ada Lovelace", Title: "Week of 2 March 2026",
		Start: "2026-03-02", End: "2026-03-08", State: "approved", Minutes: 60, BillableMinutes: 60,
		ExpectedMinutes: 480, MissingMinutes: 420,
		Submission: &export.Submission{At: p.Submission.SubmittedAt, By: "Ada Lovelace", Comment: "all of it", Digest: p.Submission.Digest},
		Decision:   &export.Decision{Approved: true, At: p.LastDecision.At, By: "Mia Chen", Comment: "thanks"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
