// Package fieldpath gives the names of version 4 that the provider uses to the types of version 6, which the Kubernetes
// libraries have moved to. With it the provider is compiled against the same Kubernetes libraries as the cluster, so
// that they are compiled only once.
package fieldpath

import "sigs.k8s.io/structured-merge-diff/v6/fieldpath"

// The types of version 6.
type (
	Set  = fieldpath.Set
	Path = fieldpath.Path
)

// MakePath is MakePath of version 6.
func MakePath(parts ...any) (Path, error) { return fieldpath.MakePath(parts...) }
