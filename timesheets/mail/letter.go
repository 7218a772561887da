package mail

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	netmail "net/mail"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"
	"unicode"
)

// Letter is one mail to one person.
type Letter struct {
	ID      string // the same at each attempt, so that who gets it twice can tell
	Name    string // of the person
	Address string // such as ada@example.com
	At      time.Time
	Subject string
	Parts   []Part
	Why     string // why the person gets it
	Stop    string // the address that ends it, by GET for people and by POST for programs (RFC 8058); empty: nothing does

	Language string // "de"; empty: English, as is what is said around the parts then
	Hello    string // before the name
	StopText string // of the address that ends it
}

// Part is one thing that is told.
type Part struct {
	Text     string
	Quote    string // somebody's own words; empty: none
	Link     string // an address; empty: none
	LinkText string
}

//go:embed letter.txt
var textForm string

//go:embed letter.html
var htmlForm string

var (
	plainText = texttemplate.Must(texttemplate.New("letter.txt").
			Funcs(texttemplate.FuncMap{"quoted": quoted}).Parse(textForm))
	hypertext = template.Must(template.New("letter.html").Parse(htmlForm))
)

// Text is the letter for those who read mails as text.
func (l Letter) Text() (string, error) {
	var b bytes.Buffer
	if err := plainText.Execute(&b, l); err != nil {
		return "", fmt.Errorf("write a mail as text: %w", err)
	}
	return b.String(), nil
}

// HTML is the same letter, which loads nothing.
func (l Letter) HTML() (string, error) {
	var b bytes.Buffer
	if err := hypertext.Execute(&b, l); err != nil {
		return "", fmt.Errorf("write a mail as HTML: %w", err)
	}
	return b.String(), nil
}

// quoted sets somebody's words off from the server's own, each line of them: a comment can't pass for what isn't one.
func quoted(words string) string {
	words = strings.ReplaceAll(strings.ReplaceAll(words, "\r\n", "\n"), "\r", "\n")
	return "> " + strings.ReplaceAll(words, "\n", "\n> ")
}

// tidy is the letter without line breaks where there are to be none: names are what people wrote, and a line that isn't
// quoted is taken for the server's own.
func (l Letter) tidy() Letter {
	l.Name, l.Subject = short(oneLine(l.Name)), short(oneLine(l.Subject))
	if l.Language == "" {
		l.Language, l.Hello, l.StopText = "en", "Hello", "Send me no more of these"
	}
	l.Parts = slices.Clone(l.Parts)
	for i := range l.Parts {
		l.Parts[i].Text = oneLine(l.Parts[i].Text)
	}
	return l
}

// to is the address with the name.
func (l Letter) to() (*netmail.Address, error) {
	address, err := netmail.ParseAddress(l.Address)
	if err != nil || address.Address != l.Address || strings.ContainsFunc(l.Address, unicode.IsControl) {
		return nil, fmt.Errorf("%w: %q is no e-mail address", ErrRefused, l.Address)
	}
	return &netmail.Address{Name: l.Name, Address: l.Address}, nil
}

// oneLine is text without control characters, and without what a mail program would decode to some (RFC 2047).
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "=?", "= ?")), " ")
}

const mostInHeader = 150 // characters

// short is text that isn't too long for a header.
func short(text string) string {
	if runes := []rune(text); len(runes) > mostInHeader {
		return string(runes[:mostInHeader-1]) + "…"
	}
	return text
}
