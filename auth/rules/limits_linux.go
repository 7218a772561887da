package rules

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// self is this very program, also when its file was replaced since by another version.
func self() (string, error) { return "/proc/self/exe", nil }

// attributes let the process die with the server, however that dies.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// headroom is what the address space may grow by beyond the memory: Go reserves more than it uses.
const headroom = 192 << 20 // bytes

// confine limits this process: it can take little more memory, open nothing, write no file and leave no core.
func confine(memory int64) error {
	closeInherited()
	space, err := statm(os.Getpid(), 0)
	if err != nil {
		return err
	}
	most := uint64(space + memory + headroom)
	for resource, limit := range map[int]uint64{
		syscall.RLIMIT_AS: most, syscall.RLIMIT_FSIZE: 0, syscall.RLIMIT_CORE: 0, syscall.RLIMIT_NOFILE: 16,
	} {
		if unlimited && resource == syscall.RLIMIT_AS {
			continue
		}
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return fmt.Errorf("limit the rules process: %w", err)
		}
	}
	return nil
}

// closeInherited closes what came from the server besides the three pipes: a socket that a supervisor left open in it, say.
// What this process opened itself, for its timers, is marked to be closed at an exec, and so nothing of it survived one.
func closeInherited() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, entry := range entries {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil || fd <= 2 {
			continue
		}
		flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
		if errno == 0 && flags&syscall.FD_CLOEXEC == 0 {
			syscall.Close(fd)
		}
	}
}

// resident is the memory in bytes that a process takes; 0 if it can't be told.
func resident(pid int) int64 {
	n, err := statm(pid, 1)
	if err != nil {
		return 0
	}
	return n
}

// statm is a field of /proc/PID/statm in bytes: 0 is the address space, 1 what of it is resident.
func statm(pid, field int) (int64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) <= field {
		return 0, fmt.Errorf("/proc/%d/statm is not as it was known to be", pid)
	}
	pages, err := strconv.ParseInt(fields[field], 10, 64)
	return pages * int64(os.Getpagesize()), err
}
