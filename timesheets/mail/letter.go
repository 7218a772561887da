package mail

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	netmail "net/mail"
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

// to is the address with the name. The name is what somebody wrote, and ends no line.
func (l Letter) to() (*netmail.Address, error) {
	address, err := netmail.ParseAddress(l.Address)
	if err != nil || address.Address != l.Address || strings.ContainsFunc(l.Address, unicode.IsControl) {
		return nil, fmt.Errorf("%w: %q is no e-mail address", ErrRefused, l.Address)
	}
	return &netmail.Address{Name: oneLine(l.Name), Address: l.Address}, nil
}

// oneLine is text for a header: of one line, and of a length that every server takes.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > mostInHeader {
		text = string(runes[:mostInHeader-1]) + "…"
	}
	return strings.Join(strings.Fields(text), " ")
}

const mostInHeader = 150 // characters
