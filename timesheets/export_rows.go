package timesheets

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/timesheets/export"
)

// extract is one reading of entries, piece by piece: between two pieces it holds nothing of the database, however long the
// one who receives them takes.
type extract struct {
	ctx   context.Context
	s     *Service
	by    auth.Caller
	names names
	seen  map[uuid.UUID]struct{} // ids of entries that were read

	most   int // entries
	sheets int // persons' periods in a PDF
}

func (s *Service) extract(ctx context.Context, by auth.Caller) *extract {
	return &extract{
		ctx: ctx, s: s, by: by, names: names{map[string]Person{}, map[string]Project{}}, seen: map[uuid.UUID]struct{}{},
		most: exportMost, sheets: sheetsMost,
	}
}

// pieceSize is how many entries are read at once.
const pieceSize = 500

func (x *extract) writeRows(q EntryQuery, w export.Writer) error {
	queries, err := x.queries(q)
	if err != nil {
		return err
	}
	for _, q := range queries {
		if err := x.each(q, latestFirst, w.Row); err != nil {
			return err
		}
	}
	return w.Close()
}

// queries are those that together have what q has, and each of which is read along an index.
func (x *extract) queries(q EntryQuery) ([]EntryQuery, error) {
	if q.UserID != "" || seesAll(x.by) {
		return []EntryQuery{q}, nil
	}
	tx := x.s.db.Read(x.ctx)
	var people []string
	err := auth.People(x.ctx, tx).Where("manager_id = ? OR id = ?", x.by.User, x.by.User).Order("name, id").Pluck("id", &people).Error
	if err != nil {
		return nil, fmt.Errorf("whom %s manages: %w", x.by.User, err)
	}
	queries := make([]EntryQuery, len(people))
	for i, id := range people {
		queries[i] = q
		queries[i].UserID = id
	}
	return queries, nil
}

// each does something to every entry that the query leaves and that wasn't read before.
func (x *extract) each(q EntryQuery, order order, do func(export.Row) error) error {
	for place := []string(nil); ; {
		l, err := x.list(&q, order, place)
		if err != nil {
			return err
		}
		entries, err := l.read(l.rows(place, pieceSize-1))
		if err != nil {
			return fmt.Errorf("read entries: %w", err)
		}
		if err := x.names.learn(x.s.db.Read(x.ctx), entries); err != nil {
			return err
		}
		for _, e := range entries {
			if err := x.once(e, do); err != nil {
				return err
			}
		}
		if len(entries) < pieceSize {
			return nil
		}
		place = l.keys(entries[len(entries)-1])
	}
}

// order is in which a file has its entries.
type order bool

const (
	latestFirst order = false
	firstFirst  order = true
)

// list is what is left of the query after a place. Its days are narrowed to that as well, since SQLite finds the beginning by
// the days where both are given.
func (x *extract) list(q *EntryQuery, order order, place []string) (list[Entry], error) {
	if place != nil && order == latestFirst {
		q.To = place[0]
	} else if place != nil {
		q.From = place[0]
	}
	l, err := entryList(x.ctx, x.s.db.Read(x.ctx), x.by, *q)
	if order == firstFirst {
		l.order, l.after = "entries.date, entries.id", "(entries.date, entries.id) > (?, ?)"
	}
	return l, err
}

// once does it, unless it was done to the entry when that was on another day.
func (x *extract) once(e Entry, do func(export.Row) error) error {
	id, err := uuid.Parse(e.ID)
	if err != nil {
		return fmt.Errorf("read entry %s: %w", e.ID, err)
	}
	if _, again := x.seen[id]; again {
		return nil
	}
	x.seen[id] = struct{}{}
	return do(x.names.row(e))
}

// fits refuses what would be more than a file holds, before anything of it is written.
func (x *extract) fits(tx *gorm.DB, q EntryQuery) error {
	var entries int64
	some := q.filter(visibleEntries(tx, x.by)).Select("1").Limit(x.most + 1)
	if err := tx.Table("(?) AS matching", some).Count(&entries).Error; err != nil {
		return fmt.Errorf("count entries: %w", err)
	}
	if entries > int64(x.most) {
		return invalid(ValidationFailed, "from", "leaves more than %d entries, which is the most that a file holds: choose days by from and to",
			x.most)
	}
	return nil
}
