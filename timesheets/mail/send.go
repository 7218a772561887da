package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// ErrRefused is what no repetition would change: the server doesn't take this letter (a reply of 5yz, RFC 5321 §4.2.1).
var ErrRefused = errors.New("refused for good")

// patience is how long the server may take for each thing that it is told.
const patience = 15 * time.Second

// Send hands the letter to the server, in a connection of its own. After nil the server has taken it upon itself; after an
// error that isn't ErrRefused the same letter can be sent again.
func (s *Server) Send(ctx context.Context, l Letter) error {
	message, err := s.message(l)
	if err != nil {
		return err
	}
	line := &line{}
	defer line.close()
	client, err := s.client(line)
	if err != nil {
		return fmt.Errorf("prepare for the mail server %s: %w", s, err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("reach the mail server %s: %w", s, s.withoutPassword(err))
	}
	defer client.Close()
	err = client.Send(message)
	failure, _ := errors.AsType[*gomail.SendError](err)
	switch {
	case err == nil:
		return nil
	case failure != nil && failure.ErrorCode() >= 500:
		return fmt.Errorf("the mail server %s answered: %w: %w", s, ErrRefused, s.withoutPassword(err))
	default:
		return fmt.Errorf("the mail server %s answered: %w", s, s.withoutPassword(err))
	}
}

// withoutPassword is the error as it may be told.
func (s *Server) withoutPassword(err error) error {
	if s.password == "" || !strings.Contains(err.Error(), s.password) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), s.password, "…"))
}

// line is a connection, which is closed whatever becomes of it: the client leaves one open that fails before the first mail.
type line struct{ net.Conn }

func (l *line) close() {
	if l.Conn != nil {
		l.Close()
	}
}

func (s *Server) client(l *line) (*gomail.Client, error) {
	encrypted := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: s.trusted}
	dial := (&net.Dialer{Timeout: patience}).DialContext
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(patience), gomail.WithTLSConfig(encrypted), gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	signIn := gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
	switch s.encryption {
	case startTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case wholeTLS:
		options = append(options, gomail.WithSSL())
		dial = (&tls.Dialer{NetDialer: &net.Dialer{Timeout: patience}, Config: encrypted}).DialContext
	case none:
		options, signIn = append(options, gomail.WithTLSPolicy(gomail.NoTLS)), gomail.WithSMTPAuth(gomail.SMTPAuthPlainNoEnc)
	}
	if s.user != "" {
		options = append(options, signIn, gomail.WithUsername(s.user), gomail.WithPassword(s.password))
	}
	return gomail.NewClient(s.host, append(options,
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (conn net.Conn, err error) {
			l.Conn, err = dial(ctx, network, address)
			return l.Conn, err
		}))...)
}

// message is the letter in the form of RFC 5322, as text and as HTML.
func (s *Server) message(l Letter) (*gomail.Msg, error) {
	l = l.tidy()
	to, err := l.to()
	if err != nil {
		return nil, err
	}
	text, err := l.Text()
	if err != nil {
		return nil, err
	}
	html, err := l.HTML()
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	m.ToMailAddress(to)
	m.Subject(l.Subject)
	m.SetDateWithValue(l.At)
	_, domain, _ := strings.Cut(s.from.Address, "@")
	m.SetMessageIDWithValue(l.ID + "@" + domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's absence is to be answered to it
	if l.Stop != "" {
		m.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+l.Stop+">")
		m.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	m.SetBodyString(gomail.TypeTextPlain, text)
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	return m, nil
}
