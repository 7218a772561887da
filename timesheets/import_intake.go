package timesheets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
	"punchcard/timesheets/trackers"
)

// intake is one import while it is done, within its write.
type intake struct {
	s  *Service
	tx *gorm.DB
	by auth.Caller
	TimeImport
	now   time.Time
	done  ImportedTime
	wrong check
	reads *lang.Catalogue

	owners   map[string]string // the person's id by what the file calls them
	projects map[string]string // likewise
	seen     map[string]int    // how often the same line came
	periods  map[string]periodRow
	added    []string // the ids of the entries
}

const wasRefused = "refused"

func newIntake(s *Service, tx *gorm.DB, by auth.Caller, i TimeImport) *intake {
	return &intake{
		s: s, tx: tx, by: by, reads: lang.Tagged(by.Language), TimeImport: i, now: s.instant(),
		done:   ImportedTime{DryRun: i.DryRun, Projects: []string{}, Lines: []ImportedLine{}},
		owners: map[string]string{}, projects: map[string]string{}, seen: map[string]int{}, periods: map[string]periodRow{},
	}
}

// take records every line, or tells of each that can't be.
func (in *intake) take(ctx context.Context, file trackers.File) error {
	for _, m := range file.Mistakes {
		in.refuse(m.Line, m.Column, m.Detail, nil)
	}
	for _, l := range file.Lines {
		outcome, err := in.record(ctx, l)
		if said, ok := errors.AsType[*Fault](err); ok {
			in.refuseFor(l, said)
			continue
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", l.Number, err)
		}
		in.tell(l.Number, outcome, in.inWords(l))
	}
	slices.SortStableFunc(in.done.Lines, func(a, b ImportedLine) int { return a.Line - b.Line })
	if !in.DryRun {
		if err := in.wrong.fault(); err != nil {
			return err
		}
	}
	for _, p := range in.periods {
		if err := p.settle(in.tx, in.now); err != nil {
			return err
		}
	}
	return in.catchUp()
}

// catchUp has what a long import added be of its end: who reads the feed meanwhile would else never be told of it.
func (in *intake) catchUp() error {
	now := in.s.instant()
	if now.Sub(in.now) < feedWindow/4 {
		return nil
	}
	for some := range slices.Chunk(in.added, 500) {
		if err := in.tx.Exec("UPDATE entries SET updated_at = ? WHERE id IN ?", now, some).Error; err != nil {
			return fmt.Errorf("say when it was imported: %w", err)
		}
	}
	return nil
}

// record adds one line, if it isn't there.
func (in *intake) record(ctx context.Context, l trackers.Line) (outcome string, err error) {
	n, err := in.entry(ctx, l)
	if err != nil {
		return "", err
	}
	e := Entry{
		UserID: n.UserID, State: Draft, Revision: 1, CreatedAt: in.now, UpdatedAt: in.now,
		Source: in.by.Client, CreatedBy: in.by.Subject(), editedBy: in.by.Subject(),
	}
	key := in.key(n, l)
	known, err := in.known(key, n.UserID, l)
	if known || err != nil {
		return wasThere, err
	}
	e.ID = uuid.Must(uuid.NewV7()).String()
	if id, err := uuid.Parse(l.ID); err == nil && id.Version() == 7 && id.String() == l.ID {
		e.ID = l.ID
	}
	ground, err := e.fill(ctx, in.tx, n)
	if err != nil {
		return "", err
	}
	if ground.ownerBlocked {
		return "", ownerGone
	}
	if ground.submitOnCreate {
		e.State, e.submittedAt = Submitted, &in.now
	}
	in.periods[ground.period.ID] = ground.period
	if err := insertEntry(in.tx, e); err != nil {
		return "", err
	}
	in.added = append(in.added, e.ID)
	if err := in.tx.Exec("INSERT INTO imported_lines (user_id, digest, entry_id) VALUES (?, ?, ?)", e.UserID, key, e.ID).Error; err != nil {
		return "", fmt.Errorf("note an imported line: %w", err)
	}
	return wasAdded, in.s.note(in.tx, in.by, deed{Action: "timesheet.created", Owner: e.UserID, Object: e.ID, After: e.shownTo(in.by).kept()})
}

// entry is what the line says, as somebody would record it.
func (in *intake) entry(ctx context.Context, l trackers.Line) (NewEntry, error) {
	var wrong check
	owner, err := in.owner(ctx, l)
	if err := wrong.add(err); err != nil {
		return NewEntry{}, err
	}
	project, err := in.project(l)
	if err := wrong.add(err); err != nil {
		return NewEntry{}, err
	}
	n := NewEntry{
		UserID: owner, Date: l.Date, Minutes: &l.Minutes, BreakMinutes: l.BreakMinutes, ProjectID: project, Task: l.Task,
		Tags: l.Tags, Note: l.Note, Billable: l.Billable,
	}
	if l.Start != "" || l.End != "" {
		n.Start, n.End = &l.Start, &l.End
	}
	if err := wrong.fault(); err != nil {
		return n, err
	}
	return n, n.Validate()
}

// add takes over what a fault says. Any other error it gives back: the write can't go on after it, and is perhaps to be run again.
func (c *check) add(err error) error {
	f, ok := errors.AsType[*Fault](err)
	if !ok {
		return err
	}
	c.fields = append(c.fields, f.Fields...)
	return nil
}

// refuseFor tells what stands in the way of a line.
func (in *intake) refuseFor(l trackers.Line, f *Fault) {
	if len(f.Fields) == 0 {
		in.refuse(l.Number, "", f.Detail, &l)
	}
	for _, field := range f.Fields {
		in.refuse(l.Number, strings.TrimPrefix(field.Pointer, "/"), field.Detail, &l)
	}
}

// refuse tells what is wrong with a column of a line, or with all of it. What is no line yet is nil.
func (in *intake) refuse(number int, column string, detail lang.Sentence, l *trackers.Line) {
	words := strings.TrimSpace(column + " " + detail.In(in.reads))
	if l != nil {
		words = in.inWords(*l) + ": " + words
	}
	in.tell(number, wasRefused, words)
	if len(in.wrong.fields) < mostMistakes {
		in.wrong.note(onLine(number, PointerPart(column)), detail)
	}
}

func (in *intake) tell(line int, outcome, words string) {
	switch outcome {
	case wasAdded:
		in.done.Added++
	case wasThere:
		in.done.Unchanged++
	default:
		in.done.Refused++
	}
	in.done.Lines = append(in.done.Lines, ImportedLine{line, outcome, words})
}

// inWords is the line with what was taken otherwise than it is written.
func (in *intake) inWords(l trackers.Line) string {
	text := strings.TrimSpace(fmt.Sprintf("%s %s %s", l.Date, asHours(l.Minutes), l.Project))
	for _, remark := range l.Remarks {
		text += "; " + remark.In(in.reads)
	}
	return text
}
