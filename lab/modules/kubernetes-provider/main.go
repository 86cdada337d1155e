// The Kubernetes provider of Pulumi, release 4.25.0. The schema it would hand to code generators is left out: the
// program's SDK comes from npm.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

func main() { provider.Serve("kubernetes", "4.25.0", []byte(`{"name":"kubernetes"}`), []byte(`{}`)) }
