// Package storetest gives each test a database of its own: empty, migrated, and gone when the test is over.
//
// It is SQLite, in the test's folder, or PostgreSQL where PUNCHCARD_TEST_POSTGRES is the URL of a server whose user may
// make databases. Either is copied from one that is migrated once.
package storetest
