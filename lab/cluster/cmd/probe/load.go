package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
)

// load pushes realistic requests for a measurement, at a steady rate. The requests are made before the measurement begins,
// so that sending them costs little:
//
//	POST :8080/run?endpoint=HOST:PORT&signal=metrics&rate=100&requests=400   returns LoadCounts
func load(args []string) error {
	var shape loadShape
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.IntVar(&shape.items, "items", 500, "points, spans or records in each request")
	flags.IntVar(&shape.attributes, "attributes", 10, "attributes of each point, span or record")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l := &loader{shape: shape, requests: map[string][][]byte{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", healthz)
	mux.HandleFunc("POST /run", func(w http.ResponseWriter, r *http.Request) {
		counts, err := l.run(r.Context(), r.URL.Query().Get)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(counts)
	})
	return http.ListenAndServe(listen, mux)
}

// LoadCounts counts the requests of one run by result. No request is retried.
type LoadCounts struct {
	Items     int     `json:"items"` // of accepted requests
	Bytes     int     `json:"bytes"` // of accepted requests, encoded
	Failed    int     `json:"failed"`
	LastError string  `json:"lastError"`
	Seconds   float64 `json:"seconds"`
}

// variants is the number of different requests that are sent in turn.
const variants = 32

// underWay is the largest number of requests without an answer. The next request waits until one of them is answered.
const underWay = 16

type loader struct {
	shape    loadShape
	mu       sync.Mutex
	requests map[string][][]byte // of each signal, once needed
}

func (l *loader) run(ctx context.Context, setting func(string) string) (LoadCounts, error) {
	s, known := signals[setting("signal")]
	rate, rateErr := strconv.ParseFloat(setting("rate"), 64)
	count, countErr := strconv.Atoi(setting("requests"))
	if !known || rateErr != nil || countErr != nil || rate <= 0 {
		return LoadCounts{}, errors.New("signal has to be metrics, traces or logs, rate and requests numbers above 0")
	}
	requests, err := l.prepared(setting("signal"))
	if err != nil {
		return LoadCounts{}, err
	}
	connection, err := grpc.NewClient("dns:///"+setting("endpoint"),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true), grpc.ForceCodec(asItIs{})),
		grpc.WithDisableRetry())
	if err != nil {
		return LoadCounts{}, err
	}
	defer connection.Close()

	var counts LoadCounts
	var mu sync.Mutex
	var sending sync.WaitGroup
	slots := make(chan struct{}, underWay)
	start := time.Now()
	for i := range count {
		time.Sleep(time.Until(start.Add(time.Duration(float64(i) / rate * float64(time.Second)))))
		request := requests[i%len(requests)]
		slots <- struct{}{}
		sending.Go(func() {
			err := push(ctx, connection, s, request)
			<-slots
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				counts.Failed++
				counts.LastError = err.Error()
				return
			}
			counts.Items += l.shape.items
			counts.Bytes += len(request)
		})
	}
	sending.Wait()
	counts.Seconds = time.Since(start).Seconds()
	return counts, nil
}

func push(ctx context.Context, connection *grpc.ClientConn, s signalSender, request []byte) error {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	var answer []byte
	if err := connection.Invoke(ctx, s.method, &request, &answer); err != nil {
		return err
	}
	response := s.response()
	if err := proto.Unmarshal(answer, response); err != nil {
		return err
	}
	return s.accepted(response)
}

func (l *loader) prepared(signal string) ([][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.requests[signal] == nil {
		for variant := range variants {
			encoded, err := proto.Marshal(l.shape.request(signal, variant))
			if err != nil {
				return nil, err
			}
			l.requests[signal] = append(l.requests[signal], encoded)
		}
	}
	return l.requests[signal], nil
}

// asItIs sends and receives messages that are encoded already.
type asItIs struct{}

func (asItIs) Name() string { return "proto" }

func (asItIs) Marshal(v any) ([]byte, error) {
	if b, is := v.(*[]byte); is {
		return *b, nil
	}
	return nil, fmt.Errorf("cannot send a %T", v)
}

func (asItIs) Unmarshal(data []byte, v any) error {
	b, is := v.(*[]byte)
	if !is {
		return fmt.Errorf("cannot receive a %T", v)
	}
	*b = append([]byte{}, data...)
	return nil
}
