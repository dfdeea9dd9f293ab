// SPDX-License-Identifier: MIT

// Command logclient sends numbered requests and logs httptrace as people do who do not know our
// recorder: with slog, zap, zerolog, logrus, klog or package log, or as OpenTelemetry spans. The libraries are the real
// ones; OTLP and Jaeger JSON are written by hand (export.go), as their exporters need a collector.
//
//	logclient -format FORMAT [flags] URL...
//
// Beside the log it writes the truth: attempts.tsv, see tests/oracle/README.md.
//
// Built without modules, from Debian's golang-*-dev packages:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build ./logclient
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
	"time"
)

type options struct {
	format, log, attempts string
	ca, keys              string
	n, workers            int
	timeout               time.Duration
	propagate, headers    bool
}

func parseFlags() (*options, []string) {
	o := new(options)
	flag.StringVar(&o.format, "format", "slog", "slog, slogtext, docker, zap, zerolog, logrus, logfmt, klog, printf, spans, events, otlp or jaeger")
	flag.StringVar(&o.log, "log", "trace.json", "the log")
	flag.StringVar(&o.attempts, "attempts", "attempts.tsv", "the truth")
	flag.StringVar(&o.ca, "ca", "", "certificate to trust")
	flag.StringVar(&o.keys, "keys", "", "the TLS key log")
	flag.IntVar(&o.n, "n", 10, "how many requests")
	flag.IntVar(&o.workers, "c", 1, "how many at a time")
	flag.DurationVar(&o.timeout, "timeout", 10*time.Second, "deadline of each request")
	flag.BoolVar(&o.propagate, "propagate", true, "spans: send traceparent")
	flag.BoolVar(&o.headers, "headers", true, "spans: tell header fields")
	flag.Parse()
	return o, flag.Args()
}

func main() {
	o, urls := parseFlags()
	if err := run(o, urls); err != nil {
		log.Fatal("logclient: ", err)
	}
}

func run(o *options, urls []string) error {
	out, err := os.Create(o.log)
	if err != nil {
		return err
	}
	keys, err := openKeys(o.keys)
	if err != nil {
		return err
	}
	base, err := newTransport(o.ca, keys)
	if err != nil {
		return err
	}
	l, err := newLogger(o, out)
	if err != nil {
		return err
	}
	t := new(truth)
	sendAll(o, urls, &http.Client{Transport: l.wrap(base)}, l, t)
	base.CloseIdleConnections()
	time.Sleep(50 * time.Millisecond) // hooks of writers may be late
	if err := l.close(); err != nil {
		return err
	}
	return errors.Join(out.Close(), t.write(o.attempts))
}

func openKeys(path string) (io.Writer, error) {
	if path == "" {
		return io.Discard, nil
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

func newTransport(ca string, keys io.Writer) (*http.Transport, error) {
	conf := &tls.Config{KeyLogWriter: keys}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, err
		}
		conf.RootCAs = x509.NewCertPool()
		conf.RootCAs.AppendCertsFromPEM(pem)
	}
	return &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 16}, nil
}

func sendAll(o *options, urls []string, client *http.Client, l logger, t *truth) {
	var wg sync.WaitGroup
	numbers := make(chan int)
	for w := 0; w < o.workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range numbers {
				fmt.Println(i, send(o, client, l, t, urls[(i-1)%len(urls)], i))
			}
		}()
	}
	for i := 1; i <= o.n; i++ {
		numbers <- i
	}
	close(numbers)
	wg.Wait()
}

func send(o *options, client *http.Client, l logger, t *truth, url string, i int) string {
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	call := t.begin(fmt.Sprintf("%d-%d", os.Getpid(), i), fmt.Sprintf("r%d", i))
	ctx = call.trace(l.trace(context.WithValue(ctx, callKey{}, call), call))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	req.Header.Set("X-Request-Id", call.id)
	resp, err := client.Do(req)
	l.done(call, resp, err)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	return fmt.Sprint(resp.Proto, " ", resp.Status, ", ", n, " bytes, ", err)
}
