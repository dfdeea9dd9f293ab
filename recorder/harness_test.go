// SPDX-License-Identifier: MIT

package recorder

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"testing"
	"time"
)

// object is a line of the file, decoded.
type object map[string]any

func (o object) ev() string { return o["ev"].(string) }

func (o object) num(key string) float64 {
	n, _ := o[key].(float64)
	return n
}

// A recording is a Recorder and what it has written.
type recording struct {
	*Recorder
	t     testing.TB
	mu    sync.Mutex
	wrote *sync.Cond
	out   []byte
}

func record(t testing.TB, opts ...Option) *recording {
	r := &recording{t: t}
	r.wrote = sync.NewCond(&r.mu)
	r.Recorder = New(r, opts...)
	return r
}

func (r *recording) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out = append(r.out, p...)
	r.wrote.Broadcast()
	return len(p), nil
}

// await waits until n lines of an event are written: some hooks fire after the response is there.
func (r *recording) await(ev string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for bytes.Count(r.out, []byte(`"ev":"`+ev+`"`)) < n {
		r.wrote.Wait()
	}
}

// lines ends the recording and returns all lines, in the order of the file.
func (r *recording) lines() []object {
	r.t.Helper()
	if err := r.Close(); err != nil {
		r.t.Fatal("Close: ", err)
	}
	return decode(r.t, r.out)
}

func decode(t testing.TB, file []byte) []object {
	t.Helper()
	var all []object
	for _, text := range bytes.SplitAfter(file, []byte("\n")) {
		if len(text) == 0 {
			continue
		}
		if text[len(text)-1] != '\n' {
			t.Fatalf("line without an end: %q", text)
		}
		var o object
		if err := json.Unmarshal(text, &o); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		all = append(all, o)
	}
	return all
}

// named returns the lines of some events, in the order they were in.
func named(all []object, evs ...string) []object {
	var some []object
	for _, o := range all {
		for _, ev := range evs {
			if o.ev() == ev {
				some = append(some, o)
			}
		}
	}
	return some
}

// only returns the one line of an event.
func only(t testing.TB, all []object, ev string) object {
	t.Helper()
	some := named(all, ev)
	if len(some) != 1 {
		t.Fatalf("%d lines %s, wanted 1: %v", len(some), ev, some)
	}
	return some[0]
}

// has fails the test where a line lacks a member or has it with another value.
func (o object) has(t testing.TB, want object) {
	t.Helper()
	for key, value := range want {
		if n, ok := value.(int); ok {
			value = float64(n)
		}
		if o[key] != value {
			t.Errorf("%s: %s is %v, wanted %v", o.ev(), key, o[key], value)
		}
	}
}

// lacks fails the test where a line has one of these members.
func (o object) lacks(t testing.TB, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if value, ok := o[key]; ok {
			t.Errorf("%s: there is %s, %v", o.ev(), key, value)
		}
	}
}

// serve starts a server over TLS, HTTP/2 or 1.1, and a transport to it.
func serve(t testing.TB, http2 bool, handler http.HandlerFunc) (string, *http.Transport) {
	s := httptest.NewUnstartedServer(handler)
	s.EnableHTTP2 = http2
	s.StartTLS()
	transport := s.Client().Transport.(*http.Transport)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		s.Close()
	})
	return s.URL, transport
}

func hello(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }

// get reads an answer to its end.
func get(t testing.TB, rt http.RoundTripper, url string) *http.Response {
	t.Helper()
	resp, err := (&http.Client{Transport: rt}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	drain(t, resp)
	return resp
}

func drain(t testing.TB, resp *http.Response) {
	t.Helper()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func newRequest(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// A roundTripper is a transport in a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// answer is a transport that never opens a connection.
func answer(body io.ReadCloser) roundTripper {
	return func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Proto: "HTTP/2.0", ContentLength: -1,
			Body: body, Request: req}, nil
	}
}

// A fakeConn has addresses and nothing else.
type fakeConn struct {
	net.Conn
	local, remote string
}

type fakeAddr string

func (fakeAddr) Network() string  { return "tcp" }
func (a fakeAddr) String() string { return string(a) }

func (c *fakeConn) LocalAddr() net.Addr  { return fakeAddr(c.local) }
func (c *fakeConn) RemoteAddr() net.Addr { return fakeAddr(c.remote) }
func (c *fakeConn) ConnectionState() tls.ConnectionState {
	return tls.ConnectionState{Version: tls.VersionTLS13, NegotiatedProtocol: "h2"}
}

// sendOn fires the hooks of an HTTP/2 request on a connection that is open, up to its last byte.
func sendOn(conn net.Conn, trace *httptrace.ClientTrace) {
	trace.GetConn("example.com:443")
	trace.GotConn(httptrace.GotConnInfo{Conn: conn, Reused: true})
	for _, key := range []string{":authority", ":method", ":path", ":scheme", "x-request-id",
		"traceparent", "accept-encoding", "user-agent"} {
		trace.WroteHeaderField(key, []string{"value"})
	}
	trace.WroteHeaders()
	trace.WroteRequest(httptrace.WroteRequestInfo{})
}

// A gate is a writer that waits until it is opened.
type gate struct {
	opened chan struct{}
	once   sync.Once
	bytes.Buffer
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

func (g *gate) Write(p []byte) (int, error) {
	<-g.opened
	return g.Buffer.Write(p)
}

// soon bounds how long a test waits for another goroutine.
const soon = 10 * time.Second
