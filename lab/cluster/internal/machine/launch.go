// Package machine makes a "machine": one process tree in its own mount, PID, UTS, IPC, cgroup and network namespaces,
// with this program as PID 1 and a root file system that shows little of the host.
//
// Nothing of a machine is pinned from outside. When its PID 1 ends, for whatever reason, the kernel removes the
// processes, mounts and network; only the cgroups and the files on disk remain.
package machine

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"telemetry/lab/cluster/internal/cgroup"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/network"
	"telemetry/lab/cluster/internal/process"
	"telemetry/lab/cluster/internal/state"
)

// Spec is the description of a machine that it gets at its start.
type Spec struct {
	Name   string        `json:"name"`
	Slot   layout.Slot   `json:"slot"`
	State  layout.Dir    `json:"state"`
	Bin    string        `json:"bin"`
	Images []state.Image `json:"images"` // the images that a node imports before its kubelet starts
}

// Sub-commands of this program that run inside a machine.
const (
	EnterCommand = "machine-enter"
	BootCommand  = "machine-boot"
)

const namespaces = syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC |
	syscall.CLONE_NEWNET

// Launch starts a machine whose former life, if any, is over. started is called as soon as the process exists and
// before it does anything: a machine must be on record first.
func Launch(spec Spec, started func(process.ID) error) error {
	group := filepath.Join(spec.Slot.Name(), spec.Name)
	hierarchies, err := cgroup.Hierarchies()
	if err != nil {
		return err
	}
	if err := cgroup.Remove(hierarchies, group); err != nil {
		return err
	}
	if err := cgroup.Create(hierarchies, group); err != nil {
		return err
	}
	if err := prepare(spec); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(spec.State.Logs(spec.Name), "init.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	hold, release, err := os.Pipe()
	if err != nil {
		return err
	}
	defer release.Close()
	cmd := exec.Command("/proc/self/exe", EnterCommand, spec.State.Spec(spec.Name))
	cmd.Args[0] = spec.Slot.Name() + "/" + spec.Name
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{hold}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Cloneflags: namespaces}
	err = cmd.Start()
	hold.Close()
	if err != nil {
		return fmt.Errorf("start %s: %w", spec.Name, err)
	}
	id, err := process.Of(cmd.Process.Pid)
	go func() { _ = cmd.Wait() }()
	if err == nil {
		err = started(id)
	}
	if err == nil {
		err = cgroup.Join(hierarchies, group, id.PID)
	}
	if err == nil {
		err = network.Plug(spec.Slot, spec.Name, id.PID)
	}
	if err == nil {
		_, err = release.Write([]byte("go"))
	}
	// Without the word "go" the process ends as soon as the pipe closes, so no half-made machine stays.
	return err
}

func prepare(spec Spec) error {
	for _, folder := range []string{
		spec.State.Root(spec.Name), spec.State.Var(spec.Name), spec.State.Logs(spec.Name), spec.State.Audit(), spec.State.Images(),
	} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(spec.State.Spec(spec.Name), b, 0o600)
}

// WaitBooted waits until the machine has its own root and network.
func WaitBooted(id process.ID, log string) error {
	deadline := time.Now().Add(20 * time.Second)
	for !booted(id) {
		if !id.Alive() || time.Now().After(deadline) {
			return fmt.Errorf("the machine did not start; see %s", log)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// Inside is the path on the host of a file inside the machine.
func Inside(id process.ID, path string) string {
	return filepath.Join("/proc", strconv.Itoa(id.PID), "root", path)
}

const bootedMark = "/run/cluster/booted"

func booted(id process.ID) bool {
	_, err := os.Stat(Inside(id, bootedMark))
	return err == nil
}
