package timesheets

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// How far back tags are looked for.
const (
	tagDays    = 90
	tagEntries = 1000 // the latest
)

// Tag is one that is in use, as a suggestion.
type Tag struct {
	Name    string `json:"name"`
	Entries int    `json:"entries"` // that have it, of those that were looked through
}

// TagQuery asks for the tags that are used most.
type TagQuery struct {
	Q     string `query:"q"`     // part of the tag, in upper or lower case
	Limit int    `query:"limit"` // up to 200; 0: 50
}

// Validate says everything that is wrong with the query.
func (q TagQuery) Validate() error {
	var c check
	c.line(q.Q, "q", searchLimit)
	c.paging(Paging{Limit: q.Limit})
	return c.fault()
}

// Tags lists the tags of the latest entries that the caller may see, those of most entries first. That is one page: what
// one would choose a tag from.
func (s *Service) Tags(ctx context.Context, by auth.Caller, q TagQuery) (Page[Tag], error) {
	entries, err := s.taggedEntries(ctx, by)
	if err != nil {
		return Page[Tag]{}, err
	}
	var lists []Words
	if err := entries.Pluck("entries.tags", &lists).Error; err != nil {
		return Page[Tag]{}, fmt.Errorf("read tags: %w", err)
	}
	uses, part := map[string]int{}, strings.ToLower(q.Q)
	for _, tags := range lists {
		for _, tag := range tags {
			if strings.Contains(strings.ToLower(tag), part) {
				uses[tag]++
			}
		}
	}
	tags := make([]Tag, 0, len(uses))
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		tags = append(tags, Tag{name, uses[name]})
	}
	slices.SortStableFunc(tags, func(a, b Tag) int { return cmp.Compare(b.Entries, a.Entries) })
	return Page[Tag]{Items: tags[:min(len(tags), Paging{Limit: q.Limit}.size())]}, nil
}

// taggedEntries are the entries that tags are looked for in, by the same indexes as lists of entries.
func (s *Service) taggedEntries(ctx context.Context, by auth.Caller) (*gorm.DB, error) {
	since := s.now().UTC().Add(-tagDays * 24 * time.Hour).Format(time.DateOnly)
	l, err := entryList(ctx, s.db.Read(ctx), by, EntryQuery{From: since})
	if err != nil {
		return nil, err
	}
	return l.all.Order(l.order).Limit(tagEntries), nil
}
