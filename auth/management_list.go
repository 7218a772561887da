package auth

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// Paging asks for one page of a list of the management API.
type Paging struct {
	Page          int    `query:"page"`           // from 0
	PerPage       *int   `query:"per_page"`       // 1 to 100; 50 if it isn't given
	IncludeTotals bool   `query:"include_totals"` // with start, limit and total around the list
	Fields        string `query:"fields"`         // names of members, with commas between
	IncludeFields *bool  `query:"include_fields"` // false: all members but those
}

// Checkpoint asks for a page from a place in the list on, as an alternative to its number.
type Checkpoint struct {
	Paging
	From string `query:"from"` // next of the page before; empty: the beginning
	Take *int   `query:"take"` // 1 to 100
}

const (
	pageLength   = 50
	longestPage  = 100
	furthestPage = 1_000_000
)

func (p Paging) length() int {
	if p.PerPage == nil {
		return pageLength
	}
	return *p.PerPage
}

func (p Paging) start() int { return p.Page * p.length() }

// Validate keeps pages within bounds.
func (p Paging) Validate() error {
	if p.Page < 0 || p.Page > furthestPage {
		return mistaken("page", "must be 0 to %d", furthestPage)
	}
	return validLength("per_page", p.PerPage)
}

// Validate keeps pages within bounds.
func (c Checkpoint) Validate() error {
	if err := c.Paging.Validate(); err != nil {
		return err
	}
	return validLength("take", c.Take)
}

func validLength(parameter string, n *int) error {
	if n != nil && (*n < 1 || *n > longestPage) {
		return mistaken(parameter, "must be 1 to %d", longestPage)
	}
	return nil
}

// mistaken denies a parameter of the query that has no such value.
func mistaken(parameter, detail string, args ...any) *Denial {
	return unsearchable("'%s' %s", parameter, lang.Say(detail, args...))
}

// unsearchable denies a query.
func unsearchable(format string, args ...any) *Denial {
	return denied(http.StatusBadRequest, "invalid_query_string", "Query validation error: %s", lang.Say(format, args...))
}

// List is a page of a list of the management API: the bare array; with totals, {start, limit, length, total, <name>: […]};
// from a checkpoint, {<name>: […], next}.
type List[T any] struct {
	name   string
	items  []T
	total  int64
	next   string // from where the next page goes on; empty on the last
	taken  bool   // from a checkpoint
	paging Paging
}

// pageOf reads one page of what a query finds, in the query's order, and how many there are in all.
func pageOf[T, R any](query *gorm.DB, name string, p Paging, show func(R) T) (List[T], error) {
	list := List[T]{name: name, items: []T{}, paging: p}
	var rows []R
	err := query.Session(&gorm.Session{}).Count(&list.total).Error
	if err == nil {
		err = query.Session(&gorm.Session{}).Offset(p.start()).Limit(p.length()).Find(&rows).Error
	}
	if err != nil {
		return list, fmt.Errorf("read a page of %s: %w", name, err)
	}
	for _, row := range rows {
		list.items = append(list.items, show(row))
	}
	return list, nil
}

// listOf is one page of items that are all at hand, each with a key by which a checkpoint names it. From a checkpoint that is
// gone nothing goes on: to begin anew would never end.
func listOf[T any](all []T, name string, c Checkpoint, key func(T) string) (List[T], error) {
	list := List[T]{name: name, total: int64(len(all)), paging: c.Paging, taken: c.Take != nil || c.From != ""}
	from, length := c.start(), c.length()
	if list.taken {
		length = cmp.Or(deref(c.Take), pageLength)
		from = 1 + slices.IndexFunc(all, func(item T) bool { return key(item) == c.From })
	}
	if c.From != "" && from == 0 {
		return list, mistaken("from", "must be next of the page before, which nothing is any more: begin anew")
	}
	from = min(from, len(all))
	list.items = all[from:min(from+length, len(all))]
	if from+length < len(all) {
		list.next = key(all[from+length-1])
	}
	return list, nil
}

// MarshalJSON writes the page as it was asked for.
func (l List[T]) MarshalJSON() ([]byte, error) {
	items, err := l.paging.pick(append([]T{}, l.items...))
	switch {
	case err != nil:
		return nil, err
	case l.taken && l.next != "":
		return json.Marshal(map[string]any{l.name: json.RawMessage(items), "next": l.next})
	case l.taken:
		return json.Marshal(map[string]any{l.name: json.RawMessage(items)})
	case l.paging.IncludeTotals:
		return json.Marshal(map[string]any{
			"start": l.paging.start(), "limit": l.paging.length(), "length": len(l.items), "total": l.total, l.name: json.RawMessage(items),
		})
	}
	return items, nil
}

// pick writes items with the members that were asked for.
func (p Paging) pick(items any) ([]byte, error) {
	written, err := json.Marshal(items)
	if err != nil || p.Fields == "" {
		return written, err
	}
	var whole []map[string]json.RawMessage
	if err := json.Unmarshal(written, &whole); err != nil {
		return nil, fmt.Errorf("pick fields: %w", err)
	}
	named, keep := scopes(strings.Split(p.Fields, ",")), p.IncludeFields == nil || *p.IncludeFields
	for _, item := range whole {
		for name := range item {
			if named.has(name) != keep {
				delete(item, name)
			}
		}
	}
	return json.Marshal(whole)
}
