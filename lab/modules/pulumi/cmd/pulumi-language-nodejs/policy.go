package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"telemetry/lab/pulumi/internal/node"
)

// policyPackKind is the kind of plugin that a policy pack is for the engine.
const policyPackKind = "analyzer"

// stopTime is how long an interrupted policy pack may take to end. The engine gives its plugins the same time.
const stopTime = 5 * time.Second

// RunPlugin runs a policy pack until the engine ends the call. Policy packs are the only plugins that this host runs.
func (*host) RunPlugin(request *pulumirpc.RunPluginRequest, call pulumirpc.LanguageRuntime_RunPluginServer) error {
	if request.GetKind() != policyPackKind {
		return fmt.Errorf("this language host runs policy packs, not plugins of the kind %q", request.GetKind())
	}
	outputs := &outputs{call: call}
	// The pack's own folder, not that of the program: the script reads tsconfig.json from its working folder.
	folder := request.GetInfo().GetProgramDirectory()
	path, missing, err := resolve(call.Context(), node.PolicyPackScript, folder)
	if err != nil {
		return err
	}
	if path == "" {
		// The engine recognizes the text and advises to install the dependencies.
		if _, err := outputs.Stderr().Write([]byte(missing + "\n")); err != nil {
			return err
		}
		return outputs.end(1)
	}
	command, err := policyPack(call.Context(), path, request)
	if err != nil {
		return err
	}
	command.Dir, command.Stdout, command.Stderr = folder, outputs.Stdout(), outputs.Stderr()
	code, err := exitCode(command.Run())
	if err != nil {
		return err
	}
	return outputs.end(code)
}

// policyPack returns the process of a policy pack. It is interrupted when the context ends.
func policyPack(ctx context.Context, path string, request *pulumirpc.RunPluginRequest) (*exec.Cmd, error) {
	options, err := node.ParseOptions(request.GetInfo().GetOptions().AsMap())
	if err != nil {
		return nil, err
	}
	arguments, err := node.PolicyPackArguments(path, options, request.GetArgs())
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, "node", arguments...)
	command.Env = request.GetEnv()
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = stopTime
	return command, nil
}

// outputs sends what a process prints to the engine. A call sends one message at a time, and a process has two outputs.
type outputs struct {
	mutex sync.Mutex
	call  pulumirpc.LanguageRuntime_RunPluginServer
}

type output func([]byte) (int, error)

func (o output) Write(piece []byte) (int, error) { return o(piece) }

// Stdout returns the standard output of the process.
func (o *outputs) Stdout() output {
	return func(piece []byte) (int, error) {
		return len(piece), o.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: piece}})
	}
}

// Stderr returns the standard error of the process.
func (o *outputs) Stderr() output {
	return func(piece []byte) (int, error) {
		return len(piece), o.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: piece}})
	}
}

// end sends the exit code, the last message.
func (o *outputs) end(code int) error {
	return o.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)}})
}

func (o *outputs) send(response *pulumirpc.RunPluginResponse) error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.call.Send(response)
}
