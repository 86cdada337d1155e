package main

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	logsrequest "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricsrequest "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracerequest "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// sequenceAttribute numbers items without a value: spans and log records.
const sequenceAttribute = "probe.sequence"

// signalSender makes requests of one signal and reads their answers.
type signalSender struct {
	method, path string
	request      func(o options, sequence int64, at time.Time) proto.Message
	response     func() proto.Message
	// rejected is the content of a partial success, of any signal.
	rejected func(proto.Message) (int64, string)
}

var signals = map[string]signalSender{
	"metrics": {
		method:   "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
		path:     "/v1/metrics",
		request:  metricRequest,
		response: func() proto.Message { return &metricsrequest.ExportMetricsServiceResponse{} },
		rejected: func(m proto.Message) (int64, string) {
			p := m.(*metricsrequest.ExportMetricsServiceResponse).GetPartialSuccess()
			return p.GetRejectedDataPoints(), p.GetErrorMessage()
		},
	},
	"traces": {
		method:   "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
		path:     "/v1/traces",
		request:  traceRequest,
		response: func() proto.Message { return &tracerequest.ExportTraceServiceResponse{} },
		rejected: func(m proto.Message) (int64, string) {
			p := m.(*tracerequest.ExportTraceServiceResponse).GetPartialSuccess()
			return p.GetRejectedSpans(), p.GetErrorMessage()
		},
	},
	"logs": {
		method:   "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
		path:     "/v1/logs",
		request:  logRequest,
		response: func() proto.Message { return &logsrequest.ExportLogsServiceResponse{} },
		rejected: func(m proto.Message) (int64, string) {
			p := m.(*logsrequest.ExportLogsServiceResponse).GetPartialSuccess()
			return p.GetRejectedLogRecords(), p.GetErrorMessage()
		},
	},
}

// accepted turns a partial success into an error, because the request has only one item.
func (s signalSender) accepted(response proto.Message) error {
	if rejected, message := s.rejected(response); rejected > 0 {
		return fmt.Errorf("rejected: %s", message)
	}
	return nil
}

func metricRequest(o options, sequence int64, at time.Time) proto.Message {
	points := repeat(o, func(i int) *metrics.NumberDataPoint {
		return &metrics.NumberDataPoint{
			TimeUnixNano: uint64(at.UnixNano()),
			Value:        &metrics.NumberDataPoint_AsInt{AsInt: sequence},
			Attributes:   o.itemAttributes(i),
		}
	})
	metric := &metrics.Metric{Name: o.name, Data: &metrics.Metric_Gauge{Gauge: &metrics.Gauge{DataPoints: points}}}
	return &metricsrequest.ExportMetricsServiceRequest{ResourceMetrics: []*metrics.ResourceMetrics{{
		Resource:     o.resource(),
		ScopeMetrics: []*metrics.ScopeMetrics{{Scope: scope, Metrics: []*metrics.Metric{metric}}},
	}}}
}

func traceRequest(o options, sequence int64, at time.Time) proto.Message {
	// Any non-zero ids do; these are unique in the sender.
	traceID := binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano()))
	traceID = binary.BigEndian.AppendUint64(traceID, uint64(sequence))
	spans := repeat(o, func(i int) *trace.Span {
		return &trace.Span{
			TraceId: traceID, SpanId: binary.BigEndian.AppendUint64(nil, uint64(i+1)), Name: o.name,
			StartTimeUnixNano: uint64(at.UnixNano()), EndTimeUnixNano: uint64(at.Add(time.Millisecond).UnixNano()),
			Attributes: append(o.itemAttributes(i), number(sequenceAttribute, sequence)),
		}
	})
	return &tracerequest.ExportTraceServiceRequest{ResourceSpans: []*trace.ResourceSpans{{
		Resource:   o.resource(),
		ScopeSpans: []*trace.ScopeSpans{{Scope: scope, Spans: spans}},
	}}}
}

func logRequest(o options, sequence int64, at time.Time) proto.Message {
	records := repeat(o, func(i int) *logs.LogRecord {
		return &logs.LogRecord{
			TimeUnixNano: uint64(at.UnixNano()), EventName: o.name,
			Body:       &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: "probe"}},
			Attributes: append(o.itemAttributes(i), number(sequenceAttribute, sequence)),
		}
	})
	return &logsrequest.ExportLogsServiceRequest{ResourceLogs: []*logs.ResourceLogs{{
		Resource:  o.resource(),
		ScopeLogs: []*logs.ScopeLogs{{Scope: scope, LogRecords: records}},
	}}}
}

func repeat[T any](o options, item func(int) T) (all []T) {
	for i := range max(1, o.items) {
		all = append(all, item(i))
	}
	return all
}

var scope = &common.InstrumentationScope{Name: "probe"}

func (o options) resource() *resource.Resource {
	r := &resource.Resource{}
	for _, a := range o.attributes {
		r.Attributes = append(r.Attributes, text(a[0], a[1]))
	}
	return r
}

// itemAttributes makes the items of one request different, and as large as a test needs them.
func (o options) itemAttributes(item int) (all []*common.KeyValue) {
	if o.items > 1 {
		all = append(all, number("item", int64(item)))
	}
	if o.paddingBytes > 0 {
		all = append(all, text("padding", strings.Repeat("x", o.paddingBytes)))
	}
	return all
}

func text(key, value string) *common.KeyValue {
	return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}}
}

func number(key string, value int64) *common.KeyValue {
	return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: value}}}
}
