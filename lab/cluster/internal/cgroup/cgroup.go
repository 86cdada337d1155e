// Package cgroup gives each machine of a cluster its own cgroup in every v1 hierarchy.
package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Required are the controllers that the kubelet and runc cannot do without.
var Required = []string{"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids"}

// Hierarchy is one mounted v1 hierarchy.
type Hierarchy struct {
	Mount   string // where the host has it
	Options string // controllers, or name=… for one without
}

// Hierarchies lists the v1 hierarchies of the host.
func Hierarchies() ([]Hierarchy, error) {
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	return parse(string(b)), nil
}

func parse(mountinfo string) (found []Hierarchy) {
	for _, line := range strings.Split(mountinfo, "\n") {
		before, after, _ := strings.Cut(line, " - ")
		mount, kind := strings.Fields(before), strings.Fields(after)
		if len(mount) < 5 || len(kind) < 3 || kind[0] != "cgroup" {
			continue
		}
		var options []string
		for _, o := range strings.Split(kind[2], ",") {
			if slices.Contains(Required, o) || strings.HasPrefix(o, "name=") ||
				slices.Contains([]string{"net_cls", "net_prio", "perf_event", "hugetlb", "rdma", "misc"}, o) {
				options = append(options, o)
			}
		}
		found = append(found, Hierarchy{Mount: mount[4], Options: strings.Join(options, ",")})
	}
	return found
}

// Missing lists the required controllers that no hierarchy has.
func Missing(hierarchies []Hierarchy) (missing []string) {
	for _, c := range Required {
		if !slices.ContainsFunc(hierarchies, func(h Hierarchy) bool { return h.has(c) }) {
			missing = append(missing, c)
		}
	}
	return missing
}

func (h Hierarchy) has(controller string) bool {
	return slices.Contains(strings.Split(h.Options, ","), controller)
}

// Create makes the cgroup (a path like cluster/machine) in every hierarchy.
func Create(hierarchies []Hierarchy, group string) error {
	for _, h := range hierarchies {
		dir := h.Mount
		for _, part := range strings.Split(group, "/") {
			parent := dir
			dir = filepath.Join(dir, part)
			if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("make a cgroup: %w", err)
			}
			if !h.has("cpuset") {
				continue
			}
			// A new cpuset is empty and takes no process before it got CPUs and memory nodes.
			for _, f := range []string{"cpuset.cpus", "cpuset.mems"} {
				b, err := os.ReadFile(filepath.Join(parent, f))
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, f), b, 0o644)
				}
				if err != nil {
					return fmt.Errorf("set up cpuset: %w", err)
				}
			}
		}
	}
	return nil
}

// Join moves a process into the cgroup in every hierarchy.
func Join(hierarchies []Hierarchy, group string, pid int) error {
	for _, h := range hierarchies {
		err := os.WriteFile(filepath.Join(h.Mount, group, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0o644)
		if err != nil {
			return fmt.Errorf("put a process into its cgroup: %w", err)
		}
	}
	return nil
}

// Processes lists the processes in the cgroup and below.
func Processes(hierarchies []Hierarchy, group string) (pids []int) {
	for _, h := range hierarchies {
		// Cgroups vanish with their processes, so a cgroup that cannot be read is gone.
		_ = filepath.WalkDir(filepath.Join(h.Mount, group), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return nil
			}
			b, _ := os.ReadFile(filepath.Join(path, "cgroup.procs"))
			for _, f := range strings.Fields(string(b)) {
				if pid, err := strconv.Atoi(f); err == nil && pid > 0 && !slices.Contains(pids, pid) {
					pids = append(pids, pid)
				}
			}
			return nil
		})
	}
	return pids
}

// Remove deletes the cgroup and all below it. The kernel reports "busy" for a moment after the last process has ended.
func Remove(hierarchies []Hierarchy, group string) error {
	deadline := time.Now().Add(5 * time.Second)
	for _, h := range hierarchies {
		dir := filepath.Join(h.Mount, group)
		for {
			err := removeTree(dir)
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("remove cgroup: %w", err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.IsDir() {
			err = errors.Join(err, removeTree(filepath.Join(dir, e.Name())))
		}
	}
	if err != nil {
		return err
	}
	if err := unix.Rmdir(dir); err != nil && !errors.Is(err, unix.ENOENT) {
		return &fs.PathError{Op: "rmdir", Path: dir, Err: err}
	}
	return nil
}

// Mount mounts every hierarchy below target as seen from the current cgroup namespace: the machine's own cgroup is
// the root there, so no program in it needs to know its place.
func Mount(hierarchies []Hierarchy, target string) error {
	if err := unix.Mount("cgroup", target, "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount %s: %w", target, err)
	}
	for _, h := range hierarchies {
		name := strings.TrimPrefix(h.Options, "name=")
		if err := os.Mkdir(filepath.Join(target, name), 0o755); err != nil {
			return err
		}
		options := h.Options
		if strings.HasPrefix(options, "name=") {
			options = "none," + options
		}
		if err := unix.Mount("cgroup", filepath.Join(target, name), "cgroup", 0, options); err != nil {
			return fmt.Errorf("mount cgroup %s: %w", name, err)
		}
		if parts := strings.Split(name, ","); len(parts) > 1 {
			for _, p := range parts {
				if err := os.Symlink(name, filepath.Join(target, p)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
