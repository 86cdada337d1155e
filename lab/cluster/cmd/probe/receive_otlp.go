package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	logsrequest "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricsrequest "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracerequest "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/proto"
)

const maxMessage = 256 << 20

// take judges and records a request. The server, for gRPC or HTTP, has set the fields that it knows.
func (b *recordingBackend) take(ctx context.Context, request Request, items []Item) *refusal {
	request.At = time.Now()
	refused := b.demands.check(request.Headers)
	if refused == nil {
		refused = b.behaviour.judge(ctx, request.Signal)
	}
	if refused != nil {
		request.Refused = refused.reason
		refused.items = len(items)
	}
	b.recorder.add(request, items)
	return refused
}

// httpSignals are the default paths; a request to another path belongs to the signal that the path ends with.
var httpSignals = map[string]func([]byte) ([]Item, error){
	"metrics": func(body []byte) ([]Item, error) {
		var r metricsrequest.ExportMetricsServiceRequest
		err := proto.Unmarshal(body, &r)
		return metricItems(&r), err
	},
	"traces": func(body []byte) ([]Item, error) {
		var r tracerequest.ExportTraceServiceRequest
		err := proto.Unmarshal(body, &r)
		return traceItems(&r), err
	},
	"logs": func(body []byte) ([]Item, error) {
		var r logsrequest.ExportLogsServiceRequest
		err := proto.Unmarshal(body, &r)
		return logItems(&r), err
	},
}

func (b *recordingBackend) httpHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", b.token)
	mux.HandleFunc("GET "+loginPath, func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		signal := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		decode := httpSignals[signal]
		if decode == nil {
			http.Error(w, "no path of metrics, traces or logs: "+r.URL.Path, http.StatusNotFound)
			return
		}
		items, err := decodeBody(r, decode)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		refused := b.take(r.Context(), Request{
			Signal: signal, Protocol: "http", Path: r.URL.Path, Compression: r.Header.Get("Content-Encoding"),
			Headers: headerBytes(r.Header), ClientSubject: clientSubject(r.TLS),
		}, items)
		if refused != nil {
			refused.answerHTTP(w)
			return
		}
		// An empty message accepts all items, whatever the signal.
		w.Header().Set("Content-Type", "application/x-protobuf")
	})
	return mux
}

func decodeBody(r *http.Request, decode func([]byte) ([]Item, error)) ([]Item, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxMessage))
	if err != nil {
		return nil, err
	}
	plain, err := decompress(r.Header.Get("Content-Encoding"), body)
	if err != nil {
		return nil, err
	}
	return decode(plain)
}

func headerBytes(all map[string][]string) map[string][][]byte {
	headers := map[string][][]byte{}
	for name, values := range all {
		for _, value := range values {
			headers[strings.ToLower(name)] = append(headers[strings.ToLower(name)], []byte(value))
		}
	}
	return headers
}

func (b *recordingBackend) serveGRPC(address string, secure *tls.Config) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	// The default limit: 4 MiB in a message, as most backends have it.
	options := []grpc.ServerOption{grpc.StatsHandler(compressionTag{})}
	if secure != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(secure)))
	}
	server := grpc.NewServer(options...)
	metricsrequest.RegisterMetricsServiceServer(server, metricsService{b: b})
	tracerequest.RegisterTraceServiceServer(server, traceService{b: b})
	logsrequest.RegisterLogsServiceServer(server, logsService{b: b})
	return server.Serve(listener)
}

func (b *recordingBackend) takeGRPC(ctx context.Context, signal string, items []Item) error {
	request := Request{Signal: signal, Protocol: "grpc"}
	request.Path, _ = grpc.Method(ctx)
	if compression, ok := ctx.Value(compressionKey{}).(*string); ok {
		request.Compression = *compression
	}
	values, _ := metadata.FromIncomingContext(ctx)
	request.Headers = headerBytes(values)
	if p, ok := peer.FromContext(ctx); ok {
		if info, ok := p.AuthInfo.(credentials.TLSInfo); ok {
			request.ClientSubject = clientSubject(&info.State)
		}
	}
	if refused := b.take(ctx, request, items); refused != nil {
		return refused.grpcError()
	}
	return nil
}

type metricsService struct {
	metricsrequest.UnimplementedMetricsServiceServer
	b *recordingBackend
}

func (s metricsService) Export(
	ctx context.Context, r *metricsrequest.ExportMetricsServiceRequest,
) (*metricsrequest.ExportMetricsServiceResponse, error) {
	return &metricsrequest.ExportMetricsServiceResponse{}, s.b.takeGRPC(ctx, "metrics", metricItems(r))
}

type traceService struct {
	tracerequest.UnimplementedTraceServiceServer
	b *recordingBackend
}

func (s traceService) Export(
	ctx context.Context, r *tracerequest.ExportTraceServiceRequest,
) (*tracerequest.ExportTraceServiceResponse, error) {
	return &tracerequest.ExportTraceServiceResponse{}, s.b.takeGRPC(ctx, "traces", traceItems(r))
}

type logsService struct {
	logsrequest.UnimplementedLogsServiceServer
	b *recordingBackend
}

func (s logsService) Export(
	ctx context.Context, r *logsrequest.ExportLogsServiceRequest,
) (*logsrequest.ExportLogsServiceResponse, error) {
	return &logsrequest.ExportLogsServiceResponse{}, s.b.takeGRPC(ctx, "logs", logItems(r))
}

// compressionTag keeps the one header that gRPC shows only to a stats handler.
type compressionTag struct{}

type compressionKey struct{}

func (compressionTag) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, compressionKey{}, new(string))
}

func (compressionTag) HandleRPC(ctx context.Context, s stats.RPCStats) {
	if header, ok := s.(*stats.InHeader); ok {
		*ctx.Value(compressionKey{}).(*string) = header.Compression
	}
}

func (compressionTag) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (compressionTag) HandleConn(context.Context, stats.ConnStats)                       {}
