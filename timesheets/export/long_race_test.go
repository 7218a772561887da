//go:build race

package export

// longFile is fewer rows where the race detector slows everything down.
const longFile = 10_000
