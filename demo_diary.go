package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"punchcard/timesheets"
)

// work is the projects of each manager's people.
var work = map[string][]string{
	"grace@exampleco.com": {"Company", "Platform", "Trailhead"},
	"mia@exampleco.com":   {"Company", "Ledger", "Platform", "StoreZero"},
	"noah@exampleco.com":  {"Care line", "Company", "Harbor", "Trailhead"},
}

func worksOn(manager, project string) bool { return slices.Contains(work[manager], project) }

// notes is what people write, by task. Some write nothing.
var notes = map[string][]string{
	"Build":         {"Address form of the checkout", "Rounding in the basket", "Import of price lists", "Faster search", ""},
	"Review":        {"Payment branch", "Comments on the API draft", "Release 4.2", ""},
	"Design":        {"Empty states", "Icons for the basket", "Colours with enough contrast", ""},
	"Research":      {"Interviews with three dispatchers", "How others print labels", "Notes from the test at the counter", ""},
	"Workshop":      {"Goals for the quarter, with the customer", "Story map", "Preparation and minutes", ""},
	"Support":       {"Password mails that didn't arrive", "Totals differed by a cent", "Questions after the update", ""},
	"Documentation": {"How to restore a backup", "Screenshots of the new menu", ""},
	"Meetings":      {"Stand-up and planning", "All hands", "One to one", ""},
	"Training":      {"First aid", "Accessibility course", ""},
	"Recruiting":    {"Two interviews", "Read applications", ""},
}

// objection is what a manager says when rejecting.
func objection(n int) string {
	words := []string{
		"This was Harbor, not Trailhead: please move it.",
		"Please split this into the workshop and its preparation.",
		"What was this for? A word in the note is enough.",
	}
	return words[n%len(words)]
}

// diary makes up days. The same chance makes the same days.
type diary struct {
	chance   *rand.Rand
	projects []timesheets.Project
	byClock  bool // this person notes when they began and ended
}

// day is the entries of one day, up to three; none on a day off.
func (d diary) day(date string) []timesheets.NewEntry {
	left := d.length()
	clock := 8*60 + d.quarters(7)
	var entries []timesheets.NewEntry
	for parts := 1 + d.chance.IntN(3); left > 0; parts-- {
		minutes := left
		if share := left / max(1, parts); parts > 1 && share >= 60 {
			minutes = share/30*15 + d.quarters(share/15)
		}
		left -= minutes
		entry := d.entry(date, minutes)
		if d.byClock {
			clock = span(&entry, clock, minutes)
		}
		entries = append(entries, entry)
	}
	return entries
}

// quarters is up to n quarters of an hour, in minutes.
func (d diary) quarters(n int) int { return 15 * d.chance.IntN(n) }

// length is how many minutes a day has: about eight hours, now and then half a day, a long one, or none.
func (d diary) length() int {
	switch n := d.chance.IntN(100); {
	case n < 4:
		return 0
	case n < 9:
		return 4 * 60
	case n < 14:
		return 10*60 + d.quarters(5)
	default:
		return 7*60 + 30 + d.quarters(5)
	}
}

func (d diary) entry(date string, minutes int) timesheets.NewEntry {
	project := d.projects[d.chance.IntN(len(d.projects))]
	task := project.Tasks[d.chance.IntN(len(project.Tasks))]
	n := timesheets.NewEntry{
		Date: date, Minutes: &minutes, ProjectID: project.ID, Task: task, Note: notes[task][d.chance.IntN(len(notes[task]))],
	}
	switch d.chance.IntN(8) {
	case 0, 1:
		n.Tags = []string{"remote"}
	case 2:
		n.Tags = []string{"on site", "travel"}
	}
	return n
}

// span says the minutes by the clock, from start on. Who works past half past twelve has half an hour's break.
func span(n *timesheets.NewEntry, start, minutes int) (end int) {
	const noon, lunch = 12*60 + 30, 30
	end = start + minutes
	if start < noon && end > noon {
		n.BreakMinutes = lunch
		end += lunch
	}
	n.Start, n.End = new(clockTime(start)), new(clockTime(end))
	return end
}

func clockTime(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
