package preflight

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// rules uses the features of nftables that kube-proxy, the portmap plugin and the NetworkPolicy agent use.
const rules = `table inet trial {
  map services { type ipv4_addr . inet_proto . inet_service : verdict; }
  chain nat { type nat hook postrouting priority srcnat; masquerade; }
  chain target { numgen random mod 2 vmap { 0 : drop, 1 : drop }; }
  chain forward { type filter hook forward priority filter; ct state established accept; fib daddr type local counter reject; }
}
`

// TryKernel runs in its own namespaces and uses every feature that a cluster needs once.
func TryKernel(state string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mount namespaces: %w", err)
	}
	return errors.Join(tryOverlay(state), tryLinks(), tryRules())
}

func tryOverlay(state string) error {
	base, err := os.MkdirTemp(state, ".trial-*")
	if err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	defer os.RemoveAll(base)
	for _, dir := range []string{"lower", "upper", "work", "merged"} {
		if err := os.Mkdir(filepath.Join(base, dir), 0o755); err != nil {
			return fmt.Errorf("--state: %w", err)
		}
	}
	options := fmt.Sprintf("lowerdir=%[1]s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", base)
	merged := filepath.Join(base, "merged")
	if err := unix.Mount("overlay", merged, "overlay", 0, options); err != nil {
		return fmt.Errorf("overlayfs does not work in %s (%w): the kernel needs CONFIG_OVERLAY_FS, "+
			"and --state must lie on a file system that takes it (ext4, xfs; not on an overlay)", state, err)
	}
	return unix.Unmount(merged, 0)
}

func tryLinks() error {
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "trial"}}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("bridges do not work (%w): the kernel needs CONFIG_BRIDGE", err)
	}
	veth := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "trial-a"}, PeerName: "trial-b"}
	if err := netlink.LinkAdd(veth); err != nil {
		return fmt.Errorf("veth links do not work (%w): the kernel needs CONFIG_VETH", err)
	}
	return nil
}

func tryRules() error {
	cmd := exec.Command(lookUp("nft"), "-f", "-")
	cmd.Stdin = strings.NewReader(rules)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("nftables do not work (%w): the kernel needs CONFIG_NF_TABLES with NFT_CT, NFT_NAT, NFT_MASQ, "+
			"NFT_NUMGEN, NFT_FIB_INET, NFT_REJECT; nft reports: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// lookUp searches the path of the nodes, which may differ from the caller's PATH.
func lookUp(program string) string {
	for _, dir := range []string{"/usr/sbin", "/usr/bin", "/sbin", "/bin"} {
		if path := filepath.Join(dir, program); executable(path) {
			return path
		}
	}
	return program
}
