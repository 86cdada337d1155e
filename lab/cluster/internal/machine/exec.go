package machine

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"

	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/process"
)

// Path is the search path for programs in a machine.
const Path = layout.Tools + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Exec runs a command in all namespaces of a machine with the caller's standard streams.
func Exec(id process.ID, command []string) error {
	// The thread that enters the namespaces is not used for anything else and ends with this function's goroutine.
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		result <- enterAndRun(id, command)
	}()
	return <-result
}

func enterAndRun(id process.ID, command []string) error {
	kinds := []struct {
		name string
		flag int
	}{
		{"cgroup", unix.CLONE_NEWCGROUP}, {"ipc", unix.CLONE_NEWIPC}, {"uts", unix.CLONE_NEWUTS},
		{"net", unix.CLONE_NEWNET}, {"pid", unix.CLONE_NEWPID}, {"mnt", unix.CLONE_NEWNS},
	}
	var fds []int
	for _, k := range kinds {
		path := fmt.Sprintf("/proc/%d/ns/%s", id.PID, k.name)
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("open %s: %w", path, err)
		}
		fds = append(fds, fd)
	}
	if !id.Alive() {
		return fmt.Errorf("the machine has just ended")
	}
	// A thread that shares its root and working folder with others may not change its mount namespace.
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return err
	}
	for i, k := range kinds {
		if err := unix.Setns(fds[i], k.flag); err != nil {
			return fmt.Errorf("enter the %s namespace: %w", k.name, err)
		}
		unix.Close(fds[i])
	}
	if err := os.Setenv("PATH", Path); err != nil {
		return err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
