package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// control serves the requests by which a test reads and controls the backend:
//
//	GET /received/requests   without their items; the latest last
//	GET /received/items      of requests that were not refused
//	GET /received/counts     of all items since the start or the last reset, also of those no longer remembered
//	GET /received/tokens     the requests for a token
//
// Requests and items can be chosen by ?signal=, items also by ?name=, ?resource.KEY=VALUE and ?attribute.KEY=VALUE.
func (b *recordingBackend) control() http.Handler {
	mux := http.NewServeMux()
	r := b.recorder
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /received/requests", func(w http.ResponseWriter, q *http.Request) {
		answerJSON(w, r.requestsOf(q.URL.Query().Get("signal")))
	})
	mux.HandleFunc("GET /received/items", func(w http.ResponseWriter, q *http.Request) {
		choose, err := itemFilter(q.URL.Query())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answerJSON(w, r.itemsOf(choose))
	})
	mux.HandleFunc("GET /received/counts", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, r.counts()) })
	mux.HandleFunc("GET /received/tokens", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, r.tokenRequests()) })
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) { r.reset() })
	mux.HandleFunc("POST /behaviour", b.behaviour.set)
	mux.HandleFunc("POST /token", b.token)
	return mux
}

func answerJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func (r *recorder) requestsOf(signal string) []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	chosen := []Request{}
	for _, request := range r.requests {
		if signal == "" || request.Signal == signal {
			chosen = append(chosen, request)
		}
	}
	return chosen
}

func (r *recorder) itemsOf(choose func(Item) bool) []Item {
	r.mu.Lock()
	defer r.mu.Unlock()
	chosen := []Item{}
	for _, request := range r.requests {
		for _, item := range request.items {
			if choose(item) {
				chosen = append(chosen, item)
			}
		}
	}
	return chosen
}

func (r *recorder) counts() []Group {
	r.mu.Lock()
	defer r.mu.Unlock()
	groups := []Group{}
	for key, g := range r.groups {
		groups = append(groups, Group{key.signal, key.name, key.sender, g.items, int64(len(g.sequences))})
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Signal, b.Signal), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Sender, b.Sender))
	})
	return groups
}

func (r *recorder) tokenRequests() []TokenRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]TokenRequest{}, r.tokens...)
}

// itemFilter rejects unknown filters: a misspelt filter would select too much.
func itemFilter(query url.Values) (func(Item) bool, error) {
	var tests []func(Item) bool
	for name, values := range query {
		want := values[0]
		if key, found := strings.CutPrefix(name, "resource."); found {
			tests = append(tests, func(i Item) bool { return has(i.Resource, key, want) })
		} else if key, found := strings.CutPrefix(name, "attribute."); found {
			tests = append(tests, func(i Item) bool { return has(i.Attributes, key, want) })
		} else if name == "signal" {
			tests = append(tests, func(i Item) bool { return i.Signal == want })
		} else if name == "name" {
			tests = append(tests, func(i Item) bool { return i.Name == want })
		} else {
			return nil, fmt.Errorf("?%s: items can be chosen by signal, name, resource.KEY and attribute.KEY", name)
		}
	}
	return func(i Item) bool {
		return !slices.ContainsFunc(tests, func(holds func(Item) bool) bool { return !holds(i) })
	}, nil
}

func has(attributes map[string]any, key, want string) bool {
	value, found := attributes[key]
	return found && fmt.Sprint(value) == want
}
