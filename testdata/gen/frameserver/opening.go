// SPDX-License-Identifier: MIT

package main

import "io"

// openings are the ways a connection can begin.
var openings = map[string]func(s *session) error{
	// As it should.
	"settings": func(s *session) error {
		if err := s.readPreface(); err != nil {
			return err
		}
		return s.sendSettings()
	},
	// Not a word, ever; all is read.
	"silent": func(s *session) error {
		_, err := io.Copy(io.Discard, s.r)
		return err
	},
	// A response first, then SETTINGS.
	"late": func(s *session) error {
		if err := s.readPreface(); err != nil {
			return err
		}
		for {
			f, err := readFrame(s.r)
			if err != nil {
				return err
			}
			if f.kind == headers {
				s.ok(f.stream)
				return s.sendSettings()
			}
		}
	},
	// GOAWAY behind SETTINGS: this TLS is not good enough.
	"inadequate": func(s *session) error {
		if err := s.readPreface(); err != nil {
			return err
		}
		if err := s.sendSettings(); err != nil {
			return err
		}
		if err := s.write(goodbye(0, inadequateSecurity)); err != nil {
			return err
		}
		return io.EOF
	},
	// HTTP/1.1, although HTTP/2 is agreed on.
	"http1": func(s *session) error {
		if err := s.readPreface(); err != nil {
			return err
		}
		io.WriteString(s, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return io.EOF
	},
}

func (s *session) readPreface() error {
	_, err := s.r.Discard(len(preface))
	return err
}

func (s *session) sendSettings() error {
	payload := append([]byte{0, maxConcurrentStreams}, number(uint32(s.streams))...)
	if s.window > 0 {
		payload = append(payload, 0, initialWindowSize)
		payload = append(payload, number(uint32(s.window))...)
	}
	return s.write(frame{kind: settings, payload: payload})
}
