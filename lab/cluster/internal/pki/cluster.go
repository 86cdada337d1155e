package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"telemetry/lab/cluster/internal/layout"
)

// NetpolUser is the user name of the NetworkPolicy agents.
const NetpolUser = "telemetry-cluster:netpol"

// Write makes the missing certificates of the cluster's machines: one folder per machine, with nothing that belongs to
// another.
func Write(slot layout.Slot, dir layout.Dir, nodes int) error {
	control := dir.PKI(layout.ControlPlane)
	ca, err := LoadAuthority(control, "ca")
	if err != nil {
		return err
	}
	w := writer{ca: ca, server: slot.Server(), cluster: slot.Name()}
	if missing(filepath.Join(control, "complete")) {
		if err := w.controlPlane(slot, control); err != nil {
			return err
		}
	}
	for n := 1; n <= nodes; n++ {
		if node := layout.Node(n); missing(filepath.Join(dir.PKI(node), "complete")) {
			if err := w.node(dir.PKI(node), node, slot.Address(node).String()); err != nil {
				return err
			}
		}
	}
	if missing(dir.Kubeconfig()) {
		folder, name := filepath.Split(dir.Kubeconfig())
		return w.kubeconfig(folder, name, Subject{Name: "kubernetes-admin", Groups: []string{"system:masters"}})
	}
	return nil
}

type writer struct {
	ca              *Authority
	server, cluster string
}

func (w writer) controlPlane(slot layout.Slot, dir string) error {
	front, err := LoadAuthority(dir, "front-proxy-ca")
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	return errors.Join(
		writeKey(dir, "sa", key),
		write(dir, "sa.pub", encode("PUBLIC KEY", public)),
		front.Save(dir, "front-proxy-client", Subject{Name: "front-proxy-client"}),
		w.ca.Save(dir, "apiserver", Subject{Name: "kube-apiserver", Hosts: []string{
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
			slot.APIService().String(), slot.API().String(),
		}}),
		w.ca.Save(dir, "apiserver-kubelet-client",
			Subject{Name: "kube-apiserver-kubelet-client", Groups: []string{"system:masters"}}),
		w.kubeconfig(dir, "controller-manager.kubeconfig", Subject{Name: "system:kube-controller-manager"}),
		w.kubeconfig(dir, "scheduler.kubeconfig", Subject{Name: "system:kube-scheduler"}),
		write(dir, "complete", nil),
	)
}

func (w writer) node(dir, name, address string) error {
	identity := Subject{Name: "system:node:" + name, Groups: []string{"system:nodes"}}
	serving := identity
	serving.Hosts = []string{name, address}
	return errors.Join(
		write(dir, "ca.crt", w.ca.PEM),
		w.ca.Save(dir, "kubelet", serving),
		w.kubeconfig(dir, "kubelet.kubeconfig", identity),
		w.kubeconfig(dir, "kube-proxy.kubeconfig", Subject{Name: "system:kube-proxy"}),
		w.kubeconfig(dir, "netpol.kubeconfig", Subject{Name: NetpolUser}),
		write(dir, "complete", nil),
	)
}

func (w writer) kubeconfig(dir, file string, s Subject) error {
	certificate, key, err := w.ca.Issue(s)
	if err != nil {
		return err
	}
	b64 := base64.StdEncoding.EncodeToString
	return write(dir, file, fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: %[1]s
contexts:
- name: %[1]s
  context: {cluster: %[1]s, user: %[3]q}
clusters:
- name: %[1]s
  cluster:
    server: %[2]s
    certificate-authority-data: %[4]s
users:
- name: %[3]q
  user:
    client-certificate-data: %[5]s
    client-key-data: %[6]s
`, w.cluster, w.server, s.Name, b64(w.ca.PEM), b64(certificate), b64(key)))
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
