// Package store opens the database, brings its schema up to date, reads from it, and writes to it durably.
//
// Two engines stand behind one small face. SQLite is the default: a file beside the program, with one connection that
// writes and a few that read. Writes that wait at the same time are committed together, so durability costs one flush of
// the disk for all of them. On PostgreSQL each write is a serializable transaction, run again when it meets another.
// On both, what a write reads still holds when it commits, and Write returns when its rows are durable or none are kept.
//
// It knows no table: the packages above own their rows and queries, and the schema is in migrations, in SQL that both
// engines take. It knows neither people nor HTTP.
package store
