package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	logsrequest "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricsrequest "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracerequest "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// loadShape describes the requests of a load. They are like those of an SDK: all of one resource, with some attributes
// that repeat and others that differ, so that they compress like real data.
type loadShape struct{ items, attributes int }

// pointsPerMetric is the number of series of a metric in one request.
const pointsPerMetric = 25

var loadResource = options{attributes: [][2]string{
	{"service.name", "checkout"}, {"service.version", "1.42.0"}, {"telemetry.sdk.name", "opentelemetry"},
	{"telemetry.sdk.language", "go"}, {"telemetry.sdk.version", "1.41.0"}, {"deployment.environment.name", "production"},
}}

// request returns the same bytes for the same variant, so that all rounds of a measurement send the same.
func (l loadShape) request(signal string, variant int) proto.Message {
	random := rand.New(rand.NewPCG(uint64(variant), 1))
	switch signal {
	case "metrics":
		return l.metrics(random)
	case "traces":
		return l.traces(random)
	}
	return l.logs(random)
}

func (l loadShape) metrics(random *rand.Rand) proto.Message {
	at := loadTime(random)
	var all []*metrics.Metric
	for first := 0; first < l.items; first += pointsPerMetric {
		var points []*metrics.NumberDataPoint
		for range min(pointsPerMetric, l.items-first) {
			points = append(points, &metrics.NumberDataPoint{
				StartTimeUnixNano: at, TimeUnixNano: at + uint64(time.Minute),
				Value:      &metrics.NumberDataPoint_AsDouble{AsDouble: random.Float64() * 1000},
				Attributes: l.attributesOf(random),
			})
		}
		all = append(all, &metrics.Metric{
			Name: fmt.Sprintf("http.server.request.size.%d", first/pointsPerMetric), Unit: "By",
			Data: &metrics.Metric_Sum{Sum: &metrics.Sum{
				IsMonotonic: true, DataPoints: points,
				AggregationTemporality: metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE,
			}},
		})
	}
	return &metricsrequest.ExportMetricsServiceRequest{ResourceMetrics: []*metrics.ResourceMetrics{{
		Resource: loadResource.resource(), ScopeMetrics: []*metrics.ScopeMetrics{{Scope: scope, Metrics: all}},
	}}}
}

func (l loadShape) traces(random *rand.Rand) proto.Message {
	var spans []*trace.Span
	for range l.items {
		start := loadTime(random)
		spans = append(spans, &trace.Span{
			TraceId: append(id(random), id(random)...), SpanId: id(random), ParentSpanId: id(random),
			Name: "GET /api/orders/{id}", Kind: trace.Span_SPAN_KIND_SERVER,
			StartTimeUnixNano: start, EndTimeUnixNano: start + uint64(random.IntN(1e9)),
			Attributes: l.attributesOf(random),
		})
	}
	return &tracerequest.ExportTraceServiceRequest{ResourceSpans: []*trace.ResourceSpans{{
		Resource: loadResource.resource(), ScopeSpans: []*trace.ScopeSpans{{Scope: scope, Spans: spans}},
	}}}
}

func (l loadShape) logs(random *rand.Rand) proto.Message {
	var records []*logs.LogRecord
	for range l.items {
		body := fmt.Sprintf("order %d of customer %08x was placed after %d ms, %d items in stock, next try in 30 seconds",
			random.IntN(1e6), random.Uint32(), random.IntN(1000), random.IntN(100))
		records = append(records, &logs.LogRecord{
			TimeUnixNano: loadTime(random), ObservedTimeUnixNano: loadTime(random), TraceId: append(id(random), id(random)...),
			SpanId: id(random), SeverityNumber: logs.SeverityNumber_SEVERITY_NUMBER_INFO, SeverityText: "INFO",
			Body:       &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: body}},
			Attributes: l.attributesOf(random),
		})
	}
	return &logsrequest.ExportLogsServiceRequest{ResourceLogs: []*logs.ResourceLogs{{
		Resource: loadResource.resource(), ScopeLogs: []*logs.ScopeLogs{{Scope: scope, LogRecords: records}},
	}}}
}

// attributesOf returns, in turn, one of a few texts, one of many texts, and a number. The values of points, the ids of
// spans, and the ids and bodies of log records are different each time.
func (l loadShape) attributesOf(random *rand.Rand) (all []*common.KeyValue) {
	for i := range l.attributes {
		key := fmt.Sprintf("http.attribute.%d", i)
		switch i % 3 {
		case 0:
			all = append(all, text(key, fmt.Sprintf("/api/v1/resource/%d", random.IntN(20))))
		case 1:
			all = append(all, text(key, fmt.Sprintf("instance-%05d", 37*random.IntN(200))))
		default:
			all = append(all, number(key, int64(random.IntN(600))))
		}
	}
	return all
}

func loadTime(random *rand.Rand) uint64 {
	return uint64(time.Date(2026, 6, 1, 0, 0, 0, random.IntN(1e9), time.UTC).UnixNano())
}

func id(random *rand.Rand) []byte { return binary.BigEndian.AppendUint64(nil, random.Uint64()) }
