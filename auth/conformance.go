package auth

import "embed"

// Conformance holds CONFORMANCE.md: what standards demand of this server, and what proves it, as the tests of this version wrote it.
//
//go:embed CONFORMANCE.md
var Conformance embed.FS
