package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"telemetry/lab/cluster/internal/cluster"
	"telemetry/lab/cluster/internal/image"
)

var (
	errUsage = errors.New("wrong usage")
	errQuiet = errors.New("already reported")
)

var commands = map[string]func([]string) error{
	"up":         up,
	"down":       func(args []string) error { return simple(args, (*cluster.Cluster).Down) },
	"status":     status,
	"node":       nodes,
	"load-image": loadImage,
	"kubeconfig": kubeconfig,
	"exec":       execute,
}

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// parse reads flags and arguments in any order, with --state for every command, and finds the cluster.
func parse(args []string, define func(*flag.FlagSet), arguments int) (*cluster.Cluster, []string, error) {
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	state := flags.String("state", ".cluster", "")
	if define != nil {
		define(flags)
	}
	var rest []string
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if args = flags.Args(); len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	if len(rest) != arguments {
		return nil, nil, fmt.Errorf("%w: %d arguments instead of %d: %q", errUsage, len(rest), arguments, rest)
	}
	c, err := cluster.New(*state, os.Stdout)
	return c, rest, err
}

func simple(args []string, do func(*cluster.Cluster) error) error {
	c, _, err := parse(args, nil, 0)
	if err != nil {
		return err
	}
	return do(c)
}

func up(args []string) error {
	var o cluster.Options
	var images list
	c, _, err := parse(args, func(f *flag.FlagSet) {
		f.IntVar(&o.Nodes, "nodes", 0, "")
		f.StringVar(&o.Bin, "bin", "", "")
		f.Var(&images, "image", "")
	}, 0)
	if err != nil {
		return err
	}
	for _, i := range images {
		name, binary, found := strings.Cut(i, "=")
		if !found {
			return fmt.Errorf("%w: --image %q is not NAME=BINARY", errUsage, i)
		}
		source, err := image.Parse(name, binary)
		if err != nil {
			return err
		}
		o.Images = append(o.Images, source)
	}
	return c.Up(o)
}

func status(args []string) error {
	var asJSON bool
	c, _, err := parse(args, func(f *flag.FlagSet) { f.BoolVar(&asJSON, "json", false, "") }, 0)
	if err != nil {
		return err
	}
	s, err := c.Status()
	if err != nil {
		return err
	}
	if asJSON {
		b, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			return err
		}
		fmt.Println(string(b))
	} else {
		c.Print(s)
	}
	if !s.Up {
		return errQuiet
	}
	return nil
}

func nodes(args []string) error {
	c, rest, err := parse(args, nil, 2)
	if err != nil {
		return err
	}
	switch rest[0] {
	case "stop":
		return c.StopNode(rest[1])
	case "start":
		return c.StartNode(rest[1])
	}
	return fmt.Errorf("%w: node %q: only stop and start", errUsage, rest[0])
}

func loadImage(args []string) error {
	var entrypoint list
	c, rest, err := parse(args, func(f *flag.FlagSet) { f.Var(&entrypoint, "entrypoint", "") }, 2)
	if err != nil {
		return err
	}
	source, err := image.Parse(rest[0], rest[1])
	if err != nil {
		return err
	}
	source.Entrypoint = entrypoint
	loaded, err := c.LoadImage(source)
	if err != nil {
		return err
	}
	fmt.Println(image.ByDigest(loaded))
	return nil
}

func kubeconfig(args []string) error {
	c, _, err := parse(args, nil, 0)
	if err != nil {
		return err
	}
	path, err := c.Kubeconfig()
	if err == nil {
		fmt.Println(path)
	}
	return err
}

func execute(args []string) error {
	before, command := args, []string(nil)
	for i, a := range args {
		if a == "--" {
			before, command = args[:i], args[i+1:]
			break
		}
	}
	c, rest, err := parse(before, nil, 1)
	if err != nil {
		return err
	}
	if len(command) == 0 {
		return fmt.Errorf("%w: no command after --", errUsage)
	}
	return c.Exec(rest[0], command)
}
