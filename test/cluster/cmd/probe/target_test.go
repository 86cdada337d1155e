package main

import (
	"io"
	"net/http"
	"net/http/httptest"
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
