package web

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// access is who may use a route.
type access struct {
	scope   string // an access token's
	other   string // one that will do as well; empty: none
	api     string // whom the token must be for; empty: any API of ours
	recent  bool   // the person must have signed in a short time ago
	session bool   // by cookie
}

// anyone may use a page or an endpoint that needs no access token, or that checks who asks by itself.
var anyone = access{}

// signedIn is for the pages of those who signed in to this server in this browser; anybody else is taken to the sign-in
// page. Every form comes from a page of that same session.
var signedIn = access{session: true}

// scope lets those in whose access token holds it, as the application and the person stand at this moment.
func scope(name string) access { return access{scope: name, api: auth.Timesheets} }

// identity lets those in whose access token speaks of who signed in, whichever API it is for besides.
var identity = access{scope: "openid"}

// manage lets those in whose access token for the management API holds the scope.
func manage(name string) access { return access{scope: name, api: auth.Management} }

// or lets those in as well whose token holds another scope: what they may do then is for the operation to say.
func (a access) or(name string) access {
	a.other = name
	return a
}

// scopes are those that each let one in.
func (a access) scopes() []string {
	if a.other == "" {
		return []string{a.scope}
	}
	return []string{a.scope, a.other}
}

// fresh asks for a sign-in that is no older than an administrator said (RFC 9470).
func (a access) fresh() access {
	a.recent = true
	return a
}

// What the guard leaves for whoever answers.
const (
	callerKey   = "caller"
	metadataKey = "resource_metadata" // tells where a client learns how to get a token, for the challenge
)

// caller is who the guard let in.
func caller(c *gin.Context) auth.Caller {
	by, _ := c.Get(callerKey)
	return by.(auth.Caller)
}

// guard lets a request through that carries an access token with the scope, by itself (RFC 6750) or with the proof of the
// key that it is bound to (RFC 9449), and answers any other with the challenge of their §3 and §7.1 beside the problem.
func guard(a *auth.Server, needed access) gin.HandlerFunc {
	metadata := func() string { return a.ResourceMetadata(cmp.Or(needed.api, auth.Timesheets)) }
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-store")
		c.Header("Pragma", "no-cache")
		c.Writer.Header().Add("Vary", "Authorization")
		c.Set(metadataKey, metadata)
		sent, err := credentials(c.Request)
		if err != nil {
			challenge(c, "invalid_request", err.Error())
			fail(c, fault(malformed, "%s", err))
			return
		}
		if sent.scheme == "" {
			challenge(c, "", "")
			fail(c, fault(invalidToken, "this needs an access token: send Authorization: Bearer and the token"))
			return
		}
		by, err := verify(c, a, needed.api, sent)
		if err != nil {
			fail(c, fmt.Errorf("verify access token: %w", err))
			return
		}
		by.Address, by.UserAgent, by.RequestID = c.ClientIP(), c.Request.UserAgent(), requestID(c)
		by.Language = lang.Of(c.Request).Tag
		c.Set(callerKey, by)
		if needed.scope != "" && !by.May(needed.scope) && !(needed.other != "" && by.May(needed.other)) {
			refused := fault(insufficientScope, "this needs the scope %s", strings.Join(needed.scopes(), " or "))
			challenge(c, "insufficient_scope", refused.Detail.String(), "scope", strings.Join(needed.scopes(), " "))
			fail(c, refused)
			return
		}
		if maxAge, fresh := a.Fresh(by); needed.recent && !fresh {
			refused := fault(staleSignIn, "this needs a sign-in of the last %d seconds: ask for it at /authorize with max_age=%[1]d", maxAge)
			challenge(c, "insufficient_user_authentication", refused.Detail.String(), "max_age", strconv.Itoa(maxAge))
			fail(c, refused)
		}
	}
}

// hide keeps from those without an access token what there is below the paths of the API, and by which methods: they are told
// of the token that is missing before anything else.
func hide(a *auth.Server, routes []route) gin.HandlerFunc {
	guarded, anyToken := map[string]bool{}, guard(a, access{})
	for _, r := range routes {
		if r.access.scope != "" {
			guarded[firstSegment(r.path)] = true
		}
	}
	return func(c *gin.Context) {
		if !guarded[firstSegment(c.Request.URL.Path)] {
			return
		}
		anyToken(c)
		if c.IsAborted() {
			c.Writer.Header().Del("Allow")
		}
	}
}

func verify(c *gin.Context, a *auth.Server, api string, sent presented) (auth.Caller, error) {
	if !wellFormed(sent.token) {
		return auth.Caller{}, &auth.Error{Code: "invalid_token", Description: "The access token is malformed"}
	}
	if sent.scheme == bearerScheme {
		return a.Verify(c.Request.Context(), sent.token, api)
	}
	r := c.Request
	c.Header("DPoP-Nonce", a.DPoPNonce())
	return a.VerifyProven(r.Context(), sent.token, api, auth.Proof{Given: r.Header.Values("DPoP"), Method: r.Method, Path: r.URL.Path})
}
