package node

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"

	"telemetry/lab/cluster/internal/machine"
	"telemetry/lab/cluster/internal/process"
	"telemetry/lab/cluster/internal/state"
	"telemetry/lab/cluster/internal/supervise"
)

// ctr addresses containerd's part for Kubernetes.
func ctr(socket string, args ...string) []string {
	return append([]string{"ctr", "--address", socket, "--namespace", "k8s.io", "images"}, args...)
}

// importAll runs inside the node at its start. It also imports images that the node already has: that is cheap,
// since containerd skips the content it has.
func importAll(s *supervise.Supervisor, images []state.Image) error {
	for _, i := range images {
		p := program("ctr")
		p.Args = ctr(socket, "import", "/opt/cluster/images/"+i.Archive)
		if err := s.Run(p); err != nil {
			return fmt.Errorf("import %s: %w; see ctr.log", i.Name, err)
		}
	}
	return nil
}

// Import brings an image to a running node, from the host.
func Import(bin string, id process.ID, archive string, i state.Image) error {
	at := machine.Inside(id, socket)
	have, err := run(bin, ctr(at, "list", "name=="+i.Name))
	if err != nil {
		return err
	}
	if strings.Contains(have, i.Digest) {
		return nil
	}
	_, err = run(bin, ctr(at, "import", archive))
	return err
}

func run(bin string, args []string) (string, error) {
	cmd := exec.Command(bin+"/ctr", args[1:]...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}
