// SPDX-License-Identifier: MIT

// Command frameserver speaks HTTP/2 frame by frame, by hand, to misbehave in ways no real server
// does on demand. What it does when a connection begins is chosen by -open, see opening.go; what it
// does with the requests by -mode, see misbehave.go; what uploads may send by -credit, see credit.go.
package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"time"
)

// options are all flags.
type options struct {
	addr, cert, key string
	alpn            string
	open, mode      string
	codes           codes
	every           int
	whole           bool
	delay, idle     time.Duration
	pause           time.Duration
	streams, window uint
	credit          string
	tiny            uint
	pings           int
}

func parseFlags() *options {
	o := &options{codes: codes{internalError}}
	flag.StringVar(&o.addr, "addr", ":8443", "listen here")
	flag.StringVar(&o.cert, "cert", "", "certificate; without it, no TLS")
	flag.StringVar(&o.key, "key", "", "private key")
	flag.StringVar(&o.alpn, "alpn", "h2", "the protocol to agree on")
	flag.StringVar(&o.open, "open", "settings", "how a connection begins")
	flag.StringVar(&o.mode, "mode", "refuse", "what to do")
	flag.Var(&o.codes, "codes", "what mode reset sends, in turn: 2,3,8")
	flag.IntVar(&o.every, "every", 3, "do it to every Nth request")
	flag.BoolVar(&o.whole, "whole", false, "wait for the end of a request")
	flag.DurationVar(&o.delay, "delay", 0, "wait before an answer")
	flag.DurationVar(&o.idle, "idle", 0, "close a connection on which nothing came for this time")
	flag.UintVar(&o.streams, "streams", 100, "MAX_CONCURRENT_STREAMS")
	flag.UintVar(&o.window, "window", 0, "INITIAL_WINDOW_SIZE; 0: do not say it")
	flag.StringVar(&o.credit, "credit", "none", "which windows DATA gives back: none, stream, connection, both")
	flag.DurationVar(&o.pause, "pause", 0, "wait before giving back")
	flag.UintVar(&o.tiny, "tiny", 0, "give back this many bytes at a time")
	flag.IntVar(&o.pings, "pings", 0, "more PINGs than this end the connection: too_many_pings")
	flag.Parse()
	return o
}

func main() {
	log.SetFlags(0)
	o := parseFlags()
	do, begin := modes[o.mode], openings[o.open]
	if do == nil || begin == nil {
		log.Fatal("frameserver: no mode ", o.mode, " or no opening ", o.open)
	}
	conf, err := tlsConfig(o)
	if err != nil {
		log.Fatal("frameserver: ", err)
	}
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		log.Fatal("frameserver: ", err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal("frameserver: ", err)
		}
		go func() {
			s := newSession(o, c.(*net.TCPConn), conf, do)
			err := begin(s)
			if err == nil {
				err = s.serve()
			}
			if err != nil && !errors.Is(err, io.EOF) {
				log.Print("frameserver: ", err)
			}
			s.Close()
		}()
	}
}

// tlsConfig returns nil for clear text.
func tlsConfig(o *options) (*tls.Config, error) {
	if o.cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{o.alpn}}, nil
}
