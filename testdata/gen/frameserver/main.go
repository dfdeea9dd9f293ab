// SPDX-License-Identifier: MIT

// Command frameserver speaks HTTP/2 frame by frame, by hand, to misbehave in ways no real server
// does on demand. What it does with the requests is chosen by -mode, see misbehave.go.
package main

import (
	"bufio"
	"crypto/tls"
	"flag"
	"io"
	"log"
	"net"
)

func main() {
	log.SetFlags(0)
	addr := flag.String("addr", ":8443", "listen here")
	cert := flag.String("cert", "", "certificate")
	key := flag.String("key", "", "private key")
	mode := flag.String("mode", "refuse", "what to do")
	streams := flag.Uint("streams", 100, "MAX_CONCURRENT_STREAMS")
	every := flag.Int("every", 3, "do it to every Nth request")
	flag.Parse()

	do, ok := modes[*mode]
	if !ok {
		log.Fatal("frameserver: no mode ", *mode)
	}
	pair, err := tls.LoadX509KeyPair(*cert, *key)
	if err != nil {
		log.Fatal("frameserver: ", err)
	}
	conf := &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"}}
	l, err := tls.Listen("tcp", *addr, conf)
	if err != nil {
		log.Fatal("frameserver: ", err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal("frameserver: ", err)
		}
		go func() {
			s := &session{Conn: c, r: bufio.NewReader(c), every: *every, streams: uint32(*streams), do: do}
			if err := s.serve(); err != nil && err != io.EOF {
				log.Print("frameserver: ", err)
			}
			c.Close()
		}()
	}
}

// A session is one connection.
type session struct {
	net.Conn
	r        *bufio.Reader
	requests int // HEADERS seen so far
	every    int
	streams  uint32
	do       func(*session, uint32) error
}

// serve answers what must be answered, and hands every HEADERS to the mode. Request bodies and
// CONTINUATION are read and forgotten.
func (s *session) serve() error {
	if _, err := s.r.Discard(len(preface)); err != nil {
		return err
	}
	limit := append([]byte{0, maxConcurrentStreams}, number(s.streams)...)
	if err := s.write(frame{kind: settings, payload: limit}); err != nil {
		return err
	}
	for {
		f, err := readFrame(s.r)
		if err != nil {
			return err
		}
		switch {
		case f.kind == settings && f.flags&ack == 0:
			err = s.write(frame{kind: settings, flags: ack})
		case f.kind == ping && f.flags&ack == 0:
			err = s.write(frame{kind: ping, flags: ack, payload: f.payload})
		case f.kind == headers:
			s.requests++
			err = s.answer(f.stream)
		}
		if err != nil {
			return err
		}
	}
}

func (s *session) answer(stream uint32) error {
	if s.requests%s.every == 0 {
		return s.do(s, stream)
	}
	return s.ok(stream)
}

// ok sends a complete response, in one write.
func (s *session) ok(stream uint32) error {
	return s.write(
		frame{kind: headers, flags: endHeaders, stream: stream, payload: status200},
		frame{kind: data, flags: endStream, stream: stream, payload: []byte("fine\n")})
}

func (s *session) write(frames ...frame) error {
	var b []byte
	for _, f := range frames {
		b = f.append(b)
	}
	_, err := s.Write(b)
	return err
}
