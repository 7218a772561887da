package mail

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Server is a mail server that takes letters, and whom they are from.
type Server struct {
	from           *netmail.Address
	host           string
	port           int
	user, password string
	encryption     encryption
	trusted        *x509.CertPool // nil: whom this machine trusts
}

// encryption is how what is sent is kept from others.
type encryption int

const (
	startTLS encryption = iota // from before the password on, or not at all (RFC 3207)
	wholeTLS                   // from the first byte on (RFC 8314)
	none
)

// NewServer reads an address in one of the forms smtp://user:password@mail.example.com:587, which goes on by STARTTLS,
// smtps://user:password@mail.example.com:465 and smtp://localhost:1025?tls=none, and a sender such as
// "Punchcard <time@example.com>". What it says is wrong never repeats the address, which may hold a password.
func NewServer(address, from string) (*Server, error) {
	sender, err := netmail.ParseAddress(from)
	if err != nil || strings.ContainsFunc(from, unicode.IsControl) {
		return nil, errors.New(`who mails are from must look like "Punchcard <time@example.com>"`)
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return nil, errors.New("the address of the mail server must look like smtp://user:password@mail.example.com:587, " +
			"with what is special in the password percent-encoded")
	}
	s := &Server{from: sender, host: u.Hostname(), user: u.User.Username()}
	s.password, _ = u.User.Password()
	switch u.Scheme {
	case "smtp":
		s.port = 587
	case "smtps":
		s.port, s.encryption = 465, wholeTLS
	default:
		return nil, errors.New("the address of the mail server must begin with smtp:// (STARTTLS) or smtps:// (TLS from the start)")
	}
	if port := u.Port(); port != "" {
		if s.port, err = strconv.Atoi(port); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errors.New("the port of the mail server must be a number between 1 and 65535")
		}
	}
	return s, s.readOptions(u)
}

func (s *Server) readOptions(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("the options of the mail server's address are not percent-encoded as they should be")
	}
	for name, values := range query {
		switch given := strings.Join(values, ","); {
		case name == "tls" && given == "none" && u.Scheme == "smtp":
			s.encryption = none
		case name == "network" && given == "trusted" && query.Has("tls"):
		default:
			return errors.New("the mail server's address can have the options tls=none, for smtp:// alone, and with it network=trusted; " +
				"no others")
		}
	}
	if s.encryption == none && !isLoopback(s.host) && !query.Has("network") {
		return errors.New("without TLS everybody on the way can read mails and the password, so tls=none is for localhost: " +
			"leave it out, or add network=trusted if nobody else is on that network")
	}
	if (s.user == "") != (s.password == "") {
		return errors.New("the mail server's address needs both a user and a password, or neither")
	}
	return nil
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// String names the server, without the password.
func (s *Server) String() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// GoString keeps the password out of whatever prints the server in full.
func (s *Server) GoString() string { return fmt.Sprintf("mail.Server(%s)", s) }
