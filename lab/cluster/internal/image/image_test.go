package image

import (
	"archive/tar"
	"bytes"
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

func TestFolderBecomesTheRoot(t *testing.T) {
	root := t.TempDir()
	for name, mode := range map[string]os.FileMode{"bin/sh": 0o755, "app/data": 0o644} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("sh", filepath.Join(root, "bin/dash")); err != nil {
		t.Fatal(err)
	}
	source := Source{Name: "docker.io/example/root:1", Binary: root, Path: "/"}
	var layer bytes.Buffer
	if _, err := writeLayer(&layer, source); err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := tar.NewReader(&layer); ; {
		h, err := r.Next()
		if err != nil {
			break
		}
		got = append(got, h.Name+h.Linkname)
	}
	want := "etc/ etc/passwd etc/group app/ app/data bin/ bin/dashsh bin/sh"
	if strings.Join(got, " ") != want {
		t.Errorf("%v instead of %s", got, want)
	}
	if first, err := Build(t.TempDir(), source); err != nil {
		t.Error(err)
	} else if second, err := Build(t.TempDir(), source); err != nil || second != first {
		t.Errorf("%+v, %v instead of %+v", second, err, first)
	}
}
