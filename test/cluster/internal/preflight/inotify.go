package preflight

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// perNode is how many inotify instances a node's programs and a few pods use. Without them a kubelet does not start,
// and says "too many open files".
const perNode = 13

const instancesLimit = "/proc/sys/fs/inotify/max_user_instances"

func inotify(nodes int) error {
	b, err := os.ReadFile(instancesLimit)
	if err != nil {
		return nil // this kernel does not limit them
	}
	limit, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return fmt.Errorf("%s: %w", instancesLimit, err)
	}
	used := instances()
	if needed := nodes * perNode; limit-used < needed {
		return fmt.Errorf("%d of %d inotify instances are in use and %d nodes need %d: "+
			"remove another cluster, or raise fs.inotify.max_user_instances with sysctl", used, limit, nodes, needed)
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
