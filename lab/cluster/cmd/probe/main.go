// Command probe is the workload of tests, and the tool of tests in images that contain nothing else:
//
//	probe serve            HTTP on :8080: / (names both ends), /healthz, /alloc?mb=N, /get?url=URL[&timeout=5s],
//	                       /lookup?name=NAME, POST /post?url=URL (forwards the body)
//	probe get URL          HTTP GET, prints status and body
//	probe lookup NAME      DNS look-up by the pod's resolv.conf
//	probe env              prints the environment
//	probe send FLAGS       sends OTLP and counts what was accepted; see send.go
//	probe receive FLAGS    an OTLP backend that remembers its requests; see receive.go
//	probe load FLAGS       pushes realistic requests for a measurement; see load.go
//	probe sink             an OTLP backend for measurements, which reads no content; see sink.go
//	probe lines FLAGS      writes numbered lines, as an application that logs; see lines.go
//	probe target FLAGS     serves metrics and remembers the requests of scrapers; see target.go
//	probe certificates DNS [expired]
//	                       prints an authority, a server's and a client's certificate with their keys, as JSON
//	probe sidecar FOLDER   leaves a mesh's certificates for its neighbour, and serves; see sidecar.go
//	probe mesh-certificates IDENTITY...
//	                       prints the root of a mesh and a workload's certificate and key for each identity, as JSON
package main

import (
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	command, args := "serve", []string(nil)
	if len(os.Args) > 1 {
		command, args = os.Args[1], os.Args[2:]
	}
	if err := run(command, args); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func run(command string, args []string) error {
	switch {
	case command == "serve" && len(args) == 0:
		return serve()
	case command == "get" && len(args) == 1:
		answer, err := get(args[0], getLimit)
		if err == nil {
			fmt.Println(strings.TrimSpace(answer))
		}
		return err
	case command == "lookup" && len(args) == 1:
		addresses, err := net.LookupHost(args[0])
		if err == nil {
			fmt.Println(strings.Join(addresses, " "))
		}
		return err
	case command == "env" && len(args) == 0:
		fmt.Println(strings.Join(os.Environ(), "\n"))
		return nil
	case command == "send":
		return send(args)
	case command == "receive":
		return receive(args)
	case command == "load":
		return load(args)
	case command == "lines":
		return lines(args)
	case command == "sink" && len(args) == 0:
		return sink()
	case command == "target":
		return target(args)
	case command == "certificates" && len(args) == 1:
		return certificates(args[0], false)
	case command == "certificates" && len(args) == 2 && args[1] == "expired":
		return certificates(args[0], true)
	case command == "sidecar" && len(args) == 1:
		return sidecar(args[0])
	case command == "mesh-certificates" && len(args) > 0:
		return meshCertificates(args)
	}
	return fmt.Errorf("usage: probe serve | get URL | lookup NAME | env | send FLAGS | receive FLAGS | load FLAGS | lines FLAGS | sink | target FLAGS | sidecar FOLDER | certificates DNS [expired] | mesh-certificates IDENTITY...")
}
