package node

import (
	"embed"
	"os"
	"path"
	"path/filepath"
	"text/template"

	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/machine"
	"telemetry/lab/cluster/internal/manifests"
)

const (
	containerdConfig = "/etc/containerd/config.toml"
	kubeletConfig    = "/etc/kubernetes/kubelet.yaml"
	proxyConfig      = "/etc/kubernetes/kube-proxy.yaml"
	cniConfig        = "/etc/cni/net.d/10-pods.conflist"
)

//go:embed config
var configs embed.FS

// writeConfigs runs before any program of the node. In particular containerd must find the CNI configuration in
// place: it does not notice one that is moved in later.
func writeConfigs(spec machine.Spec) error {
	values := map[string]any{
		"Name":    spec.Name,
		"Tools":   layout.Tools,
		"PKI":     pki,
		"Socket":  socket,
		"CNI":     path.Dir(cniConfig),
		"Pause":   manifests.PauseImage,
		"DNS":     spec.Slot.DNS(),
		"AllPods": spec.Slot.Pods(),
		"Pods":    spec.Slot.NodePods(layout.NodeNumber(spec.Name)),
	}
	t, err := template.ParseFS(configs, "config/*")
	if err != nil {
		return err
	}
	for _, file := range []string{containerdConfig, kubeletConfig, proxyConfig, cniConfig} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		err = t.ExecuteTemplate(f, path.Base(file), values)
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	return nil
}
