package main

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestTargetServesAsManySamplesAsAskedForAndRemembersWhoAsked(t *testing.T) {
	target := &scrapeTarget{samples: 3, padding: 4096}
	server := httptest.NewServer(target.metrics("9100"))
	defer server.Close()
	answer, err := http.Get(server.URL + "/stats?a=b")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	samples := 0
	for _, line := range strings.Split(string(body), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			samples++
		}
	}
	if samples != 3 || len(body) < 4096 {
		t.Errorf("%d samples in %d bytes", samples, len(body))
	}
	if len(target.scrapes) != 1 {
		t.Fatalf("%d scrapes", len(target.scrapes))
	}
	if s := target.scrapes[0]; s.Path != "/stats" || s.Query != "a=b" || s.Port != "9100" || s.From != "127.0.0.1" {
		t.Errorf("remembered %+v", s)
	}
}

func TestTargetAnswersOnlyCallersWithItsTokenAndRemembersThem(t *testing.T) {
	target := &scrapeTarget{samples: 1, bearer: "token"}
	for authorization, expected := range map[string]int{"": 401, "Bearer other": 401, "Bearer token": 200} {
		request := httptest.NewRequest("GET", "/metrics", nil)
		request.Header.Set("Authorization", authorization)
		answer := httptest.NewRecorder()
		target.metrics("9100").ServeHTTP(answer, request)
		if answer.Code != expected {
			t.Errorf("%q: %d", authorization, answer.Code)
		}
	}
	if len(target.scrapes) != 1 {
		t.Errorf("%d scrapes", len(target.scrapes))
	}
}

func TestTargetServesFamiliesOfSeriesWithLabels(t *testing.T) {
	target := &scrapeTarget{samples: 6, labels: 2, family: 2}
	answer := httptest.NewRecorder()
	target.metrics("9100").ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	expected := `# TYPE target_scrapes_total counter
target_scrapes_total{port="9100"} 1
# TYPE target_value_0 gauge
target_value_0{series="1",label_0="value-1",label_1="value-1"} 1
target_value_0{series="2",label_0="value-2",label_1="value-2"} 2
# TYPE target_value_1 gauge
target_value_1{series="3",label_0="value-3",label_1="value-3"} 3
target_value_1{series="4",label_0="value-4",label_1="value-4"} 4
# TYPE target_value_2 gauge
target_value_2{series="5",label_0="value-5",label_1="value-5"} 5
`
	if body := answer.Body.String(); body != expected {
		t.Errorf("served %s", body)
	}
}

func TestTargetAnswersOnlyCallersOfItsMeshAndRemembersThem(t *testing.T) {
	ca, err := newAuthority(pkix.Name{Organization: []string{"mesh"}})
	if err != nil {
		t.Fatal(err)
	}
	identity := &url.URL{Scheme: "spiffe", Host: "cluster.local", Path: "/ns/shop/sa/web"}
	certificate := func(by *authority) tls.Certificate {
		cert, key, err := by.issue(&x509.Certificate{
			URIs: []*url.URL{identity}, NotAfter: by.cert.NotAfter,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		})
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		return pair
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca.cert)
	target := &scrapeTarget{samples: 1}
	server := httptest.NewUnstartedServer(target.metrics("9100"))
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{certificate(ca)},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: roots,
	}
	server.StartTLS()
	defer server.Close()
	get := func(certificates ...tls.Certificate) error {
		config := &tls.Config{Certificates: certificates, InsecureSkipVerify: true}
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
		answer, err := client.Get(server.URL)
		if err == nil {
			_ = answer.Body.Close()
		}
		return err
	}
	foreign, err := newAuthority(pkix.Name{Organization: []string{"another mesh"}})
	if err != nil {
		t.Fatal(err)
	}
	if get() == nil || get(certificate(foreign)) == nil {
		t.Error("answered a caller without a certificate of the mesh")
	}
	if err := get(certificate(ca)); err != nil {
		t.Error(err)
	}
	if len(target.scrapes) != 1 || target.scrapes[0].Client != identity.String() {
		t.Errorf("remembered %+v", target.scrapes)
	}
}
