// A language host for Node: Pulumi's engine starts it, and it starts Node. It runs programs and policy packs, all that this
// project needs of Pulumi's own host, whose Go module cannot be had from the module proxy in releases of today.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// healthInterval is how often the host looks whether the engine is still there, so that it ends with a killed engine.
const healthInterval = time.Minute

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-nodejs:", err)
		os.Exit(1)
	}
}

// serve answers the engine's calls until the engine is gone. The first line of its output is the port.
func serve(arguments []string) error {
	engine, err := engineAddress(arguments)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := rpcutil.Healthcheck(ctx, engine, healthInterval, cancel); err != nil {
		return fmt.Errorf("watching the engine: %w", err)
	}
	ended := make(chan bool)
	context.AfterFunc(ctx, func() { close(ended) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: ended,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}

// engineAddress reads the command line of the engine. Its options for logs and traces change nothing here.
func engineAddress(arguments []string) (string, error) {
	flags := flag.NewFlagSet("pulumi-language-nodejs", flag.ContinueOnError)
	flags.Bool("logtostderr", false, "ignored")
	flags.Int("v", 0, "ignored")
	flags.String("tracing", "", "ignored")
	if err := flags.Parse(arguments); err != nil {
		return "", err
	}
	if flags.NArg() != 1 {
		return "", errors.New("needs one argument, the address of the engine. Pulumi starts this program; run pulumi instead")
	}
	return flags.Arg(0), nil
}
