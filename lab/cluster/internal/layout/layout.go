// Package layout derives every name, address and path of a cluster from two values: its slot and its state folder.
//
// Clusters on one machine must never meet, so nothing here is configurable: two clusters differ in their slot, and
// the slot alone decides the bridge, the ranges and the cgroup.
package layout

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	// Slots is the number of clusters that fit on one machine: sixteen service ranges of 4,094 addresses share 10.96.0.0/16.
	Slots = 16
	// MaxNodes keeps every address below 10.99.S.20 and lets routes to all possible nodes be set up in advance.
	MaxNodes = 9
	// ControlPlane is the name of the machine that runs etcd and the control plane.
	ControlPlane = "control-plane"
	// Registry is the folder with the records of this machine's clusters. It must not outlive a reboot.
	Registry = "/run/telemetry-cluster"
	// Tools is the folder in every machine of a cluster with the programs of --bin.
	Tools = "/opt/cluster/bin"
	// APIPort is the API server's port on the control plane's address.
	APIPort = 6443
)

// Programs must be in the folder given by --bin; links to them are enough.
var Programs = []string{
	"kube", "containerd", "containerd-shim-runc-v2", "ctr", "runc", "coredns", "pause", "probe",
	"cni/loopback", "cni/ptp", "cni/host-local", "cni/portmap",
}

// Slot numbers the clusters of one machine from 0.
type Slot int

// Name is the cluster's name and that of its cgroup.
func (s Slot) Name() string { return fmt.Sprintf("telemetry-cluster-%d", s) }

// Bridge is the network link that the cluster's machines are plugged into.
func (s Slot) Bridge() string { return fmt.Sprintf("tc%d", s) }

// Port is the machine's plug in the bridge. Link names hold 15 characters.
func (s Slot) Port(machine string) string {
	if machine == ControlPlane {
		machine = "cp"
	}
	return s.Bridge() + "-" + machine
}

// OwnsLink returns whether a link of this name belongs to the slot.
func (s Slot) OwnsLink(name string) bool {
	return name == s.Bridge() || strings.HasPrefix(name, s.Bridge()+"-")
}

// Machines is the range of the bridge; its first address is the host's own.
func (s Slot) Machines() netip.Prefix { return netip.MustParsePrefix(fmt.Sprintf("10.99.%d.0/24", s)) }

// Host is the address under which pods and machines reach the host, and the source address of the host's packets to them.
func (s Slot) Host() netip.Addr { return s.address(1) }

// API is the control plane's address.
func (s Slot) API() netip.Addr { return s.address(2) }

// Address is the address of a machine.
func (s Slot) Address(machine string) netip.Addr {
	if machine == ControlPlane {
		return s.API()
	}
	return s.address(10 + NodeNumber(machine))
}

func (s Slot) address(last int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 99, byte(s), byte(last)})
}

// Pods is the range of all pods.
func (s Slot) Pods() netip.Prefix {
	return netip.MustParsePrefix(fmt.Sprintf("10.%d.0.0/16", 224+int(s)))
}

// NodePods is the range of one node's pods. It follows from the node's number, so routes and the CNI configuration
// can be in place before the API server knows the node.
func (s Slot) NodePods(number int) netip.Prefix {
	return netip.MustParsePrefix(fmt.Sprintf("10.%d.%d.0/24", 224+int(s), number))
}

// Services is the range of ClusterIPs.
func (s Slot) Services() netip.Prefix {
	return netip.MustParsePrefix(fmt.Sprintf("10.96.%d.0/20", 16*int(s)))
}

// APIService is the ClusterIP of the Service default/kubernetes.
func (s Slot) APIService() netip.Addr { return s.Services().Addr().Next() }

// DNS is the ClusterIP of the cluster's DNS.
func (s Slot) DNS() netip.Addr {
	a := s.Services().Addr().As4()
	a[3] = 10
	return netip.AddrFrom4(a)
}

// Server is the API server's address for kubeconfigs.
func (s Slot) Server() string { return fmt.Sprintf("https://%s:%d", s.API(), APIPort) }

// Node is the name of the node with this number, counted from 1.
func Node(number int) string { return "node" + strconv.Itoa(number) }

// NodeNumber is the number of a node; 0 for any other name.
func NodeNumber(machine string) int {
	digits, found := strings.CutPrefix(machine, "node")
	n, err := strconv.Atoi(digits)
	if !found || err != nil || n < 1 || n > MaxNodes || Node(n) != machine {
		return 0
	}
	return n
}

// MachineNames lists the machines of a cluster with this many nodes.
func MachineNames(nodes int) []string {
	names := []string{ControlPlane}
	for n := 1; n <= nodes; n++ {
		names = append(names, Node(n))
	}
	return names
}

// Dir is a cluster's state folder.
type Dir string

func (d Dir) path(parts ...string) string {
	return filepath.Join(append([]string{string(d)}, parts...)...)
}

// Record is the readable copy of the cluster's record; its presence marks the folder as ours.
func (d Dir) Record() string { return d.path("state.json") }

// Kubeconfig is the administrator's kubeconfig.
func (d Dir) Kubeconfig() string { return d.path("kubeconfig") }

// Logs holds one folder per machine.
func (d Dir) Logs(machine string) string { return d.path("logs", machine) }

// Audit holds the API server's audit log.
func (d Dir) Audit() string { return d.path("audit") }

// Images holds the image archives.
func (d Dir) Images() string { return d.path("images") }

// PKI holds one folder of certificates per machine.
func (d Dir) PKI(machine string) string { return d.path("pki", machine) }

// Root is the mount point of a machine's root file system; on the host it stays an empty folder.
func (d Dir) Root(machine string) string { return d.path("machines", machine, "root") }

// Var is the data that a machine keeps on disk.
func (d Dir) Var(machine string) string { return d.path("machines", machine, "var") }

// Spec is the description of a machine that it gets at its start.
func (d Dir) Spec(machine string) string { return d.path("machines", machine, "spec.json") }

// Contents are the top-level names that a cluster creates in its state folder, and all that removing it deletes.
func (d Dir) Contents() []string {
	return []string{"logs", "audit", "images", "pki", "machines", "kubeconfig", "state.json"}
}
