package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// LogLine is one event of the log as administrators see it.
type LogLine struct {
	ID          string         `json:"log_id"` // log_…: sorts by time
	SameID      string         `json:"_id"`
	Date        time.Time      `json:"date"`
	Type        string         `json:"type"`
	Meaning     string         `json:"type_description"`
	Description string         `json:"description"`
	ClientID    string         `json:"client_id,omitempty"`
	ClientName  string         `json:"client_name,omitempty"`
	UserID      string         `json:"user_id,omitempty"`
	SessionID   string         `json:"session_id,omitempty"`
	IP          string         `json:"ip,omitempty"`
	UserAgent   string         `json:"user_agent,omitempty"`
	Audience    string         `json:"audience,omitempty"`
	Scope       string         `json:"scope,omitempty"`
	RequestID   string         `json:"request_id,omitempty"`
	Details     map[string]any `json:"details,omitempty"`
}

func (p *policy) line(e event) LogLine {
	l := LogLine{
		ID: e.ID, SameID: e.ID, Date: e.At, Type: e.Type, Meaning: eventTypes[e.Type], Description: e.Description, ClientID: e.ClientID,
		UserID: e.UserID, SessionID: e.SessionID, IP: e.IP, UserAgent: e.UserAgent, Audience: e.Audience, Scope: e.Scope,
		RequestID: e.RequestID, Details: e.Details,
	}
	if client := p.clients[e.ClientID]; client != nil {
		l.ClientName = client.Name
	}
	return l
}

// LogQuery asks for events: the newest first, or, from one that was seen, those after it in their order.
type LogQuery struct {
	Checkpoint
	Q      string `query:"q"`      // type:fp AND user_id:"usr_…" AND date:[2026-11-01 TO 2026-11-30]
	Search string `query:"search"` // the same by its older name
	Sort   string `query:"sort"`   // date:-1, which it is anyway
}

// furthestLog is how far back pages by number go: there are more of them than anybody turns.
const furthestLog = 10_000

// Validate says what is wrong with it.
func (q LogQuery) Validate() error {
	switch {
	case q.Sort != "" && q.Sort != "date:-1":
		return mistaken("sort", "must be date:-1")
	case q.start()+q.length() > furthestLog:
		return mistaken("page", "goes no further than %d events: go on by from and take, or narrow the search", furthestLog)
	}
	return q.Checkpoint.Validate()
}

// search is the query in terms of events.
func (q LogQuery) search() (EventQuery, error) {
	text := q.Q
	if text == "" {
		text = q.Search
	}
	search, err := parseEventSearch(text)
	if q.From != "" || q.Take != nil {
		search.From, search.Take = q.From, deref(q.Take)
		return search, err
	}
	search.Skip, search.Take = q.start(), q.length()
	return search, err
}

// Logs searches the log: GET /api/v2/logs.
func (s *Server) Logs(ctx context.Context, _ Caller, q LogQuery) (List[LogLine], error) {
	search, err := q.search()
	if err != nil {
		return List[LogLine]{}, err
	}
	return s.logs(ctx, search, q.Checkpoint)
}

func (s *Server) logs(ctx context.Context, search EventQuery, c Checkpoint) (List[LogLine], error) {
	list := List[LogLine]{name: "logs", items: []LogLine{}, paging: c.Paging}
	found, err := s.events(ctx, search)
	if err != nil {
		return list, err
	}
	if c.IncludeTotals && c.Take == nil && c.From == "" {
		if list.total, err = s.countEvents(ctx, search); err != nil {
			return list, err
		}
	}
	list.paging.IncludeTotals = list.paging.IncludeTotals && c.Take == nil && c.From == ""
	p := s.policy.Load()
	for _, e := range found {
		list.items = append(list.items, p.line(e))
	}
	return list, nil
}

// countEvents is how many there are, of those to which pages go.
func (s *Server) countEvents(ctx context.Context, q EventQuery) (total int64, err error) {
	q.Skip, q.Take = 0, furthestLog
	db := s.db.Read(ctx)
	err = db.Table("(?) AS found", q.find(db, "").Select("id")).Count(&total).Error
	if err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	return total, nil
}

// LogRef names an event.
type LogRef struct {
	ID string `path:"id"`
}

// Log shows one event: GET /api/v2/logs/{id}.
func (s *Server) Log(ctx context.Context, _ Caller, ref LogRef) (LogLine, error) {
	if err := s.flush(ctx); err != nil {
		return LogLine{}, err
	}
	var e event
	err := s.db.Read(ctx).Where("id = ?", ref.ID).Take(&e).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return LogLine{}, unknown("inexistent_log", "The log event does not exist.")
	}
	if err != nil {
		return LogLine{}, fmt.Errorf("read event: %w", err)
	}
	return s.policy.Load().line(e), nil
}
