package main

import (
	"sync"
	"time"
)

// Request is one export as it was received.
type Request struct {
	ID          int64     `json:"id"`
	At          time.Time `json:"at"`
	Signal      string    `json:"signal"`   // metrics, traces or logs
	Protocol    string    `json:"protocol"` // grpc or http
	Path        string    `json:"path"`
	Compression string    `json:"compression"` // as its header names it, "" for none
	// Headers have lower-case names; a value is the bytes that came, in base64 here.
	Headers map[string][][]byte `json:"headers"`
	// ClientSubject is the subject of the caller's certificate.
	ClientSubject string `json:"clientSubject,omitempty"`
	// Refused is the reason why the caller got an error. The content of a refused request does not count.
	Refused string `json:"refused,omitempty"`
	Count   int    `json:"items"`

	items []Item
}

// Item is a data point, a span or a log record.
type Item struct {
	Request    int64          `json:"request"`
	Signal     string         `json:"signal"`
	Name       string         `json:"name"`            // of the metric, the span or the event
	Scope      string         `json:"scope,omitempty"` // name of the scope, of metrics
	Resource   map[string]any `json:"resource"`
	Attributes map[string]any `json:"attributes"`
	// Value is a point's number or histogram, or a log record's body.
	Value       any    `json:"value,omitempty"`
	Kind        string `json:"kind,omitempty"`        // of a metric: gauge, sum, histogram, exponentialHistogram, summary
	Temporality string `json:"temporality,omitempty"` // delta or cumulative
	Time        uint64 `json:"time,string"`           // nanoseconds
	Start       uint64 `json:"start,string,omitempty"`
	// Sequence is the attribute probe.sequence, else a point's whole number; see send.go.
	Sequence *int64 `json:"sequence,omitempty"`
}

// Group counts the items of one sender.
type Group struct {
	Signal   string `json:"signal"`
	Name     string `json:"name"`
	Sender   string `json:"sender"` // resource attribute
	Items    int64  `json:"items"`
	Distinct int64  `json:"distinct"` // sequence numbers
}

type groupKey struct{ signal, name, sender string }

type group struct {
	items     int64
	sequences map[int64]struct{}
}

// recorder remembers the latest requests up to a number of items, and counts all.
type recorder struct {
	mu       sync.Mutex
	keep     int
	kept     int
	lastID   int64
	requests []Request
	groups   map[groupKey]*group
	tokens   []TokenRequest
}

func newRecorder() *recorder { return &recorder{keep: 50_000, groups: map[groupKey]*group{}} }

func (r *recorder) add(request Request, items []Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastID++
	request.ID, request.Count = r.lastID, len(items)
	if request.Refused == "" {
		for i := range items {
			items[i].Request = request.ID
			r.count(items[i])
		}
		request.items = items
	}
	r.requests = append(r.requests, request)
	r.kept += weight(request)
	for r.kept > r.keep && len(r.requests) > 1 {
		r.kept -= weight(r.requests[0])
		r.requests = r.requests[1:]
	}
}

// weight also limits the number of requests without items.
func weight(r Request) int { return 1 + len(r.items) }

func (r *recorder) count(item Item) {
	sender, _ := item.Resource["sender"].(string)
	key := groupKey{item.Signal, item.Name, sender}
	g := r.groups[key]
	if g == nil {
		g = &group{sequences: map[int64]struct{}{}}
		r.groups[key] = g
	}
	g.items++
	if item.Sequence != nil {
		g.sequences[*item.Sequence] = struct{}{}
	}
}

func (r *recorder) addToken(t TokenRequest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens = append(r.tokens, t)
}

func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests, r.kept, r.tokens, r.groups = nil, 0, nil, map[groupKey]*group{}
}
