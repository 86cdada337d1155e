package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"

	"telemetry/lab/pulumi/internal/node"
)

// resolve returns the path of a script of @pulumi/pulumi, as seen from a folder. If the package is not installed there, the
// path is empty and missing has Node's error.
func resolve(ctx context.Context, script, folder string) (path, missing string, err error) {
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, "node", node.ResolveArguments(script)...)
	command.Dir, command.Stdout, command.Stderr = folder, &stdout, &stderr
	code, err := exitCode(command.Run())
	if err != nil {
		return "", "", err
	}
	if code != 0 {
		return "", strings.TrimSpace(stderr.String()), nil
	}
	return strings.TrimSpace(stdout.String()), "", nil
}

// exitCode returns the exit code of a process that ran, -1 if a signal ended it. It fails if the process did not run.
func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
