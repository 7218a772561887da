package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"punchcard/auth"
	"punchcard/timesheets"
)

// exampleWeeks is how many weeks ExampleCo has filed time for, this one included.
const exampleWeeks = 10

// colleague is somebody at ExampleCo who files time.
type colleague struct {
	auth.Caller
	number   int         // with the week, all that chance depends on
	manager  auth.Caller // decides about their time
	recorder auth.Caller // enters it: themselves, or the import job for contractors
	projects []timesheets.Project
	hours    timesheets.Weekdays // of their own; none: as everybody's
	holidays map[string]bool     // by day
}

// works reports whether they work on a day.
func (c colleague) works(day time.Time) bool {
	partTime := c.hours != timesheets.Weekdays{}
	return !c.holidays[day.Format(time.DateOnly)] && (!partTime || c.hours.On(day.Weekday()) > 0)
}

// fill files ten weeks of time as ExampleCo's people would have done it: by the domain's own operations, so that every
// rule holds, each at the time at which it would have been done. A week is written by all at once, which is quick, and
// week after week, so that what people are told of stands in the order in which it happened.
func fill(ctx context.Context, h *house, people []auth.NewPerson, now time.Time) error {
	colleagues, err := h.colleagues(ctx, people)
	if err != nil {
		return err
	}
	for ago := exampleWeeks - 1; ago >= 0; ago-- {
		all, ctx := errgroup.WithContext(ctx)
		for _, c := range colleagues {
			all.Go(func() error { return newWeek(h, c, ago, now).file(ctx) })
		}
		if err := all.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) colleagues(ctx context.Context, people []auth.NewPerson) ([]colleague, error) {
	callers, err := h.callers(ctx)
	if err != nil {
		return nil, err
	}
	projects, err := h.timesheets.Projects(ctx, auth.Caller{}, timesheets.ProjectQuery{})
	if err != nil {
		return nil, fmt.Errorf("read projects: %w", err)
	}
	holidays, err := h.holidays(ctx)
	if err != nil {
		return nil, err
	}
	var colleagues []colleague
	for i, p := range people {
		if p.Manager == "" {
			continue
		}
		c := colleague{Caller: callers[p.Email], number: i, manager: callers[p.Manager], recorder: callers[p.Email], holidays: holidays}
		if c.hours, err = h.hours(ctx, c.Caller); err != nil {
			return nil, err
		}
		if !strings.HasSuffix(p.Email, "@exampleco.com") {
			c.recorder = auth.Caller{Client: "import-job"}
		}
		for _, project := range projects.Items {
			if worksOn(p.Manager, project.Name) {
				c.projects = append(c.projects, project)
			}
		}
		colleagues = append(colleagues, c)
	}
	return colleagues, nil
}

// holidays are the days on which nobody works at all.
func (h *house) holidays(ctx context.Context) (map[string]bool, error) {
	page, err := h.timesheets.Holidays(ctx, auth.Caller{}, timesheets.HolidayQuery{})
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	days := map[string]bool{}
	for _, day := range page.Items {
		days[day.Date] = days[day.Date] || !day.Half
	}
	return days, nil
}

// hours are the person's own, if they have any.
func (h *house) hours(ctx context.Context, of auth.Caller) (w timesheets.Weekdays, err error) {
	expected, err := h.timesheets.ExpectedHoursOf(ctx, of, timesheets.PersonRef{ID: of.User})
	if err != nil {
		return w, fmt.Errorf("read expected hours: %w", err)
	}
	for _, s := range expected.Schedules {
		w = s.Minutes
	}
	return w, nil
}

// callers are all people as they call the API, by e-mail.
func (h *house) callers(ctx context.Context) (map[string]auth.Caller, error) {
	var people []auth.Person
	if err := auth.People(ctx, h.db.Read(ctx)).Find(&people).Error; err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	callers := map[string]auth.Caller{}
	for _, p := range people {
		callers[p.Email] = auth.Caller{User: p.ID, Name: p.Name, Client: "timesheets-spa"}
	}
	return callers, nil
}
