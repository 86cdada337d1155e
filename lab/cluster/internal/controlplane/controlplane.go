// Package controlplane is the role of the machine that runs etcd and the Kubernetes control plane.
package controlplane

import (
	_ "embed"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"telemetry/lab/cluster/internal/api"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/machine"
	"telemetry/lab/cluster/internal/supervise"
)

//go:embed audit-policy.yaml
var auditPolicy []byte

const (
	pki       = "/etc/kubernetes/pki/"
	auditFile = "/etc/kubernetes/audit-policy.yaml"
	etcd      = "http://127.0.0.1:2379"
	etcdPeer  = "http://127.0.0.1:2380"
)

// Run starts the control plane's programs and keeps them running.
func Run(spec machine.Spec) error {
	if err := os.WriteFile(auditFile, auditPolicy, 0o644); err != nil {
		return err
	}
	if err := os.MkdirAll("/var/lib/etcd", 0o700); err != nil {
		return err
	}
	s := supervise.New("/var/log/cluster")
	s.Keep(program("etcd",
		"--name", "etcd", "--data-dir", "/var/lib/etcd",
		// A test cluster need not outlive a power failure, and other work on the disk must not slow it down.
		"--unsafe-no-fsync",
		"--listen-client-urls", etcd, "--advertise-client-urls", etcd,
		"--listen-peer-urls", etcdPeer, "--initial-advertise-peer-urls", etcdPeer,
		"--initial-cluster", "etcd="+etcdPeer, "--log-level", "warn"))
	// Each program starts when the one it needs is there: one that starts early only burns CPU and backs off.
	if err := waitEtcd(); err != nil {
		return err
	}
	s.Keep(program("kube-apiserver", apiServer(spec.Slot)...))
	if err := api.WaitReady(pki+"scheduler.kubeconfig", 0); err != nil {
		return err
	}
	s.Keep(program("kube-controller-manager",
		"--kubeconfig", pki+"controller-manager.kubeconfig",
		"--authentication-kubeconfig", pki+"controller-manager.kubeconfig",
		"--authorization-kubeconfig", pki+"controller-manager.kubeconfig",
		"--service-account-private-key-file", pki+"sa.key",
		"--root-ca-file", pki+"ca.crt",
		"--cluster-signing-cert-file", pki+"ca.crt", "--cluster-signing-key-file", pki+"ca.key",
		"--use-service-account-credentials",
		// With the default of 20 requests per second it takes five seconds to get credentials for its controllers.
		"--kube-api-qps", "200", "--kube-api-burst", "400",
		"--service-cluster-ip-range", spec.Slot.Services().String(),
		"--leader-elect=false", "--bind-address", "127.0.0.1"))
	s.Keep(program("kube-scheduler",
		"--kubeconfig", pki+"scheduler.kubeconfig",
		"--authentication-kubeconfig", pki+"scheduler.kubeconfig",
		"--authorization-kubeconfig", pki+"scheduler.kubeconfig",
		"--leader-elect=false", "--bind-address", "127.0.0.1"))
	select {}
}

func apiServer(slot layout.Slot) []string {
	return []string{
		"--etcd-servers", etcd,
		"--bind-address", slot.API().String(), "--secure-port", strconv.Itoa(layout.APIPort),
		"--advertise-address", slot.API().String(),
		"--service-cluster-ip-range", slot.Services().String(),
		"--allow-privileged=true",
		"--authorization-mode", "Node,RBAC",
		"--enable-admission-plugins", "NodeRestriction",
		"--client-ca-file", pki + "ca.crt",
		"--tls-cert-file", pki + "apiserver.crt", "--tls-private-key-file", pki + "apiserver.key",
		"--kubelet-client-certificate", pki + "apiserver-kubelet-client.crt",
		"--kubelet-client-key", pki + "apiserver-kubelet-client.key",
		"--kubelet-certificate-authority", pki + "ca.crt",
		"--kubelet-preferred-address-types", "InternalIP",
		"--service-account-issuer", "https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file", pki + "sa.pub", "--service-account-signing-key-file", pki + "sa.key",
		"--requestheader-client-ca-file", pki + "front-proxy-ca.crt",
		"--requestheader-allowed-names", "front-proxy-client",
		"--requestheader-extra-headers-prefix", "X-Remote-Extra-",
		"--requestheader-group-headers", "X-Remote-Group", "--requestheader-username-headers", "X-Remote-User",
		"--proxy-client-cert-file", pki + "front-proxy-client.crt",
		"--proxy-client-key-file", pki + "front-proxy-client.key",
		// No kube-proxy runs beside the API server, so it calls the endpoints of webhooks and API services directly.
		"--enable-aggregator-routing=true",
		"--audit-policy-file", auditFile, "--audit-log-path", "/var/log/audit/audit.log",
		"--audit-log-maxsize", "100", "--audit-log-maxbackup", "2",
	}
}

func waitEtcd() error {
	for range 600 {
		if c, err := net.Dial("tcp", "127.0.0.1:2379"); err == nil {
			return c.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("etcd does not answer; see etcd.log")
}

func program(name string, args ...string) supervise.Program {
	return supervise.Program{
		Name: name,
		Path: layout.Tools + "/kube",
		Args: append([]string{name}, args...),
		Env:  []string{"PATH=" + machine.Path, "HOME=/root"},
	}
}
