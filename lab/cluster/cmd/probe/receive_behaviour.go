package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	metricsrequest "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Behaviour states how the backend treats requests. POST /behaviour replaces all of it; {} makes a good backend.
type Behaviour struct {
	// Status is for HTTP and Code for gRPC ("UNAVAILABLE"). Requests fail if one of them is set; the other one then
	// defaults to 503 or UNAVAILABLE. A status of 200 rejects all items in a good answer. A status from 300 on redirects
	// to a page that answers well.
	Status int         `json:"status"`
	Code   *codes.Code `json:"code"`
	// RetryAfterSeconds is sent with failures, as a header or as gRPC's RetryInfo.
	RetryAfterSeconds int `json:"retryAfterSeconds"`
	// FailShare is the share of the requests that fail, evenly spread. Default: all.
	FailShare *float64 `json:"failShare"`
	// DelayMillis passes before any answer.
	DelayMillis int `json:"delayMillis"`
	// Hang gives no answer until the behaviour changes. The new behaviour then applies to the waiting requests.
	Hang bool `json:"hang"`
	// Signal restricts the behaviour to metrics, traces or logs.
	Signal string `json:"signal"`
}

func (b Behaviour) fails() bool { return b.Status != 0 || b.Code != nil }

const loginPath = "/login"

// refusal is an error answer.
type refusal struct {
	reason     string
	status     int
	code       codes.Code
	retryAfter int
	items      int
}

func (b Behaviour) refusal() *refusal {
	r := &refusal{reason: "told to fail", status: http.StatusServiceUnavailable, code: codes.Unavailable, retryAfter: b.RetryAfterSeconds}
	if b.Status != 0 {
		r.status = b.Status
	}
	if b.Code != nil {
		r.code = *b.Code
	}
	return r
}

func (r *refusal) answerHTTP(w http.ResponseWriter) {
	if r.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(r.retryAfter))
	}
	switch {
	case r.status == http.StatusOK:
		// The fields have the same numbers in the answers of all signals.
		answer, _ := proto.Marshal(&metricsrequest.ExportMetricsServiceResponse{
			PartialSuccess: &metricsrequest.ExportMetricsPartialSuccess{RejectedDataPoints: int64(r.items), ErrorMessage: r.reason},
		})
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(answer)
		return
	case r.status/100 == 3:
		w.Header().Set("Location", loginPath)
	}
	http.Error(w, r.reason, r.status)
}

func (r *refusal) grpcError() error {
	s := status.New(r.code, r.reason)
	if r.retryAfter > 0 {
		delay := durationpb.New(time.Duration(r.retryAfter) * time.Second)
		if detailed, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: delay}); err == nil {
			s = detailed
		}
	}
	return s.Err()
}

type behaviours struct {
	mu      sync.Mutex
	current Behaviour
	changed chan struct{} // closed when current is replaced
	due     float64       // the sum of FailShare over all requests, minus the failures
}

func newBehaviours() *behaviours { return &behaviours{changed: make(chan struct{})} }

func (b *behaviours) set(w http.ResponseWriter, r *http.Request) {
	var next Behaviour
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&next); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if s := next.FailShare; s != nil && (*s < 0 || *s > 1) {
		http.Error(w, fmt.Sprintf("failShare %v is not from 0 to 1", *s), http.StatusBadRequest)
		return
	}
	b.replace(next)
}

func (b *behaviours) replace(next Behaviour) {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.current, b.changed, b.due = next, make(chan struct{}), 0
}

// judge waits as the behaviour demands and returns nil if the request is accepted.
func (b *behaviours) judge(ctx context.Context, signal string) *refusal {
	for {
		b.mu.Lock()
		current, changed := b.current, b.changed
		if current.Signal != "" && current.Signal != signal {
			current = Behaviour{}
		}
		refused := b.decide(current)
		b.mu.Unlock()
		var waited <-chan time.Time
		if !current.Hang {
			waited = time.After(time.Duration(current.DelayMillis) * time.Millisecond)
		}
		select {
		case <-waited:
			return refused
		case <-ctx.Done():
			return &refusal{reason: "caller has left", status: http.StatusRequestTimeout, code: codes.Canceled}
		case <-changed:
		}
	}
}

// decide spreads failures evenly: a share of one half fails every second request, not a random half.
func (b *behaviours) decide(current Behaviour) *refusal {
	if !current.fails() || current.Hang {
		return nil
	}
	share := 1.0
	if current.FailShare != nil {
		share = *current.FailShare
	}
	if b.due += share; b.due < 1 {
		return nil
	}
	b.due--
	return current.refusal()
}
