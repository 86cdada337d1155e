package machine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"telemetry/lab/cluster/internal/cgroup"
	"telemetry/lab/cluster/internal/layout"
)

// changeRoot gives the machine a root file system in memory. From the host it gets the system's programs, read-only
// (nft and mount are needed and link to libraries), the devices, and its own part of the state folder. So no machine
// sees another's files or leaves anything behind in the host's folders.
func changeRoot(spec Spec) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("take the mounts out of the host's sight: %w", err)
	}
	r := root(spec.State.Root(spec.Name))
	steps := []func() error{
		func() error { return r.mount("tmpfs", "/", 0, "mode=755") },
		r.system,
		func() error { return r.programs(spec.Bin) },
		func() error { return r.state(spec) },
		func() error { return r.kernel() },
		func() error { return r.etc(spec) },
		r.pivot,
		keepTunables,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	// Mounts that the kubelet makes must show up in containers that ask for it.
	return unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, "")
}

const programFolders = "/opt/cluster/programs"

type root string

func (r root) at(path string) string { return filepath.Join(string(r), path) }

func (r root) mount(kind, target string, flags uintptr, options string) error {
	if err := os.MkdirAll(r.at(target), 0o755); err != nil {
		return err
	}
	if err := unix.Mount(kind, r.at(target), kind, flags, options); err != nil {
		return fmt.Errorf("mount %s on %s: %w", kind, target, err)
	}
	return nil
}

func (r root) bind(source, target string, readOnly bool) error {
	if err := os.MkdirAll(r.at(target), 0o755); err != nil {
		return err
	}
	if err := unix.Mount(source, r.at(target), "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("bind %s to %s: %w", source, target, err)
	}
	if !readOnly {
		return nil
	}
	if err := unix.Mount("", r.at(target), "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		return fmt.Errorf("make %s read-only: %w", target, err)
	}
	return nil
}

// system mounts the host's programs: /usr, and /bin and the like as the links or folders that they are on the host.
func (r root) system() error {
	for _, dir := range []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"} {
		info, err := os.Lstat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.Mode()&fs.ModeSymlink != 0 {
			var to string
			if to, err = os.Readlink(dir); err == nil {
				err = os.Symlink(to, r.at(dir))
			}
		} else if err == nil {
			err = r.bind(dir, dir, true)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// programs makes layout.Tools a folder of links to the programs. A link in --bin may point to a place that the machine
// cannot see, so the real folders are mounted. Folders, not files: runc runs a copy of itself that it takes from its own
// folder, and there it would find the empty file below the mount.
func (r root) programs(bin string) error {
	inside := map[string]string{}
	for _, name := range layout.Programs {
		real, err := filepath.EvalSymlinks(filepath.Join(bin, name))
		if err != nil {
			return err
		}
		folder := filepath.Dir(real)
		if inside[folder] == "" {
			inside[folder] = fmt.Sprintf("%s/%d", programFolders, len(inside))
			if err := r.bind(folder, inside[folder], true); err != nil {
				return err
			}
		}
		link := r.at(filepath.Join(layout.Tools, name))
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return err
		}
		if err := os.Symlink(filepath.Join(inside[folder], filepath.Base(real)), link); err != nil {
			return err
		}
	}
	return nil
}

func (r root) state(spec Spec) error {
	binds := []struct {
		source, target string
		readOnly       bool
	}{
		{spec.State.Var(spec.Name), "/var", false},
		{spec.State.Logs(spec.Name), "/var/log/cluster", false},
		{spec.State.PKI(spec.Name), "/etc/kubernetes/pki", true},
		{spec.State.Images(), "/opt/cluster/images", true},
	}
	if spec.Name == layout.ControlPlane {
		binds[3].source, binds[3].target, binds[3].readOnly = spec.State.Audit(), "/var/log/audit", false
	}
	for _, b := range binds {
		if err := r.bind(b.source, b.target, b.readOnly); err != nil {
			return err
		}
	}
	return nil
}

func (r root) kernel() error {
	if err := r.bind("/dev", "/dev", false); err != nil {
		return err
	}
	const safe = unix.MS_NOSUID | unix.MS_NODEV
	mounts := []struct {
		kind, target, options string
		flags                 uintptr
	}{
		{"tmpfs", "/dev/shm", "mode=1777", safe},
		{"proc", "/proc", "", safe | unix.MS_NOEXEC},
		{"sysfs", "/sys", "", safe | unix.MS_NOEXEC},
		{"tmpfs", "/run", "mode=755", safe},
		{"tmpfs", "/tmp", "mode=1777", safe},
	}
	for _, m := range mounts {
		if err := r.mount(m.kind, m.target, m.flags, m.options); err != nil {
			return err
		}
	}
	hierarchies, err := cgroup.Hierarchies()
	if err != nil {
		return err
	}
	return cgroup.Mount(hierarchies, r.at("/sys/fs/cgroup"))
}

func (r root) etc(spec Spec) error {
	id := sha256.Sum256([]byte(string(spec.State) + "/" + spec.Name))
	hosts := "127.0.0.1 localhost\n" + spec.Slot.Address(spec.Name).String() + " " + spec.Name + "\n"
	// The host answers no DNS on this address, so a look-up of a name outside the cluster fails at once.
	resolv := "nameserver " + spec.Slot.Host().String() + "\n"
	files := map[string]string{
		"hostname":      spec.Name + "\n",
		"hosts":         hosts,
		"resolv.conf":   resolv,
		"machine-id":    hex.EncodeToString(id[:16]) + "\n",
		"os-release":    "ID=telemetry-test\nPRETTY_NAME=\"Telemetry test machine\"\n",
		"passwd":        "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/none\n",
		"group":         "root:x:0:\nnogroup:x:65534:\n",
		"nsswitch.conf": "hosts: files dns\n",
		// nft lists protocols by the names from here. If it listed them by number, kube-proxy would not recognise its own
		// rules in its hourly synchronisation and would delete them all: no Service would be left.
		"protocols": "tcp 6 TCP\nudp 17 UDP\nsctp 132 SCTP\n",
	}
	if b, err := os.ReadFile("/etc/ld.so.cache"); err == nil {
		files["ld.so.cache"] = string(b)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(r.at("/etc"), name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (r root) pivot() error {
	if err := os.Mkdir(r.at("/host"), 0o700); err != nil {
		return err
	}
	if err := unix.PivotRoot(string(r), r.at("/host")); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if err := unix.Unmount("/host", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("let go of the host's root: %w", err)
	}
	return os.Remove("/host")
}

// keepTunables saves the host from the kubelet, which sets these for the whole kernel if they differ: it finds the
// wanted values in files laid over them.
func keepTunables() error {
	wanted := map[string]string{
		"vm/overcommit_memory":      "1",
		"vm/panic_on_oom":           "0",
		"kernel/panic":              "10",
		"kernel/panic_on_oops":      "1",
		"kernel/keys/root_maxkeys":  "1000000",
		"kernel/keys/root_maxbytes": "25000000",
	}
	for name, value := range wanted {
		real := filepath.Join("/proc/sys", name)
		if b, err := os.ReadFile(real); err == nil && strings.TrimSpace(string(b)) == value {
			continue
		}
		cover := filepath.Join("/run/cluster/sys", name)
		if err := os.MkdirAll(filepath.Dir(cover), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(cover, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := unix.Mount(cover, real, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("cover %s: %w", real, err)
		}
	}
	return nil
}
