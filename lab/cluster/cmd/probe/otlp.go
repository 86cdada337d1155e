package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
)

const requestLimit = 10 * time.Second

func newExporter(o options) (exporter, error) {
	s, known := signals[cmp.Or(o.signal, "metrics")]
	if !known {
		return nil, fmt.Errorf("--signal %q: metrics, traces or logs", o.signal)
	}
	switch o.protocol {
	case "grpc":
		return grpcExporter(o, s)
	case "http":
		return httpExporter(o, s), nil
	}
	return nil, fmt.Errorf("--protocol %q: grpc or http", o.protocol)
}

func grpcExporter(o options, s signalSender) (exporter, error) {
	dial := func() (*grpc.ClientConn, error) {
		return grpc.NewClient("dns:///"+o.endpoint,
			grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.WaitForReady(true)),
			grpc.WithDisableRetry())
	}
	shared, err := dial()
	if err != nil {
		return nil, err
	}
	return func(sequence int64, at time.Time) (bool, error) {
		connection := shared
		if o.newConnections {
			own, err := dial()
			if err != nil {
				return false, err
			}
			defer own.Close()
			connection = own
		}
		ctx, cancel := context.WithTimeout(context.Background(), requestLimit)
		defer cancel()
		response := s.response()
		if err := connection.Invoke(ctx, s.method, s.request(o, sequence, at), response); err != nil {
			return false, err
		}
		return false, s.accepted(response)
	}, nil
}

func httpExporter(o options, s signalSender) exporter {
	client := http.Client{
		Timeout:   requestLimit,
		Transport: &http.Transport{DisableKeepAlives: o.newConnections, MaxIdleConnsPerHost: 100},
	}
	return func(sequence int64, at time.Time) (resent bool, err error) {
		body, err := proto.Marshal(s.request(o, sequence, at))
		if err != nil {
			return false, err
		}
		post := func() (*http.Response, error) {
			return client.Post("http://"+o.endpoint+s.path, "application/x-protobuf", bytes.NewReader(body))
		}
		r, err := post()
		if connectionEnded(err) {
			resent = true
			r, err = post()
		}
		if err != nil {
			return resent, err
		}
		defer r.Body.Close()
		answer, err := io.ReadAll(r.Body)
		if err != nil {
			return resent, err
		}
		if r.StatusCode != http.StatusOK {
			return resent, fmt.Errorf("%s: %.200s", r.Status, answer)
		}
		response := s.response()
		if err := proto.Unmarshal(answer, response); err != nil {
			return resent, err
		}
		return resent, s.accepted(response)
	}
}

// connectionEnded returns true if a connection was closed under a request, and false if it could not be made.
func connectionEnded(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF)
}
