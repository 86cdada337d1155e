package cluster

import (
	"errors"
	"fmt"

	"telemetry/lab/cluster/internal/cgroup"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/network"
	"telemetry/lab/cluster/internal/state"
)

// claim returns the record of the cluster in this folder, owned by this process: the existing record, or a new one in the
// first slot that no living cluster has. It removes the remains of dead clusters in that slot.
func claim(dir layout.Dir) (*state.Record, error) {
	unlock, err := state.Lock(layout.Registry, func() {})
	if err != nil {
		return nil, err
	}
	defer unlock()
	r, err := state.Find(dir)
	if err != nil {
		return nil, err
	}
	if r != nil {
		return r, r.Own()
	}
	all, err := state.All()
	if err != nil {
		return nil, err
	}
	var reasons []error
	for slot := layout.Slot(0); slot < layout.Slots; slot++ {
		reason, err := inUse(slot, all[slot])
		if err != nil {
			return nil, err
		}
		if reason != "" {
			reasons = append(reasons, fmt.Errorf("slot %d: %s", slot, reason))
			continue
		}
		if err := wipe(slot, nil); err != nil {
			return nil, fmt.Errorf("clean up after a crashed cluster: %w", err)
		}
		if err := removeFiles(dir); err != nil { // of a cluster whose slot another one has taken
			return nil, err
		}
		r = state.New(slot, dir)
		return r, r.Own()
	}
	return nil, fmt.Errorf("no slot is free for another cluster; remove one with `cluster down --state …`:\n%w",
		errors.Join(reasons...))
}

// inUse returns the reason why a slot cannot be taken, or "" if it can.
func inUse(slot layout.Slot, r *state.Record) (string, error) {
	if r != nil && r.Alive() {
		return "the cluster of " + string(r.State), nil
	}
	hierarchies, err := cgroup.Hierarchies()
	if err != nil {
		return "", err
	}
	if pids := cgroup.Processes(hierarchies, slot.Name()); len(pids) > 0 {
		return fmt.Sprintf("unrecorded processes %v in cgroup %s", pids, slot.Name()), nil
	}
	taken, err := network.Conflict(slot)
	if err != nil || taken == "" {
		return "", err
	}
	return fmt.Sprintf("this host has a route to %s", taken), nil
}
