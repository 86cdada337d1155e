package network

import (
	"fmt"
	"net/netip"
	"os"

	"github.com/vishvananda/netlink"

	"telemetry/lab/cluster/internal/layout"
)

// Configure sets up the network namespace that the caller is in as that of the machine.
func Configure(slot layout.Slot, machine string) error {
	for _, name := range []string{"lo", "eth0"} {
		link, err := netlink.LinkByName(name)
		if err != nil {
			return fmt.Errorf("link %s: %w", name, err)
		}
		if name == "eth0" {
			if err := addAddress(link, slot.Address(machine), slot.Machines().Bits()); err != nil {
				return err
			}
		}
		if err := netlink.LinkSetUp(link); err != nil {
			return fmt.Errorf("link %s: %w", name, err)
		}
	}
	for n := 1; n <= layout.MaxNodes; n++ {
		if layout.Node(n) == machine {
			continue // the CNI plugin makes the routes to the node's own pods
		}
		if err := via(slot.NodePods(n), slot.Address(layout.Node(n))); err != nil {
			return err
		}
	}
	// Without a route, a packet to a ClusterIP never reaches kube-proxy's output hook. A packet that the hook does not
	// translate ends at the host, which does not forward.
	if err := via(slot.Services(), slot.Host()); err != nil {
		return err
	}
	// No packet leaves the cluster, and an attempt fails at once instead of after a timeout.
	if err := netlink.RouteReplace(unreachable(netip.MustParsePrefix("0.0.0.0/0"))); err != nil {
		return fmt.Errorf("add route unreachable default: %w", err)
	}
	if machine == layout.ControlPlane {
		return nil
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		return fmt.Errorf("let the node forward its pods' packets: %w", err)
	}
	return nil
}
