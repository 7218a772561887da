package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// maxPrepared is how many statements may stay prepared. The program's own text has fewer; lists of any length make more.
const maxPrepared = 500

// conn is the connection that writes, and the transaction that is open on it. Its statements stay prepared from one
// transaction to the next; database/sql and gorm by themselves would prepare them anew in each.
type conn struct {
	*sql.Conn
	prepared map[string]*sql.Stmt
	lost     error // why the transaction can't be committed, if so; nothing more is done in it then
}

func (c *conn) begin() {
	c.do("BEGIN IMMEDIATE")
}

// savepoint is where one write begins in the transaction of many.
func (c *conn) savepoint() {
	c.do("SAVEPOINT punchcard_write")
}

// settle keeps what was written since the savepoint or, after an error, takes it back. That fails, and the transaction is
// lost, if SQLite has rolled back all of it, as it may when the disk is full or broken.
func (c *conn) settle(why error) {
	if why != nil {
		c.do("ROLLBACK TO punchcard_write")
		var s sqlite3.Error
		if c.lost != nil && errors.As(why, &s) {
			c.lost = fmt.Errorf("%w: %w", errLost, s) // and no other error, which may be meant for one caller alone
		}
	}
	c.do("RELEASE punchcard_write")
}

// commit makes the transaction durable, or ends it and says why it couldn't.
func (c *conn) commit() error {
	c.do("COMMIT")
	lost := c.lost
	if lost != nil {
		c.forget() // one that was left half-way would stop the next transaction, too
		c.lost = nil
		c.do("ROLLBACK")
		c.lost = nil // it fails where SQLite has rolled back by itself, and any other trouble returns at the next begin
	}
	if len(c.prepared) > maxPrepared { // only now, since rows may be read in a transaction
		c.forget()
	}
	return lost
}

// forget closes the prepared statements, which database/sql leaves to who has prepared them.
func (c *conn) forget() {
	for _, s := range c.prepared {
		s.Close()
	}
	clear(c.prepared)
}

// do runs a statement that steers the transaction, unless that is lost.
func (c *conn) do(query string) {
	if c.lost != nil {
		return
	}
	s, err := c.prepare(context.Background(), query)
	if err == nil {
		_, err = s.Exec()
	}
	if err != nil {
		c.lost = fmt.Errorf("%w: %s: %w", errLost, query, err)
	}
}

func (c *conn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.prepared[query]; ok {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err == nil {
		c.prepared[query] = s
	}
	return s, err
}

// begun tells whether SQLite has a transaction open.
func (c *conn) begun() (open bool) {
	err := c.Raw(func(driverConn any) error {
		open = !driverConn.(*sqlite3.SQLiteConn).AutoCommit()
		return nil
	})
	return open && err == nil
}
