package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/proto"
)

// backend remembers every value and timestamp, and rejects the ones that a test names.
type backend struct {
	collector.UnimplementedMetricsServiceServer
	mu     sync.Mutex
	values map[int64]int
	times  map[uint64]int
	reject int64
}

func newBackend(reject int64) *backend {
	return &backend{values: map[int64]int{}, times: map[uint64]int{}, reject: reject}
}

func (b *backend) Export(
	_ context.Context, r *collector.ExportMetricsServiceRequest,
) (*collector.ExportMetricsServiceResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	point := r.ResourceMetrics[0].ScopeMetrics[0].Metrics[0].GetGauge().DataPoints[0]
	b.values[point.GetAsInt()]++
	b.times[point.TimeUnixNano]++
	response := &collector.ExportMetricsServiceResponse{}
	if point.GetAsInt() == b.reject {
		response.PartialSuccess = &collector.ExportMetricsPartialSuccess{RejectedDataPoints: 1, ErrorMessage: "not this one"}
	}
	return response, nil
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var request collector.ExportMetricsServiceRequest
	if err := proto.Unmarshal(body, &request); err != nil || r.URL.Path != "/v1/metrics" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	response, _ := b.Export(r.Context(), &request)
	answer, _ := proto.Marshal(response)
	_, _ = w.Write(answer)
}

// sendFor runs the sender for a while and ends it as Kubernetes does.
func sendFor(t *testing.T, o options, interval, duration time.Duration) Counts {
	t.Helper()
	return sendMost(t, 0, o, interval, duration)
}

func sendMost(t *testing.T, requests int, o options, interval, duration time.Duration) Counts {
	t.Helper()
	export, err := newExporter(o)
	if err != nil {
		t.Fatal(err)
	}
	counts := newTally(requests)
	time.AfterFunc(duration, func() { _ = syscall.Kill(syscall.Getpid(), syscall.SIGTERM) })
	counts.run(export, interval)
	return counts.counts()
}

func (b *backend) check(t *testing.T, c Counts) {
	t.Helper()
	if c.Sent < 20 || c.OK != c.Sent-1 || c.Failed != 1 || len(c.LastErrors) != 1 ||
		!strings.Contains(c.LastErrors[0], "7: rejected: not this one") {
		t.Errorf("%+v instead of all ok but the 7th", c)
	}
	if int64(len(b.values)) != c.Sent || len(b.times) != len(b.values) || b.values[1] != 1 || b.values[c.Sent] != 1 {
		t.Errorf("%d values and %d timestamps of %d requests", len(b.values), len(b.times), c.Sent)
	}
}

func TestGRPCOutlivesConnectionsThatTheServerEnds(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := grpc.NewServer(grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionAge: 50 * time.Millisecond, MaxConnectionAgeGrace: time.Second,
		}))
		b := newBackend(7)
		collector.RegisterMetricsServiceServer(server, b)
		go func() { _ = server.Serve(listener) }()
		o := options{endpoint: listener.Addr().String(), protocol: "grpc", name: "m", newConnections: fresh}
		b.check(t, sendFor(t, o, 2*time.Millisecond, 600*time.Millisecond))
		server.Stop()
	}
}

func TestHTTP(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		b := newBackend(7)
		server := httptest.NewServer(b)
		o := options{endpoint: server.Listener.Addr().String(), protocol: "http", name: "m", newConnections: fresh}
		b.check(t, sendFor(t, o, 2*time.Millisecond, 300*time.Millisecond))
		server.Close()
	}
}

func TestFailuresAreCountedNotRepeated(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	o := options{endpoint: server.Listener.Addr().String(), protocol: "http", name: "m"}
	c := sendFor(t, o, 5*time.Millisecond, 200*time.Millisecond)
	if c.OK != 0 || c.Failed != c.Sent || len(c.LastErrors) != keptErrors || !strings.Contains(c.LastErrors[0], "404") {
		t.Errorf("%+v", c)
	}
}

func TestSendsNoMoreThanTheWantedRequests(t *testing.T) {
	b := newBackend(0)
	server := httptest.NewServer(b)
	defer server.Close()
	o := options{endpoint: server.Listener.Addr().String(), protocol: "http", name: "m"}
	c := sendMost(t, 5, o, 2*time.Millisecond, 300*time.Millisecond)
	if c.Sent != 5 || c.OK != 5 || len(b.values) != 5 {
		t.Errorf("%+v, %v", c, b.values)
	}
}
