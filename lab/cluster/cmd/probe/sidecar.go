package main

import (
	"os"
	"path/filepath"
)

// sidecar does what a mesh's proxy does beside a container that wants the proxy's certificates: it leaves them in a
// folder, under the names and with the mode that Istio's has in a cluster, and is there. They are in the environment.
func sidecar(folder string) error {
	files := map[string]string{"cert-chain.pem": "MESH_CERT", "key.pem": "MESH_KEY", "root-cert.pem": "MESH_ROOT"}
	for name, variable := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(os.Getenv(variable)), 0o644); err != nil {
			return err
		}
	}
	return serve()
}
