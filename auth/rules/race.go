//go:build race

package rules

// unlimited: the race detector takes address space for its own books, by the terabyte.
const unlimited = true
