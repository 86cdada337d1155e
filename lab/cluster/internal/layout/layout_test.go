package layout

import (
	"net/netip"
	"testing"
)

func TestSlotsNeverOverlap(t *testing.T) {
	var seen []netip.Prefix
	for s := Slot(0); s < Slots; s++ {
		for _, p := range []netip.Prefix{s.Machines(), s.Pods(), s.Services()} {
			if p != p.Masked() {
				t.Errorf("slot %d: %s is not a range", s, p)
			}
			for _, other := range seen {
				if p.Overlaps(other) {
					t.Errorf("slot %d: %s overlaps %s", s, p, other)
				}
			}
			seen = append(seen, p)
		}
		for _, name := range MachineNames(MaxNodes) {
			if !s.Machines().Contains(s.Address(name)) || s.Address(name) == s.Host() {
				t.Errorf("slot %d: %s at %s", s, name, s.Address(name))
			}
			if port := s.Port(name); len(port) > 15 || !s.OwnsLink(port) {
				t.Errorf("slot %d: link name %s", s, port)
			}
		}
		if !s.Services().Contains(s.DNS()) || !s.Services().Contains(s.APIService()) {
			t.Errorf("slot %d: DNS %s and API %s outside %s", s, s.DNS(), s.APIService(), s.Services())
		}
	}
	if Slot(1).OwnsLink("tc10") || Slot(1).OwnsLink("tc10-node1") {
		t.Error("slot 1 takes links of slot 10 for its own")
	}
}

func TestNodeNumber(t *testing.T) {
	for name, want := range map[string]int{
		"node1": 1, "node9": 9, "node0": 0, "node10": 0, "node01": 0, "node": 0, "1": 0, ControlPlane: 0,
	} {
		if got := NodeNumber(name); got != want {
			t.Errorf("%q: %d instead of %d", name, got, want)
		}
	}
}
