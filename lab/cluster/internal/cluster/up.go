package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"telemetry/lab/cluster/internal/api"
	"telemetry/lab/cluster/internal/image"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/machine"
	"telemetry/lab/cluster/internal/manifests"
	"telemetry/lab/cluster/internal/network"
	"telemetry/lab/cluster/internal/node"
	"telemetry/lab/cluster/internal/pki"
	"telemetry/lab/cluster/internal/preflight"
	"telemetry/lab/cluster/internal/process"
	"telemetry/lab/cluster/internal/state"
)

// Options describe the cluster that Up makes. A zero value keeps the state of the cluster, or else means the default.
type Options struct {
	Nodes  int
	Bin    string
	Images []image.Source
}

// DefaultNodes is enough to test traffic within a node and between nodes, and the loss of a node.
const DefaultNodes = 3

// Up starts the machines that do not run and leaves the others alone. It returns when the whole cluster works.
func (c *Cluster) Up(o Options) error {
	known, err := state.Find(c.Dir)
	if err != nil {
		return err
	}
	if err := o.complete(known); err != nil {
		return err
	}
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if known, err = state.Find(c.Dir); err != nil { // it may have changed while waiting
		return err
	}
	if err := c.check(o, known); err != nil {
		_ = os.Remove(string(c.Dir)) // only if it is empty: the lock has made it
		return err
	}
	r, err := claim(c.Dir)
	if err != nil {
		return err
	}
	r.Nodes, r.Bin = max(o.Nodes, r.Nodes), o.Bin
	if err := c.raise(r, o.Images); err != nil {
		return err
	}
	return r.Release()
}

// check finds all problems before anything is started or changed, and returns them together.
func (c *Cluster) check(o Options, known *state.Record) error {
	errs := []error{preflight.Check(c.Dir, o.Bin, missing(known, o.Nodes))}
	for _, s := range o.Images {
		errs = append(errs, image.Check(s))
	}
	return errors.Join(errs...)
}

// missing lists the machines that do not run.
func missing(r *state.Record, nodes int) (names []string) {
	for _, name := range layout.MachineNames(nodes) {
		if r == nil || !r.Running(name) {
			names = append(names, name)
		}
	}
	return names
}

func (o *Options) complete(known *state.Record) error {
	if known == nil {
		known = &state.Record{Nodes: DefaultNodes}
	}
	if o.Nodes == 0 {
		o.Nodes = known.Nodes
	}
	if o.Nodes < 1 || o.Nodes > layout.MaxNodes {
		return fmt.Errorf("--nodes %d: a cluster has 1 to %d nodes", o.Nodes, layout.MaxNodes)
	}
	if known.Bin != "" && o.Nodes < known.Nodes {
		return fmt.Errorf("--nodes %d: the cluster has %d; nodes can be added, for fewer run `cluster down` first", o.Nodes, known.Nodes)
	}
	if o.Bin == "" {
		o.Bin = known.Bin
	}
	if o.Bin == "" {
		// The path by which this program was called, not the target of a link: the other programs are beside the link.
		self, err := exec.LookPath(os.Args[0])
		if err != nil {
			return err
		}
		o.Bin = filepath.Dir(self)
	}
	var err error
	o.Bin, err = filepath.Abs(o.Bin)
	return err
}

// raise starts the missing machines and waits until everything works.
func (c *Cluster) raise(r *state.Record, sources []image.Source) error {
	begin := time.Now()
	all := layout.MachineNames(r.Nodes)
	missing := missing(r, r.Nodes)
	launch := func(names ...string) error {
		for _, name := range names {
			if slices.Contains(missing, name) {
				if err := c.launch(r, name); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var client *api.Client
	steps := []struct {
		name string
		run  func() error
	}{
		{"certificates", func() error { return pki.Write(r.Slot, c.Dir, r.Nodes) }},
		{"network", func() error { return network.SetUp(r.Slot) }},
		{"control plane started", func() error { return launch(layout.ControlPlane) }},
		{"images made", func() error { return c.makeImages(r, append(systemImages(r.Bin), sources...)) }},
		{"nodes started", func() error { return launch(all[1:]...) }},
		{"API server ready", func() (err error) {
			if client, err = api.New(c.Dir.Kubeconfig()); err == nil {
				err = c.watchfully(r, all, func() (bool, error) { return client.Ready() == nil, nil })
			}
			return err
		}},
		{"manifests applied", func() error { return c.applyManifests(r, client) }},
		{"images on all nodes", func() error { return c.settleImages(r) }},
		{"nodes Ready", func() error { return c.waitNodes(r, client, all[1:]...) }},
		{"DNS ready", func() error { return c.waitDNS(r, client) }},
	}
	for _, s := range steps {
		if err := c.step(s.name, s.run); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.Out, "%6.1fs  cluster %s with %d nodes is up (%d machines started); kubeconfig: %s\n",
		time.Since(begin).Seconds(), r.Slot.Name(), r.Nodes, len(missing), c.Dir.Kubeconfig())
	return nil
}

func (c *Cluster) launch(r *state.Record, name string) error {
	spec := machine.Spec{Name: name, Slot: r.Slot, State: c.Dir, Bin: r.Bin, Images: r.Images}
	var id process.ID
	err := machine.Launch(spec, func(started process.ID) error {
		id = started
		r.Machines[name] = state.Machine{ID: id, Started: time.Now()}
		return r.Save()
	})
	if err != nil {
		return err
	}
	if err := machine.WaitBooted(id, filepath.Join(c.Dir.Logs(name), "init.log")); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return c.routeServices(r)
}

// routeServices sends the host's traffic for ClusterIPs to the first node that runs.
func (c *Cluster) routeServices(r *state.Record) error {
	for _, name := range layout.MachineNames(r.Nodes)[1:] {
		if r.Running(name) {
			return network.ServicesVia(r.Slot, name)
		}
	}
	return nil
}

// watchfully polls until the condition holds. It fails as soon as one of the machines ends, instead of waiting in
// vain.
func (c *Cluster) watchfully(r *state.Record, machines []string, condition func() (bool, error)) error {
	const limit = 3 * time.Minute
	begin := time.Now()
	for {
		done, err := condition()
		if done {
			return nil
		}
		for _, name := range machines {
			if !r.Running(name) {
				return fmt.Errorf("machine %s has ended; see %s", name, c.Dir.Logs(name))
			}
		}
		if time.Since(begin) > limit {
			return errors.Join(fmt.Errorf("not within %v; see %s", limit, filepath.Dir(c.Dir.Logs("any"))), err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (c *Cluster) applyManifests(r *state.Record, client *api.Client) error {
	documents, err := manifests.Render(r.Slot)
	if err != nil {
		return err
	}
	// The API server is ready a moment before it has made the namespace kube-system.
	return c.watchfully(r, []string{layout.ControlPlane}, func() (bool, error) {
		err := client.Apply(documents)
		return err == nil, err
	})
}

func (c *Cluster) waitNodes(r *state.Record, client *api.Client, names ...string) error {
	return c.watchfully(r, slices.Concat(names, []string{layout.ControlPlane}), func() (bool, error) {
		nodes, err := client.Nodes()
		if err != nil {
			return false, err
		}
		var waiting []string
		for _, name := range names {
			n, known := nodes[name]
			podRange := r.Slot.NodePods(layout.NodeNumber(name)).String()
			if known && n.PodRange == "" {
				if err := client.SetPodRange(name, podRange); err != nil {
					return false, err
				}
			}
			if !n.Ready || n.Heartbeat.Before(r.Machines[name].Started.Truncate(time.Second)) {
				waiting = append(waiting, name)
			}
		}
		return len(waiting) == 0, fmt.Errorf("not Ready: %s", strings.Join(waiting, ", "))
	})
}

func (c *Cluster) waitDNS(r *state.Record, client *api.Client) error {
	return c.watchfully(r, layout.MachineNames(r.Nodes), func() (bool, error) {
		ready, err := client.DNS()
		if err != nil {
			return false, err
		}
		return len(ready) == r.Nodes, fmt.Errorf("it answers on %d of %d nodes; see `kubectl --namespace kube-system "+
			"describe pods`", len(ready), r.Nodes)
	})
}

// imagesOn waits until a node has imported the images it was started with.
func (c *Cluster) imagesOn(r *state.Record, name string) error {
	var failure []byte
	err := c.watchfully(r, []string{layout.ControlPlane, name}, func() (done bool, err error) {
		failure, err = os.ReadFile(machine.Inside(r.Machines[name].ID, node.ImagesMark))
		return err == nil, err
	})
	if err == nil && len(failure) > 0 {
		err = errors.New(string(failure))
	}
	return err
}
