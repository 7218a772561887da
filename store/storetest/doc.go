// Package storetest gives each test a database of its own: empty, migrated, and gone when the test is over.
//
// It is SQLite, in memory where the system has a folder that is (else on the disk), or PostgreSQL where
// PUNCHCARD_TEST_POSTGRES is the URL of a server whose user may make databases. Either is copied from one that is
// migrated once.
package storetest
