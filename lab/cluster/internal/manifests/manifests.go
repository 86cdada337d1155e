// Package manifests has the objects of every cluster and the names of their images.
package manifests

import (
	"bytes"
	"embed"
	"text/template"

	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/pki"
)

// Images that every node has, made of the programs in --bin.
const (
	PauseImage = "telemetry.test/pause:1"
	DNSImage   = "telemetry.test/coredns:1"
	ProbeImage = "telemetry.test/probe:1"
)

//go:embed *.yaml
var files embed.FS

// Render returns the manifests of the cluster in this slot.
func Render(slot layout.Slot) ([]byte, error) {
	t, err := template.ParseFS(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	var all bytes.Buffer
	values := map[string]any{"DNS": slot.DNS(), "DNSImage": DNSImage, "NetpolUser": pki.NetpolUser}
	for _, part := range t.Templates() {
		all.WriteString("---\n")
		if err := part.Execute(&all, values); err != nil {
			return nil, err
		}
	}
	return all.Bytes(), nil
}
