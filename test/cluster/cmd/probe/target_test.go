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
