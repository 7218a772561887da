package timesheets

import (
	"fmt"
	"slices"

	"punchcard/auth"
)

// Check says everything that is wrong with the setup.
func (s Setup) Check() []auth.Mistake {
	var c check
	if o := s.Organization; o != nil {
		c.line(o.Name, "/organization/name", nameLimit)
		c.that(o.WeekStarts == "" || slices.Contains(weekStarts, o.WeekStarts), "/organization/week_starts",
			"must be monday, sunday or saturday")
		c.that(o.Period == "" || slices.Contains(periodKinds, o.Period), "/organization/period", "must be week or month")
		o.Reminders.check(&c)
	}
	s.checkPeople(&c)
	named := map[string]int{}
	for i, p := range s.Projects {
		at := fmt.Sprintf("/projects/%d", i)
		p.check(&c, at)
		first, twice := named[p.Name]
		c.that(!twice, at+"/name", "is the name of /projects/%d already", first)
		named[p.Name] = i
	}
	var mistakes []auth.Mistake
	for _, f := range c.fields {
		mistakes = append(mistakes, auth.Mistake{Pointer: f.Pointer, Detail: f.Detail})
	}
	return mistakes
}

// check wants days of which there are a few.
func (r *NewReminders) check(c *check) {
	if r == nil {
		return
	}
	for name, days := range map[string]*int{"submission_due_days": r.SubmissionDueDays, "remind_every_days": r.RemindEveryDays,
		"escalate_after_days": r.EscalateAfterDays} {
		if days != nil {
			c.fewDays(*days, "/organization/reminders/"+name)
		}
	}
}
