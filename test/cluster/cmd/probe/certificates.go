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
	"os"
	"time"
)

// Certificates is what both ends of a connection with mutual TLS need, in PEM.
type Certificates struct {
	CA         string `json:"ca"`
	ServerCert string `json:"serverCert"`
	ServerKey  string `json:"serverKey"`
	ClientCert string `json:"clientCert"`
	ClientKey  string `json:"clientKey"`
}

// certificates prints fresh ones for a server of this name and a client `probe-client`, good for 90 days. Those of an
// expired server ended an hour ago.
func certificates(host string, expired bool) error {
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "probe-ca"},
		NotBefore: now.AddDate(0, 0, -2), NotAfter: now.AddDate(0, 0, 90),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	issue := func(name string, number int64, usage x509.ExtKeyUsage, until time.Time) (cert, key string, err error) {
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return "", "", err
		}
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
			NotBefore: authority.NotBefore, NotAfter: until,
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{usage},
		}, authority, &own.PublicKey, signer)
		if err != nil {
			return "", "", err
		}
		pkcs8, err := x509.MarshalPKCS8PrivateKey(own)
		return block("CERTIFICATE", der), block("PRIVATE KEY", pkcs8), err
	}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, &signer.PublicKey, signer)
	if err != nil {
		return err
	}
	all := Certificates{CA: block("CERTIFICATE", root)}
	serverUntil := authority.NotAfter
	if expired {
		serverUntil = now.Add(-time.Hour)
	}
	if all.ServerCert, all.ServerKey, err = issue(host, 2, x509.ExtKeyUsageServerAuth, serverUntil); err != nil {
		return err
	}
	if all.ClientCert, all.ClientKey, err = issue("probe-client", 3, x509.ExtKeyUsageClientAuth, authority.NotAfter); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
