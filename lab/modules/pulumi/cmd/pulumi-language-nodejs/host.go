package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"telemetry/lab/pulumi/internal/node"
)

// host answers the calls that the engine makes for programs and policy packs. It leaves all others unimplemented, such as
// the list of required plugins: the engine then loads a plugin when a program first needs it.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	// engine is the address of the engine's services.
	engine string
}

// GetPluginInfo returns the version of the SDK that this host is built with.
func (*host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: sdk.Version.String()}, nil
}

// About returns which Node runs the programs.
func (*host) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	version, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("asking %s for its version: %w", path, err)
	}
	return &pulumirpc.AboutResponse{Executable: path, Version: strings.TrimSpace(string(version))}, nil
}

// Run runs a program to its end. Its output is that of this process, which the engine shows.
func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	info := request.GetInfo()
	options, err := node.ParseOptions(info.GetOptions().AsMap())
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	path, missing, err := resolve(ctx, node.ProgramScript, info.GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	if path == "" {
		advice := "It looks like the program's dependencies are not installed. Run npm install in " + info.GetProgramDirectory()
		return &pulumirpc.RunResponse{Error: missing + "\n" + advice}, nil
	}
	environment, err := node.ProgramEnvironment(os.Environ(), options, node.Configuration{
		Values:     request.GetConfig(),
		SecretKeys: request.GetConfigSecretKeys(),
	})
	if err != nil {
		return nil, err
	}
	// Without the context: the engine interrupts this host and Node together when an update ends early.
	command := exec.Command("node", node.ProgramArguments(path, options, h.program(request))...)
	command.Dir = request.GetPwd()
	command.Env = environment
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	code, err := exitCode(command.Run())
	if err != nil {
		return nil, err
	}
	verdict := node.VerdictOf(code)
	return &pulumirpc.RunResponse{Error: verdict.Message, Bail: verdict.Reported}, nil
}

func (h *host) program(request *pulumirpc.RunRequest) node.Program {
	return node.Program{
		Monitor:       request.GetMonitorAddress(),
		Engine:        h.engine,
		Organization:  request.GetOrganization(),
		Project:       request.GetProject(),
		Stack:         request.GetStack(),
		RootDirectory: request.GetInfo().GetRootDirectory(),
		EntryPoint:    request.GetInfo().GetEntryPoint(),
		Arguments:     request.GetArgs(),
		Parallel:      request.GetParallel(),
		DryRun:        request.GetDryRun(),
	}
}
