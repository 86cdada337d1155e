package node

import (
	"reflect"
	"strings"
	"testing"
)

func check(t *testing.T, got []string, want string) {
	t.Helper()
	if joined := strings.Join(got, "|"); joined != want {
		t.Errorf("got  %s\nwant %s", joined, want)
	}
}

func TestNodePrintsThePathOfAScript(t *testing.T) {
	check(t, ResolveArguments(ProgramScript), `-e|try { console.log(require.resolve("@pulumi/pulumi/cmd/run")) } `+
		`catch (error) { console.error(error.message.split("\n")[0]); process.exit(1) }`)
}

func TestTheCommandLineOfAProgram(t *testing.T) {
	program := Program{
		Monitor:       "127.0.0.1:1",
		Engine:        "127.0.0.1:2",
		Organization:  "organization",
		Project:       "telemetry",
		Stack:         "dev",
		RootDirectory: "/project",
		EntryPoint:    "index.ts",
		Arguments:     []string{"--own", "argument"},
		Parallel:      16,
		DryRun:        true,
	}
	options := Options{NodeArguments: []string{"--import", "tsx"}}
	check(t, ProgramArguments("/run/index.js", options, program),
		"--import|tsx|/run/index.js|--monitor|127.0.0.1:1|--engine|127.0.0.1:2|--organization|organization|--project|telemetry|"+
			"--stack|dev|--root-directory|/project|--parallel|16|--dry-run|index.ts|--own|argument")
	if len(options.NodeArguments) != 2 {
		t.Error("the options have changed")
	}
}

func TestAProgramWithoutAnEntryPointIsTheMainModuleOfItsFolder(t *testing.T) {
	check(t, ProgramArguments("/run/index.js", Options{}, Program{Monitor: "127.0.0.1:1"}),
		"/run/index.js|--monitor|127.0.0.1:1|--parallel|0|.")
}

func TestTheCommandLineOfAPolicyPack(t *testing.T) {
	options := Options{NodeArguments: []string{"--trace-warnings"}}
	got, err := PolicyPackArguments("/policy/index.js", options, []string{"--logtostderr", "-v=9", "127.0.0.1:2"})
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, "--trace-warnings|/policy/index.js|127.0.0.1:2|.")
}

func TestAPolicyPackWithoutAnEngine(t *testing.T) {
	_, err := PolicyPackArguments("/policy/index.js", Options{}, nil)
	if err == nil || err.Error() != "the engine passed no address to the policy pack" {
		t.Error(err)
	}
}

func TestTheEnvironmentHasTheConfiguration(t *testing.T) {
	base := []string{"HOME=/root"}
	configuration := Configuration{
		Values:     map[string]string{"telemetry:namespace": "own", "telemetry:key": `{"a":"b"}`},
		SecretKeys: []string{"telemetry:key"},
	}
	got, err := ProgramEnvironment(base, Options{TypeScript: true, TSConfig: "other.json"}, configuration)
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, `HOME=/root|PULUMI_CONFIG={"telemetry:key":"{\"a\":\"b\"}","telemetry:namespace":"own"}|`+
		`PULUMI_CONFIG_SECRET_KEYS=["telemetry:key"]|PULUMI_NODEJS_TYPESCRIPT=true|PULUMI_NODEJS_TSCONFIG_PATH=other.json`)
}

func TestTheEnvironmentOfAStackWithoutConfiguration(t *testing.T) {
	got, err := ProgramEnvironment(nil, Options{}, Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, "PULUMI_CONFIG={}|PULUMI_CONFIG_SECRET_KEYS=[]|PULUMI_NODEJS_TYPESCRIPT=false")
}

func TestExitCodes(t *testing.T) {
	for code, want := range map[int]Verdict{
		0:  {},
		32: {Reported: true},
		1:  {Message: "Program exited with non-zero exit code: 1"},
		-1: {Message: "Program exited with non-zero exit code: -1"},
	} {
		if got := VerdictOf(code); !reflect.DeepEqual(got, want) {
			t.Errorf("%d: %+v", code, got)
		}
	}
}
