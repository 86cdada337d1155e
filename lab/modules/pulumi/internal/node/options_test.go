package node

import (
	"reflect"
	"testing"
)

func TestOptionsOfTheRuntime(t *testing.T) {
	for name, test := range map[string]struct {
		values map[string]any
		want   Options
	}{
		"defaults": {nil, Options{TypeScript: true, NodeArguments: []string{}}},
		"all": {
			map[string]any{"typescript": false, "tsconfig": "tsconfig.pulumi.json", "nodeargs": " --import  tsx", "packagemanager": "npm"},
			Options{TSConfig: "tsconfig.pulumi.json", NodeArguments: []string{"--import", "tsx"}},
		},
	} {
		got, err := ParseOptions(test.values)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestOptionsOfTheWrongType(t *testing.T) {
	_, err := ParseOptions(map[string]any{"typescript": "yes", "tsconfig": 1.0})
	want := "runtime.options.typescript must be true or false\nruntime.options.tsconfig must be a text"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
}
