package main

import (
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"
)

// sink is an OTLP backend for measurements: over gRPC on :4317 and HTTP on :4318 it accepts everything without
// reading it, so that it costs the machine next to nothing. GET :8080/counts returns the number of requests and of bytes
// on the wire.
func sink() error {
	s := &swallower{}
	failed := make(chan error)
	go func() {
		protocols := &http.Protocols{}
		protocols.SetUnencryptedHTTP2(true)
		server := http.Server{Addr: at("4317"), Handler: http.HandlerFunc(s.grpc), Protocols: protocols}
		failed <- server.ListenAndServe()
	}()
	go func() { failed <- http.ListenAndServe(at("4318"), http.HandlerFunc(s.http)) }()
	control := http.NewServeMux()
	control.HandleFunc("/healthz", healthz)
	control.HandleFunc("GET /counts", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]int64{"requests": s.requests.Load(), "bytes": s.bytes.Load()})
	})
	go func() { failed <- http.ListenAndServe(listen, control) }()
	return <-failed
}

type swallower struct{ requests, bytes atomic.Int64 }

// emptyMessage is a gRPC frame: not compressed, of length 0, which is an empty message of any type.
var emptyMessage = make([]byte, 5)

func (s *swallower) grpc(w http.ResponseWriter, r *http.Request) {
	if s.swallow(r) != nil {
		return
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status")
	_, _ = w.Write(emptyMessage)
	w.Header().Set("Grpc-Status", "0")
}

func (s *swallower) http(w http.ResponseWriter, r *http.Request) {
	if s.swallow(r) == nil {
		w.Header().Set("Content-Type", "application/x-protobuf")
	}
}

func (s *swallower) swallow(r *http.Request) error {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		return err
	}
	s.requests.Add(1)
	s.bytes.Add(n)
	return nil
}
