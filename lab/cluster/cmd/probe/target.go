package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// Scrape is one request for metrics, as a target saw it.
type Scrape struct {
	From  string `json:"from"`
	Port  string `json:"port"`
	Path  string `json:"path"`
	Query string `json:"query"`
	// Authorization is the header of the caller, which tests compare with a made-up token.
	Authorization string `json:"authorization,omitempty"`
	// Client is the name in the caller's certificate, if one is required.
	Client string    `json:"client,omitempty"`
	At     time.Time `json:"at"`
}

// scrapeTarget serves metrics in Prometheus' format and remembers the requests.
type scrapeTarget struct {
	samples int
	labels  int
	family  int
	padding int
	hang    bool
	text    string
	bearer  string

	lock    sync.Mutex
	scrapes []Scrape
}

// target serves metrics under any path of the given ports, and on :8080 /scrapes (the requests, as JSON) and /healthz.
func target(args []string) error {
	flags := flag.NewFlagSet("target", flag.ContinueOnError)
	ports := flags.String("ports", "9100", "ports of the metrics, separated by commas")
	samples := flags.Int("samples", 1, "samples in an answer")
	labels := flags.Int("labels", 0, "labels of each series besides its number")
	family := flags.Int("family", 0, "most series of one name; 0: no limit")
	padding := flags.Int("padding", 0, "bytes of comments in an answer")
	hang := flags.Bool("hang", false, "never answer")
	bad := flags.Bool("bad", false, "answer with a text that is not in exposition format")
	file := flags.String("file", "", "answer with the content of a file")
	cert := flags.String("tls-cert", "", "serve metrics over TLS, with this certificate")
	key := flags.String("tls-key", "", "key of the certificate")
	clientCA := flags.String("client-ca", "", "answer only callers with a certificate that this authority has signed")
	bearer := flags.String("bearer", "", "answer only callers with this token")
	if err := flags.Parse(args); err != nil {
		return err
	}
	t := &scrapeTarget{
		samples: *samples, labels: *labels, family: *family, padding: *padding, hang: *hang, bearer: *bearer,
	}
	switch {
	case *bad:
		t.text = "<html>this is no metric</html>\n"
	case *file != "":
		text, err := os.ReadFile(*file)
		if err != nil {
			return err
		}
		t.text = string(text)
	}
	demands := &tls.Config{}
	if *clientCA != "" {
		pem, err := os.ReadFile(*clientCA)
		if err != nil {
			return err
		}
		demands.ClientAuth, demands.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		if !demands.ClientCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("no certificate in %s", *clientCA)
		}
	}
	failed := make(chan error)
	for _, port := range strings.Split(*ports, ",") {
		go func() {
			server := &http.Server{Addr: at(port), Handler: t.metrics(port), TLSConfig: demands}
			if *cert != "" {
				failed <- server.ListenAndServeTLS(*cert, *key)
				return
			}
			failed <- server.ListenAndServe()
		}()
	}
	control := http.NewServeMux()
	control.HandleFunc("/healthz", healthz)
	control.HandleFunc("/scrapes", func(w http.ResponseWriter, _ *http.Request) {
		t.lock.Lock()
		defer t.lock.Unlock()
		_ = json.NewEncoder(w).Encode(append([]Scrape{}, t.scrapes...))
	})
	go func() { failed <- http.ListenAndServe(listen, control) }()
	return <-failed
}

func (t *scrapeTarget) metrics(port string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, _, _ := net.SplitHostPort(r.RemoteAddr)
		if t.bearer != "" && r.Header.Get("Authorization") != "Bearer "+t.bearer {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		scrape := Scrape{From: from, Port: port, Path: r.URL.Path, Query: r.URL.RawQuery, Client: callerOf(r), At: time.Now()}
		scrape.Authorization = r.Header.Get("Authorization")
		t.lock.Lock()
		t.scrapes = append(t.scrapes, scrape)
		count := len(t.scrapes)
		t.lock.Unlock()
		if t.hang {
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		if t.text != "" {
			_, _ = io.WriteString(w, t.text)
			return
		}
		t.write(w, port, count)
	})
}

// callerOf returns the first identity in the caller's certificate.
func callerOf(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 || len(r.TLS.PeerCertificates[0].URIs) == 0 {
		return ""
	}
	return r.TLS.PeerCertificates[0].URIs[0].String()
}

// write makes an answer: a counter of scrapes, and other series up to the number of samples.
func (t *scrapeTarget) write(w io.Writer, port string, count int) {
	fmt.Fprintf(w, "# TYPE target_scrapes_total counter\ntarget_scrapes_total{port=%q} %d\n", port, count)
	name := "target_value"
	for i := 1; i < t.samples; i++ {
		if t.family > 0 {
			name = fmt.Sprintf("target_value_%d", (i-1)/t.family)
		}
		if i == 1 || t.family > 0 && (i-1)%t.family == 0 {
			fmt.Fprintf(w, "# TYPE %s gauge\n", name)
		}
		fmt.Fprintf(w, "%s{series=\"%d\"", name, i)
		for label := 0; label < t.labels; label++ {
			fmt.Fprintf(w, ",label_%d=\"value-%d\"", label, i%(10*label+7))
		}
		fmt.Fprintf(w, "} %d\n", i)
	}
	comment := "# " + strings.Repeat("x", 1022) + "\n"
	for written := 0; written < t.padding; written += len(comment) {
		_, _ = io.WriteString(w, comment)
	}
}
