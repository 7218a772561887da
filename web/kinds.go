package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
	"punchcard/timesheets"
)

// What HTTP itself can refuse, beside what package timesheets does.
const (
	malformed        timesheets.Kind = "malformed-request"
	invalidToken     timesheets.Kind = "invalid-token"
	invalidProof     timesheets.Kind = "invalid-dpop-proof"
	nonceNeeded      timesheets.Kind = "use-dpop-nonce"
	staleSignIn      timesheets.Kind = "insufficient-user-authentication"
	methodNotAllowed timesheets.Kind = "method-not-allowed"
	tooLarge         timesheets.Kind = "content-too-large"
	unsupported      timesheets.Kind = "unsupported-media-type"
	rateLimited      timesheets.Kind = "rate-limited"
	unavailable      timesheets.Kind = "unavailable"
	internal         timesheets.Kind = "internal-error"

	notFound             = timesheets.NotFound
	stale                = timesheets.PreconditionFailed
	preconditionRequired = timesheets.PreconditionRequired
	invalid              = timesheets.ValidationFailed
	insufficientScope    = timesheets.InsufficientScope
)

// kind is what all problems of one type have in common.
type kind struct {
	status  int
	title   lang.Sentence
	meaning string // what GET /problems/<type> tells a developer
}

var kinds = map[timesheets.Kind]kind{
	malformed: {http.StatusBadRequest, lang.Say("The request can't be read"),
		"Its syntax is broken: a header, the query string or the JSON. The detail says where."},
	invalidToken: {http.StatusUnauthorized, lang.Say("The access token is missing or not valid"),
		"There was no access token, or it is malformed, expired, revoked or not for this API. Get a new one, by the refresh " +
			"token or by signing in again."},
	insufficientScope: {http.StatusForbidden, lang.Say("The access token doesn't reach this far"),
		"The application was not granted the scope that this needs, or the person may do it no more. WWW-Authenticate names " +
			"the scope."},
	invalidProof: {http.StatusUnauthorized, lang.Say("The DPoP proof is missing or not valid"),
		"A token that is bound to a key comes with one DPoP header: a proof (RFC 9449) for this method and address, made just " +
			"now, with the hash of the token, and not sent before."},
	nonceNeeded: {http.StatusUnauthorized, lang.Say("The DPoP proof needs a nonce"),
		"Make another proof with the nonce that the DPoP-Nonce header gives, and send the request again."},
	staleSignIn: {http.StatusUnauthorized, lang.Say("The person signed in too long ago"),
		"This asks for a fresh sign-in. Send the person to /authorize with the max_age that WWW-Authenticate names, and call " +
			"again with the new token."},
	timesheets.Forbidden: {http.StatusForbidden, lang.Say("This is not for the caller to do"),
		"The token would allow it, but not to this person or application. The detail says who can."},
	timesheets.SelfApproval: {http.StatusForbidden, lang.Say("Nobody approves their own time"),
		"Time is approved by the manager of whoever worked it, and by nobody who edited it last."},
	notFound: {http.StatusNotFound, lang.Say("Nothing is here"),
		"There is no such thing, or it is not the caller's to see."},
	methodNotAllowed: {http.StatusMethodNotAllowed, lang.Say("The method isn't for this path"),
		"The Allow header lists those that are."},
	timesheets.ProjectInUse: {http.StatusConflict, lang.Say("There is time on the project"),
		"A project is deleted only if no time was ever on it. Close it instead, and it takes no more."},
	timesheets.PeriodLocked: {http.StatusConflict, lang.Say("The time is locked"),
		"It was submitted or approved, so it stays as it is. The detail says who can unlock it."},
	timesheets.PeriodClosed: {http.StatusConflict, lang.Say("The time is closed"),
		"It lies before the lock date, as when a payroll has run. The detail says why; an administrator can lift it."},
	timesheets.InvalidTransition: {http.StatusConflict, lang.Say("Not from this state"),
		"What was asked for doesn't follow on the state that the entry is in. allowed_actions lists what does."},
	stale: {http.StatusPreconditionFailed, lang.Say("It has changed since it was read"),
		"If-Match names another revision than there is. Read it again, and change what is there now."},
	timesheets.StaleReview: {http.StatusPreconditionFailed, lang.Say("It has changed since it was reviewed"),
		"If-Match names another revision than there is. Read it again, look at what changed, and decide anew."},
	tooLarge: {http.StatusRequestEntityTooLarge, lang.Say("The body is too large"),
		"The API takes bodies of at most 1 MiB, files of time of at most 16 MiB, the OAuth endpoints and pages of at most 64 KiB."},
	unsupported: {http.StatusUnsupportedMediaType, lang.Say("The body is in a format that isn't read here"),
		"The Accept header lists what is."},
	invalid: {http.StatusUnprocessableEntity, lang.Say("Some values are not valid"),
		"The errors name each of them: a pointer into the JSON body, or a query parameter."},
	timesheets.ProjectClosed: {http.StatusUnprocessableEntity, lang.Say("The project is closed"),
		"A closed project takes no more time. Choose another, or ask an administrator to open it."},
	timesheets.DayLimitExceeded: {http.StatusUnprocessableEntity, lang.Say("A day has 24 hours"),
		"With this entry, the person's day would have more."},
	preconditionRequired: {http.StatusPreconditionRequired, lang.Say("If-Match is missing"),
		"Send the ETag of what was read, so that nobody's change is overwritten unseen."},
	timesheets.Overlap: {http.StatusUnprocessableEntity, lang.Say("There is something else at that time"),
		"Entries with a start and an end, and absences, don't overlap those of the same person. The detail names what is there. " +
			"What only touches is fine."},
	timesheets.IdempotencyMismatch: {http.StatusUnprocessableEntity, lang.Say("The Idempotency-Key was another request's"),
		"Within 24 hours, the same application and person sent another request to the same route under this key. Only the very " +
			"same request is a repetition; make a new key for each other."},
	timesheets.FailedDependency: {http.StatusFailedDependency, lang.Say("Another operation of the batch can't be done"),
		"The batch was to be done as a whole, so none of it was. The other results say why."},
	timesheets.ResyncRequired: {http.StatusGone, lang.Say("The feed begins again"),
		"The caller sees other people's time than when the cursor was answered. Ask without since, and drop what isn't told again."},
	timesheets.AlreadyReminded: {http.StatusTooManyRequests, lang.Say("Somebody reminded them already"),
		"Nobody is reminded of the same period twice in 24 hours, whoever asks for it."},
	rateLimited: {http.StatusTooManyRequests, lang.Say("Too much of it at once"),
		"What reads or writes very much, as files do, runs a few times at once for each person or application, and for everybody " +
			"together. Wait until one has ended."},
	internal: {http.StatusInternalServerError, lang.Say("Something went wrong here"),
		"It is not the request's fault. The administrator finds the cause in the log, under the Request-Id."},
	unavailable: {http.StatusServiceUnavailable, lang.Say("Not at this moment"),
		"The server is stopping, or too busy. Retry-After says in how many seconds to try again."},
}

// explanation tells a developer who follows a problem's type what it means.
func explanation(c *gin.Context) {
	name := timesheets.Kind(c.Param("name"))
	k, ok := kinds[name]
	if !ok {
		fail(c, fault(notFound, "no problem has this name"))
		return
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.String(http.StatusOK, "%s (%d %s)\n\n%s.\n%s\n", name, k.status, http.StatusText(k.status), k.title, k.meaning)
}

// fault is a refusal that tells the caller why, in the manner of fmt.Sprintf.
func fault(kind timesheets.Kind, detail string, args ...any) *timesheets.Fault {
	return &timesheets.Fault{Kind: kind, Detail: lang.Say(detail, args...)}
}
