// Package network wires a cluster: one bridge on the host, one port per machine, and routes on both sides.
//
// Pods are routed, not bridged, so each packet between pods passes a node's forward hook, where kube-proxy and the
// NetworkPolicy agent work.
package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"telemetry/lab/cluster/internal/layout"
)

// fallback is the metric of the routes that hold when no better one does.
const fallback = 4000

// SetUp makes the bridge and the host's routes, or completes existing ones.
func SetUp(slot layout.Slot) error {
	// First the fallbacks: whatever fails later, no packet for the cluster leaves the machine by its default route.
	for _, p := range ranges(slot) {
		if err := netlink.RouteReplace(unreachable(p)); err != nil {
			return fmt.Errorf("add route unreachable %s: %w", p, err)
		}
	}
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: slot.Bridge()}}
	if err := netlink.LinkAdd(bridge); err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("add bridge %s: %w", slot.Bridge(), err)
	}
	link, err := netlink.LinkByName(slot.Bridge())
	if err != nil {
		return fmt.Errorf("bridge %s: %w", slot.Bridge(), err)
	}
	if err := addAddress(link, slot.Host(), slot.Machines().Bits()); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return fmt.Errorf("bridge %s: %w", slot.Bridge(), err)
	}
	for n := 1; n <= layout.MaxNodes; n++ {
		if err := via(slot.NodePods(n), slot.Address(layout.Node(n))); err != nil {
			return err
		}
	}
	return nil
}

// ServicesVia lets the host reach ClusterIPs through a machine whose kube-proxy translates them.
func ServicesVia(slot layout.Slot, machine string) error {
	return via(slot.Services(), slot.Address(machine))
}

// Plug connects the network namespace of a process to the bridge, as eth0.
func Plug(slot layout.Slot, machine string, pid int) error {
	name := slot.Port(machine)
	// The port of the machine's former life may still exist: the kernel removes network namespaces later.
	if old, err := netlink.LinkByName(name); err == nil {
		if err := netlink.LinkDel(old); err != nil && !errors.Is(err, unix.ENODEV) {
			return fmt.Errorf("remove old port %s: %w", name, err)
		}
	}
	bridge, err := netlink.LinkByName(slot.Bridge())
	if err != nil {
		return fmt.Errorf("bridge %s: %w", slot.Bridge(), err)
	}
	port := &netlink.Veth{
		LinkAttrs:     netlink.LinkAttrs{Name: name, MasterIndex: bridge.Attrs().Index, Flags: net.FlagUp},
		PeerName:      "eth0",
		PeerNamespace: netlink.NsPid(pid),
	}
	if err := netlink.LinkAdd(port); err != nil {
		return fmt.Errorf("plug %s into %s: %w", machine, slot.Bridge(), err)
	}
	return nil
}

// Conflict names an address range of the host that overlaps the slot's, "" if none does. Links and routes of the
// slot itself do not count: they are remains, and SetUp takes them over.
func Conflict(slot layout.Slot) (string, error) {
	routes, err := complete(func() ([]netlink.Route, error) {
		return netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Table: unix.RT_TABLE_MAIN}, netlink.RT_FILTER_TABLE)
	})
	if err != nil {
		return "", fmt.Errorf("list routes: %w", err)
	}
	for _, r := range routes {
		dst, ok := prefix(r.Dst)
		if !ok || dst.Bits() == 0 || r.Type == unix.RTN_UNREACHABLE && r.Priority == fallback {
			continue
		}
		if link, err := netlink.LinkByIndex(r.LinkIndex); err == nil && slot.OwnsLink(link.Attrs().Name) {
			continue
		}
		for _, p := range ranges(slot) {
			if p.Overlaps(dst) {
				return dst.String(), nil
			}
		}
	}
	return "", nil
}

// TearDown removes the slot's links and routes; it returns no error if there are none.
func TearDown(slot layout.Slot) error {
	links, err := complete(netlink.LinkList)
	if err != nil {
		return fmt.Errorf("list links: %w", err)
	}
	for _, l := range links {
		if !slot.OwnsLink(l.Attrs().Name) {
			continue
		}
		if err := netlink.LinkDel(l); err != nil && !errors.Is(err, unix.ENODEV) && !errors.Is(err, unix.EINVAL) {
			return fmt.Errorf("remove link %s: %w", l.Attrs().Name, err)
		}
	}
	for _, p := range ranges(slot) {
		if err := netlink.RouteDel(unreachable(p)); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("remove route unreachable %s: %w", p, err)
		}
	}
	return nil
}

// complete asks the kernel for a list again if the list changed meanwhile, for example by the links of ending pods: such a
// list may be incomplete.
func complete[T any](list func() ([]T, error)) ([]T, error) {
	for attempts := 20; ; attempts-- {
		all, err := list()
		if attempts == 1 || !errors.Is(err, netlink.ErrDumpInterrupted) {
			return all, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func ranges(slot layout.Slot) []netip.Prefix {
	return []netip.Prefix{slot.Machines(), slot.Pods(), slot.Services()}
}

func unreachable(p netip.Prefix) *netlink.Route {
	return &netlink.Route{Dst: ipNet(p), Type: unix.RTN_UNREACHABLE, Priority: fallback}
}

func via(p netip.Prefix, gateway netip.Addr) error {
	if err := netlink.RouteReplace(&netlink.Route{Dst: ipNet(p), Gw: gateway.AsSlice()}); err != nil {
		return fmt.Errorf("add route %s via %s: %w", p, gateway, err)
	}
	return nil
}

func addAddress(link netlink.Link, a netip.Addr, bits int) error {
	err := netlink.AddrReplace(link, &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(a, bits))})
	if err != nil {
		return fmt.Errorf("give %s the address %s: %w", link.Attrs().Name, a, err)
	}
	return nil
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), 32)}
}

func prefix(n *net.IPNet) (netip.Prefix, bool) {
	if n == nil {
		return netip.Prefix{}, false
	}
	a, ok := netip.AddrFromSlice(n.IP.To4())
	bits, _ := n.Mask.Size()
	return netip.PrefixFrom(a, bits), ok
}
