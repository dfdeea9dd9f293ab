// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// A session is one connection.
type session struct {
	net.Conn
	*options
	tcp      *net.TCPConn
	r        *bufio.Reader
	writing  sync.Mutex
	requests int // HEADERS seen so far
	pinged   int
	do       func(*session, uint32) error
}

func newSession(o *options, tcp *net.TCPConn, conf *tls.Config, do func(*session, uint32) error) *session {
	s := &session{Conn: tcp, options: o, tcp: tcp, do: do}
	if conf != nil {
		s.Conn = tls.Server(tcp, conf)
	}
	s.r = bufio.NewReader(s.Conn)
	return s
}

// serve answers what must be answered, and hands every request to the mode. CONTINUATION is read
// and forgotten.
func (s *session) serve() error {
	for {
		if s.idle > 0 {
			s.SetReadDeadline(time.Now().Add(s.idle))
		}
		f, err := readFrame(s.r)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return io.EOF
		}
		if err != nil {
			return err
		}
		if err := s.take(f); err != nil {
			return err
		}
	}
}

func (s *session) take(f frame) error {
	switch {
	case f.kind == settings && f.flags&ack == 0:
		return s.write(frame{kind: settings, flags: ack})
	case f.kind == ping && f.flags&ack == 0:
		return s.ping(f)
	case f.kind == headers && (!s.whole || f.flags&endStream != 0):
		return s.answer(f.stream)
	case f.kind == data:
		if err := s.giveCredit(f.stream, len(f.payload)); err != nil {
			return err
		}
		if s.whole && f.flags&endStream != 0 {
			return s.answer(f.stream)
		}
	}
	return nil
}

func (s *session) ping(f frame) error {
	s.pinged++
	if s.pings == 0 || s.pinged <= s.pings {
		return s.write(frame{kind: ping, flags: ack, payload: f.payload})
	}
	bye := goodbye(uint32(2*s.requests-1), enhanceYourCalm)
	bye.payload = append(bye.payload, "too_many_pings"...)
	if err := s.write(bye); err != nil {
		return err
	}
	return io.EOF
}

// answer does to the request what is wanted, now or after the delay.
func (s *session) answer(stream uint32) error {
	s.requests++
	do := (*session).ok
	if s.requests%s.every == 0 {
		do = s.do
	}
	if s.delay == 0 {
		return do(s, stream)
	}
	time.AfterFunc(s.delay, func() {
		if do(s, stream) != nil {
			s.Close()
		}
	})
	return nil
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
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.Write(b)
	return err
}

// abort ends the connection with a TCP RST, and no word of TLS.
func (s *session) abort() error {
	s.tcp.SetLinger(0)
	s.tcp.Close()
	return io.EOF
}
