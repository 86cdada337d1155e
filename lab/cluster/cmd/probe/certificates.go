package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"time"
)

// Certificates has the PEM texts that both ends of a connection with mutual TLS need.
type Certificates struct {
	CA         string `json:"ca"`
	ServerCert string `json:"serverCert"`
	ServerKey  string `json:"serverKey"`
	ClientCert string `json:"clientCert"`
	ClientKey  string `json:"clientKey"`
}

// MeshCertificates has the PEM texts that a mesh gives its workloads.
type MeshCertificates struct {
	Root      string         `json:"root"`
	Workloads []MeshWorkload `json:"workloads"`
}

// MeshWorkload is one workload's certificate chain. No certificate is between the workload's and the root.
type MeshWorkload struct {
	Cert string `json:"cert"`
	Key  string `json:"key"`
}

// certificates prints fresh certificates, valid for 90 days, for a server of this name and a client `probe-client`. The
// certificate of an expired server ended an hour ago.
func certificates(host string, expired bool) error {
	ca, err := newAuthority(pkix.Name{CommonName: "probe-ca"})
	if err != nil {
		return err
	}
	issue := func(name string, usage x509.ExtKeyUsage, until time.Time) (cert, key string, err error) {
		return ca.issue(&x509.Certificate{
			Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotAfter: until,
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{usage},
		})
	}
	all := Certificates{CA: block("CERTIFICATE", ca.cert.Raw)}
	serverUntil := ca.cert.NotAfter
	if expired {
		serverUntil = time.Now().Add(-time.Hour)
	}
	if all.ServerCert, all.ServerKey, err = issue(host, x509.ExtKeyUsageServerAuth, serverUntil); err != nil {
		return err
	}
	if all.ClientCert, all.ClientKey, err = issue("probe-client", x509.ExtKeyUsageClientAuth, ca.cert.NotAfter); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}

// meshCertificates prints the certificates of a fresh mesh in the form of Istio's: for both ends of a connection, without
// a subject or a DNS name. The only name is the workload's identity, such as spiffe://cluster.local/ns/shop/sa/web.
func meshCertificates(identities []string) error {
	ca, err := newAuthority(pkix.Name{Organization: []string{"cluster.local"}})
	if err != nil {
		return err
	}
	mesh := MeshCertificates{Root: block("CERTIFICATE", ca.cert.Raw)}
	for _, identity := range identities {
		uri, err := url.Parse(identity)
		if err != nil {
			return err
		}
		cert, key, err := ca.issue(&x509.Certificate{
			URIs: []*url.URL{uri}, NotAfter: time.Now().Add(24 * time.Hour),
			KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		})
		if err != nil {
			return err
		}
		mesh.Workloads = append(mesh.Workloads, MeshWorkload{Cert: cert, Key: key})
	}
	return json.NewEncoder(os.Stdout).Encode(mesh)
}

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	last int64
}

// newAuthority makes a certificate authority that is valid for 90 days.
func newAuthority(name pkix.Name) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: name,
		NotBefore: now.AddDate(0, 0, -2), NotAfter: now.AddDate(0, 0, 90),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert: cert, key: key, last: 1}, err
}

// issue signs a certificate for a fresh key and returns both in PEM.
func (a *authority) issue(template *x509.Certificate) (cert, key string, err error) {
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	a.last++
	template.SerialNumber, template.NotBefore = big.NewInt(a.last), a.cert.NotBefore
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &own.PublicKey, a.key)
	if err != nil {
		return "", "", err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(own)
	return block("CERTIFICATE", der), block("PRIVATE KEY", pkcs8), err
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
