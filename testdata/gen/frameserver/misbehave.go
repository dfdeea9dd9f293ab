// SPDX-License-Identifier: MIT

package main

import "io"

// modes are what can be done to a request in place of answering it.
var modes = map[string]func(s *session, stream uint32) error{
	// REFUSED_STREAM: the client tries again, with the same header fields on the same connection.
	"refuse": func(s *session, stream uint32) error {
		return s.write(reset(stream, refusedStream))
	},
	// RST_STREAM after the response has begun.
	"midbody": func(s *session, stream uint32) error {
		return s.write(
			frame{kind: headers, flags: endHeaders, stream: stream, payload: status200},
			frame{kind: data, stream: stream, payload: []byte("half of what")},
			reset(stream, internalError))
	},
	// No answer, ever.
	"silent": func(*session, uint32) error { return nil },
	// GOAWAY that does not cover the stream: the client tries again on another connection.
	"goaway": func(s *session, stream uint32) error {
		if err := s.write(goodbye(stream-2, noError)); err != nil {
			return err
		}
		return io.EOF
	},
	// GOAWAY that covers the stream, then the end of the connection: an error, no retry.
	"covered": func(s *session, stream uint32) error {
		if err := s.write(goodbye(stream, noError)); err != nil {
			return err
		}
		return io.EOF
	},
}
