//go:build !linux

package storetest

// memory is empty: files are where the test's other files are.
func memory() string { return "" }
