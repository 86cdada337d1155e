// Package state remembers which clusters run on this machine and what belongs to each.
//
// A record lies in the registry under its slot's number, not in the state folder: the folder may be deleted with its
// checkout while the cluster runs, and a crashed cluster must be found by any other checkout. The state folder holds
// a readable copy.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/process"
)

// Machine is one running (or once running) machine of a cluster.
type Machine struct {
	process.ID
	Started time.Time `json:"started"`
}

// Image is an image that every node has.
type Image struct {
	Name    string `json:"name"`
	Archive string `json:"archive"` // file name in the images folder
	Digest  string `json:"digest"`
}

// Record is everything known about a cluster.
type Record struct {
	Slot     layout.Slot        `json:"slot"`
	Boot     string             `json:"boot"`  // the kernel's boot id: process numbers mean nothing after a reboot
	State    layout.Dir         `json:"state"` // absolute
	Bin      string             `json:"bin"`
	Nodes    int                `json:"nodes"`
	Owner    process.ID         `json:"owner"` // the command that works on the cluster; zero between commands
	Machines map[string]Machine `json:"machines"`
	Images   []Image            `json:"images"`
}

// Alive returns whether any process of the cluster runs, or a command is about to start one.
func (r *Record) Alive() bool {
	if r.Boot != bootID() {
		return false
	}
	for _, m := range r.Machines {
		if m.Alive() {
			return true
		}
	}
	return r.Owner.Alive()
}

// Running returns whether the machine runs.
func (r *Record) Running(machine string) bool {
	return r.Boot == bootID() && r.Machines[machine].Alive()
}

// Save writes the record and its copy. A reader sees the old or the new one, never half of it.
func (r *Record) Save() error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(layout.Registry, 0o700); err != nil {
		return err
	}
	for _, path := range []string{file(r.Slot), r.State.Record()} {
		if err := replace(path, append(b, '\n')); err != nil {
			return fmt.Errorf("record the cluster: %w", err)
		}
	}
	return nil
}

// Forget removes the record. The copy goes with the state folder.
func (r *Record) Forget() error {
	err := os.Remove(file(r.Slot))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Find returns the record of the cluster in this state folder, nil if there is none.
//
// The copy in the folder counts only while no other cluster has taken the slot: that is a cluster from before a
// reboot, or one whose crashed remains were cleaned up by another checkout.
func Find(dir layout.Dir) (*Record, error) {
	all, err := All()
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.State == dir {
			return r, nil
		}
	}
	r, err := read(dir.Record())
	if err != nil || r == nil || r.State != dir || all[r.Slot] != nil {
		return nil, err
	}
	return r, nil
}

// All returns the records of this machine by slot.
func All() (map[layout.Slot]*Record, error) {
	entries, err := os.ReadDir(layout.Registry)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	all := map[layout.Slot]*Record{}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "slot-") {
			continue
		}
		r, err := read(filepath.Join(layout.Registry, e.Name()))
		if err != nil {
			return nil, err
		}
		if r != nil {
			all[r.Slot] = r
		}
	}
	return all, nil
}

// New returns an unsaved record for the slot.
func New(slot layout.Slot, dir layout.Dir) *Record {
	return &Record{Slot: slot, Boot: bootID(), State: dir, Machines: map[string]Machine{}}
}

// Own marks the record as being worked on by this process.
func (r *Record) Own() error {
	self, err := process.Self()
	if err != nil {
		return err
	}
	if r.Boot != bootID() {
		r.Boot, r.Machines = bootID(), map[string]Machine{}
	}
	r.Owner = self
	return r.Save()
}

// Release ends Own.
func (r *Record) Release() error {
	r.Owner = process.ID{}
	return r.Save()
}

func file(slot layout.Slot) string {
	return filepath.Join(layout.Registry, fmt.Sprintf("slot-%d.json", slot))
}

func read(path string) (*Record, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := &Record{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s is damaged (%w): remove it after making sure that no cluster runs", path, err)
	}
	if r.Machines == nil {
		r.Machines = map[string]Machine{}
	}
	return r, nil
}

func replace(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func bootID() string {
	b, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(b))
}
