package main

import (
	"net"
	"net/http"
	"testing"

	"google.golang.org/protobuf/proto"
)

func startSink(t *testing.T) (string, *swallower) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &swallower{}
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: http.HandlerFunc(s.grpc), Protocols: protocols}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String(), s
}

func TestALoadIsTakenByASinkAsAWhole(t *testing.T) {
	address, s := startSink(t)
	l := &loader{shape: loadShape{items: 60, attributes: 10}, requests: map[string][][]byte{}}
	for _, signal := range []string{"metrics", "traces", "logs"} {
		before := s.bytes.Load()
		settings := map[string]string{"endpoint": address, "signal": signal, "rate": "1000", "requests": "40"}
		counts, err := l.run(t.Context(), func(key string) string { return settings[key] })
		if err != nil || counts.Failed > 0 {
			t.Fatalf("%s: %+v, %v", signal, counts, err)
		}
		if counts.Items != 40*60 || s.bytes.Load()-before != int64(counts.Bytes+40*len(emptyMessage)) {
			t.Errorf("%s: %+v, %d bytes arrived", signal, counts, s.bytes.Load()-before)
		}
	}
	if got := s.requests.Load(); got != 120 {
		t.Errorf("%d requests arrived", got)
	}
}

func TestALoadIsAgainTheSameButItsRequestsAreNot(t *testing.T) {
	shape := loadShape{items: 30, attributes: 4}
	for _, signal := range []string{"metrics", "traces", "logs"} {
		if !proto.Equal(shape.request(signal, 1), shape.request(signal, 1)) {
			t.Errorf("%s: a variant differs from itself", signal)
		}
		if proto.Equal(shape.request(signal, 1), shape.request(signal, 2)) {
			t.Errorf("%s: variants are the same", signal)
		}
	}
}
