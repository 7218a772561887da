package web

import (
	"punchcard/auth"
	"punchcard/timesheets"
)

// tokenKind is the problem that a token, or the proof that came with it, was refused for.
func tokenKind(e *auth.Error) timesheets.Kind {
	switch e.Code {
	case "invalid_dpop_proof":
		return invalidProof
	case "use_dpop_nonce":
		return nonceNeeded
	}
	return invalidToken
}
