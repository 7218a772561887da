package timesheets

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"punchcard/store"
)

// database is where time is kept. What an operation writes can be a part of a larger write, as with the operations of a batch,
// an answer that is kept, and what is only tried; operations needn't know of it. So it is the context that tells, and nothing
// but this file looks.
type database struct{ store *store.DB }

type (
	openWrite struct{} // the key of the write that is under way: its tx
	rehearsal struct{} // the key of whether it is to be taken back
	committal struct{} // the key, with its tx, of what is to be done once it is kept
)

// errRehearsed takes back what was only to be tried.
var errRehearsed = errors.New("only a rehearsal")

// Rehearse has whatever is done with the context done, answered and taken back.
func Rehearse(ctx context.Context) context.Context { return context.WithValue(ctx, rehearsal{}, true) }

// Rehearses reports whether that is so.
func Rehearses(ctx context.Context) bool { return ctx.Value(rehearsal{}) == true }

// within makes what is written with the context a part of the write that tx is. That write alone is taken back if it is a
// rehearsal: what comes later in it builds on what came before.
func within(ctx context.Context, tx *gorm.DB) context.Context {
	return context.WithValue(context.WithValue(ctx, rehearsal{}, false), openWrite{}, tx)
}

// Read starts a query.
func (d database) Read(ctx context.Context) *gorm.DB {
	if tx, ok := ctx.Value(openWrite{}).(*gorm.DB); ok {
		return tx.Session(&gorm.Session{NewDB: true})
	}
	return d.store.Read(ctx)
}

// Write runs fn as store.DB.Write does. Within another write it is a savepoint: after an error, nothing of fn is left of it,
// and the rest of that write can go on.
func (d database) Write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	write := d.writeAll
	if tx, ok := ctx.Value(openWrite{}).(*gorm.DB); ok {
		write = func(_ context.Context, fn func(tx *gorm.DB) error) error { return tx.Transaction(fn) }
	}
	err := write(ctx, func(tx *gorm.DB) error {
		err := fn(tx)
		if err == nil && Rehearses(ctx) {
			return errRehearsed
		}
		return err
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// writeAll runs fn in a write of its own, and does what waits for that to be kept.
func (d database) writeAll(ctx context.Context, fn func(tx *gorm.DB) error) error {
	var after []func()
	err := d.store.Write(ctx, func(tx *gorm.DB) error {
		after = nil // of another run
		carrying := context.WithValue(tx.Statement.Context, committal{}, &after)
		return fn(tx.Session(&gorm.Session{NewDB: true, Context: carrying}))
	})
	if err == nil {
		for _, do := range after {
			do()
		}
	}
	return err
}

// committed has something done once the write that tx is a part of is kept, the whole of it: nothing that is read before
// knows of it.
func committed(tx *gorm.DB, do func()) {
	after := tx.Statement.Context.Value(committal{}).(*[]func())
	*after = append(*after, do)
}
