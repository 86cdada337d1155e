// Package kubernetes stands in for the generated Go SDK of Kubernetes: 27 MB of source, of which the provider uses the
// few names in this module (for its component resources: YAML files, charts, kustomizations). Compiling the original
// takes longer than the rest of the provider.
package kubernetes

import "reflect"

// UntypedArgs are the properties of an object of any kind.
type UntypedArgs map[string]any

// ElementType makes UntypedArgs a pulumi.Input.
func (UntypedArgs) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }
