package auth

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"gorm.io/gorm"
)

// Paging asks for one page of a list of the management API.
type Paging struct {
	Page          int    `query:"page"`           // from 0
	PerPage       *int   `query:"per_page"`       // 1 to 100; 50 if it isn't given
	IncludeTotals bool   `query:"include_totals"` // with start, limit and total around the list
	Fields        string `query:"fields"`         // names of members, with commas between
	IncludeFields *bool  `query:"include_fields"` // false: all members but those
}

const (
	pageLength   = 50
	longestPage  = 100
	furthestItem = 1_000_000
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
	switch {
	case p.PerPage != nil && (*p.PerPage < 1 || *p.PerPage > longestPage):
		return &Denial{http.StatusBadRequest, "invalid_query_string", fmt.Sprintf("Query validation error: 'per_page' must be 1 to %d", longestPage)}
	case p.Page < 0 || p.Page > furthestItem:
		return &Denial{http.StatusBadRequest, "invalid_paging", fmt.Sprintf("Query validation error: 'page' must be 0 to %d", furthestItem)}
	}
	return nil
}

// List is a page of a list of the management API: the bare array, or {start, limit, total, <name>: […]} with totals.
type List[T any] struct {
	name   string
	items  []T
	total  int64
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

// MarshalJSON writes the page as it was asked for.
func (l List[T]) MarshalJSON() ([]byte, error) {
	items, err := l.paging.pick(l.items)
	if err != nil || !l.paging.IncludeTotals {
		return items, err
	}
	return json.Marshal(map[string]any{
		"start": l.paging.start(), "limit": l.paging.length(), "length": len(l.items), "total": l.total, l.name: json.RawMessage(items),
	})
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
