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
	noGetBody  bool
	expect     bool
	sharedID   string
	bigHeader  int
	abandon    bool
}

func (l *load) flags() {
	flag.IntVar(&l.n, "n", 10, "how many requests")
	flag.IntVar(&l.workers, "c", 1, "how many at a time")
	flag.DurationVar(&l.pace, "pace", 0, "pause of a worker after each request")
	flag.DurationVar(&l.timeout, "timeout", 10*time.Second, "deadline of each request")
	flag.IntVar(&l.body, "body", 0, "POST this many bytes")
	flag.BoolVar(&l.noGetBody, "no-getbody", false, "the body cannot be sent again")
	flag.BoolVar(&l.expect, "expect", false, "send Expect: 100-continue")
	flag.StringVar(&l.sharedID, "shared-id", "", "one x-request-id for all, the truth in x-truth")
	flag.IntVar(&l.bigHeader, "big-header", 0, "add a header field of this many bytes")
	flag.BoolVar(&l.abandon, "abandon", false, "close every second body without reading it")
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
	for i := 1; i <= l.n; i++ {
		numbers <- i
	}
	close(numbers)
	wg.Wait()
}

// send returns what became of the request.
func (l *load) send(client *http.Client, url string, i int) string {
	ctx, cancel := context.WithTimeout(context.Background(), l.timeout)
	defer cancel()
	req, err := l.request(ctx, url, i)
	if err != nil {
		return err.Error()
	}
	resp, err := client.Do(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	answer := resp.Proto + " " + resp.Status
	if l.abandon && i%2 == 0 {
		return answer + ", body abandoned"
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		return answer + ", body: " + err.Error()
	}
	return fmt.Sprint(answer, ", ", n, " bytes")
}

func (l *load) request(ctx context.Context, url string, i int) (*http.Request, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if l.body > 0 {
		method, body = http.MethodPost, bytes.NewReader(make([]byte, l.body))
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	if l.noGetBody {
		req.GetBody = nil
	}
	if l.expect {
		req.Header.Set("Expect", "100-continue")
	}
	if l.bigHeader > 0 {
		req.Header.Set("X-Pad", strings.Repeat("~", l.bigHeader))
	}
	l.identify(req, fmt.Sprintf("%d-%d", os.Getpid(), i))
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
