package main

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// settings are what a server is started with: flags, or the environment variables named after them, PUNCHCARD_LISTEN for
// --listen.
type settings struct {
	Listen       string    `default:"localhost:8080" placeholder:"HOST:PORT" help:"Address to listen on; :8080 is port 8080 of every address (default: ${default})."`
	Issuer       string    `placeholder:"URL" help:"Address at which browsers and applications reach it, such as https://time.example.com/ (default: made of --listen)."`
	DB           string    `name:"db" default:"sqlite:punchcard.db" placeholder:"URL" help:"Database: sqlite:FILE or postgres://… (default: ${default})."`
	Provision    string    `placeholder:"FILE" help:"YAML file of people, applications and projects that should exist; applied at every start."`
	SecretFile   string    `default:"punchcard.secret" placeholder:"FILE" help:"File of the secret that protects the signing keys; made if there is none (default: ${default})."`
	TLSCert      string    `name:"tls-cert" and:"tls" placeholder:"FILE" help:"Certificate chain, in PEM form, to serve HTTPS with."`
	LogRetention retention `default:"90d" placeholder:"TIME" help:"For how long the authorization server's log of events is kept, in days (90d) or hours (36h); at least 1h (default: ${default})."`
	TLSKey       string    `name:"tls-key" and:"tls" placeholder:"FILE" help:"Private key of the certificate, in PEM form."`

	mailServer `embed:""`

	TrustedProxies      []network `placeholder:"NETWORK,…" help:"Addresses or networks, such as 10.0.0.0/8, of the proxies in front; theirs alone is what X-Forwarded-For says."`
	AllowPrivateTargets bool      `help:"Let applications have their jwks_uri and backchannel_logout_uri at private addresses, such as 10.0.0.7."`
}

// network is an IP address or, in CIDR form, many.
type network netip.Prefix

// UnmarshalText reads a flag or a variable.
func (n *network) UnmarshalText(text []byte) error {
	given := string(text)
	prefix, err := netip.ParsePrefix(given)
	if addr, alone := netip.ParseAddr(given); alone == nil {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if err != nil {
		return fmt.Errorf("%q must be an IP address such as 192.0.2.7, or a network such as 10.0.0.0/8", given)
	}
	*n = network(prefix.Masked())
	return nil
}

// proxies are the networks as text.
func (s settings) proxies() []string {
	var list []string
	for _, n := range s.TrustedProxies {
		list = append(list, netip.Prefix(n).String())
	}
	return list
}

// retention is for how long something is kept: "90d", or a duration as Go writes it.
type retention time.Duration

const (
	shortestRetention = time.Hour
	longestRetention  = 100 * 365 * 24 * time.Hour
)

// UnmarshalText reads a flag or a variable.
func (r *retention) UnmarshalText(text []byte) error {
	given := string(text)
	d, err := time.ParseDuration(given)
	if days, found := strings.CutSuffix(given, "d"); found {
		var n uint64
		n, err = strconv.ParseUint(days, 10, 16)
		d = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || d < shortestRetention || d > longestRetention {
		return fmt.Errorf("%q must be a time of at least 1h, in days such as 90d or in hours such as 36h", given)
	}
	*r = retention(d)
	return nil
}

// issuer is the address that tokens name as theirs, with a slash at its end. Where none is set it is made of the address
// that is listened on, whose port may have been left to the system.
func (s settings) issuer(listening net.Addr) string {
	if s.Issuer != "" {
		return strings.TrimSuffix(s.Issuer, "/") + "/"
	}
	scheme, usual := "http", "80"
	if s.TLSCert != "" {
		scheme, usual = "https", "443"
	}
	host, _, _ := net.SplitHostPort(s.Listen)
	if net.ParseIP(host).IsUnspecified() {
		host = ""
	}
	_, port, _ := net.SplitHostPort(listening.String())
	address := strings.TrimSuffix(net.JoinHostPort(cmp.Or(host, "localhost"), port), ":"+usual)
	return (&url.URL{Scheme: scheme, Host: address, Path: "/"}).String()
}
