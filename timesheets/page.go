package timesheets

import (
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Next  string // the cursor of the next page; empty on the last
	Total *int   // items of the whole list; nil unless it was asked for
}

// Paging is how a caller leafs through a list.
type Paging struct {
	Cursor string `query:"cursor"`          // Page.Next of the page before; empty: the first page
	Limit  int    `query:"limit" least:"1"` // items of a page, up to 200; 0: 50
	Count  bool   `query:"count"`           // tell Page.Total, which costs what the list is long
}

// How many items a page has.
const (
	pageDefault = 50
	pageMost    = 200
)

func (c *check) paging(p Paging) {
	c.that(0 <= p.Limit && p.Limit <= pageMost, "limit", "must be between 1 and %d", pageMost)
}

func (p Paging) size() int {
	if p.Limit < 1 {
		return pageDefault
	}
	return min(p.Limit, pageMost)
}

// list is a list that is read page by page. Its order is total, and an index of the same order finds any place in it
// at once; so a page costs the same wherever it is, and rows that come and go meanwhile move no others.
type list[T any] struct {
	all   *gorm.DB // whatever is on it
	order string   // "date DESC, id DESC"
	after string   // "(date, id) < (?, ?)"
	read  func(rows *gorm.DB) ([]T, error)
	keys  func(T) []string // of the order, as after takes them

	sorted string // the column of the day, if the rows are of several people: no index has their order (see lately)
	until  string // the last day of the list; empty: there is none
}

// rows is one row more than fits the page, which tells whether there is another.
func (l list[T]) rows(place []string, size int) *gorm.DB {
	rows := l.all.Order(l.order).Limit(size + 1)
	if place != nil {
		keys := make([]any, len(place))
		for i := range place {
			keys[i] = place[i]
		}
		rows = rows.Where(l.after, keys...)
	}
	return rows
}

// lately is within how many days before its place a page of several people's rows is looked for, one after the other. What
// is found is sorted, so without that each page would cost all that these people ever had.
var lately = []int{7, 4 * 7, 16 * 7, 64 * 7}

// page is one row more than fits the page, if there are so many.
func (l list[T]) page(place []string, size int, today func() string) ([]T, error) {
	var latest string
	switch {
	case l.sorted == "":
		return l.read(l.rows(place, size))
	case place != nil:
		latest = place[0]
	case l.until != "":
		latest = min(today(), l.until)
	default:
		latest = today()
	}
	for _, days := range lately {
		items, err := l.read(l.rows(place, size).Where(l.sorted+" >= ?", dayAfter(latest, -days)))
		if err != nil || len(items) > size {
			return items, err
		}
	}
	return l.read(l.rows(place, size))
}

// turn reads the page that the caller asks for. filters is the query without its Paging.
func turn[T any](s *Service, by auth.Caller, filters any, p Paging, l list[T]) (Page[T], error) {
	place, err := s.place(by, filters, p.Cursor)
	if err != nil {
		return Page[T]{}, err
	}
	items, err := l.page(place, p.size(), s.latestDay)
	if err != nil {
		return Page[T]{}, fmt.Errorf("read page: %w", err)
	}
	page := Page[T]{Items: items}
	if len(items) > p.size() {
		page.Items = items[:p.size()]
		page.Next = s.cursor(by, filters, l.keys(items[p.size()-1])...)
	}
	if p.Count {
		page.Total, err = count(l.all)
	}
	return page, err
}

func count(all *gorm.DB) (*int, error) {
	var n int64
	if err := all.Count(&n).Error; err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	total := int(n)
	return &total, nil
}
