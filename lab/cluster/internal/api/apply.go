package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Apply server-side applies the YAML documents. Objects with a namespace go there, others are cluster-wide.
func (c *Client) Apply(documents []byte) error {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(documents), 4096)
	force := true
	for {
		o := &unstructured.Unstructured{}
		err := decoder.Decode(&o.Object)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read manifest: %w", err)
		}
		body, err := o.MarshalJSON()
		if err != nil {
			return fmt.Errorf("read manifest: %w", err)
		}
		resource, _ := meta.UnsafeGuessKindToResource(o.GroupVersionKind())
		options := metav1.PatchOptions{FieldManager: "telemetry-cluster", Force: &force}
		_, err = c.dynamic.Resource(resource).Namespace(o.GetNamespace()).
			Patch(context.Background(), o.GetName(), types.ApplyPatchType, body, options)
		if err != nil {
			return fmt.Errorf("apply %s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
}
