//go:build !long

package export

// longFile is fewer rows, for a run that somebody waits for: each format is written whole. That memory doesn't grow with
// the file is proven with the tag long.
const longFile = 10_000
