package node

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// The scripts of @pulumi/pulumi that run a program and a policy pack.
const (
	ProgramScript    = "@pulumi/pulumi/cmd/run"
	PolicyPackScript = "@pulumi/pulumi/cmd/run-policy-pack"
)

// exitReported is the exit code of both scripts after an error that they have already shown to the user.
const exitReported = 32

// Program is one run of a Pulumi program. Empty texts are not passed on.
type Program struct {
	// Monitor and Engine are addresses of the engine's services, as host:port.
	Monitor, Engine              string
	Organization, Project, Stack string
	// RootDirectory has the Pulumi.yaml.
	RootDirectory string
	// EntryPoint is a path from the folder of the program. Empty for the main module of that folder.
	EntryPoint string
	// Arguments are those of the program itself.
	Arguments []string
	// Parallel is the largest number of operations at a time.
	Parallel int32
	DryRun   bool
}

// ResolveArguments returns the arguments with which Node prints the path of a script, as seen from its working folder. If
// the package is not installed there, Node prints one line on standard error and exits with 1.
func ResolveArguments(script string) []string {
	return []string{"-e", fmt.Sprintf("try { console.log(require.resolve(%q)) } "+
		`catch (error) { console.error(error.message.split("\n")[0]); process.exit(1) }`, script)}
}

// ProgramArguments returns the arguments of Node for a program. The path is that of ProgramScript.
func ProgramArguments(path string, options Options, program Program) []string {
	arguments := append(append([]string{}, options.NodeArguments...), path)
	add := func(name, value string) {
		if value != "" {
			arguments = append(arguments, "--"+name, value)
		}
	}
	add("monitor", program.Monitor)
	add("engine", program.Engine)
	add("organization", program.Organization)
	add("project", program.Project)
	add("stack", program.Stack)
	add("root-directory", program.RootDirectory)
	add("parallel", strconv.Itoa(int(program.Parallel)))
	if program.DryRun {
		arguments = append(arguments, "--dry-run")
	}
	entry := program.EntryPoint
	if entry == "" {
		entry = "."
	}
	return append(append(arguments, entry), program.Arguments...)
}

// PolicyPackArguments returns the arguments of Node for the policy pack in its working folder. The path is that of
// PolicyPackScript. The engine's address is the last argument that the engine passes: options for logs precede it, which
// the script does not know.
func PolicyPackArguments(path string, options Options, fromEngine []string) ([]string, error) {
	if len(fromEngine) == 0 {
		return nil, fmt.Errorf("the engine passed no address to the policy pack")
	}
	engine := fromEngine[len(fromEngine)-1]
	return append(append([]string{}, options.NodeArguments...), path, engine, "."), nil
}

// Configuration is the stack's configuration. Keys have the form namespace:name.
type Configuration struct {
	Values     map[string]string
	SecretKeys []string
}

// ProgramEnvironment adds to base the variables through which a program gets its configuration and the options for
// TypeScript. Of a variable that occurs twice, the last one counts.
func ProgramEnvironment(base []string, options Options, configuration Configuration) ([]string, error) {
	values, err := compactJSON(configuration.Values, "{}")
	if err != nil {
		return nil, err
	}
	secretKeys, err := compactJSON(configuration.SecretKeys, "[]")
	if err != nil {
		return nil, err
	}
	environment := append(append([]string{}, base...),
		"PULUMI_CONFIG="+values,
		"PULUMI_CONFIG_SECRET_KEYS="+secretKeys,
		"PULUMI_NODEJS_TYPESCRIPT="+strconv.FormatBool(options.TypeScript))
	if options.TSConfig != "" {
		environment = append(environment, "PULUMI_NODEJS_TSCONFIG_PATH="+options.TSConfig)
	}
	return environment, nil
}

// compactJSON returns empty instead of JSON's null.
func compactJSON(value any, empty string) (string, error) {
	text, err := json.Marshal(value)
	if err != nil || string(text) == "null" {
		return empty, err
	}
	return string(text), nil
}

// Verdict is how a program ended. Both fields are empty after success.
type Verdict struct {
	// Message is an error that the user has not seen yet.
	Message string
	// Reported means that the user has seen the error.
	Reported bool
}

// VerdictOf returns what the exit code of a program means.
func VerdictOf(code int) Verdict {
	switch code {
	case 0:
		return Verdict{}
	case exitReported:
		return Verdict{Reported: true}
	default:
		return Verdict{Message: fmt.Sprintf("Program exited with non-zero exit code: %d", code)}
	}
}
