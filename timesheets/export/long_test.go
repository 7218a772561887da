//go:build long

package export

// longFile is how many rows a file has that must not take much memory.
const longFile = 100_000
