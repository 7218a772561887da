package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/timesheets"
)

// exampleWeeks is how many weeks ExampleCo has filed time for, this one included.
const exampleWeeks = 10

// colleague is somebody at ExampleCo who files time.
type colleague struct {
	auth.Caller
	number   int         // from 0; with the week, all that chance depends on
	manager  auth.Caller // decides about their time
	recorder auth.Caller // enters it: themselves, or the import job for contractors
	projects []timesheets.Project
	db       *store.DB
	secret   []byte
}

// fill files ten weeks of time as ExampleCo's people would have done it: by the domain's own operations, so that every
// rule holds, each at the time at which it would have been done.
func fill(ctx context.Context, h *house, people []auth.NewPerson, now time.Time) error {
	colleagues, err := h.colleagues(ctx, people)
	if err != nil {
		return err
	}
	all, ctx := errgroup.WithContext(ctx)
	for _, c := range colleagues {
		for ago := range exampleWeeks {
			all.Go(func() error { return c.file(ctx, ago, now) })
		}
	}
	return all.Wait()
}

func (h *house) colleagues(ctx context.Context, people []auth.NewPerson) ([]colleague, error) {
	var known []auth.Person
	if err := auth.People(ctx, h.db.Read(ctx)).Find(&known).Error; err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	callers := map[string]auth.Caller{}
	for _, p := range known {
		callers[p.Email] = auth.Caller{User: p.ID, Name: p.Name, Client: "timesheets-spa"}
	}
	projects, err := h.timesheets.Projects(ctx, auth.Caller{}, timesheets.ProjectQuery{})
	if err != nil {
		return nil, fmt.Errorf("read projects: %w", err)
	}
	var colleagues []colleague
	for i, p := range people {
		if p.Manager == "" {
			continue
		}
		c := colleague{Caller: callers[p.Email], number: i, manager: callers[p.Manager], db: h.db, secret: h.secret}
		c.recorder = c.Caller
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

// file files the week that was so many weeks ago, and what became of it. It depends on nothing but the colleague and the
// week.
func (c colleague) file(ctx context.Context, ago int, now time.Time) error {
	clock := now
	t := timesheets.New(c.db, timesheets.Settings{Secret: c.secret, Now: func() time.Time { return clock }})
	until := func(day time.Time, hour time.Duration) {
		if clock = day.Add(hour * time.Hour); clock.After(now) {
			clock = now
		}
	}
	monday := midnight(now).AddDate(0, 0, -(int(now.Weekday())+6)%7-7*ago)
	diary := diary{rand.New(rand.NewPCG(uint64(c.number), uint64(ago))), c.projects, c.number%2 == 0}
	if ago > 1 && diary.chance.IntN(12) == 0 {
		return nil // a week off
	}
	var entries []timesheets.Entry
	for weekday := range 5 {
		day := monday.AddDate(0, 0, weekday)
		if day.After(now) {
			break
		}
		until(day, 17)
		for _, n := range diary.day(day.Format(time.DateOnly)) {
			n.UserID = c.User
			entry, err := t.Record(ctx, c.recorder, n)
			if err != nil {
				return err
			}
			entries = append(entries, entry)
		}
	}
	if ago == 0 || ago == 1 && c.number%7 == 3 {
		return nil // not submitted yet, or forgotten
	}
	until(monday.AddDate(0, 0, 4), 18)
	for _, e := range entries {
		if _, err := t.Submit(ctx, c.Caller, timesheets.EntryRef{ID: e.ID}); err != nil {
			return err
		}
	}
	if ago == 1 && c.number%5 != 2 {
		return nil // waiting for the manager
	}
	until(monday.AddDate(0, 0, 7), 9)
	for i, e := range entries {
		decision := timesheets.Decision{ID: e.ID, Decision: timesheets.Approved}
		if ago == 1 && i == 0 {
			decision.Decision, decision.Comment = timesheets.Rejected, objection(c.number)
		}
		if _, err := t.Decide(ctx, c.manager, decision); err != nil {
			return err
		}
	}
	return nil
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
