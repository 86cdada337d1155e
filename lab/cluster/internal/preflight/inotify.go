package preflight

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"telemetry/lab/cluster/internal/layout"
)

// The numbers of inotify instances that the programs of a machine use. Without them, a kubelet does not start and reports
// "too many open files".
const (
	perNode         = 8
	perControlPlane = 10
)

const instancesLimit = "/proc/sys/fs/inotify/max_user_instances"

func inotify(starting []string) error {
	needed := 0
	for _, name := range starting {
		if name == layout.ControlPlane {
			needed += perControlPlane
		} else {
			needed += perNode
		}
	}
	if needed == 0 {
		return nil
	}
	b, err := os.ReadFile(instancesLimit)
	if err != nil {
		return nil // this kernel does not limit them
	}
	limit, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return fmt.Errorf("%s: %w", instancesLimit, err)
	}
	if used := instances(); limit-used < needed {
		return fmt.Errorf("%d of %d inotify instances are in use and %d more are needed: "+
			"remove another cluster, or raise fs.inotify.max_user_instances with sysctl", used, limit, needed)
	}
	return nil
}

// instances counts the inotify instances of root's processes.
func instances() (n int) {
	fds, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err == nil && target == "anon_inode:inotify" {
			n++
		}
	}
	return n
}
