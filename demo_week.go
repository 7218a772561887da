package main

import (
	"context"
	"math/rand/v2"
	"time"

	"punchcard/timesheets"
)

// week is one week of a colleague. Nothing but the two and today's date decides what is in it.
type week struct {
	colleague
	timesheets *timesheets.Service
	clock      time.Time // what the service takes for the present
	now        time.Time // after which nothing has happened
	monday     time.Time
	ago        int // weeks: 0 is this week
	diary      diary
	entries    []timesheets.Entry
}

func newWeek(h *house, c colleague, ago int, now time.Time) *week {
	w := &week{colleague: c, ago: ago, now: now}
	w.timesheets = timesheets.New(h.db, timesheets.Settings{Secret: h.secret, Now: func() time.Time { return w.clock }})
	sinceMonday := (int(now.Weekday()) + 6) % 7
	w.monday = time.Date(now.Year(), now.Month(), now.Day()-sinceMonday-7*ago, 0, 0, 0, 0, now.Location())
	w.diary = diary{rand.New(rand.NewPCG(uint64(c.number), uint64(ago))), c.projects, c.number%2 == 0}
	return w
}

// file records the week and takes it as far as it has come: this week is being written, last week is submitted, by most,
// and the weeks before are approved.
func (w *week) file(ctx context.Context) error {
	if w.ago > 1 && w.diary.chance.IntN(12) == 0 {
		return w.leave(ctx)
	}
	if err := w.record(ctx); err != nil || w.ago == 0 {
		return err
	}
	if forgotten := w.ago == 1 && w.number%7 == 3; forgotten {
		return nil
	}
	if err := w.submit(ctx); err != nil {
		return err
	}
	if waiting := w.ago == 1 && w.number%5 != 2; waiting {
		return nil
	}
	return w.decide(ctx)
}

// leave records a week's vacation on the Friday before it.
func (w *week) leave(ctx context.Context) error {
	w.at(-3, 12)
	_, err := w.timesheets.RecordAbsence(ctx, w.recorder, timesheets.NewAbsence{
		UserID: w.User, Kind: "vacation", From: w.monday.Format(time.DateOnly), To: w.monday.AddDate(0, 0, 4).Format(time.DateOnly),
	})
	return err
}

// at sets the clock to an hour of a day of the week, 0 being Monday.
func (w *week) at(day, hour int) {
	w.clock = w.monday.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour)
	if w.clock.After(w.now) {
		w.clock = w.now
	}
}

func (w *week) record(ctx context.Context) error {
	for weekday := range 5 {
		day := w.monday.AddDate(0, 0, weekday)
		if day.After(w.now) {
			return nil
		}
		if !w.works(day) {
			continue
		}
		w.at(weekday, 17)
		for _, n := range w.diary.day(day.Format(time.DateOnly)) {
			n.UserID = w.User
			entry, err := w.timesheets.Record(ctx, w.recorder, n)
			if err != nil {
				return err
			}
			w.entries = append(w.entries, entry)
		}
	}
	return nil
}

// submit hands the week in on Friday evening, before it is over.
func (w *week) submit(ctx context.Context) error {
	if len(w.entries) == 0 {
		return nil
	}
	w.at(4, 18)
	ref := timesheets.PeriodRef{ID: w.entries[0].PeriodID}
	_, err := w.timesheets.SubmitPeriod(ctx, w.Caller, timesheets.PeriodSubmission{PeriodRef: ref, Early: true})
	return err
}

// decide approves the week on the Monday after it, but last week, of which it rejects an entry.
func (w *week) decide(ctx context.Context) error {
	if len(w.entries) == 0 {
		return nil
	}
	w.at(7, 9)
	p, err := w.timesheets.Period(ctx, w.manager, timesheets.PeriodRef{ID: w.entries[0].PeriodID})
	if err != nil {
		return err
	}
	d := timesheets.PeriodDecision{ID: p.ID, Revision: &p.Revision, Decision: timesheets.Approved}
	if w.ago == 1 {
		d.Decision = timesheets.Rejected
		d.Lines = []timesheets.Objection{{ID: w.entries[0].ID, Comment: objection(w.number)}}
	}
	_, err = w.timesheets.DecidePeriod(ctx, w.manager, d)
	return err
}
