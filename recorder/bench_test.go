// SPDX-License-Identifier: MIT

package recorder

import (
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"testing"
)

// The modes a benchmark is run in. All write to a file.
var benchModes = []struct {
	name string
	wrap func(b *testing.B, rt http.RoundTripper) http.RoundTripper
}{
	{"none", func(_ *testing.B, rt http.RoundTripper) http.RoundTripper { return rt }},
	{"full", func(b *testing.B, rt http.RoundTripper) http.RoundTripper { return toFile(b, rt) }},
	{"compact", func(b *testing.B, rt http.RoundTripper) http.RoundTripper {
		return toFile(b, rt, Compact())
	}},
}

// toFile wraps a transport, and reports the bytes a request takes in the file.
func toFile(b *testing.B, rt http.RoundTripper, opts ...Option) http.RoundTripper {
	path := filepath.Join(b.TempDir(), "trace.json")
	rec, err := Open(path, opts...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := rec.Close(); err != nil {
			b.Error(err)
		}
		if info, err := os.Stat(path); err == nil {
			b.ReportMetric(float64(info.Size())/float64(b.N), "file-B/op")
		}
	})
	return rec.Wrap(rt)
}

// BenchmarkHTTP2 is a GET over TLS to a server in the same process.
func BenchmarkHTTP2(b *testing.B) {
	url, transport := serve(b, true, hello)
	for _, mode := range benchModes {
		b.Run(mode.name, func(b *testing.B) {
			rt := mode.wrap(b, transport)
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				get(b, rt, url)
			}
		})
	}
}

// BenchmarkHTTP2Parallel is the same from many goroutines on one connection.
func BenchmarkHTTP2Parallel(b *testing.B) {
	url, transport := serve(b, true, hello)
	for _, mode := range benchModes {
		b.Run(mode.name, func(b *testing.B) {
			rt := mode.wrap(b, transport)
			b.SetParallelism(16)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					get(b, rt, url)
				}
			})
		})
	}
}

// BenchmarkHooks is what the recorder itself takes: the hooks of an HTTP/2 request on a connection
// that is open, without the request.
func BenchmarkHooks(b *testing.B) {
	conn := &fakeConn{local: "192.0.2.1:40000", remote: "192.0.2.2:443"}
	rt := roundTripper(func(req *http.Request) (*http.Response, error) {
		if trace := httptrace.ContextClientTrace(req.Context()); trace != nil {
			sendOn(conn, trace)
			trace.GotFirstResponseByte()
		}
		return &http.Response{StatusCode: 200, Proto: "HTTP/2.0", Body: http.NoBody}, nil
	})
	req := newRequest(b, "GET", "https://example.com/some/path?query", nil)
	req.Header.Set("X-Request-Id", "0123456789abcdef")
	for _, mode := range benchModes {
		b.Run(mode.name, func(b *testing.B) {
			rt := mode.wrap(b, rt)
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				if _, err := rt.RoundTrip(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
