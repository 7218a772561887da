package timesheets

import (
	"cmp"
	"fmt"
	"time"

	"punchcard/auth/lang"
)

// inWords is the whole notification as a sentence in English, as the API tells it.
func (n Notification) inWords() string {
	text := n.sentence(lang.Tagged("en"))
	if n.Params.Comment != "" {
		text += ": " + n.Params.Comment
	}
	return text
}

// sentence is the notification in a language, without the words of whoever acted.
func (n Notification) sentence(c *lang.Catalogue) string {
	p, key := n.Params, "mails."+n.Kind
	if p.Stage != "" {
		key += "-" + p.Stage
	}
	what, in := n.matter(c)
	return c.Text(key, "by", cmp.Or(p.ByName, c.Text("mails.somebody")), "name", p.OwnerName, "what", what, "in", in,
		"hours", asHours(p.Minutes), "due", dayIn(c, p.Due), "n", p.Days)
}

// matter is what it is about, as the object of a sentence and as when time was worked: "the week of 21 September 2026" and "of
// the week of 21 September 2026". An entry is of a day.
func (n Notification) matter(c *lang.Catalogue) (what, in string) {
	form, date := "week", dayIn(c, n.Params.Start)
	if day := dayIn(c, n.Params.Date); day != "" {
		form, date = "day", day
	} else if (span{n.Params.Start, n.Params.End}).isMonth() {
		first, _ := time.Parse(time.DateOnly, n.Params.Start)
		form, date = "month", fmt.Sprintf("%s %d", lang.Month(first).In(c), first.Year())
	}
	return c.Text("mails.what-"+form, "date", date), c.Text("mails.in-"+form, "date", date)
}

// dayIn is a day in a language; empty if it is none.
func dayIn(c *lang.Catalogue, day string) string {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return lang.Date(date).In(c)
}

// subject is what a mail is headed with that tells so many of a kind.
func subject(c *lang.Catalogue, told []Notification) string {
	if len(told) == 1 {
		return told[0].sentence(c)
	}
	return c.Text("mails.many-"+told[0].Kind, "n", len(told))
}
