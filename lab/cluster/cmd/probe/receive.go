package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
)

// receive is an OTLP backend that remembers every byte of its requests, and fails on demand:
//
//	:4317  OTLP over gRPC, :4318 OTLP over HTTP: metrics, traces and logs, each in any compression of the collector
//	:8080  GET /received/requests, /received/items, /received/counts, /received/tokens: see receive_control.go
//	       POST /reset forgets all requests; POST /behaviour: see receive_behaviour.go
//	       POST /token is an OAuth2 endpoint for client credentials; so is :4318/token
//
// With --tls-cert and --tls-key, both OTLP ports speak TLS. With --client-ca, they accept only callers with a certificate
// of that authority. With --require DIR, a caller must send the credentials in DIR, see receive_demands.go.
func receive(args []string) error {
	var files tlsFiles
	var require string
	r := newRecorder()
	flags := flag.NewFlagSet("receive", flag.ContinueOnError)
	flags.StringVar(&files.cert, "tls-cert", "", "PEM of the server's certificate and its chain")
	flags.StringVar(&files.key, "tls-key", "", "PEM of its key")
	flags.StringVar(&files.clientCA, "client-ca", "", "PEM of the authorities whose clients are accepted")
	flags.StringVar(&require, "require", "", "folder with the credentials that callers must send")
	flags.IntVar(&r.keep, "keep", 50_000, "items to remember; counts go on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("receive takes flags only, not %q", flags.Args())
	}
	secure, err := files.config()
	if err != nil {
		return err
	}
	demands, err := readDemands(require)
	if err != nil {
		return err
	}
	b := &recordingBackend{recorder: r, demands: demands, behaviour: newBehaviours()}
	failed := make(chan error)
	go func() { failed <- b.serveGRPC(at("4317"), secure) }()
	go func() { failed <- b.serveHTTP(at("4318"), secure) }()
	go func() { failed <- http.ListenAndServe(listen, b.control()) }()
	fmt.Println("receiving")
	return <-failed
}

// recordingBackend is the state that gRPC, HTTP and the control port share.
type recordingBackend struct {
	recorder  *recorder
	demands   *demands
	behaviour *behaviours
}

type tlsFiles struct{ cert, key, clientCA string }

// config returns nil without TLS.
func (f tlsFiles) config() (*tls.Config, error) {
	if f == (tlsFiles{}) {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if f.clientCA == "" {
		return config, nil
	}
	pem, err := os.ReadFile(f.clientCA)
	if err != nil {
		return nil, err
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("--client-ca holds no certificate")
	}
	config.ClientAuth = tls.RequireAndVerifyClientCert
	return config, nil
}

// clientSubject names the certificate the caller has shown.
func clientSubject(state *tls.ConnectionState) string {
	if state == nil || len(state.PeerCertificates) == 0 {
		return ""
	}
	return state.PeerCertificates[0].Subject.String()
}

func (b *recordingBackend) serveHTTP(address string, secure *tls.Config) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: b.httpHandler(), TLSConfig: secure}
	if secure == nil {
		return server.Serve(listener)
	}
	return server.ServeTLS(listener, "", "")
}
