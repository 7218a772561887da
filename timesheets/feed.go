package timesheets

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// feedWindow is how long after its instant a change can come to be seen: as long as a write takes, and the clocks of instances
// are apart. So long the feed tells what it told already once more rather than miss what came in between.
const feedWindow = 10 * time.Second

// FeedQuery asks for what changed.
type FeedQuery struct {
	Since string `query:"since"`           // Feed.Cursor of before; empty: from the beginning
	Limit int    `query:"limit" least:"1"` // changes, up to 200; 0: 50
}

// Validate says everything that is wrong with the query.
func (q FeedQuery) Validate() error {
	var c check
	c.paging(Paging{Limit: q.Limit})
	return c.fault()
}

// Feed is a part of what changed, in its order. A change may be told more than once; what counts of an entry is its highest
// revision.
type Feed struct {
	Changes []FeedChange `json:"changes"`
	Cursor  string       `json:"cursor"` // what to ask with next, now if there is more, else at any time
	More    bool         `json:"more"`
}

// Turn is where the feed goes on at once; empty: there is no more.
func (f Feed) Turn() (parameter, cursor string) {
	if !f.More {
		return "", ""
	}
	return "since", f.Cursor
}

// FeedChange is an entry as it is now, or that it is deleted.
type FeedChange struct {
	ID        string     `json:"id"`
	Revision  int64      `json:"revision"`
	Deleted   bool       `json:"deleted"`
	DeletedAt *time.Time `json:"deleted_at"`
	Entry     *Entry     `json:"entry"` // nil: it is deleted
}

// feedPlace is how far somebody has read.
type feedPlace struct {
	at     time.Time // of the last change that was told
	id     string
	resume *time.Time // where to go on once there is no more; nil: at this place
}

// Changes tells what changed since a cursor of the time of the people whom the caller sees, deleted entries with the rest.
func (s *Service) Changes(ctx context.Context, by auth.Caller, q FeedQuery) (Feed, error) {
	tx, now, size := s.db.Read(ctx), s.instant(), Paging{Limit: q.Limit}.size()
	sees, err := whomSees(tx, by)
	if err != nil {
		return Feed{}, err
	}
	from, err := s.feedPlace(by, q.Since, sees)
	if err != nil {
		return Feed{}, err
	}
	if from.resume == nil { // what is committed later than this read has no earlier instant
		resume := now.Add(-feedWindow)
		from.resume = &resume
	}
	entries, err := scanEntries(withPeople(ctx, tx, changedAfter(tx, by, from)).Limit(size + 1))
	if err != nil {
		return Feed{}, fmt.Errorf("read changes: %w", err)
	}
	stop := from // the last place that nothing can come before any more
	if from.at.After(*from.resume) {
		stop.at, stop.id = *from.resume, ""
	}
	f := Feed{Changes: make([]FeedChange, 0, len(entries)), More: len(entries) > size}
	for _, e := range entries[:min(len(entries), size)] {
		change := FeedChange{ID: e.ID, Revision: e.Revision, Deleted: e.deletedAt != nil, DeletedAt: e.deletedAt}
		if !change.Deleted {
			shown := e.shownTo(by)
			change.Entry = &shown
		}
		f.Changes = append(f.Changes, change)
		from.at, from.id = e.UpdatedAt, e.ID
		if !e.UpdatedAt.After(*from.resume) {
			stop.at, stop.id = from.at, from.id
		}
	}
	if !f.More {
		from = feedPlace{at: stop.at, id: stop.id}
	}
	f.Cursor = s.feedCursor(by, from, sees)
	return f, nil
}

// changedAfter are the entries that come after a place, in the order in which they changed.
func changedAfter(tx *gorm.DB, by auth.Caller, from feedPlace) *gorm.DB {
	entries := withDeleted(tx, by)
	return entries.Where("(entries.updated_at, entries.id) > (?, ?)", from.at, from.id).Order("entries.updated_at, entries.id")
}

// whomSees are the ids of those whose time the caller sees, in an order; nil: everybody's.
func whomSees(tx *gorm.DB, by auth.Caller) ([]string, error) {
	if seesAll(by) {
		return nil, nil
	}
	ids := []string{}
	if err := reachOf(tx, by).people(auth.People(tx.Statement.Context, tx), personColumn).Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("whom %s sees: %w", by.User, err)
	}
	return ids, nil
}

// A cursor of the feed is good for the people whom its caller saw. When they are others, there would be entries that the feed
// never told of, and such that it won't any more, so it begins again.

func (s *Service) feedCursor(by auth.Caller, p feedPlace, sees []string) string {
	resume := ""
	if p.resume != nil {
		resume = p.resume.Format(time.RFC3339Nano)
	}
	return s.cursor(by, FeedQuery{}, p.at.Format(time.RFC3339Nano), p.id, resume, markOf(sees))
}

func (s *Service) feedPlace(by auth.Caller, cursor string, sees []string) (p feedPlace, err error) {
	if cursor == "" {
		return p, nil
	}
	keys, err := s.place(by, FeedQuery{}, cursor)
	if err != nil || len(keys) != 4 {
		return p, invalid(ValidationFailed, "since", "is not a cursor that was answered here; begin again without it")
	}
	if keys[3] != markOf(sees) {
		return p, fault(ResyncRequired, "you see other people's time than before; begin again without since, "+
			"and drop what you have and aren't told of again")
	}
	if p.at, err = time.Parse(time.RFC3339Nano, keys[0]); err != nil {
		return p, fmt.Errorf("read a cursor of ours: %w", err)
	}
	p.id = keys[1]
	if resume, err := time.Parse(time.RFC3339Nano, keys[2]); err == nil {
		p.resume = &resume
	}
	return p, nil
}

// markOf is short, as it stands in every cursor, and another one when the ids are others. It proves nothing, as digestOf does.
func markOf(ids []string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", ids))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
