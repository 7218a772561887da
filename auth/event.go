package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"
)

// event is one line of the log of what happened at the authorization server. It never holds a secret.
type event struct {
	ID          string `gorm:"primaryKey"` // log_ and a UUIDv7: sorts by time
	At          time.Time
	Type        string // one of eventTypes
	Description string // what happened, in words; of a failure the exact cause
	ClientID    string
	UserID      string
	SessionID   string
	IP          string `gorm:"column:ip"`
	UserAgent   string
	Audience    string
	Scope       string
	RequestID   string
	Details     map[string]any `gorm:"serializer:json"`

	level slog.Level // at which it is told to the server's own log
}

// Bounds of what others may have made long.
const (
	maxEventText    = 512       // bytes
	maxEventStory   = 2048      // bytes of a description or of one detail: rules may have said much
	maxEventDetails = 256 << 10 // bytes of JSON: how a rule was before and is now
)

// aboutKey is where a request keeps what the log will say of it.
const aboutKey = "about"

// about is what is known so far of a request: who sends it, and for whom. Its type is that of a failure, should it come to
// one. Handlers add to it what they learn.
func about(c *gin.Context) *event {
	if known, ok := c.Get(aboutKey); ok {
		return known.(*event)
	}
	e := &event{IP: c.ClientIP(), UserAgent: c.Request.UserAgent(), RequestID: requestID(c)}
	c.Set(aboutKey, e)
	return e
}

// as is an event about the same request.
func (e event) as(kind, description string) event {
	e.Type, e.Description = kind, description
	return e
}

// with adds a detail.
func (e event) with(name string, value any) event {
	more := map[string]any{name: value}
	for had, v := range e.Details {
		if had != name {
			more[had] = v
		}
	}
	e.Details = more
	return e
}

// typed adds the e-mail address that somebody typed. What doesn't look like one may be a password, and is left out.
func (e event) typed(email string) event {
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || len(email) > 254 {
		return e
	}
	return e.with("email", email)
}

// concern notes whose authorization a request is about.
func (e *event) concern(a *authorization) {
	e.UserID, e.SessionID = a.UserID, a.SessionID
}

// record tells the server's log of an event and keeps it, though not yet durably: it is written within half a second, and
// before anybody searches. What must be durable together with a change is for news.record.
func (s *Server) record(ctx context.Context, e event) {
	e = e.dated(s.eventIDs.next(s.now()), s.now())
	s.write(ctx, e)
	s.pending.put(e)
}

// record keeps an event in the write's own transaction: it is there if and only if the change is.
func (n *news) record(e event) error {
	e = e.dated(n.server.eventIDs.hold(n.now), n.now)
	*n.held = append(*n.held, e.ID)
	if err := n.tx.Create(&e).Error; err != nil {
		return fmt.Errorf("keep event %s: %w", e.Type, err)
	}
	n.events = append(n.events, e)
	return nil
}

func (e event) dated(id string, at time.Time) event {
	e.ID, e.At = id, at
	return e.bounded()
}

// bounded is an event that every database takes and no viewer trips over: UTF-8 without control characters, of limited
// length.
func (e event) bounded() event {
	for _, text := range []*string{
		&e.Type, &e.ClientID, &e.UserID, &e.SessionID, &e.IP, &e.UserAgent, &e.Audience, &e.Scope, &e.RequestID,
	} {
		*text = plain(*text, maxEventText)
	}
	e.Description = plain(e.Description, maxEventStory)
	details := make(map[string]any, len(e.Details))
	for name, value := range e.Details {
		if text, ok := value.(string); ok {
			value = plain(text, maxEventStory)
		}
		details[plain(name, maxEventText)] = value
	}
	if text, err := json.Marshal(details); err != nil || len(text) > maxEventDetails {
		details = map[string]any{"left_out": "the details could not be kept, or were too long"}
	}
	e.Details = details
	return e
}

func plain(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(cut(text, most), string(unicode.ReplacementChar)))
	return cut(text, most)
}

// untold are details that the server's own log does without: e-mail addresses, and how things were before and are now, which
// may be long and hold whatever administrators wrote.
var untold = []string{"email", "before", "after"}

// write tells the server's own log.
func (s *Server) write(ctx context.Context, e event) {
	attrs := []slog.Attr{slog.String("type", e.Type), slog.String("description", e.Description)}
	for _, a := range [...][2]string{
		{"client", e.ClientID}, {"user", e.UserID}, {"session", e.SessionID}, {"ip", e.IP}, {"audience", e.Audience},
		{"scope", e.Scope}, {"request_id", e.RequestID},
	} {
		if a[1] != "" {
			attrs = append(attrs, slog.String(a[0], a[1]))
		}
	}
	for _, name := range sortedNames(e.Details) {
		if !slices.Contains(untold, name) {
			attrs = append(attrs, slog.Any(name, e.Details[name]))
		}
	}
	s.log.LogAttrs(ctx, e.level, "event", attrs...)
}

// refused records why a request was refused. Of a network that is refused all the time, the table keeps so many a minute, and
// how many more there were.
func (s *Server) refused(c *gin.Context, e *Error) {
	if e.recorded {
		return
	}
	known := about(c)
	what := known.as(cmp.Or(e.event, known.Type, "refused"), e.Cause()).with("error", e.Code).with("path", c.FullPath())
	if e.Status >= http.StatusInternalServerError {
		what.level = slog.LevelError
	}
	flooded := !e.quiet && s.pace.attempt(rowsPerNetwork, s.now(), "refusals "+networkOf(c.ClientIP())) > 0
	if flooded {
		s.pending.lose()
	}
	if e.quiet || flooded {
		s.write(c, what.bounded())
		return
	}
	s.record(c, what)
}
