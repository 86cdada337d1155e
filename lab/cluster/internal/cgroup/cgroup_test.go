package cgroup

import (
	"slices"
	"testing"
)

const mountinfo = `22 1 254:0 / / rw,relatime - ext4 /dev/root rw
30 24 0:26 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw
31 24 0:27 / /sys/fs/cgroup/systemd rw,nosuid shared:9 - cgroup cgroup rw,xattr,name=systemd
32 24 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct
33 24 0:29 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory
`

func TestParse(t *testing.T) {
	want := []Hierarchy{
		{"/sys/fs/cgroup/systemd", "name=systemd"},
		{"/sys/fs/cgroup/cpu,cpuacct", "cpu,cpuacct"},
		{"/sys/fs/cgroup/memory", "memory"},
	}
	got := parse(mountinfo)
	if !slices.Equal(got, want) {
		t.Errorf("%v instead of %v", got, want)
	}
	if missing := Missing(got); !slices.Equal(missing, []string{"cpuset", "devices", "freezer", "blkio", "pids"}) {
		t.Errorf("missing: %v", missing)
	}
}
