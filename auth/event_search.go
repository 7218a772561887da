package auth

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// EventQuery says which events are looked for. What is empty restricts nothing.
type EventQuery struct {
	From     string // id of the event that was seen last: those after it, the oldest first; empty: the newest first
	Take     int    // 1 to 100; 0: 50
	Skip     int    // how many of the newest to pass over
	Type     []string
	UserID   string
	ClientID string
	IP       string
	Since    time.Time // inclusive
	Until    time.Time // inclusive
	Text     string    // in the description, in upper or lower case

	RequestID string // that error pages and answers name: a UUID of version 7, which tells when that was
}

// Bounds of a search.
const (
	usualEvents   = 50
	maxEvents     = 100
	maxEventTypes = 50

	longestRequest = 10 * time.Minute // after which nothing is recorded of it any more
)

// events searches. An event that was recorded here before is found; what other instances record, within a second, so
// that who reads on from an id should go a second back where there are several. A
// query that can't be is refused with a *Denial.
func (s *Server) events(ctx context.Context, q EventQuery) ([]event, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	before := s.eventIDs.settled(s.now())
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	list := []event{}
	if err := q.find(s.db.Read(ctx), before).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("search events: %w", err)
	}
	return list, nil
}

func (q *EventQuery) check() error {
	if q.Take == 0 {
		q.Take = usualEvents
	}
	switch {
	case q.Take < 1 || q.Take > maxEvents:
		return unsearchable("take must be from 1 to %d", maxEvents)
	case q.From != "" && !isEventID(q.From):
		return unsearchable("from must be the id of an event, such as log_019f0000-0000-7000-8000-000000000000")
	case len(q.Type) > maxEventTypes:
		return unsearchable("at most %d types can be looked for at once", maxEventTypes)
	}
	if id, err := uuid.Parse(q.RequestID); q.RequestID != "" && (err != nil || id.Version() != 7) {
		return unsearchable("request_id must be as pages and answers name it, such as 019f0000-0000-7000-8000-000000000000")
	}
	for _, text := range append([]string{q.UserID, q.ClientID, q.IP, q.Text}, q.Type...) {
		if len(text) > maxEventText || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return unsearchable("what is looked for must be UTF-8 of at most %d bytes", maxEventText)
		}
	}
	return nil
}

func isEventID(text string) bool {
	id, found := strings.CutPrefix(text, eventPrefix)
	parsed, err := uuid.Parse(id)
	return found && err == nil && parsed.String() == id
}

// find starts the query. Who reads on from an id must miss none: what is recorded from before on, and may be written in
// another order, is for the next time.
func (q *EventQuery) find(db *gorm.DB, before string) *gorm.DB {
	db = db.Model(&event{})
	if len(q.Type) > 0 {
		db = db.Where("type IN ?", q.Type)
	}
	for condition, value := range map[string]string{"user_id = ?": q.UserID, "client_id = ?": q.ClientID, "ip = ?": q.IP} {
		if value != "" {
			db = db.Where(condition, value)
		}
	}
	if !q.Since.IsZero() { // ids tell the time to the millisecond, and are in an index
		db = db.Where("id >= ? AND at >= ?", firstEventID(q.Since), q.Since.UTC())
	}
	if !q.Until.IsZero() {
		db = db.Where("id < ? AND at <= ?", firstEventID(q.Until.Add(maxAheadTime)), q.Until.UTC())
	}
	if q.Text != "" {
		quoted := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(q.Text)
		db = db.Where("lower(description) LIKE lower(?) ESCAPE '!'", "%"+quoted+"%")
	}
	if q.RequestID != "" {
		sec, nsec := uuid.MustParse(q.RequestID).Time().UnixTime()
		at := time.Unix(sec, nsec) // ids of events tell the time too: no index of requests is needed
		db = db.Where("id >= ? AND id < ? AND request_id = ?", firstEventID(at.Add(-maxAheadTime)), firstEventID(at.Add(longestRequest)), q.RequestID)
	}
	if q.From != "" {
		return db.Where("id > ? AND id < ?", q.From, before).Order("id").Limit(q.Take)
	}
	return db.Order("id DESC").Offset(q.Skip).Limit(q.Take)
}
