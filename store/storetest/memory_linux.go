package storetest

import "syscall"

// memory is a folder of which nothing is on a disk, where tests don't wait for one at each commit; empty if there is none
// or too little of it, as in most containers.
func memory() string {
	const folder, enough = "/dev/shm", 1 << 30
	var is syscall.Statfs_t
	if syscall.Statfs(folder, &is) != nil || is.Bavail*uint64(is.Bsize) < enough {
		return ""
	}
	return folder
}
