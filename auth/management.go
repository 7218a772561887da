package auth

import (
	"fmt"
	"net/http"
	"strings"

	"punchcard/auth/lang"
)

// The management API is for administrators and for the machines that they let administer: applications, APIs, people, roles,
// rules, keys and the log, in the shapes of Auth0's Management API v2, so that its clients work with this server.

// managementScopes is the catalogue of the management API: what may be done (read, create, update, delete) with what.
var managementScopes = func() (list []Scope) {
	for _, thing := range []struct{ name, may string }{
		{"clients", "read create update delete"},
		{"client_keys", "update"},
		{"client_grants", "read create update delete"},
		{"resource_servers", "read create update delete"},
		{"users", "read create update delete"},
		{"roles", "read create update delete"},
		{"role_members", "read create"},
		{"grants", "read delete"},
		{"sessions", "read delete"},
		{"refresh_tokens", "read delete"},
		{"rules", "read create update delete"},
		{"rules_configs", "read update delete"},
		{"signing_keys", "read create update"},
		{"logs", "read"},
		{"user_tickets", "create"},
	} {
		for _, verb := range strings.Fields(thing.may) {
			list = append(list, Worded(verb+":"+thing.name))
		}
	}
	return list
}()

// A Denial is how an administrative call fails, in the words of Auth0's Management API: its errorCode names the cause for
// programs, its message for people.
type Denial struct {
	Status  int
	Code    string // "inexistent_client"; empty: the status says all
	Message lang.Sentence
}

func (d *Denial) Error() string { return fmt.Sprintf("%d %s: %s", d.Status, d.Code, d.Message) }

// denied denies with a status and a code that no function below has.
func denied(status int, code, message string, args ...any) *Denial {
	return &Denial{status, code, lang.Say(message, args...)}
}

// unknown denies what names something that isn't there.
func unknown(code, message string) *Denial { return denied(http.StatusNotFound, code, message) }

// unfit denies a body whose values don't fit.
func unfit(format string, args ...any) *Denial {
	return denied(http.StatusBadRequest, "invalid_body", "Payload validation error: %s", lang.Say(format, args...))
}

// taken denies what would be there twice.
func taken(message string, args ...any) *Denial {
	return denied(http.StatusConflict, "", message, args...)
}

// wrongly is what is wrong with a value, as what follows its name: "must begin with https://".
func wrongly(format string, args ...any) *lang.Sentence { return new(lang.Say(format, args...)) }
