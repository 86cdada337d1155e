package cluster

import (
	"fmt"
	"os"
	"time"

	"telemetry/lab/cluster/internal/api"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/state"
)

// Down removes the cluster and everything it made, whatever its condition.
func (c *Cluster) Down() error {
	begin := time.Now()
	if _, err := os.Stat(string(c.Dir)); err != nil {
		// The folder may be gone while the cluster runs; without either there is nothing to do.
		if r, err := state.Find(c.Dir); err != nil || r == nil {
			fmt.Fprintf(c.Out, "no cluster in %s\n", c.Dir)
			return err
		}
	}
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	r, err := state.Find(c.Dir)
	if err != nil {
		return err
	}
	remove := func() error {
		if r != nil {
			if err := wipe(r.Slot, r.Machines); err != nil {
				return err
			}
		}
		return removeFiles(c.Dir)
	}
	if err := c.insist(remove); err != nil {
		return err
	}
	if r != nil { // last, so that a failed or interrupted attempt can be repeated
		if err := r.Forget(); err != nil {
			return err
		}
	}
	// A folder with any other content stays.
	_ = os.Remove(string(c.Dir))
	_ = os.Remove(layout.Registry)
	fmt.Fprintf(c.Out, "%6.1fs  nothing is left of the cluster in %s\n", time.Since(begin).Seconds(), c.Dir)
	return nil
}

// insist retries an action that an ending process may block, and reports it.
func (c *Cluster) insist(remove func() error) error {
	for attempts := 3; ; attempts-- {
		err := remove()
		if err == nil || attempts == 1 {
			return err
		}
		fmt.Fprintf(c.Out, "once more: %v\n", err)
		time.Sleep(insistPause)
	}
}

// insistPause is long enough for processes that have been killed to be gone.
const insistPause = time.Second

// StopNode pulls a node's plug.
func (c *Cluster) StopNode(name string) error {
	r, done, err := c.node(name)
	if err != nil {
		return err
	}
	defer done()
	if !r.Running(name) {
		fmt.Fprintf(c.Out, "%s does not run\n", name)
		return nil
	}
	return c.step(name+" stopped", func() error {
		if err := r.Machines[name].Kill(killLimit); err != nil {
			return err
		}
		delete(r.Machines, name)
		if err := r.Save(); err != nil {
			return err
		}
		return c.routeServices(r)
	})
}

// StartNode starts a stopped node and waits until it is Ready.
func (c *Cluster) StartNode(name string) error {
	r, done, err := c.node(name)
	if err != nil {
		return err
	}
	defer done()
	if r.Running(name) {
		fmt.Fprintf(c.Out, "%s runs\n", name)
		return nil
	}
	client, err := api.New(c.Dir.Kubeconfig())
	if err != nil {
		return err
	}
	if err := c.step(name+" started", func() error { return c.launch(r, name) }); err != nil {
		return err
	}
	return c.step(name+" Ready", func() error { return c.waitNodes(r, client, name) })
}

func (c *Cluster) node(name string) (*state.Record, func(), error) {
	r, done, err := c.existing()
	if err != nil {
		return nil, nil, err
	}
	if n := layout.NodeNumber(name); n < 1 || n > r.Nodes {
		done()
		return nil, nil, fmt.Errorf("no node %q: the cluster has %s to %s", name, layout.Node(1), layout.Node(r.Nodes))
	}
	return r, done, nil
}
