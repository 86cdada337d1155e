// Package preflight finds the causes that would make a cluster fail, before anything is started or changed.
package preflight

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"telemetry/lab/cluster/internal/cgroup"
	"telemetry/lab/cluster/internal/layout"
)

// KernelCommand is the sub-command of this program that tries the kernel's features in its own namespaces.
const KernelCommand = "try-kernel"

const minFree = 5 << 30

// Root is an error unless the caller may do what every command does.
func Root() error {
	if os.Geteuid() != 0 {
		return errors.New("not root: namespaces, mounts, routes and the records of clusters need it; run this as root")
	}
	return nil
}

// Check reports everything that these machines lack to start, all together.
func Check(state layout.Dir, bin string, starting []string) error {
	errs := append(programs(), binaries(bin)...)
	errs = append(errs, stateFolder(state)...)
	errs = append(errs, inotify(starting))
	hierarchies, err := cgroup.Hierarchies()
	if err != nil {
		errs = append(errs, err)
	} else if missing := cgroup.Missing(hierarchies); len(missing) > 0 {
		errs = append(errs, fmt.Errorf("cgroup v1 controllers not mounted: %s (see /proc/self/mountinfo); "+
			"cgroup v2 alone is not supported, mount the v1 hierarchies below /sys/fs/cgroup", strings.Join(missing, ", ")))
	} else if err := writable(hierarchies); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return kernel(state)
}

func programs() (errs []error) {
	packages := map[string]string{"nft": "nftables", "mount": "mount", "umount": "mount"}
	for _, program := range []string{"nft", "mount", "umount"} {
		if !executable(lookUp(program)) {
			errs = append(errs, fmt.Errorf("program %s is missing in /usr/sbin, /usr/bin, /sbin and /bin: "+
				"install the Debian package %s", program, packages[program]))
		}
	}
	return errs
}

func binaries(bin string) (errs []error) {
	var missing []string
	for _, name := range layout.Programs {
		if !executable(filepath.Join(bin, name)) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		errs = append(errs, fmt.Errorf("--bin %s has no executable %s: build them first, or name their folder with --bin",
			bin, strings.Join(missing, ", ")))
	}
	return errs
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func stateFolder(state layout.Dir) (errs []error) {
	entries, err := os.ReadDir(string(state))
	if err != nil {
		return []error{fmt.Errorf("--state: %w", err)}
	}
	if _, err := os.Stat(state.Record()); err != nil && len(entries) > 0 {
		return []error{fmt.Errorf("--state %s holds %s but no cluster: name an empty or a new folder", state, entries[0].Name())}
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(string(state), &disk); err != nil {
		return []error{fmt.Errorf("disk space at %s: %w", state, err)}
	}
	if free := disk.Bavail * uint64(disk.Bsize); free < minFree {
		return []error{fmt.Errorf("only %.1f GiB free at %s, a cluster needs 5: free some or name another disk with --state",
			float64(free)/(1<<30), state)}
	}
	return nil
}

func writable(hierarchies []cgroup.Hierarchy) error {
	for _, h := range hierarchies {
		if err := unix.Access(h.Mount, unix.W_OK); err != nil {
			return fmt.Errorf("cgroup %s is not writable (%w): remount it read-write", h.Mount, err)
		}
	}
	return nil
}

// kernel runs KernelCommand in new namespaces, so that a trial cannot leave anything behind.
func kernel(state layout.Dir) error {
	cmd := exec.Command("/proc/self/exe", KernelCommand, string(state))
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC |
			syscall.CLONE_NEWNET | unix.CLONE_NEWCGROUP,
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return errors.New(strings.TrimPrefix(strings.TrimSpace(string(out)), "error: "))
	case err != nil:
		return fmt.Errorf("this kernel makes no namespaces (%w): mount, PID, UTS, IPC, network and cgroup namespaces "+
			"must be enabled and allowed", err)
	}
	return nil
}
