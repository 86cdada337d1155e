package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
)

const requestLimit = 10 * time.Second

func newExporter(o options) (exporter, error) {
	switch o.protocol {
	case "grpc":
		return grpcExporter(o)
	case "http":
		return httpExporter(o), nil
	}
	return nil, fmt.Errorf("--protocol %q: grpc or http", o.protocol)
}

func (o options) request(sequence int64, at time.Time) *collector.ExportMetricsServiceRequest {
	r := &resource.Resource{}
	for _, a := range o.attributes {
		value := &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: a[1]}}
		r.Attributes = append(r.Attributes, &common.KeyValue{Key: a[0], Value: value})
	}
	point := &metrics.NumberDataPoint{
		TimeUnixNano: uint64(at.UnixNano()),
		Value:        &metrics.NumberDataPoint_AsInt{AsInt: sequence},
	}
	metric := &metrics.Metric{
		Name: o.metric,
		Data: &metrics.Metric_Gauge{Gauge: &metrics.Gauge{DataPoints: []*metrics.NumberDataPoint{point}}},
	}
	return &collector.ExportMetricsServiceRequest{ResourceMetrics: []*metrics.ResourceMetrics{{
		Resource: r,
		ScopeMetrics: []*metrics.ScopeMetrics{{
			Scope:   &common.InstrumentationScope{Name: "probe"},
			Metrics: []*metrics.Metric{metric},
		}},
	}}}
}

// accepted turns a partial success into the error that it is for the one data point.
func accepted(response *collector.ExportMetricsServiceResponse) error {
	if p := response.GetPartialSuccess(); p.GetRejectedDataPoints() > 0 {
		return fmt.Errorf("rejected: %s", p.GetErrorMessage())
	}
	return nil
}

func grpcExporter(o options) (exporter, error) {
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
	return func(sequence int64, at time.Time) error {
		connection := shared
		if o.newConnections {
			own, err := dial()
			if err != nil {
				return err
			}
			defer own.Close()
			connection = own
		}
		ctx, cancel := context.WithTimeout(context.Background(), requestLimit)
		defer cancel()
		response, err := collector.NewMetricsServiceClient(connection).Export(ctx, o.request(sequence, at))
		if err != nil {
			return err
		}
		return accepted(response)
	}, nil
}

func httpExporter(o options) exporter {
	client := http.Client{
		Timeout:   requestLimit,
		Transport: &http.Transport{DisableKeepAlives: o.newConnections, MaxIdleConnsPerHost: 100},
	}
	return func(sequence int64, at time.Time) error {
		body, err := proto.Marshal(o.request(sequence, at))
		if err != nil {
			return err
		}
		r, err := client.Post("http://"+o.endpoint+"/v1/metrics", "application/x-protobuf", bytes.NewReader(body))
		if err != nil {
			return err
		}
		defer r.Body.Close()
		answer, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		if r.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %.200s", r.Status, answer)
		}
		var response collector.ExportMetricsServiceResponse
		if err := proto.Unmarshal(answer, &response); err != nil {
			return err
		}
		return accepted(&response)
	}
}
