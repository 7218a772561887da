package export

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// calendar writes iCalendar (RFC 5545): an event for each entry, in floating time, since a day and a clock are the person's
// own, wherever that is.
type calendar struct {
	out   io.Writer
	title string
	began bool
}

func newICS(w io.Writer, o Options) Writer { return &calendar{out: w, title: o.Title} }

const (
	stamp    = "20060102T150405Z"
	localDay = "20060102"
)

func (c *calendar) begin() error {
	if c.began {
		return nil
	}
	c.began = true
	return c.lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Punchcard//Timesheets//EN", "CALSCALE:GREGORIAN",
		"X-WR-CALNAME:"+plain(c.title))
}

func (c *calendar) Row(r Row) error {
	if err := c.begin(); err != nil {
		return err
	}
	lines := []string{
		"BEGIN:VEVENT", "UID:" + r.ID + "@punchcard", "DTSTAMP:" + r.UpdatedAt.UTC().Format(stamp),
		"CREATED:" + r.CreatedAt.UTC().Format(stamp), "LAST-MODIFIED:" + r.UpdatedAt.UTC().Format(stamp),
		fmt.Sprintf("SEQUENCE:%d", r.Revision),
	}
	lines = append(lines, r.when()...)
	summary := r.Project
	if r.Task != "" {
		summary += " – " + r.Task
	}
	about := r.Person + ", " + span(r.Minutes) + " h"
	if r.Note != "" {
		about += "\n\n" + r.Note
	}
	lines = append(lines, "SUMMARY:"+plain(summary), "DESCRIPTION:"+plain(about))
	if len(r.Tags) > 0 {
		tags := make([]string, len(r.Tags))
		for i, tag := range r.Tags {
			tags[i] = plain(tag)
		}
		lines = append(lines, "CATEGORIES:"+strings.Join(tags, ","))
	}
	status := "TENTATIVE"
	if r.State == "approved" {
		status = "CONFIRMED"
	}
	return c.lines(append(lines, "STATUS:"+status, "TRANSP:TRANSPARENT", "END:VEVENT")...)
}

// when is from start to end, or all day where only the duration is known.
func (r Row) when() []string {
	date, _ := time.Parse(time.DateOnly, r.Date)
	next := date.AddDate(0, 0, 1).Format(localDay)
	if r.Start == nil || r.End == nil {
		return []string{"DTSTART;VALUE=DATE:" + date.Format(localDay), "DTEND;VALUE=DATE:" + next}
	}
	local := func(clock string) string {
		if clock == "24:00" {
			return next + "T000000"
		}
		return date.Format(localDay) + "T" + strings.Replace(clock, ":", "", 1) + "00"
	}
	return []string{"DTSTART:" + local(*r.Start), "DTEND:" + local(*r.End)}
}

func (c *calendar) Close() error {
	if err := c.begin(); err != nil {
		return err
	}
	return c.lines("END:VCALENDAR")
}

// plain escapes text (RFC 5545 §3.3.11).
func plain(text string) string {
	return icsEscape.Replace(lineFeeds.Replace(text))
}

var icsEscape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// maxLine is how many octets a line has before it is folded (RFC 5545 §3.1).
const maxLine = 75

func (c *calendar) lines(lines ...string) error {
	var all strings.Builder
	for _, line := range lines {
		for room := maxLine; len(line) > room; room = maxLine - 1 { // the space counts too
			cut := room
			for !utf8.RuneStart(line[cut]) {
				cut--
			}
			all.WriteString(line[:cut] + "\r\n ")
			line = line[cut:]
		}
		all.WriteString(line + "\r\n")
	}
	_, err := io.WriteString(c.out, all.String())
	return err
}
