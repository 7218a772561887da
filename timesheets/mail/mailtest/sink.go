package mailtest

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// Sink is a mail server on a free port of this machine, until the test ends. It speaks what RFC 5321 has of SMTP, STARTTLS
// (RFC 3207) and AUTH PLAIN (RFC 4954).
type Sink struct {
	Address string // host and port

	mu       sync.Mutex
	received []Received
	refusal  func(to string) string // its reply to RCPT; empty: it takes it
	encrypts *tls.Config            // nil: no STARTTLS
	whole    bool                   // TLS from the first byte on
	password string                 // of the user "punchcard"; empty: it asks for none
}

// Received is a message that the sink took.
type Received struct {
	From, To  string // of the envelope
	Encrypted bool
	Header    mail.Header
	Text      string
	HTML      string
	Raw       string
}

// Start runs a sink that takes everything, without TLS.
func Start(t testing.TB) *Sink { return start(t, &Sink{}) }

// StartSecure runs a sink that takes mails under TLS alone, from the first byte on or else by STARTTLS, and from those who
// know the password. A client of it trusts the certificate authority that is returned.
func StartSecure(t testing.TB, whole bool, password string) (*Sink, *x509.CertPool) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(nil, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	own := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return start(t, &Sink{password: password, whole: whole, encrypts: &tls.Config{Certificates: []tls.Certificate{own}}}), trusted
}

func start(t testing.TB, s *Sink) *Sink {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Address = listener.Addr().String()
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() { listener.Close(); running.Wait() })
	return s
}

// Refuse has the sink answer so to each recipient for whom reply isn't empty: "450 4.2.1 try again later".
func (s *Sink) Refuse(reply func(to string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = reply
}

// Take returns what was received since the last time.
func (s *Sink) Take() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.received
	s.received = nil
	return taken
}

// talk is one connection.
type talk struct {
	*Sink
	*textproto.Conn
	conn      net.Conn
	encrypted bool
	known     bool
	message   Received
}

func (s *Sink) serve(conn net.Conn) {
	if s.whole {
		conn = tls.Server(conn, s.encrypts)
	}
	c := &talk{Sink: s, Conn: textproto.NewConn(conn), conn: conn, encrypted: s.whole, known: s.password == ""}
	defer func() { c.Close() }()
	c.PrintfLine("220 sink ready")
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		if strings.EqualFold(verb, "QUIT") {
			c.PrintfLine("221 bye")
			return
		}
		if err := c.answer(strings.ToUpper(verb), rest); err != nil {
			return
		}
	}
}

func (c *talk) answer(verb, rest string) error {
	switch {
	case verb == "EHLO":
		return c.greet()
	case verb == "STARTTLS" && c.encrypts != nil && !c.encrypted:
		if err := c.PrintfLine("220 go on"); err != nil {
			return err
		}
		c.conn = tls.Server(c.conn, c.encrypts)
		c.Conn, c.encrypted = textproto.NewConn(c.conn), true
		return nil
	case c.encrypts != nil && !c.encrypted:
		return c.PrintfLine("530 5.7.0 say STARTTLS first")
	case verb == "AUTH":
		given, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
		if c.known = string(given) == "\x00punchcard\x00"+c.password; !c.known {
			return c.PrintfLine("535 5.7.8 the password is wrong")
		}
		return c.PrintfLine("235 2.7.0 welcome")
	case !c.known:
		return c.PrintfLine("530 5.7.0 who are you?")
	}
	return c.take(verb, rest)
}

func (c *talk) greet() error {
	can := []string{"sink", "8BITMIME", "ENHANCEDSTATUSCODES"}
	if c.encrypts != nil && !c.encrypted {
		can = append(can, "STARTTLS")
	}
	if c.password != "" && c.encrypted {
		can = append(can, "AUTH PLAIN")
	}
	for i, word := range can {
		mark := map[bool]string{true: " ", false: "-"}[i == len(can)-1]
		if err := c.PrintfLine("250%s%s", mark, word); err != nil {
			return err
		}
	}
	return nil
}

func (c *talk) take(verb, rest string) error {
	switch verb {
	case "MAIL":
		c.message = Received{From: angled(rest), Encrypted: c.encrypted}
	case "RCPT":
		c.message.To = angled(rest)
		c.mu.Lock()
		refusal := c.refusal
		c.mu.Unlock()
		if refusal != nil {
			if reply := refusal(c.message.To); reply != "" {
				return c.PrintfLine("%s", reply)
			}
		}
	case "DATA":
		if err := c.PrintfLine("354 go on"); err != nil {
			return err
		}
		raw, err := c.ReadDotBytes()
		if err != nil {
			return err
		}
		if err := c.message.parse(raw); err != nil {
			return c.PrintfLine("554 5.6.0 %s", err)
		}
		c.mu.Lock()
		c.received = append(c.received, c.message)
		c.mu.Unlock()
	case "RSET", "NOOP":
	default:
		return c.PrintfLine("500 5.5.1 no such command")
	}
	return c.PrintfLine("250 2.0.0 ok")
}

func angled(rest string) string {
	_, rest, _ = strings.Cut(rest, "<")
	address, _, _ := strings.Cut(rest, ">")
	return address
}

// parse reads a message of two parts, as text and as HTML.
func (r *Received) parse(raw []byte) error {
	r.Raw = string(raw)
	m, err := mail.ReadMessage(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return err
	}
	r.Header = m.Header
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return fmt.Errorf("it is %s: %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return err
		}
		words := strings.ReplaceAll(string(text), "\r\n", "\n")
		switch kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind {
		case "text/plain":
			r.Text = words
		case "text/html":
			r.HTML = words
		}
	}
}

// Subject is the subject, decoded.
func (r Received) Subject() string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(r.Header.Get("Subject"))
	if err != nil {
		return err.Error()
	}
	return decoded
}
