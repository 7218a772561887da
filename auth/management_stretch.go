package auth

import (
	"cmp"
	"fmt"

	"gorm.io/gorm"
)

// Stretch asks for a part of a list that is read only from a place on.
type Stretch struct {
	From string `query:"from"` // next of the part before; empty: the beginning
	Take *int   `query:"take"` // 1 to 100; 50 if it isn't given

	IncludeTotals bool `query:"include_totals"` // which clients send by habit: nobody counts what is read from a place on
}

// Validate keeps it within bounds.
func (s Stretch) Validate() error { return validLength("take", s.Take) }

// takeOf reads what a query, which is in the order of the key, finds from a place on: {<name>: […], next}.
func takeOf[T, R any](query *gorm.DB, name, key string, part Stretch, show func(R) T, id func(T) string) (List[T], error) {
	list, length := List[T]{name: name, items: []T{}, taken: true}, cmp.Or(deref(part.Take), pageLength)
	if part.From != "" {
		query = query.Where(key+" > ?", part.From)
	}
	var rows []R
	if err := query.Limit(length + 1).Find(&rows).Error; err != nil {
		return list, fmt.Errorf("read a part of %s: %w", name, err)
	}
	for _, row := range rows[:min(length, len(rows))] {
		list.items = append(list.items, show(row))
	}
	if len(rows) > length {
		list.next = id(list.items[length-1])
	}
	return list, nil
}
