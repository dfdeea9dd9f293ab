// SPDX-License-Identifier: MIT

package main

import (
	"encoding/binary"
	"io"
)

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Frame types and flags, RFC 9113 section 6.
const (
	data         = 0x0
	headers      = 0x1
	rstStream    = 0x3
	settings     = 0x4
	pushPromise  = 0x5
	ping         = 0x6
	goAway       = 0x7
	windowUpdate = 0x8

	ack        = 0x1
	endStream  = 0x1
	endHeaders = 0x4
)

// Settings, RFC 9113 section 6.5.2.
const (
	maxConcurrentStreams = 0x3
	initialWindowSize    = 0x4
)

const maxWindow = 1<<31 - 1 // RFC 9113 section 6.9.1

// Error codes, RFC 9113 section 7.
const (
	noError            = 0x0
	internalError      = 0x2
	refusedStream      = 0x7
	enhanceYourCalm    = 0xb
	inadequateSecurity = 0xc
)

// status200 is ":status: 200", RFC 7541 appendix A.
var status200 = []byte{0x88}

type frame struct {
	kind, flags byte
	stream      uint32
	payload     []byte
}

func (f frame) append(b []byte) []byte {
	n := len(f.payload)
	b = append(b, byte(n>>16), byte(n>>8), byte(n), f.kind, f.flags)
	b = binary.BigEndian.AppendUint32(b, f.stream)
	return append(b, f.payload...)
}

func readFrame(r io.Reader) (frame, error) {
	var h [9]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return frame{}, err
	}
	f := frame{kind: h[3], flags: h[4], stream: binary.BigEndian.Uint32(h[5:]) & 0x7fffffff}
	f.payload = make([]byte, int(h[0])<<16|int(h[1])<<8|int(h[2]))
	_, err := io.ReadFull(r, f.payload)
	return f, err
}

func number(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func reset(stream, code uint32) frame {
	return frame{kind: rstStream, stream: stream, payload: number(code)}
}

func goodbye(last, code uint32) frame {
	return frame{kind: goAway, payload: append(number(last), number(code)...)}
}

func update(stream, n uint32) frame {
	return frame{kind: windowUpdate, stream: stream, payload: number(n)}
}
