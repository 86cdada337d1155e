// Package node decides how Node runs a Pulumi program or a policy pack with the npm package @pulumi/pulumi: arguments,
// environment, and the meaning of exit codes. It starts no process.
package node

import (
	"errors"
	"fmt"
	"strings"
)

// Options are the options of the runtime in Pulumi.yaml or PulumiPolicy.yaml.
type Options struct {
	// TypeScript compiles TypeScript at runtime. True by default.
	TypeScript bool
	// TSConfig is the path of a tsconfig.json, from the program's folder. Empty for tsconfig.json there.
	TSConfig string
	// NodeArguments precede the script. None by default.
	NodeArguments []string
}

// ParseOptions reads the options that this host knows: typescript, tsconfig and nodeargs, whose arguments are separated by
// spaces. It ignores all others, such as packagemanager. It fails if a value has the wrong type.
func ParseOptions(values map[string]any) (Options, error) {
	options := Options{TypeScript: true}
	var arguments string
	if err := errors.Join(
		read(values, "typescript", "true or false", &options.TypeScript),
		read(values, "tsconfig", "a text", &options.TSConfig),
		read(values, "nodeargs", "a text", &arguments),
	); err != nil {
		return Options{}, err
	}
	options.NodeArguments = strings.Fields(arguments)
	return options, nil
}

// read leaves the default if there is no value of that name.
func read[T any](values map[string]any, name, wanted string, into *T) error {
	value, there := values[name]
	if !there {
		return nil
	}
	typed, ok := value.(T)
	if !ok {
		return fmt.Errorf("runtime.options.%s must be %s", name, wanted)
	}
	*into = typed
	return nil
}
