//go:build !race

package rules

// unlimited is for the race detector alone.
const unlimited = false
