package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, binary, wantName, wantPath, wantError string }{
		{"docker.io/otel/collector:1", "/bin/col", "docker.io/otel/collector:1", "/col", ""},
		{"otel/collector:1", "/bin/col=/usr/bin/otelcol", "docker.io/otel/collector:1", "/usr/bin/otelcol", ""},
		{"collector:1", "/bin/col=relative", "", "", "not BINARY"},
		{"Not A Name", "/bin/col", "", "", "image name"},
		{"collector@sha256:" + strings.Repeat("0", 64), "/bin/col", "", "", "give a tag"},
	} {
		s, err := Parse(c.name, c.binary)
		if c.wantError != "" {
			if err == nil || !strings.Contains(err.Error(), c.wantError) {
				t.Errorf("%s %s: error %v instead of …%s…", c.name, c.binary, err, c.wantError)
			}
		} else if err != nil || s.Name != c.wantName || s.Path != c.wantPath {
			t.Errorf("%s %s: %+v, %v", c.name, c.binary, s, err)
		}
	}
}

func TestBuildIsReproducible(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "program")
	if err := os.WriteFile(program, []byte("#!/bin/true"), 0o755); err != nil {
		t.Fatal(err)
	}
	source := Source{Name: "docker.io/example/program:1", Binary: program, Path: "/usr/bin/program"}
	first, err := Build(folder, source)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(folder, first.Archive))
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	second, err := Build(other, source)
	if err != nil || second != first {
		t.Fatalf("%+v, %v instead of %+v", second, err, first)
	}
	again, err := os.ReadFile(filepath.Join(other, second.Archive))
	if err != nil || string(again) != string(content) {
		t.Error("the archives differ")
	}
	if got := ByDigest(first); got != "docker.io/example/program@"+first.Digest {
		t.Error(got)
	}
	if err := os.Chmod(program, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(folder, source); err == nil || !strings.Contains(err.Error(), "not an executable file") {
		t.Error(err)
	}
}
