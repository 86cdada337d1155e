package cluster

import (
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"telemetry/lab/cluster/internal/api"
	"telemetry/lab/cluster/internal/image"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/state"
)

// Status is the state of a cluster as seen from outside.
type Status struct {
	Up         bool            `json:"up"` // everything works
	Name       string          `json:"name"`
	State      string          `json:"state"`
	Kubeconfig string          `json:"kubeconfig"`
	AuditLog   string          `json:"auditLog"`
	Host       string          `json:"host"` // the host's address as pods see it
	Pods       string          `json:"pods"`
	Services   string          `json:"services"`
	API        bool            `json:"api"`
	Machines   []MachineStatus `json:"machines"`
	Images     []ImageStatus   `json:"images"`
}

// MachineStatus is one machine. Ready and DNS are set for nodes only.
type MachineStatus struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	PID     int    `json:"pid"` // of its init, on the host; 0 if it does not run
	Running bool   `json:"running"`
	Ready   bool   `json:"ready"`
	DNS     bool   `json:"dns"`
}

// ImageStatus is an image and the names pods can use for it.
type ImageStatus struct {
	Name     string `json:"name"`
	ByDigest string `json:"byDigest"`
}

// Status reads the state of the cluster. It changes nothing and waits for nothing.
func (c *Cluster) Status() (*Status, error) {
	r, err := state.Find(c.Dir)
	if err != nil || r == nil {
		return &Status{State: string(c.Dir)}, err
	}
	s := &Status{
		Name: r.Slot.Name(), State: string(c.Dir), Kubeconfig: c.Dir.Kubeconfig(),
		AuditLog: filepath.Join(c.Dir.Audit(), "audit.log"),
		Host:     r.Slot.Host().String(), Pods: r.Slot.Pods().String(), Services: r.Slot.Services().String(),
	}
	for _, i := range r.Images {
		s.Images = append(s.Images, ImageStatus{Name: i.Name, ByDigest: image.ByDigest(i)})
	}
	var nodes map[string]api.Node
	var dns map[string]bool
	if r.Running(layout.ControlPlane) {
		if client, err := api.New(c.Dir.Kubeconfig()); err == nil && client.Ready() == nil {
			s.API = true
			nodes, _ = client.Nodes()
			dns, _ = client.DNS()
		}
	}
	s.Up = s.API
	for _, name := range layout.MachineNames(r.Nodes) {
		m := MachineStatus{Name: name, Address: r.Slot.Address(name).String(), Running: r.Running(name)}
		if m.Running {
			m.PID = r.Machines[name].PID
		}
		if name == layout.ControlPlane {
			m.Ready = s.API
		} else {
			m.Ready = m.Running && nodes[name].Ready
			m.DNS = m.Running && dns[name]
			s.Up = s.Up && m.DNS
		}
		s.Up = s.Up && m.Ready
		s.Machines = append(s.Machines, m)
	}
	return s, nil
}

// Print writes the status for people.
func (c *Cluster) Print(s *Status) {
	if s.Name == "" {
		fmt.Fprintf(c.Out, "no cluster in %s\n", s.State)
		return
	}
	fmt.Fprintf(c.Out, "%s: %s\nkubeconfig: %s\n\n", s.Name, word(s.Up, "up", "NOT fully up"), s.Kubeconfig)
	w := tabwriter.NewWriter(c.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "MACHINE\tADDRESS\tPID\tRUNNING\tREADY\tDNS")
	for _, m := range s.Machines {
		dns := word(m.DNS, "yes", "no")
		if m.Name == layout.ControlPlane {
			dns = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n",
			m.Name, m.Address, m.PID, word(m.Running, "yes", "no"), word(m.Ready, "yes", "no"), dns)
	}
	w.Flush()
}

func word(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
