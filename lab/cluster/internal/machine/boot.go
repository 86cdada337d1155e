package machine

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"telemetry/lab/cluster/internal/network"
)

// Enter is the first life of a machine's PID 1. It waits until the launcher has put it into its cgroups and plugged
// in the network, and only then makes the cgroup namespace, whose root is the cgroup it is in at that moment.
func Enter(specFile string) error {
	word, err := io.ReadAll(os.NewFile(3, "hold"))
	if err != nil || string(word) != "go" {
		return fmt.Errorf("the launcher went away before the machine was ready to start")
	}
	// A namespace is entered by one thread. Replacing the program from that thread ends all others, and the new
	// program has the namespace throughout.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWCGROUP); err != nil {
		return fmt.Errorf("make a cgroup namespace: %w", err)
	}
	return unix.Exec("/proc/self/exe", []string{os.Args[0], BootCommand, specFile}, os.Environ())
}

// Boot is the second life: it sets the machine up and then hands over to its role, which never returns.
func Boot(specFile string, role func(Spec) error) error {
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP) // pulling the plug is the only way to end it
	b, err := os.ReadFile(specFile)
	if err != nil {
		return err
	}
	var spec Spec
	if err := json.Unmarshal(b, &spec); err != nil {
		return fmt.Errorf("%s: %w", specFile, err)
	}
	if err := unix.Sethostname([]byte(spec.Name)); err != nil {
		return err
	}
	if err := network.Configure(spec.Slot, spec.Name); err != nil {
		return err
	}
	if err := changeRoot(spec); err != nil {
		return err
	}
	if err := allowFiles(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(bootedMark), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(bootedMark, nil, 0o644); err != nil {
		return err
	}
	return role(spec)
}

// allowFiles lets the machine's programs open as many files as the host allows; raising that bound may be forbidden.
func allowFiles() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
}
