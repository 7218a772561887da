// Package mailtest is a mail server for tests: it keeps what it is sent, and refuses what it is told to.
package mailtest
