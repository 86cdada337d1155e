// Package process identifies processes beyond their reusable number and ends exactly those.
package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// ID names one process for good: a number is given to another process later, a number with its start time is not.
type ID struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"` // clock ticks after boot, field 22 of /proc/PID/stat
}

// Of returns the ID of the process that has this number now.
func Of(pid int) (ID, error) {
	_, start, err := stat(pid)
	return ID{PID: pid, Start: start}, err
}

// Self identifies this process.
func Self() (ID, error) { return Of(os.Getpid()) }

// Alive returns whether the process still runs. A zombie does not, but its other threads may: a process whose first
// thread has ended shows as a zombie while the last one still ends the namespace it was the init of.
func (id ID) Alive() bool {
	if id.PID <= 0 {
		return false
	}
	state, start, err := stat(id.PID)
	if err != nil || start != id.Start || state == 'X' {
		return false
	}
	if state != 'Z' {
		return true
	}
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", id.PID))
	return err == nil && len(threads) > 1
}

// Kill ends the process with SIGKILL and waits until it is gone. For the init of a PID namespace that means: until
// every process in that namespace is gone. A process that no longer exists is not an error.
//
// The signal goes through a pidfd that is opened first and checked second, so it cannot hit a process that got the
// same number in between.
func (id ID) Kill(wait time.Duration) error {
	if !id.Alive() {
		return nil
	}
	fd, err := unix.PidfdOpen(id.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open process %d: %w", id.PID, err)
	}
	defer unix.Close(fd)
	if !id.Alive() {
		return nil
	}
	if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("end process %d: %w", id.PID, err)
	}
	return id.await(fd, time.Now().Add(wait))
}

func (id ID) await(fd int, deadline time.Time) error {
	for {
		left := time.Until(deadline)
		if left <= 0 {
			return fmt.Errorf("process %d is still there after SIGKILL; see /proc/%d/stack for what holds it", id.PID, id.PID)
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(left.Milliseconds())+1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("wait for process %d: %w", id.PID, err)
		}
		if n > 0 {
			return nil
		}
	}
}

// stat reads state and start time. The command's name may hold spaces and brackets, so fields count from the last ')'.
func stat(pid int) (state byte, start uint64, err error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0, err
	}
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) < 20 {
		return 0, 0, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	start, err = strconv.ParseUint(string(fields[19]), 10, 64)
	return fields[0][0], start, err
}
