// Command cluster runs real Kubernetes clusters on one Linux machine; see README.md.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"telemetry/lab/cluster/internal/controlplane"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/machine"
	"telemetry/lab/cluster/internal/netpol"
	"telemetry/lab/cluster/internal/node"
	"telemetry/lab/cluster/internal/preflight"
)

const usage = `usage: cluster COMMAND [--state DIR] ...

  up [--nodes N] [--bin DIR] [--image NAME=BINARY[=/path]]...   start or repair the cluster
  down                                                         remove it and all it made
  status [--json]                                              exit code 1 unless everything works
  node stop|start NAME                                         pull a node's plug, or start it again
  load-image NAME BINARY[=/path] [--entrypoint ARG]...         make an image and bring it to every node
  kubeconfig                                                   print the path of the kubeconfig
  exec MACHINE -- COMMAND...                                   run a command inside a machine

--state defaults to .cluster in the current folder, --bin to the folder of this program.
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	err := run(os.Args[1], os.Args[2:])
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit): // a command that ran in a machine has reported its own error
		os.Exit(exit.ExitCode())
	case errors.Is(err, errQuiet):
		os.Exit(1)
	case errors.Is(err, errUsage):
		fmt.Fprintf(os.Stderr, "%v\n\n%s", err, usage)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(command string, args []string) error {
	switch command {
	case machine.EnterCommand:
		return machine.Enter(args[0])
	case machine.BootCommand:
		return machine.Boot(args[0], role)
	case node.NetpolCommand:
		return netpol.Run(args[0], args[1])
	case preflight.KernelCommand:
		return preflight.TryKernel(args[0])
	case "help", "-h", "--help":
		fmt.Print(usage)
		return nil
	}
	do, ok := commands[command]
	if !ok {
		return fmt.Errorf("%w: no command %q", errUsage, command)
	}
	if err := preflight.Root(); err != nil {
		return err
	}
	return do(args)
}

func role(spec machine.Spec) error {
	if spec.Name == layout.ControlPlane {
		return controlplane.Run(spec)
	}
	return node.Run(spec)
}
