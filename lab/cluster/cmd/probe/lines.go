package main

import (
	"flag"
	"fmt"
	"net/http"
	"time"
)

// lines writes numbered lines to standard output at a steady rate, from `line 0` on, and serves /healthz on :8080 until it
// is stopped.
func lines(args []string) error {
	flags := flag.NewFlagSet("lines", flag.ContinueOnError)
	count := flags.Int("count", 1000, "lines")
	rate := flags.Int("rate", 100, "lines in a second, at most 1000")
	asJSON := flags.Bool("json", false, "write JSON with a severity")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rate < 1 || *rate > 1000 {
		return fmt.Errorf("--rate must be from 1 to 1000")
	}
	go func() {
		tick := time.NewTicker(time.Second / time.Duration(*rate))
		defer tick.Stop()
		for i := range *count {
			<-tick.C
			if *asJSON {
				fmt.Printf("{\"message\":\"line %d\",\"level\":\"warn\"}\n", i)
			} else {
				fmt.Printf("line %d\n", i)
			}
		}
	}()
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	return http.ListenAndServe(":8080", mux)
}
