package main

import (
	"strings"

	"punchcard/timesheets"
)

// project is a project, of which what the file leaves out stays as it is where there is such a project already.
func project(p *timesheets.NewProject) shape {
	var minutes, hours int
	read := object(fields{
		"name": text(&p.Name), "customer": text(&p.Customer), "billable": yes(&p.Billable), "tasks": list(&p.Tasks, text),
		"tasks_only": yes(&p.TasksOnly), "members": list(&p.Members, text), "closed": yes(&p.Closed),
		"budget_minutes": number(&minutes), "budget_hours": number(&hours), "budget_period": text(&p.BudgetPeriod),
	})
	return func(t *yamlText, v value) {
		read(t, v)
		if t.has(v.at + "/budget_hours") {
			if t.has(v.at + "/budget_minutes") {
				t.wrong(v.at+"/budget_hours", "can't stand beside budget_minutes: leave one of them out")
			}
			t.lines[v.at+"/budget_minutes"] = t.lines[v.at+"/budget_hours"]
			minutes = hours
			if hours < 1<<32 { // else it is too much either way
				minutes = hours * 60
			}
		}
		if minutes != 0 { // which is no budget
			p.BudgetMinutes = &minutes
		}
		for _, name := range strings.Fields("customer billable tasks tasks_only members closed budget_minutes") {
			if !t.has(v.at + "/" + name) {
				p.Unsaid = append(p.Unsaid, name)
			}
		}
	}
}
