// Package node is the role of a machine that runs pods: containerd, kubelet, kube-proxy and the NetworkPolicy agent.
package node

import (
	"fmt"
	"net"
	"os"
	"time"

	"telemetry/lab/cluster/internal/api"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/machine"
	"telemetry/lab/cluster/internal/supervise"
)

// NetpolCommand is the sub-command of this program that enforces NetworkPolicies.
const NetpolCommand = "netpol-agent"

// ImagesMark is written in the machine when its images are imported; its content is the error, if there was one.
const ImagesMark = "/run/cluster/images"

const socket = "/run/containerd/containerd.sock"

const pki = "/etc/kubernetes/pki/"

// Run starts the node's programs and keeps them running.
func Run(spec machine.Spec) error {
	if err := writeConfigs(spec); err != nil {
		return err
	}
	s := supervise.New("/var/log/cluster")
	s.Keep(program("containerd", "-c", containerdConfig))
	if err := waitSocket(); err != nil {
		return err
	}
	imported := make(chan error, 1)
	go func() { imported <- importAll(s, spec.Images) }()

	if err := api.WaitReady(pki+"kubelet.kubeconfig", 0); err != nil {
		return err
	}
	s.Keep(kube("kube-proxy", "--config", proxyConfig, "--v", "1"))
	s.Keep(supervise.Program{
		Name: "netpol", Path: "/proc/self/exe", Env: environment(),
		Args: []string{"telemetry-netpol", NetpolCommand, spec.Name, pki + "netpol.kubeconfig"},
	})
	// A pod whose image is not there yet would be tried again only after ten seconds, so images come first.
	if err := markImages(<-imported); err != nil {
		return err
	}
	s.Keep(kube("kubelet",
		"--config", kubeletConfig, "--kubeconfig", pki+"kubelet.kubeconfig",
		"--hostname-override", spec.Name, "--node-ip", spec.Slot.Address(spec.Name).String(),
		"--node-labels", fmt.Sprintf("topology.kubernetes.io/zone=zone-%d", layout.NodeNumber(spec.Name)),
		"--v", "1"))
	select {}
}

func markImages(failure error) error {
	text := ""
	if failure != nil {
		text = failure.Error()
	}
	if err := os.WriteFile(ImagesMark+".new", []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(ImagesMark+".new", ImagesMark)
}

func waitSocket() error {
	for range 600 {
		if c, err := net.Dial("unix", socket); err == nil {
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("containerd does not answer; see containerd.log")
}

func program(name string, args ...string) supervise.Program {
	return supervise.Program{
		Name: name, Path: layout.Tools + "/" + name, Args: append([]string{name}, args...), Env: environment(),
	}
}

// kube is one of the programs inside the kube binary, which chooses by the name it is called by.
func kube(name string, args ...string) supervise.Program {
	p := program(name, args...)
	p.Path = layout.Tools + "/kube"
	return p
}

func environment() []string { return []string{"PATH=" + machine.Path, "HOME=/root"} }
