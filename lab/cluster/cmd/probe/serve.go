package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// listen is the address at which every command reports on itself.
var listen = at("8080")

// at returns a port at the address in PROBE_HOST, or at all addresses. With different addresses, several probes can run
// on one machine outside a cluster.
func at(port string) string { return net.JoinHostPort(os.Getenv("PROBE_HOST"), port) }

func serve() error {
	pod, _ := os.Hostname()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Printf("%s %s from %s\n", r.Method, r.URL.Path, r.RemoteAddr)
		fmt.Fprintf(w, "pod=%s node=%s ip=%s from=%s\n", pod, os.Getenv("NODE_NAME"), os.Getenv("POD_IP"), r.RemoteAddr)
	})
	http.HandleFunc("/healthz", healthz)
	http.HandleFunc("/alloc", alloc)
	http.HandleFunc("/get", func(w http.ResponseWriter, r *http.Request) {
		limit, err := time.ParseDuration(r.URL.Query().Get("timeout"))
		if err != nil {
			limit = getLimit
		}
		answer, err := get(r.URL.Query().Get("url"), limit)
		reply(w, answer, err)
	})
	http.HandleFunc("POST /post", func(w http.ResponseWriter, r *http.Request) {
		answer, err := post(r.URL.Query().Get("url"), r.Header.Get("Content-Type"), r.Body)
		reply(w, answer, err)
	})
	http.HandleFunc("/lookup", func(w http.ResponseWriter, r *http.Request) {
		addresses, err := net.LookupHost(r.URL.Query().Get("name"))
		reply(w, fmt.Sprintln(addresses), err)
	})
	go func() {
		end := make(chan os.Signal, 1)
		signal.Notify(end, syscall.SIGTERM)
		<-end
		os.Exit(0)
	}()
	fmt.Println("serving on", listen, "as", pod)
	return http.ListenAndServe(listen, nil)
}

func healthz(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }

func reply(w http.ResponseWriter, answer string, err error) {
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		answer = fmt.Sprintln("error:", err)
	}
	fmt.Fprint(w, answer)
}

var (
	hoardLock sync.Mutex
	hoard     [][]byte
)

// alloc takes memory and keeps it, to reach a limit.
func alloc(w http.ResponseWriter, r *http.Request) {
	hoardLock.Lock()
	defer hoardLock.Unlock()
	mb, _ := strconv.Atoi(r.URL.Query().Get("mb"))
	for range mb {
		b := make([]byte, 1<<20)
		for i := range b {
			b[i] = byte(i) // memory counts when it is written
		}
		hoard = append(hoard, b)
	}
	fmt.Fprintln(w, len(hoard), "MiB")
}

const getLimit = 5 * time.Second

func get(url string, limit time.Duration) (string, error) {
	return statusAndBody(client(limit).Get(url))
}

// post sends the body of the request on, from this pod.
func post(url, contentType string, body io.Reader) (string, error) {
	return statusAndBody(client(requestLimit).Post(url, contentType, body))
}

func client(limit time.Duration) *http.Client {
	return &http.Client{Timeout: limit, Transport: &http.Transport{DisableKeepAlives: true}}
}

func statusAndBody(r *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return fmt.Sprintf("%d %s", r.StatusCode, body), err
}
