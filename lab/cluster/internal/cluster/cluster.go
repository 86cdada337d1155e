// Package cluster implements the commands: it brings clusters up, repairs, inspects and removes them.
package cluster

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/machine"
	"telemetry/lab/cluster/internal/state"
)

// Cluster is the cluster of one state folder.
type Cluster struct {
	Dir layout.Dir
	Out io.Writer // progress for people
}

// New returns the cluster of this state folder, whether or not it exists yet.
func New(stateFolder string, out io.Writer) (*Cluster, error) {
	dir, err := filepath.Abs(stateFolder)
	if err != nil {
		return nil, err
	}
	// Folders are compared by name, so there must be only one name for each.
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return &Cluster{Dir: layout.Dir(dir), Out: out}, nil
}

// lock lets one command at a time change the cluster.
func (c *Cluster) lock() (unlock func(), err error) {
	return state.Lock(string(c.Dir), func() {
		fmt.Fprintln(c.Out, "waiting for another command that works on this cluster")
	})
}

// existing locks the cluster and returns its record; the caller must call done.
func (c *Cluster) existing() (r *state.Record, done func(), err error) {
	if r, err = c.found(); err != nil {
		return nil, nil, err
	}
	unlock, err := c.lock()
	if err != nil {
		return nil, nil, err
	}
	if r, err = c.found(); err != nil { // it may have changed while waiting
		unlock()
		return nil, nil, err
	}
	return r, unlock, nil
}

func (c *Cluster) found() (*state.Record, error) {
	r, err := state.Find(c.Dir)
	if err == nil && r == nil {
		err = fmt.Errorf("no cluster in %s: start one with `cluster up --state %s`", c.Dir, c.Dir)
	}
	return r, err
}

// step runs one step and prints its name and its duration.
func (c *Cluster) step(name string, run func() error) error {
	begin := time.Now()
	if err := run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(c.Out, "%6.1fs  %s\n", time.Since(begin).Seconds(), name)
	return nil
}

// Kubeconfig returns the path of the administrator's kubeconfig.
func (c *Cluster) Kubeconfig() (string, error) {
	if _, err := os.Stat(c.Dir.Kubeconfig()); err != nil {
		_, err := c.found()
		return "", err
	}
	return c.Dir.Kubeconfig(), nil
}

// Exec runs a command inside a machine.
func (c *Cluster) Exec(name string, command []string) error {
	r, err := c.found()
	if err != nil {
		return err
	}
	if !r.Running(name) {
		return fmt.Errorf("machine %q does not run", name)
	}
	return machine.Exec(r.Machines[name].ID, command)
}
