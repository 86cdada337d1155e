package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"telemetry/lab/cluster/internal/cgroup"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/network"
	"telemetry/lab/cluster/internal/process"
	"telemetry/lab/cluster/internal/state"
)

// killLimit is the time in which a machine must end. The kernel has many of its namespaces and mounts to remove.
const killLimit = 20 * time.Second

// wipe removes everything that a slot has in the kernel: processes, cgroups, links and routes. It works from any
// half-made or half-removed state, and with no record at all.
func wipe(slot layout.Slot, machines map[string]state.Machine) error {
	for name, m := range machines {
		if err := m.Kill(killLimit); err != nil {
			return fmt.Errorf("end %s: %w", name, err)
		}
	}
	hierarchies, err := cgroup.Hierarchies()
	if err != nil {
		return err
	}
	if err := killGroup(hierarchies, slot.Name()); err != nil {
		return err
	}
	return errors.Join(cgroup.Remove(hierarchies, slot.Name()), network.TearDown(slot))
}

// killGroup ends the processes that remain in the cluster's cgroup. Only the cluster puts processes there, so membership
// proves that they are the cluster's, even if it crashed before it could record them.
func killGroup(hierarchies []cgroup.Hierarchy, group string) error {
	deadline := time.Now().Add(killLimit)
	for {
		pids := cgroup.Processes(hierarchies, group)
		if len(pids) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v stay in cgroup %s", pids, group)
		}
		for _, pid := range pids {
			if id, err := process.Of(pid); err == nil {
				if err := id.Kill(killLimit); err != nil {
					return err
				}
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// removeFiles deletes the files that a cluster creates in its state folder, and no other file there.
func removeFiles(dir layout.Dir) error {
	var errs []error
	for _, name := range dir.Contents() {
		errs = append(errs, os.RemoveAll(filepath.Join(string(dir), name)))
	}
	return errors.Join(errs...)
}
