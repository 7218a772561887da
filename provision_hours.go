package main

import (
	"math"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"punchcard/auth"
	"punchcard/timesheets"
)

// people are users: who signs in, and when they work.
func people(persons *[]auth.NewPerson, workers *[]timesheets.NewWorker) shape {
	type user struct {
		auth.NewPerson
		timesheets.NewWorker
	}
	return func(t *yamlText, v value) {
		var users []user
		list(&users, func(u *user) shape { return person(&u.NewPerson, &u.NewWorker) })(t, v)
		for i, u := range users {
			*persons = append(*persons, u.NewPerson)
			if u.NewWorker != (timesheets.NewWorker{}) {
				u.Number, u.NewWorker.Email = i, u.NewPerson.Email
				*workers = append(*workers, u.NewWorker)
			}
		}
	}
}

// expectedHours is how long people work on each day of the week, in hours.
func expectedHours(s *timesheets.Schedule) shape {
	m := &s.Minutes
	return object(fields{
		"valid_from": text(&s.ValidFrom),
		"monday":     hours(&m.Monday), "tuesday": hours(&m.Tuesday), "wednesday": hours(&m.Wednesday), "thursday": hours(&m.Thursday),
		"friday": hours(&m.Friday), "saturday": hours(&m.Saturday), "sunday": hours(&m.Sunday),
	})
}

// hours is a number of hours, kept in minutes.
func hours(into *int) shape {
	return func(t *yamlText, v value) {
		switch v.Node.(type) {
		case *ast.IntegerNode, *ast.FloatNode:
			minutes, err := strconv.ParseFloat(v.GetToken().Value, 64)
			minutes *= 60
			if err == nil && math.Abs(minutes) < 1e6 && math.Abs(minutes-math.Round(minutes)) < 1e-6 {
				*into = int(math.Round(minutes))
				return
			}
		}
		t.wrongKind(v, "a number of hours of whole minutes, such as 8 or 7.5")
	}
}

func holiday(h *timesheets.NewHoliday) shape {
	return object(fields{"date": text(&h.Date), "name": text(&h.Name), "region": text(&h.Region), "half": yes(&h.Half)})
}
