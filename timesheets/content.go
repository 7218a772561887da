package timesheets

import (
	"fmt"
	"strings"
)

// Limits of an entry's content, in characters.
const (
	noteLimit = 2000
	taskLimit = 200
	tagLimit  = 50
	idLimit   = 100
	tagsLimit = 20 // tags
)

// Validate says everything that is wrong with the entry by itself.
func (n NewEntry) Validate() error {
	var c check
	c.line(n.UserID, "/user_id", idLimit)
	c.day(n.Date, "/date")
	n.worked(&c)
	c.that(n.ProjectID != "", "/project_id", "is needed")
	c.line(n.ProjectID, "/project_id", idLimit)
	c.line(n.Task, "/task", taskLimit)
	c.lines(n.Note, "/note", noteLimit)
	c.that(len(n.Tags) <= tagsLimit, "/tags", "must be at most %d tags", tagsLimit)
	for i, tag := range n.Tags {
		c.that(strings.TrimSpace(tag) != "", fmt.Sprintf("/tags/%d", i), "must not be empty")
		c.tag(tag, fmt.Sprintf("/tags/%d", i))
	}
	return c.fault()
}

// tag wants a tag without what separates tags where they are kept, so that one can be found among others.
func (c *check) tag(tag, pointer string) {
	c.line(tag, pointer, tagLimit)
	c.that(!strings.ContainsAny(tag, `,"`), pointer, "must have no comma and no quotation mark")
}

// worked is how long the entry says. There are three ways to say it, and the first that is used is compared with the rest.
func (n NewEntry) worked(c *check) int {
	type claim struct {
		pointer string
		minutes int
	}
	var claims []claim
	if n.Start != nil || n.End != nil {
		if span, ok := n.span(c); ok {
			claims = append(claims, claim{"/end", span})
		}
	}
	if n.Minutes != nil {
		claims = append(claims, claim{"/minutes", *n.Minutes})
	}
	if n.Hours != nil {
		minutes, whole := minutesOf(*n.Hours)
		c.that(whole, "/hours", "must be whole minutes and at most 24 hours, such as 1.25")
		if whole {
			claims = append(claims, claim{"/hours", minutes})
		}
	}
	c.that(0 <= n.BreakMinutes && n.BreakMinutes < dayMinutes, "/break_minutes", "must be between 0 and %d", dayMinutes-1)
	if len(claims) == 0 {
		c.that(n.Start != nil || n.End != nil || n.Hours != nil, "/minutes", "is needed, or hours, or start and end")
		return 0
	}
	said := claims[0]
	c.that(1 <= said.minutes && said.minutes <= dayMinutes, said.pointer, "must be between 1 minute and 24 hours")
	for _, also := range claims[1:] {
		c.that(also.minutes == said.minutes, also.pointer, "says %d minutes, but %s says %d",
			also.minutes, said.pointer, said.minutes)
	}
	return said.minutes
}

// span is the minutes from start to end without the break.
func (n NewEntry) span(c *check) (minutes int, ok bool) {
	if n.Start == nil || n.End == nil {
		c.that(n.Start != nil, "/start", "is needed with end")
		c.that(n.End != nil, "/end", "is needed with start")
		return 0, false
	}
	start, startOK := clock(*n.Start)
	end, endOK := clock(*n.End)
	c.that(startOK, "/start", "must be a time such as 09:30")
	c.that(endOK, "/end", "must be a time such as 17:30, up to 24:00")
	if !startOK || !endOK {
		return 0, false
	}
	c.that(start < end, "/end", "must be after start; what goes past midnight is two entries")
	c.that(start >= end || n.BreakMinutes < end-start, "/break_minutes", "must be shorter than the time from start to end")
	return end - start - n.BreakMinutes, start < end && n.BreakMinutes < end-start
}
