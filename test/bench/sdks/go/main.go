// Sender pushes numbered spans with OpenTelemetry's SDK for Go and its defaults, until its input ends: sender PROTOCOL
// ENDPOINT NAME. It prints how many spans the application has made.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	oteltrace "go.opentelemetry.io/otel/trace"
)

func exporter(ctx context.Context, protocol, endpoint string) (trace.SpanExporter, error) {
	if protocol == "grpc" {
		return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(endpoint))
	}
	return otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint+"/v1/traces"))
}

func main() {
	protocol, endpoint, name := os.Args[1], os.Args[2], os.Args[3]
	ctx := context.Background()
	exporter, err := exporter(ctx, protocol, endpoint)
	if err != nil {
		log.Fatal(err)
	}
	described := resource.NewSchemaless(attribute.String("service.name", name), attribute.String("sender", name))
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(described))
	tracer := provider.Tracer("sender")

	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	ticker := time.NewTicker(50 * time.Millisecond)
	for sent := int64(0); ; sent++ {
		select {
		case <-ended:
			if err := provider.Shutdown(ctx); err != nil {
				log.Print(err)
			}
			fmt.Println("sent", sent)
			return
		case <-ticker.C:
			_, span := tracer.Start(ctx, "numbered", oteltrace.WithAttributes(attribute.Int64("probe.sequence", sent)))
			span.End()
		}
	}
}
