// Package pki makes a cluster's certificates, keys and kubeconfigs.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Authority signs certificates.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	PEM         []byte
}

// Subject is the owner of a certificate. Every certificate serves as client and as server.
type Subject struct {
	Name   string
	Groups []string
	Hosts  []string // names and addresses
}

// LoadAuthority reads the authority kept as dir/name.crt and dir/name.key, or makes it.
func LoadAuthority(dir, name string) (*Authority, error) {
	certificate, err := os.ReadFile(filepath.Join(dir, name+".crt"))
	if errors.Is(err, fs.ErrNotExist) {
		return newAuthority(dir, name)
	}
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(filepath.Join(dir, name+".key"))
	if err != nil {
		return nil, err
	}
	a := &Authority{PEM: certificate}
	if block, _ := pem.Decode(certificate); block != nil {
		a.certificate, err = x509.ParseCertificate(block.Bytes)
	}
	if block, _ := pem.Decode(key); block != nil && err == nil {
		var parsed any
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		a.key, _ = parsed.(*ecdsa.PrivateKey)
	}
	if err != nil || a.certificate == nil || a.key == nil {
		return nil, fmt.Errorf("%s is damaged; remove the cluster and start it again", filepath.Join(dir, name+".crt"))
	}
	return a, nil
}

func newAuthority(dir, name string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t := template(Subject{Name: name})
	t.IsCA, t.ExtKeyUsage = true, nil
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	a := &Authority{certificate: certificate, key: key, PEM: encode("CERTIFICATE", der)}
	// The key first: a certificate without its key would count as a made authority.
	return a, errors.Join(writeKey(dir, name, key), write(dir, name+".crt", a.PEM))
}

// Issue returns a certificate and its key as PEM.
func (a *Authority) Issue(s Subject) (certificate, key []byte, err error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template(s), a.certificate, &k.PublicKey, a.key)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(k)
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", encoded), err
}

// Save issues a certificate as dir/name.crt and dir/name.key.
func (a *Authority) Save(dir, name string, s Subject) error {
	certificate, key, err := a.Issue(s)
	if err != nil {
		return err
	}
	return errors.Join(write(dir, name+".key", key), write(dir, name+".crt", certificate))
}

func template(s Subject) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: s.Name, Organization: s.Groups},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(1, 0, 0),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	for _, host := range s.Hosts {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	return t
}

func writeKey(dir, name string, key *ecdsa.PrivateKey) error {
	b, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return write(dir, name+".key", encode("PRIVATE KEY", b))
}

func write(dir, name string, content []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), content, 0o600)
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
