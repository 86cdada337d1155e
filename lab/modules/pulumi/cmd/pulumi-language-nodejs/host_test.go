package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"
)

// fakeNode puts a `node` first on the PATH: a shell script that finds any package and then does what it is given.
func fakeNode(t *testing.T, does string) {
	t.Helper()
	installNode(t, "#!/bin/sh\nif [ \"$1\" = -e ]; then echo /script.js; exit; fi\n"+does+"\n")
}

func installNode(t *testing.T, script string) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "node"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}

const withoutPackages = "#!/bin/sh\necho \"Cannot find module '@pulumi/pulumi/cmd/run-policy-pack'\" >&2\nexit 1\n"

func runRequest(folder string) *pulumirpc.RunRequest {
	return &pulumirpc.RunRequest{
		Pwd:            folder,
		MonitorAddress: "127.0.0.1:1",
		Config:         map[string]string{"telemetry:namespace": "own"},
		Info:           &pulumirpc.ProgramInfo{RootDirectory: folder, ProgramDirectory: folder, EntryPoint: "index.ts"},
	}
}

func TestAProgramRunsInItsFolderWithItsConfiguration(t *testing.T) {
	folder := t.TempDir()
	fakeNode(t, `echo "$*" > arguments; echo "$PULUMI_CONFIG" > configuration`)
	response, err := (&host{engine: "127.0.0.1:2"}).Run(t.Context(), runRequest(folder))
	if err != nil || response.GetError() != "" || response.GetBail() {
		t.Fatal(response, err)
	}
	for file, want := range map[string]string{
		"arguments": "/script.js --monitor 127.0.0.1:1 --engine 127.0.0.1:2 --root-directory " + folder +
			" --parallel 0 index.ts\n",
		"configuration": `{"telemetry:namespace":"own"}` + "\n",
	} {
		if got, err := os.ReadFile(filepath.Join(folder, file)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
}

func TestAProgramThatHasReportedItsErrorAddsNone(t *testing.T) {
	fakeNode(t, "exit 32")
	response, err := (&host{}).Run(t.Context(), runRequest(t.TempDir()))
	if err != nil || response.GetError() != "" || !response.GetBail() {
		t.Error(response, err)
	}
}

func TestAProgramWithoutItsPackages(t *testing.T) {
	installNode(t, withoutPackages)
	folder := t.TempDir()
	response, err := (&host{}).Run(t.Context(), runRequest(folder))
	want := "Cannot find module '@pulumi/pulumi/cmd/run-policy-pack'\n" +
		"It looks like the program's dependencies are not installed. Run npm install in " + folder
	if err != nil || response.GetError() != want {
		t.Error(response, err)
	}
}

func TestAProgramWithAWrongOption(t *testing.T) {
	request := runRequest(t.TempDir())
	request.Info.Options = &structpb.Struct{Fields: map[string]*structpb.Value{"nodeargs": structpb.NewBoolValue(true)}}
	response, err := (&host{}).Run(t.Context(), request)
	if err != nil || response.GetError() != "runtime.options.nodeargs must be a text" {
		t.Error(response, err)
	}
}

// call records what a plugin sends to the engine.
type call struct {
	grpc.ServerStream
	ctx            context.Context
	stdout, stderr strings.Builder
	exit           *int32
	onOutput       func()
}

func (c *call) Context() context.Context { return c.ctx }

func (c *call) Send(response *pulumirpc.RunPluginResponse) error {
	switch output := response.GetOutput().(type) {
	case *pulumirpc.RunPluginResponse_Stdout:
		c.stdout.Write(output.Stdout)
	case *pulumirpc.RunPluginResponse_Stderr:
		c.stderr.Write(output.Stderr)
	case *pulumirpc.RunPluginResponse_Exitcode:
		c.exit = &output.Exitcode
	}
	if c.onOutput != nil {
		c.onOutput()
	}
	return nil
}

func policyRequest(folder string) *pulumirpc.RunPluginRequest {
	return &pulumirpc.RunPluginRequest{
		Kind: "analyzer",
		Args: []string{"--logtostderr", "127.0.0.1:2"},
		Env:  append(os.Environ(), "OWN=variable"),
		Pwd:  os.TempDir(),
		Info: &pulumirpc.ProgramInfo{ProgramDirectory: folder},
	}
}

func TestAPolicyPackRunsInItsFolderWithTheEnvironmentOfTheEngine(t *testing.T) {
	folder := t.TempDir()
	fakeNode(t, `echo "$*"; echo "$OWN in $(pwd)" >&2; exit 3`)
	call := &call{ctx: t.Context()}
	if err := (&host{}).RunPlugin(policyRequest(folder), call); err != nil {
		t.Fatal(err)
	}
	if got := call.stdout.String(); got != "/script.js 127.0.0.1:2 .\n" {
		t.Errorf("stdout: %q", got)
	}
	if got := call.stderr.String(); got != "variable in "+folder+"\n" {
		t.Errorf("stderr: %q", got)
	}
	if call.exit == nil || *call.exit != 3 {
		t.Error(call.exit)
	}
}

func TestAPolicyPackWithoutItsPackages(t *testing.T) {
	installNode(t, withoutPackages)
	call := &call{ctx: t.Context()}
	if err := (&host{}).RunPlugin(policyRequest(t.TempDir()), call); err != nil {
		t.Fatal(err)
	}
	// The engine looks for this text.
	if got := call.stderr.String(); got != "Cannot find module '@pulumi/pulumi/cmd/run-policy-pack'\n" {
		t.Errorf("stderr: %q", got)
	}
	if call.exit == nil || *call.exit != 1 {
		t.Error(call.exit)
	}
}

func TestAPolicyPackEndsWithTheCall(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	fakeNode(t, "echo 1234; exec sleep 1000")
	call := &call{ctx: ctx, onOutput: func() { cancel(errors.New("the engine is done")) }}
	if err := (&host{}).RunPlugin(policyRequest(t.TempDir()), call); err != nil {
		t.Fatal(err)
	}
	if call.exit == nil || *call.exit != -1 {
		t.Error(call.exit)
	}
}

func TestAPluginThatIsNoPolicyPack(t *testing.T) {
	request := policyRequest(t.TempDir())
	request.Kind = "resource"
	err := (&host{}).RunPlugin(request, &call{ctx: t.Context()})
	if want := `this language host runs policy packs, not plugins of the kind "resource"`; err == nil || err.Error() != want {
		t.Error(err)
	}
}

func TestTheCommandLineOfTheEngine(t *testing.T) {
	got, err := engineAddress([]string{"--logtostderr", "-v=9", "--tracing", "http://127.0.0.1:3", "127.0.0.1:2"})
	if err != nil || got != "127.0.0.1:2" {
		t.Error(got, err)
	}
	want := "needs one argument, the address of the engine. Pulumi starts this program; run pulumi instead"
	if _, err := engineAddress(nil); err == nil || err.Error() != want {
		t.Error(err)
	}
}
