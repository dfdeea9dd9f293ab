// SPDX-License-Identifier: MIT

// Command load sends many requests over a fixed number of HTTP/2 connections, with two recorders
// at work: a full trace and a compact one of the same requests.
//
//	load [flags] URL...
//
// Request i goes to connection i modulo -conns and takes the URLs in turn. Each carries "PID-I" in
// x-request-id. Any failure ends the program: a capture with failures is not what we measure.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/h2annotate/h2annotate/recorder"
)

type options struct {
	n, conns, workers int
	ca, keys          string
	trace, compact    string
	urls              []string
}

func parseFlags() *options {
	o := new(options)
	flag.IntVar(&o.n, "n", 1000, "how many requests")
	flag.IntVar(&o.conns, "conns", 1, "how many connections")
	flag.IntVar(&o.workers, "c", 64, "how many requests at a time, over all connections")
	flag.StringVar(&o.ca, "ca", "", "certificate to trust; without it, HTTP/2 in clear text")
	flag.StringVar(&o.keys, "keys", "keys.log", "the TLS key log")
	flag.StringVar(&o.trace, "trace", "trace.json", "the full trace")
	flag.StringVar(&o.compact, "compact", "compact.json", "the compact trace")
	flag.Parse()
	o.urls = flag.Args()
	if len(o.urls) == 0 || o.conns < 1 {
		log.Fatal("load: a URL and a connection are wanted")
	}
	return o
}

func main() {
	log.SetFlags(0)
	o := parseFlags()
	full, err := recorder.Open(o.trace)
	check(err)
	compact, err := recorder.Open(o.compact, recorder.Compact())
	check(err)
	transports, closeKeys, err := newTransports(o)
	check(err)
	started := time.Now()
	run(o, transports, clients(transports, full, compact))
	fmt.Printf("%d requests, %d connections, %.1f s\n", o.n, o.conns, time.Since(started).Seconds())
	for _, t := range transports {
		t.CloseIdleConnections()
	}
	check(closeKeys())
	check(full.Close())
	check(compact.Close())
}

func check(err error) {
	if err != nil {
		log.Fatal("load: ", err)
	}
}

func clients(transports []*http.Transport, full, compact *recorder.Recorder) []*http.Client {
	var all []*http.Client
	for _, t := range transports {
		all = append(all, &http.Client{Transport: compact.Wrap(full.Wrap(t))})
	}
	return all
}

// run sends the first request of each connection alone, so that no second one is dialled, and deals
// the others out to the workers. A connection is closed with its last request: there may be many.
func run(o *options, transports []*http.Transport, clients []*http.Client) {
	conns := len(clients)
	one := func(i int) {
		check(send(clients[i%conns], o.urls[i/conns%len(o.urls)], i))
		if i+conns >= o.n {
			transports[i%conns].CloseIdleConnections()
		}
	}
	for i := 0; i < conns && i < o.n; i++ {
		one(i)
	}
	numbers := make(chan int, o.workers)
	var wg sync.WaitGroup
	for w := 0; w < o.workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range numbers {
				one(i)
			}
		}()
	}
	for i := conns; i < o.n; i++ {
		numbers <- i
	}
	close(numbers)
	wg.Wait()
}

func send(client *http.Client, url string, i int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-Request-Id", fmt.Sprintf("%d-%d", os.Getpid(), i))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s %s, wanted HTTP/2.0 200", req.URL, resp.Proto, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
