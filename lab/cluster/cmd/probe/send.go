package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

// send is a steady OTLP load whose every request can be accounted for: one request holds one gauge data point whose
// value is the request's sequence number (from 1), or one span or log record with that number in the attribute
// probe.sequence. Each has its own timestamp. A backend that has as many different numbers as were accepted here
// has lost nothing.
//
// A request is "ok" or "failed". An answered request is never retried, because a retry would hide the loss that the test
// looks for. A connection that ends under a request is not an answer, and the OTLP specification requires clients to
// survive it. The gRPC client does so by itself (GOAWAY): it waits for a working connection, for 10 seconds at most. An HTTP
// server can only close the connection, maybe while a request uses it; such a request is sent once more and counted as
// "resent".
//
// With --requests, it sends so many and then only answers.
//
// GET :8080/counts returns the counts at any time. POST :8080/stop ends the sending, waits for the requests under way and
// returns the final counts; /counts then returns the same. SIGTERM does the same, prints the counts and ends the process.
func send(args []string) error {
	var o options
	flags := flag.NewFlagSet("send", flag.ContinueOnError)
	flags.StringVar(&o.endpoint, "endpoint", "", "HOST:PORT")
	flags.StringVar(&o.protocol, "protocol", "grpc", "grpc or http")
	flags.StringVar(&o.signal, "signal", "metrics", "metrics, traces or logs")
	flags.StringVar(&o.name, "name", "probe.sequence", "name of the metric, span or event")
	flags.IntVar(&o.items, "items", 1, "points, spans or records in each request, all with the request's number")
	flags.IntVar(&o.paddingBytes, "padding", 0, "bytes to add to each item")
	flags.BoolVar(&o.newConnections, "new-connections", false, "a new connection for each request")
	rate := flags.Float64("rate", 10, "requests per second, 1000 at most")
	requests := flags.Int("requests", 0, "requests to send; 0 means that it sends until it is stopped")
	attributes := flags.String("attributes", "service.name=probe", "attributes of the resource: KEY=VALUE,...")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *requests < 0 {
		return fmt.Errorf("--requests: %d is below 0", *requests)
	}
	if o.endpoint == "" || *rate <= 0 || *rate > 1000 || flags.NArg() > 0 {
		return errors.New("send needs --endpoint HOST:PORT and a --rate above 0 and up to 1000 (timestamps are 1 ms apart)")
	}
	for _, pair := range strings.Split(*attributes, ",") {
		key, value, found := strings.Cut(pair, "=")
		if !found {
			return fmt.Errorf("--attributes: %q is not KEY=VALUE", pair)
		}
		o.attributes = append(o.attributes, [2]string{key, value})
	}
	export, err := newExporter(o)
	if err != nil {
		return err
	}
	t := newTally(*requests)
	go t.serve()
	t.run(export, time.Duration(float64(time.Second) / *rate))
	return json.NewEncoder(os.Stdout).Encode(t.counts())
}

type options struct {
	endpoint, protocol, signal, name string
	attributes                       [][2]string
	newConnections                   bool
	items, paddingBytes              int
}

// exporter sends one item and returns whether the backend accepted it.
type exporter func(sequence int64, at time.Time) (resent bool, err error)

// Counts counts the requests by result. Requests that are neither ok nor failed are under way.
type Counts struct {
	Sent       int64    `json:"sent"`
	OK         int64    `json:"ok"`
	Failed     int64    `json:"failed"`
	Resent     int64    `json:"resent"`     // over a new connection, because the old one ended without an answer
	LastErrors []string `json:"lastErrors"` // with the sequence number, the latest last
}

const keptErrors = 20

type tally struct {
	most     int64 // requests to send; 0 means without end
	mu       sync.Mutex
	c        Counts
	stopOnce sync.Once
	stop     chan struct{} // closed when sending is to end
	stopped  chan struct{} // closed when no request is under way any more
}

func newTally(requests int) *tally {
	return &tally{most: int64(requests), stop: make(chan struct{}), stopped: make(chan struct{})}
}

func (t *tally) run(export exporter, interval time.Duration) {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	t.sendUntil(end, export, interval)
	close(t.stopped)
	select {
	case <-t.stop:
		<-end // asked to stop by HTTP: the counts stay readable
	default:
	}
}

func (t *tally) sendUntil(end chan os.Signal, export exporter, interval time.Duration) {
	var underway sync.WaitGroup
	defer underway.Wait()
	next := time.Now()
	var last time.Time
	for {
		due := time.After(time.Until(next))
		if t.most > 0 && t.counts().Sent == t.most {
			due = nil
		}
		select {
		case <-end:
			return
		case <-t.stop:
			return
		case <-due:
		}
		next = next.Add(interval)
		// A late scheduler makes requests bunch up; their timestamps must differ all the same.
		at := time.Now().Truncate(time.Millisecond)
		if !at.After(last) {
			at = last.Add(time.Millisecond)
		}
		last = at
		sequence := t.begin()
		underway.Go(func() {
			resent, err := export(sequence, at)
			t.end(sequence, resent, err)
		})
	}
}

func (t *tally) begin() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.c.Sent++
	return t.c.Sent
}

func (t *tally) end(sequence int64, resent bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if resent {
		t.c.Resent++
	}
	if err == nil {
		t.c.OK++
		return
	}
	t.c.Failed++
	t.c.LastErrors = append(t.c.LastErrors, fmt.Sprintf("%d: %v", sequence, err))
	t.c.LastErrors = t.c.LastErrors[max(0, len(t.c.LastErrors)-keptErrors):]
}

func (t *tally) counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.c
	c.LastErrors = append([]string{}, t.c.LastErrors...)
	return c
}

func (t *tally) serve() {
	http.HandleFunc("/healthz", healthz)
	answer := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(t.counts())
	}
	http.HandleFunc("GET /counts", answer)
	http.HandleFunc("POST /stop", func(w http.ResponseWriter, r *http.Request) {
		t.stopOnce.Do(func() { close(t.stop) })
		<-t.stopped
		answer(w, r)
	})
	if err := http.ListenAndServe(listen, nil); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}
