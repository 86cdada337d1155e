package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	metricsrequest "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func newTestBackend() *recordingBackend {
	return &recordingBackend{recorder: newRecorder(), demands: &demands{}, behaviour: newBehaviours()}
}

// startGRPC serves on a free port and returns its address.
func (b *recordingBackend) startGRPC(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	go func() { _ = b.serveGRPC(address, nil) }()
	return address
}

func TestWhatIsSentIsRecordedInEverySignalAndProtocol(t *testing.T) {
	b := newTestBackend()
	server := httptest.NewServer(b.httpHandler())
	defer server.Close()
	addresses := map[string]string{"grpc": b.startGRPC(t), "http": server.Listener.Addr().String()}
	at := time.Now()
	for _, protocol := range []string{"grpc", "http"} {
		for _, signal := range []string{"metrics", "traces", "logs"} {
			b.recorder.reset()
			o := options{
				endpoint: addresses[protocol], protocol: protocol, signal: signal, name: "m", paddingBytes: 3,
				attributes: [][2]string{{"sender", "me"}},
			}
			send, err := newExporter(o)
			if err != nil {
				t.Fatal(err)
			}
			for _, sequence := range []int64{1, 2, 2} {
				if _, err := send(sequence, at); err != nil {
					t.Fatalf("%s %s: %v", protocol, signal, err)
				}
			}
			if got, want := b.recorder.counts(), []Group{{signal, "m", "me", 3, 2}}; !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s: %+v, want %+v", protocol, signal, got, want)
			}
			items := b.recorder.itemsOf(func(Item) bool { return true })
			if len(items) != 3 || *items[0].Sequence != 1 || items[0].Attributes["padding"] != "xxx" {
				t.Errorf("%s %s: %+v", protocol, signal, items)
			}
			requests := b.recorder.requestsOf(signal)
			if len(requests) != 3 || requests[0].Protocol != protocol || requests[0].Count != 1 || requests[0].Refused != "" {
				t.Errorf("%s %s: %+v", protocol, signal, requests)
			}
		}
	}
}

func TestPointsKeepTheirKindTemporalityAndValue(t *testing.T) {
	sum := 2.5
	histogram := &metrics.HistogramDataPoint{
		Count: 3, Sum: &sum, ExplicitBounds: []float64{1}, BucketCounts: []uint64{2, 1}, TimeUnixNano: 7, StartTimeUnixNano: 5,
	}
	request := &metricsrequest.ExportMetricsServiceRequest{ResourceMetrics: []*metrics.ResourceMetrics{{
		Resource: &resource.Resource{Attributes: []*common.KeyValue{text("a", "b")}},
		ScopeMetrics: []*metrics.ScopeMetrics{{Metrics: []*metrics.Metric{
			{Name: "sum", Data: &metrics.Metric_Sum{Sum: &metrics.Sum{
				AggregationTemporality: metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_DELTA,
				DataPoints:             []*metrics.NumberDataPoint{{Value: &metrics.NumberDataPoint_AsDouble{AsDouble: 1.5}}},
			}}},
			{Name: "histogram", Data: &metrics.Metric_Histogram{Histogram: &metrics.Histogram{
				AggregationTemporality: metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE,
				DataPoints:             []*metrics.HistogramDataPoint{histogram},
			}}},
		}}},
	}}}
	of, none := map[string]any{"a": "b"}, map[string]any{}
	want := []Item{
		{Signal: "metrics", Name: "sum", Resource: of, Attributes: none, Kind: "sum", Temporality: "delta", Value: 1.5},
		{
			Signal: "metrics", Name: "histogram", Resource: of, Attributes: none, Kind: "histogram", Temporality: "cumulative",
			Value: Histogram{Count: 3, Sum: 2.5, Bounds: []float64{1}, Buckets: []uint64{2, 1}}, Time: 7, Start: 5,
		},
	}
	if got := metricItems(request); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}

func TestBodiesAreReadInEveryCompression(t *testing.T) {
	text := []byte(strings.Repeat("telemetry ", 100))
	compressed := func(open func(io.Writer) io.WriteCloser) []byte {
		var b bytes.Buffer
		w := open(&b)
		_, _ = w.Write(text)
		_ = w.Close()
		return b.Bytes()
	}
	framed := compressed(func(w io.Writer) io.WriteCloser { return snappy.NewBufferedWriter(w) })
	for encoding, bodies := range map[string][][]byte{
		"":       {text},
		"gzip":   {compressed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })},
		"zstd":   {compressed(func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z })},
		"snappy": {snappy.Encode(nil, text), framed},
	} {
		for _, body := range bodies {
			if got, err := decompress(encoding, body); err != nil || !bytes.Equal(got, text) {
				t.Errorf("%q: %v, %d bytes", encoding, err, len(got))
			}
		}
	}
	if _, err := decompress("br", text); err == nil {
		t.Error("an unknown compression is an error")
	}
}

func TestGRPCIsReadInEveryCompression(t *testing.T) {
	b := newTestBackend()
	connection, err := grpc.NewClient(b.startGRPC(t), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	client := metricsrequest.NewMetricsServiceClient(connection)
	request := metricRequest(options{name: "m"}, 1, time.Now()).(*metricsrequest.ExportMetricsServiceRequest)
	for _, name := range []string{"", "gzip", "snappy", "zstd"} {
		var with []grpc.CallOption
		if name != "" {
			with = append(with, grpc.UseCompressor(name))
		}
		if _, err := client.Export(context.Background(), request, append(with, grpc.WaitForReady(true))...); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
	}
	var names []string
	for _, r := range b.recorder.requestsOf("") {
		names = append(names, r.Compression)
	}
	if want := []string{"", "gzip", "snappy", "zstd"}; !reflect.DeepEqual(names, want) || b.recorder.counts()[0].Items != 4 {
		t.Errorf("%q, %+v", names, b.recorder.counts())
	}
}

func TestOnlyTheLatestItemsAreKeptButAllAreCounted(t *testing.T) {
	r := newRecorder()
	r.keep = 10
	for i := range int64(100) {
		r.add(Request{}, []Item{{Signal: "metrics", Name: "m", Sequence: &i}})
	}
	items := r.itemsOf(func(Item) bool { return true })
	if len(items) != 5 || *items[4].Sequence != 99 || r.counts()[0].Distinct != 100 {
		t.Errorf("%d items, %+v", len(items), r.counts())
	}
}

func TestItemsAreChosenByWhatTheyAre(t *testing.T) {
	item := Item{Signal: "logs", Name: "n", Resource: map[string]any{"a": "1"}, Attributes: map[string]any{"b": int64(2)}}
	for query, want := range map[string]bool{
		"": true, "signal=logs&name=n": true, "signal=traces": false, "resource.a=1&attribute.b=2": true,
		"resource.a=2": false, "attribute.a=1": false,
	} {
		request := httptest.NewRequest(http.MethodGet, "/?"+query, nil)
		if choose, err := itemFilter(request.URL.Query()); err != nil || choose(item) != want {
			t.Errorf("%q: %v, want %v", query, err, want)
		}
	}
	if _, err := itemFilter(map[string][]string{"singal": {"logs"}}); err == nil {
		t.Error("a misspelt filter is an error")
	}
}
