package mail

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"punchcard/timesheets/mail/mailtest"
)

func to(t *testing.T, address string) *Server {
	t.Helper()
	s, err := NewServer("smtp://"+address, sender)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var example = Letter{
	ID: "0199", Name: "Mia Chen", Address: "mia@example.com", At: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC),
	Subject: "Ada submitted the week", Why: "You get mails about time.", Stop: "https://time.example.com/unsubscribe?token=x&y",
	Parts: []Part{{Text: "Ada submitted the week.", Quote: "all of it", Link: "https://time.example.com/app", LinkText: "Open it"}},
}

func TestALetterIsSent(t *testing.T) {
	sink := mailtest.Start(t)
	if err := to(t, sink.Address+"?tls=none").Send(t.Context(), example); err != nil {
		t.Fatal(err)
	}
	got := sink.Take()
	if len(got) != 1 {
		t.Fatalf("got %d mails", len(got))
	}
	m := got[0]
	header := map[string]string{}
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "Mime-Version"} {
		header[name] = m.Header.Get(name)
	}
	want := map[string]string{
		"From": `"Punchcard" <time@example.com>`, "To": `"Mia Chen" <mia@example.com>`, "Subject": "Ada submitted the week",
		"Date": "Fri, 20 Nov 2026 12:00:00 +0000", "Message-Id": "<0199@example.com>", "Auto-Submitted": "auto-generated",
		"List-Unsubscribe":      "<https://time.example.com/unsubscribe?token=x&y>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Mime-Version": "1.0",
	}
	if diff := cmp.Diff(want, header); diff != "" {
		t.Error(diff)
	}
	text := `Hello Mia Chen,

Ada submitted the week.

> all of it

Open it: https://time.example.com/app

-- 
You get mails about time.
Send me no more of these: https://time.example.com/unsubscribe?token=x&y
`
	if diff := cmp.Diff(text, m.Text); diff != "" || m.From != "time@example.com" || m.To != "mia@example.com" {
		t.Error(diff, m.From, m.To)
	}
	for _, words := range []string{`<a href="https://time.example.com/app"`, "Ada submitted the week.", "all of it</blockquote>",
		`href="https://time.example.com/unsubscribe?token=x&amp;y"`, `name="color-scheme" content="light dark"`} {
		if !strings.Contains(m.HTML, words) {
			t.Errorf("the HTML has no %s:\n%s", words, m.HTML)
		}
	}
	for _, remote := range []string{"<img", "<link", "<script", "url(", "src="} {
		if strings.Contains(m.HTML, remote) {
			t.Errorf("the HTML has %s", remote)
		}
	}
}

func TestNamesAndWordsStayWhatTheyAre(t *testing.T) {
	sink := mailtest.Start(t)
	server := to(t, sink.Address+"?tls=none")
	for _, attack := range []string{
		"Mia\r\nBcc: eve@example.com", "Mia\nBcc: eve@example.com", "Mia\rBcc: eve@example.com", "Mia\r\n\r\nSend money", "\x00Mia\x1b[2J",
		`Mia" <eve@example.com>, "x`, "Mia <eve@example.com>", "=?utf-8?q?Mia=0D=0ABcc:_eve@example.com?=", "Mía\r\nBcc: eve@example.com",
		"Mia\u2028Bcc: eve@example.com", strings.Repeat("long ", 500), "\xff\xfe", "<script>alert(1)</script>", "{{.Stop}}", ".\r\nQUIT",
	} {
		l := example
		l.Name, l.Subject, l.Parts = attack, attack, []Part{{Text: attack, Quote: attack, Link: "https://time.example.com/", LinkText: "Open it"}}
		if err := server.Send(t.Context(), l); err != nil {
			t.Errorf("%q: %v", attack, err)
			continue
		}
		got := sink.Take()
		if len(got) != 1 {
			t.Errorf("%q made %d mails", attack, len(got))
			continue
		}
		m := got[0]
		tos, err := m.Header.AddressList("To")
		if err != nil || len(tos) != 1 || tos[0].Address != "mia@example.com" || strings.ContainsAny(tos[0].Name, "\r\n\x00") {
			t.Errorf("%q: it goes to %v, %v", attack, tos, err)
		}
		if m.To != "mia@example.com" || m.Header.Get("Bcc") != "" || len(m.Header["Subject"]) != 1 || strings.ContainsAny(m.Subject(), "\r\n\x00") ||
			len([]rune(m.Subject())) > mostInHeader || strings.Contains(m.HTML, "<script>") {
			t.Errorf("%q: %s", attack, m.Raw)
		}
		for line := range strings.Lines(m.Text) {
			if trimmed := strings.TrimSpace(line); trimmed == "Send money" || strings.HasPrefix(trimmed, "Bcc:") {
				t.Errorf("%q: somebody's words stand as the server's: %q", attack, line)
			}
		}
	}
}

func TestAddressesThatAreNoneAreRefused(t *testing.T) {
	sink := mailtest.Start(t)
	for _, address := range []string{"", "mia", "mia@example.com, eve@example.com", "Mia <mia@example.com>", "mia@example.com\r\nRCPT TO:<eve@example.com>",
		"mia@example.com> SIZE=1\r\nRCPT TO:<eve@example.com"} {
		l := example
		l.Address = address
		if err := to(t, sink.Address+"?tls=none").Send(t.Context(), l); !errors.Is(err, ErrRefused) || len(sink.Take()) > 0 {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestWhatTheMailServerSays(t *testing.T) {
	sink := mailtest.Start(t)
	for reply, final := range map[string]bool{
		"550 5.1.1 nobody here": true, "554 5.7.1 you are listed": true, "450 4.2.1 try again later": false, "421 4.3.2 shutting down": false,
	} {
		sink.Refuse(func(string) string { return reply })
		err := to(t, sink.Address+"?tls=none").Send(t.Context(), example)
		if err == nil || errors.Is(err, ErrRefused) != final || !strings.Contains(err.Error(), reply[4:]) {
			t.Errorf("%s: %v", reply, err)
		}
	}
	if got := sink.Take(); got != nil {
		t.Errorf("it took %v", got)
	}
}

func TestThePasswordGoesEncryptedOrNotAtAll(t *testing.T) {
	whole, trusted := mailtest.StartSecure(t, true, "open sesame")
	byTLS, err := NewServer("smtps://punchcard:open%20sesame@"+whole.Address, sender)
	if err != nil {
		t.Fatal(err)
	}
	byTLS.trusted = trusted
	if err := byTLS.Send(t.Context(), example); err != nil || len(whole.Take()) != 1 {
		t.Errorf("by TLS: %v", err)
	}
	secure, trusted := mailtest.StartSecure(t, false, "open sesame")
	s := to(t, "punchcard:open%20sesame@"+secure.Address)
	s.trusted = trusted
	if err := s.Send(t.Context(), example); err != nil {
		t.Fatal(err)
	}
	if got := secure.Take(); len(got) != 1 || !got[0].Encrypted {
		t.Errorf("%v", got)
	}
	wrong := to(t, "punchcard:open%20barley@"+secure.Address)
	wrong.trusted = trusted
	if err := wrong.Send(t.Context(), example); err == nil || !strings.Contains(err.Error(), "the password is wrong") ||
		errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "barley") {
		t.Errorf("a wrong password: %v", err)
	}
	if err := to(t, "punchcard:open%20sesame@"+secure.Address).Send(t.Context(), example); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody's: %v", err)
	}
	plain := mailtest.Start(t) // somebody in between who takes STARTTLS away
	if err := to(t, "punchcard:open%20sesame@"+plain.Address).Send(t.Context(), example); err == nil || len(plain.Take()) > 0 {
		t.Errorf("without STARTTLS: %v", err)
	}
}

func TestAMailServerThatIsAwayIsTriedAgain(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := to(t, listener.Addr().String()).Send(t.Context(), example); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
}
