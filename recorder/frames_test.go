// SPDX-License-Identifier: MIT

package recorder

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// frames is the server's end of an HTTP/2 connection, one frame at a time (RFC 9113, section 4).
type frames struct {
	conn *tls.Conn
}

const (
	frameHeaders   = 0x1
	frameRSTStream = 0x3
	frameSettings  = 0x4
	frameGoAway    = 0x7

	flagEndStream  = 0x1
	flagEndHeaders = 0x4

	codeNo            = 0x0
	codeRefusedStream = 0x7
)

func (f *frames) write(typ, flags byte, stream uint32, payload ...byte) {
	n := len(payload)
	head := []byte{byte(n >> 16), byte(n >> 8), byte(n), typ, flags, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(head[5:], stream)
	f.conn.Write(append(head, payload...)) // a client that is gone shows in headers
}

// request reads until a client's HEADERS and returns its stream, or 0 at the end of the connection.
func (f *frames) request() uint32 {
	stream, _ := f.headers()
	return stream
}

// headers is request with the header block, which is still compressed.
func (f *frames) headers() (stream uint32, block []byte) {
	for {
		head := make([]byte, 9)
		if _, err := io.ReadFull(f.conn, head); err != nil {
			return 0, nil
		}
		payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		if _, err := io.ReadFull(f.conn, payload); err != nil {
			return 0, nil
		}
		if head[3] == frameHeaders {
			return binary.BigEndian.Uint32(head[5:]), payload
		}
	}
}

// ok answers a stream with status 200 and no body.
func (f *frames) ok(stream uint32) {
	const status200 = 0x80 | 8 // RFC 7541, appendix A
	f.write(frameHeaders, flagEndHeaders|flagEndStream, stream, status200)
}

func (f *frames) reset(stream, code uint32) {
	f.write(frameRSTStream, 0, stream, binary.BigEndian.AppendUint32(nil, code)...)
}

func (f *frames) goAway(last, code uint32) {
	payload := binary.BigEndian.AppendUint32(nil, last)
	f.write(frameGoAway, 0, 0, binary.BigEndian.AppendUint32(payload, code)...)
}

// serveFrames starts a server whose first connection is played by the first script, and so on. The
// last script plays all that follow.
func serveFrames(t testing.TB, scripts ...func(*frames)) (string, *http.Transport) {
	var conns atomic.Int32
	s := httptest.NewUnstartedServer(nil)
	s.EnableHTTP2 = true
	s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
		"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) {
			defer conn.Close()
			n := int(conns.Add(1))
			if n > len(scripts) { // the last is played for all that follow
				n = len(scripts)
			}
			const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
			io.CopyN(io.Discard, conn, int64(len(preface)))
			f := &frames{conn}
			f.write(frameSettings, 0, 0)
			scripts[n-1](f)
			for f.request() != 0 {
			}
		},
	}
	s.StartTLS()
	transport := s.Client().Transport.(*http.Transport)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		s.Close()
	})
	return s.URL, transport
}
