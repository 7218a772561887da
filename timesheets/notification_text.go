package timesheets

import (
	"fmt"
	"time"
)

// inWords is the whole notification as a sentence.
func (n Notification) inWords() string {
	text := n.sentence()
	if n.Params.Comment != "" {
		text += ": " + n.Params.Comment
	}
	return text
}

// sentence is the notification without the words of whoever acted.
func (n Notification) sentence() string {
	p, who := n.Params, n.Params.ByName
	if who == "" {
		who = "Somebody"
	}
	switch n.Kind {
	case "submitted":
		return fmt.Sprintf("%s submitted %s (%s h)", who, n.matter(), asHours(p.Minutes))
	case "withdrawn":
		return fmt.Sprintf("%s withdrew what was submitted of %s", who, n.matter())
	case "approved":
		return fmt.Sprintf("%s approved your time of %s", who, n.matter())
	case "rejected":
		return fmt.Sprintf("%s asks you to change your time of %s", who, n.matter())
	case "reopened":
		return fmt.Sprintf("%s reopened your time of %s", who, n.matter())
	case "reopening_requested":
		return fmt.Sprintf("%s asks you to reopen %s", who, n.matter())
	case reminder:
		if p.Stage == asked {
			return fmt.Sprintf("%s asks you to submit your time of %s", who, n.matter())
		}
		return fmt.Sprintf("Your time of %s isn't submitted yet; it %s", n.matter(), p.dueInWords())
	case escalation:
		return fmt.Sprintf("%s submitted %s %d days ago, and nobody has decided about it", p.OwnerName, n.matter(), p.Days)
	}
	return securityNotices[n.Kind].text
}

// matter is what it is about: "the week of 21 September 2026", or "23 September 2026" of an entry.
func (n Notification) matter() string {
	if day, err := time.Parse(time.DateOnly, n.Params.Date); err == nil {
		return inWords(&day)
	}
	return Period{Start: n.Params.Start, End: n.Params.End}.name()
}

func (p Particulars) dueInWords() string {
	day, _ := time.Parse(time.DateOnly, p.Due)
	return map[string]string{dueTomorrow: "is due tomorrow, on ", dueToday: "is due today, ", overdue: "was due on "}[p.Stage] + inWords(&day)
}

// subject is what a mail is headed with that tells so many of a kind.
func subject(told []Notification) string {
	if len(told) == 1 {
		return told[0].sentence()
	}
	return fmt.Sprintf(occasionOf(told[0].Kind).many, len(told))
}
