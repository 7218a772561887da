//go:build !linux

package rules

import (
	"os"
	"syscall"
)

func self() (string, error) { return os.Executable() }

func attributes() *syscall.SysProcAttr { return nil }

func confine(int64) error { return nil }

func resident(int) int64 { return 0 }
