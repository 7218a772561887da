package auth

import (
	"net/netip"
	"slices"
)

// reservedNetworks are not the internet's at large (IANA's special-purpose registries), beside those that package netip
// knows by name. Some of IPv6 lead to an IPv4 address, whichever it is.
var reservedNetworks = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // behind a provider's NAT
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), // with Teredo
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("3fff::/20"),
}

// globalIPv6 is all of IPv6 that is given out for the internet. What maps or translates IPv4 is outside.
var globalIPv6 = netip.MustParsePrefix("2000::/3")

// publicAddress reports whether an address is one of the internet, and not of this machine or the networks around it.
func publicAddress(a netip.Addr) bool {
	switch {
	case !a.IsGlobalUnicast() || a.IsPrivate(): // so neither loopback, link-local, multicast nor unspecified
		return false
	case a.Is4In6() || a.Zone() != "" || a.Is6() && !globalIPv6.Contains(a):
		return false
	}
	return !within(reservedNetworks, a)
}

// metadataNetworks are where clouds keep what only the machine itself may know, among the private addresses. What they have
// at 169.254.169.254 is link-local, and so not private.
var metadataNetworks = []netip.Prefix{
	netip.MustParsePrefix("fd00:ec2::/32"),          // Amazon
	netip.MustParsePrefix("fd20:ce::254/128"),       // Google
	netip.MustParsePrefix("fd00:42::42/128"),        // Scaleway
	netip.MustParsePrefix("fd00:c1::a9fe:a9fe/128"), // Oracle
}

// companyAddress reports whether an address is one of the internet, or of a company's own network (RFC 1918, RFC 4193).
func companyAddress(a netip.Addr) bool {
	private := a.IsPrivate() && !a.Is4In6() && a.Zone() == ""
	return publicAddress(a) || private && !within(metadataNetworks, a)
}

func within(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// loopbackHost reports whether a host is this same machine, by its name.
func loopbackHost(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
