// SPDX-License-Identifier: MIT

// Command client sends numbered requests with the recorder at work. Each carries its number as
// "PID-N" in x-request-id, or in x-truth where all share one x-request-id: that is the ground truth
// the oracle test decodes from the capture.
//
//	client [flags] URL...
//
// The URLs are taken in turn. What became of each request goes to standard output.
package main

import (
	"flag"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/h2annotate/h2annotate/recorder"
)

// options are all flags.
type options struct {
	load      load
	transport transportOptions
	trace     string
	keys      string
	compact   bool
	linger    time.Duration
	untraced  int
	debug     debugLog
}

func parseFlags() (*options, []string) {
	o := new(options)
	flag.StringVar(&o.trace, "trace", "trace.json", "the sidecar")
	flag.StringVar(&o.debug.path, "log", "", "package log writes to this file")
	flag.StringVar(&o.debug.form, "log-form", "std", "std, micro, short, bare, slog or slogtext")
	flag.StringVar(&o.keys, "keys", "", "the TLS key log")
	flag.BoolVar(&o.compact, "compact", false, "the recorder's compact mode")
	flag.DurationVar(&o.linger, "linger", 0, "wait before closing idle connections")
	flag.IntVar(&o.untraced, "untraced", 0, "the recorder does not see every Nth request")
	o.load.flags()
	o.transport.flags()
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("client: no URL")
	}
	return o, flag.Args()
}

func main() {
	log.SetFlags(0)
	o, urls := parseFlags()
	if err := run(o, urls); err != nil {
		log.Fatal("client: ", err)
	}
}

func run(o *options, urls []string) error {
	opts := []recorder.Option{recorder.Headers("x-truth")}
	if o.compact {
		opts = append(opts, recorder.Compact())
	}
	rec, err := recorder.Open(o.trace, opts...)
	if err != nil {
		return err
	}
	logFile, err := o.debug.begin()
	if err != nil {
		return err
	}
	defer logFile.Close()
	keys, err := openKeys(o.keys)
	if err != nil {
		return err
	}
	base, err := newTransport(&o.transport, rec, keys)
	if err != nil {
		return err
	}
	traced, untraced := &http.Client{Transport: rec.Wrap(base)}, &http.Client{Transport: base}
	o.load.run(func(i int) *http.Client {
		if o.untraced > 0 && i%o.untraced == 0 {
			return untraced
		}
		return traced
	}, urls)
	time.Sleep(o.linger)
	untraced.CloseIdleConnections()
	if err := keys.Close(); err != nil {
		return err
	}
	return rec.Close()
}

func openKeys(path string) (io.WriteCloser, error) {
	if path == "" {
		return noKeys{io.Discard}, nil
	}
	return recorder.OpenKeyLog(path)
}

type noKeys struct{ io.Writer }

func (noKeys) Close() error { return nil }
