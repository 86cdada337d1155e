package main

import (
	"encoding/base64"
	"fmt"
	"strings"

	logsrequest "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricsrequest "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracerequest "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
)

func metricItems(r *metricsrequest.ExportMetricsServiceRequest) (items []Item) {
	for _, rm := range r.ResourceMetrics {
		resource := attributes(rm.GetResource().GetAttributes())
		for _, sm := range rm.ScopeMetrics {
			for _, m := range sm.Metrics {
				for _, point := range points(m) {
					point.Signal, point.Name, point.Resource = "metrics", m.Name, resource
					point.Scope = sm.GetScope().GetName()
					if point.Sequence = sequence(point.Attributes); point.Sequence == nil {
						if whole, ok := point.Value.(int64); ok {
							point.Sequence = &whole
						}
					}
					items = append(items, point)
				}
			}
		}
	}
	return items
}

// Histogram is the value of a histogram's point; an exponential one has its positive buckets only.
type Histogram struct {
	Count   uint64    `json:"count"`
	Sum     float64   `json:"sum"`
	Bounds  []float64 `json:"bounds,omitempty"`
	Scale   *int32    `json:"scale,omitempty"`
	Buckets []uint64  `json:"buckets"`
}

func points(m *metrics.Metric) []Item {
	switch data := m.Data.(type) {
	case *metrics.Metric_Gauge:
		return numbers(data.Gauge.DataPoints, "gauge", "")
	case *metrics.Metric_Sum:
		return numbers(data.Sum.DataPoints, "sum", temporality(data.Sum.AggregationTemporality))
	case *metrics.Metric_Histogram:
		var items []Item
		for _, p := range data.Histogram.DataPoints {
			items = append(items, Item{
				Kind: "histogram", Temporality: temporality(data.Histogram.AggregationTemporality),
				Attributes: attributes(p.Attributes), Time: p.TimeUnixNano, Start: p.StartTimeUnixNano,
				Value: Histogram{Count: p.Count, Sum: p.GetSum(), Bounds: p.ExplicitBounds, Buckets: p.BucketCounts},
			})
		}
		return items
	case *metrics.Metric_ExponentialHistogram:
		var items []Item
		for _, p := range data.ExponentialHistogram.DataPoints {
			items = append(items, Item{
				Kind: "exponentialHistogram", Temporality: temporality(data.ExponentialHistogram.AggregationTemporality),
				Attributes: attributes(p.Attributes), Time: p.TimeUnixNano, Start: p.StartTimeUnixNano,
				Value: Histogram{Count: p.Count, Sum: p.GetSum(), Scale: &p.Scale, Buckets: p.GetPositive().GetBucketCounts()},
			})
		}
		return items
	case *metrics.Metric_Summary:
		var items []Item
		for _, p := range data.Summary.DataPoints {
			items = append(items, Item{
				Kind: "summary", Attributes: attributes(p.Attributes), Time: p.TimeUnixNano, Start: p.StartTimeUnixNano,
				Value: Histogram{Count: p.Count, Sum: p.Sum},
			})
		}
		return items
	}
	return nil
}

func numbers(points []*metrics.NumberDataPoint, kind, temporality string) (items []Item) {
	for _, p := range points {
		item := Item{
			Kind: kind, Temporality: temporality,
			Attributes: attributes(p.Attributes), Time: p.TimeUnixNano, Start: p.StartTimeUnixNano,
		}
		switch v := p.Value.(type) {
		case *metrics.NumberDataPoint_AsInt:
			item.Value = v.AsInt
		case *metrics.NumberDataPoint_AsDouble:
			item.Value = v.AsDouble
		}
		items = append(items, item)
	}
	return items
}

func temporality(t metrics.AggregationTemporality) string {
	return strings.ToLower(strings.TrimPrefix(t.String(), "AGGREGATION_TEMPORALITY_"))
}

func traceItems(r *tracerequest.ExportTraceServiceRequest) (items []Item) {
	for _, rs := range r.ResourceSpans {
		resource := attributes(rs.GetResource().GetAttributes())
		for _, ss := range rs.ScopeSpans {
			for _, span := range ss.Spans {
				own := attributes(span.Attributes)
				items = append(items, Item{
					Signal: "traces", Name: span.Name, Resource: resource, Attributes: own,
					Time: span.EndTimeUnixNano, Start: span.StartTimeUnixNano, Sequence: sequence(own),
				})
			}
		}
	}
	return items
}

func logItems(r *logsrequest.ExportLogsServiceRequest) (items []Item) {
	for _, rl := range r.ResourceLogs {
		resource := attributes(rl.GetResource().GetAttributes())
		for _, sl := range rl.ScopeLogs {
			for _, record := range sl.LogRecords {
				own := attributes(record.Attributes)
				items = append(items, Item{
					Signal: "logs", Name: record.EventName, Resource: resource, Attributes: own,
					Value: plain(record.Body), Time: record.TimeUnixNano, Sequence: sequence(own),
				})
			}
		}
	}
	return items
}

func sequence(attributes map[string]any) *int64 {
	if number, ok := attributes[sequenceAttribute].(int64); ok {
		return &number
	}
	return nil
}

func attributes(list []*common.KeyValue) map[string]any {
	all := make(map[string]any, len(list))
	for _, a := range list {
		all[a.Key] = plain(a.Value)
	}
	return all
}

// longest is the length of the longest text that is remembered whole. Longer texts only fill queues.
const longest = 16 << 10

// plain returns the value in the form of JSON.
func plain(value *common.AnyValue) any {
	switch v := value.GetValue().(type) {
	case *common.AnyValue_StringValue:
		if len(v.StringValue) > longest {
			return fmt.Sprintf("(%d bytes)", len(v.StringValue))
		}
		return v.StringValue
	case *common.AnyValue_BoolValue:
		return v.BoolValue
	case *common.AnyValue_IntValue:
		return v.IntValue
	case *common.AnyValue_DoubleValue:
		return v.DoubleValue
	case *common.AnyValue_BytesValue:
		return base64.StdEncoding.EncodeToString(v.BytesValue)
	case *common.AnyValue_KvlistValue:
		return attributes(v.KvlistValue.Values)
	case *common.AnyValue_ArrayValue:
		list := []any{}
		for _, element := range v.ArrayValue.Values {
			list = append(list, plain(element))
		}
		return list
	}
	return nil
}
