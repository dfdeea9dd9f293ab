// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// modes are what can be done to a request in place of answering it.
var modes = map[string]func(s *session, stream uint32) error{
	"fine": (*session).ok,
	// No answer, ever.
	"silent": func(*session, uint32) error { return nil },

	// REFUSED_STREAM: the client tries again, with the same header fields on the same connection.
	"refuse": func(s *session, stream uint32) error { return s.write(reset(stream, refusedStream)) },
	// RST_STREAM with the codes of -codes in turn.
	"reset": func(s *session, stream uint32) error {
		return s.write(reset(stream, s.codes[(s.requests/s.every-1)%len(s.codes)]))
	},
	// RST_STREAM after the response has begun.
	"midbody": func(s *session, stream uint32) error {
		return s.write(append(begun(stream), reset(stream, internalError))...)
	},
	// A complete response, and RST_STREAM to say that the rest of the request is not wanted.
	"early": func(s *session, stream uint32) error {
		if err := s.ok(stream); err != nil {
			return err
		}
		return s.write(reset(stream, noError))
	},

	// GOAWAY that does not cover the stream: the client tries again on another connection.
	"goaway": func(s *session, stream uint32) error {
		return s.last(goodbye(stream-2, noError))
	},
	// GOAWAY that covers the stream, then the end of the connection: an error, no retry.
	"covered": func(s *session, stream uint32) error {
		return s.last(goodbye(stream, noError))
	},
	// The end of the connection without a word.
	"close": func(*session, uint32) error { return io.EOF },
	"abort": func(s *session, _ uint32) error { return s.abort() },
	// The same in mid-body.
	"close-midbody": func(s *session, stream uint32) error { return s.last(begun(stream)...) },
	"abort-midbody": func(s *session, stream uint32) error {
		if err := s.write(begun(stream)...); err != nil {
			return err
		}
		return s.abort()
	},

	// What RFC 9113 forbids.
	"push": func(s *session, stream uint32) error {
		promised := append(number(2), status200...)
		return s.write(frame{kind: pushPromise, flags: endHeaders, stream: stream, payload: promised})
	},
	"overflow-connection": func(s *session, _ uint32) error { return s.write(update(0, maxWindow)) },
	"overflow-stream":     func(s *session, stream uint32) error { return s.write(update(stream, maxWindow)) },
	"bad-hpack": func(s *session, stream uint32) error { // index 0, RFC 7541 section 6.1
		return s.write(frame{kind: headers, flags: endHeaders, stream: stream, payload: []byte{0x80}})
	},
	"bad-name": func(s *session, stream uint32) error { // upper case, RFC 9113 section 8.2.1
		payload := append(status200[:1:1], "\x00\x05X-Bad\x01v"...)
		return s.write(frame{kind: headers, flags: endHeaders | endStream, stream: stream, payload: payload})
	},
}

// begun is the first half of a response.
func begun(stream uint32) []frame {
	return []frame{
		{kind: headers, flags: endHeaders, stream: stream, payload: status200},
		{kind: data, stream: stream, payload: []byte("half of what")},
	}
}

// last sends these frames, then the connection ends.
func (s *session) last(frames ...frame) error {
	if err := s.write(frames...); err != nil {
		return err
	}
	return io.EOF
}

// codes is a flag of error codes.
type codes []uint32

func (c *codes) String() string { return fmt.Sprint(*c) }

func (c *codes) Set(text string) error {
	*c = nil
	for _, word := range strings.Split(text, ",") {
		n, err := strconv.ParseUint(word, 0, 32)
		if err != nil {
			return err
		}
		*c = append(*c, uint32(n))
	}
	return nil
}
