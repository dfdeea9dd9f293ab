// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// load says which requests to send, and how many at a time.
type load struct {
	n, workers int
	pace       time.Duration
	timeout    time.Duration
	body       int
	head       bool
	noGetBody  bool
	expect     bool
	sharedID   string
	truthQuery bool
	bigHeader  int
	abandon    int
	leak       bool
	close      bool
	warm       bool
	cancel     time.Duration
}

func (l *load) flags() {
	flag.IntVar(&l.n, "n", 10, "how many requests")
	flag.IntVar(&l.workers, "c", 1, "how many at a time")
	flag.DurationVar(&l.pace, "pace", 0, "pause of a worker after each request")
	flag.DurationVar(&l.timeout, "timeout", 10*time.Second, "deadline of each request")
	flag.IntVar(&l.body, "body", 0, "POST this many bytes")
	flag.BoolVar(&l.head, "head", false, "send HEAD")
	flag.BoolVar(&l.noGetBody, "no-getbody", false, "the body cannot be sent again")
	flag.BoolVar(&l.expect, "expect", false, "send Expect: 100-continue")
	flag.StringVar(&l.sharedID, "shared-id", "", "one x-request-id for all, the truth in x-truth")
	flag.BoolVar(&l.truthQuery, "truth-query", false, "the truth is in the query, too: to be had without HPACK's table")
	flag.IntVar(&l.bigHeader, "big-header", 0, "add a header field of this many bytes")
	flag.IntVar(&l.abandon, "abandon", 0, "close every Nth body without reading it")
	flag.BoolVar(&l.leak, "leak", false, "neither read nor close the bodies")
	flag.BoolVar(&l.close, "close", false, "send Connection: close")
	flag.BoolVar(&l.warm, "warm", false, "the first request is alone")
	flag.DurationVar(&l.cancel, "cancel", 0, "cancel each request after this time, which is no deadline")
}

// run deals the requests out to the workers. clientFor says who sends request i.
func (l *load) run(clientFor func(i int) *http.Client, urls []string) {
	var wg sync.WaitGroup
	numbers := make(chan int)
	for w := 0; w < l.workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range numbers {
				fmt.Println(i, l.send(clientFor(i), urls[(i-1)%len(urls)], i))
				time.Sleep(l.pace)
			}
		}()
	}
	first := 1
	if l.warm {
		fmt.Println(1, l.send(clientFor(1), urls[0], 1))
		first = 2
	}
	for i := first; i <= l.n; i++ {
		numbers <- i
	}
	close(numbers)
	wg.Wait()
}

// send returns what became of the request.
func (l *load) send(client *http.Client, url string, i int) string {
	ctx, cancel := l.context()
	defer cancel()
	req, err := l.request(ctx, url, i)
	if err != nil {
		return err.Error()
	}
	resp, err := client.Do(req)
	if err != nil {
		return err.Error()
	}
	answer := resp.Proto + " " + resp.Status
	if l.leak {
		return answer + ", body left open"
	}
	defer resp.Body.Close()
	if l.abandon > 0 && i%l.abandon == 0 {
		return answer + ", body abandoned"
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		return answer + ", body: " + err.Error()
	}
	return fmt.Sprint(answer, ", ", n, " bytes")
}

// context is what ends a request.
func (l *load) context() (context.Context, context.CancelFunc) {
	switch {
	case l.leak:
		return context.Background(), func() {}
	case l.cancel > 0:
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(l.cancel, cancel)
		return ctx, cancel
	}
	return context.WithTimeout(context.Background(), l.timeout)
}

func (l *load) request(ctx context.Context, url string, i int) (*http.Request, error) {
	truth := fmt.Sprintf("%d-%d", os.Getpid(), i)
	if l.truthQuery {
		url += "?truth=" + truth
	}
	method, body := http.MethodGet, io.Reader(nil)
	if l.body > 0 {
		method, body = http.MethodPost, bytes.NewReader(make([]byte, l.body))
	}
	if l.head {
		method = http.MethodHead
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	if l.noGetBody {
		req.GetBody = nil
	}
	req.Close = l.close
	if l.expect {
		req.Header.Set("Expect", "100-continue")
	}
	if l.bigHeader > 0 {
		req.Header.Set("X-Pad", strings.Repeat("~", l.bigHeader))
	}
	l.identify(req, truth)
	return req, nil
}

func (l *load) identify(req *http.Request, truth string) {
	if l.sharedID == "" {
		req.Header.Set("X-Request-Id", truth)
		return
	}
	req.Header.Set("X-Request-Id", l.sharedID)
	req.Header.Set("X-Truth", truth)
}
