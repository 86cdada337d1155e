package main

import (
	"os"
	"path/filepath"
)

// sidecar stands in for a mesh's proxy beside a container that needs the proxy's certificates: it writes them to a folder,
// with the names and the mode of Istio's proxy, and keeps running. The certificates come from the environment.
func sidecar(folder string) error {
	files := map[string]string{"cert-chain.pem": "MESH_CERT", "key.pem": "MESH_KEY", "root-cert.pem": "MESH_ROOT"}
	for name, variable := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(os.Getenv(variable)), 0o644); err != nil {
			return err
		}
	}
	return serve()
}
