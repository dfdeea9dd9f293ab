// SPDX-License-Identifier: MIT

package recorder

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHTTP2(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, true, hello)
	transport.DialContext = rec.DialContext(nil)
	for i := 0; i < 2; i++ {
		get(t, rec.Wrap(transport), url)
	}
	rec.await("WroteRequest", 2)
	all := rec.lines()
	addr := strings.TrimPrefix(url, "https://")
	all[0].has(t, object{"ev": "Meta", "schema": "h2annotate-trace/1", "mode": "full"})
	seqs := make(map[float64]bool)
	for _, o := range all {
		o.has(t, object{"pid": process.pid})
		seqs[o.num("seq")-all[0].num("seq")] = true
	}
	for i := range all {
		if !seqs[float64(i)] {
			t.Errorf("no line has seq %v", all[0].num("seq")+float64(i))
		}
	}
	only(t, all, "Dialed").has(t, object{"network": "tcp", "addr": addr, "remote": addr})
	only(t, all, "TLSHandshakeDone").has(t, object{"alpn": "h2", "tls": "1.3", "resumed": false})
	got := named(all, "GotConn")
	got[0].has(t, object{"attempt": 1, "alpn": "h2", "tls": "1.3", "network": "tcp",
		"reused": false, "was_idle": false, "remote": addr})
	got[0].lacks(t, "idle_ns")
	got[1].has(t, object{"attempt": 1, "reused": true, "was_idle": true,
		"conn": got[0]["conn"], "local": got[0]["local"]})
	if got[1].num("idle_ns") <= 0 {
		t.Error("no idle_ns")
	}
	only(t, all, "Dialed").has(t, object{"conn": got[0]["conn"], "local": got[0]["local"]})
	only(t, all, "ConnectDone").lacks(t, "conn", "err")
	for _, ev := range []string{"WroteHeaders", "WroteRequest", "GotFirstResponseByte"} {
		named(all, ev)[0].has(t, object{"attempt": 1, "conn": got[0]["conn"], "req": got[0]["req"]})
	}
	named(all, "RoundTripDone")[0].has(t, object{"status": 200, "proto": "HTTP/2.0"})
	named(all, "RoundTripDone")[0].lacks(t, "err", "err_type", "timeout")
	named(all, "BodyDone")[0].has(t, object{"bytes": 5})
	named(all, "BodyDone")[0].lacks(t, "err", "closed_early")
}

func TestHTTP1(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, false, hello)
	get(t, rec.Wrap(transport), url)
	get(t, rec.Wrap(transport), url)
	all := rec.lines()
	var names []string
	for _, o := range all {
		if o["req"] == all[len(all)-1]["req"] && o.ev() != "WroteHeaderField" {
			names = append(names, o.ev())
		}
	}
	want := "RequestStart GetConn GotConn WroteHeaders WroteRequest GotFirstResponseByte RoundTripDone " +
		"PutIdleConn BodyDone"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("second request: %s\nwanted %s", got, want)
	}
	named(all, "RoundTripDone")[0].has(t, object{"proto": "HTTP/1.1"})
	named(all, "GotConn")[1].has(t, object{"reused": true, "conn": named(all, "GotConn")[0]["conn"]})
}

func TestDNS(t *testing.T) {
	rec := record(t)
	rt := roundTripper(func(req *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(req.Context())
		trace.DNSStart(httptrace.DNSStartInfo{Host: "example.com"})
		trace.DNSDone(httptrace.DNSDoneInfo{Coalesced: true, Addrs: []net.IPAddr{
			{IP: net.IPv4(192, 0, 2, 1)}, {IP: net.IPv6loopback}, {IP: net.ParseIP("fe80::1"), Zone: "eth0"}}})
		trace.DNSDone(httptrace.DNSDoneInfo{Err: errors.New("no such host")})
		return answer(http.NoBody)(req)
	})
	get(t, rec.Wrap(rt), "http://example.com")
	all := rec.lines()
	only(t, all, "DNSStart").has(t, object{"host": "example.com"})
	done := named(all, "DNSDone")
	done[0].has(t, object{"coalesced": true})
	if got := fmt.Sprint(done[0]["addrs"]); got != "[192.0.2.1 ::1 fe80::1%eth0]" {
		t.Error("addrs is ", got)
	}
	done[1].has(t, object{"err": "no such host", "coalesced": false})
}

func TestConcurrentRequests(t *testing.T) {
	for _, opts := range [][]Option{nil, {Compact()}} {
		rec := record(t, opts...)
		url, transport := serve(t, true, hello)
		rt := rec.Wrap(transport)
		var wg sync.WaitGroup
		for i := 0; i < 16; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for j := 0; j < 5; j++ {
					get(t, rt, url)
				}
			}()
		}
		wg.Wait()
		transport.CloseIdleConnections()
		all := rec.lines()
		conns := make(map[any]any)
		for _, o := range named(all, "GotConn", "Attempt") {
			if n := conns[o["local"]]; n != nil && n != o["conn"] {
				t.Errorf("%v is connection %v and %v", o["local"], n, o["conn"])
			}
			conns[o["local"]] = o["conn"]
		}
		if n := len(named(all, "BodyDone", "Attempt")); n < 80 {
			t.Errorf("%d ends of 80", n)
		}
	}
}

func TestRedaction(t *testing.T) {
	const secret = "s3cret"
	send := func(opts ...Option) ([]object, string) {
		rec := record(t, opts...)
		url, transport := serve(t, true, hello)
		req := newRequest(t, "GET", strings.Replace(url, "://", "://user:pw-"+secret+"@", 1)+
			"/path?q="+secret+"#"+secret, nil)
		req.Header.Set("X-Request-Id", "id-1")
		req.Header.Set("Traceparent", "00-aa-bb-01")
		req.Header.Set("Cookie", secret)
		req.Header.Add("X-Tenant", "a")
		req.Header.Add("X-Tenant", "b")
		resp, err := rec.Wrap(transport).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		drain(t, resp)
		rec.await("WroteHeaders", 1)
		return rec.lines(), string(rec.out)
	}

	all, text := send()
	if strings.Contains(text, secret) {
		t.Error("a secret got into the file: ", text)
	}
	start := only(t, all, "RequestStart")
	start.has(t, object{"method": "GET", "x-request-id": "id-1", "traceparent": "00-aa-bb-01"})
	start.lacks(t, "headers", "content_length", "has_getbody", "deadline")
	if url := start["url"].(string); !strings.HasSuffix(url, "/path") {
		t.Errorf("url is %s", url)
	}
	values := make(map[string]any)
	for _, o := range named(all, "WroteHeaderField") {
		values[o["key"].(string)] = o["value"]
	}
	object(values).has(t, object{":method": "GET", ":path": "/path", ":scheme": "https",
		"x-request-id": "id-1", "traceparent": "00-aa-bb-01", "cookie": nil, "x-tenant": nil})

	all, text = send(WithQuery(), Headers("X-TENANT"))
	if strings.Contains(text, "#") || strings.Contains(text, "pw-") || strings.Contains(text, "ookie\",\"v") {
		t.Error("asked for the query and one header, got more: ", text)
	}
	start = only(t, all, "RequestStart")
	if url := start["url"].(string); !strings.HasSuffix(url, "/path?q="+secret) {
		t.Errorf("url is %s", url)
	}
	if got := start["headers"]; !reflect.DeepEqual(got, map[string]any{"x-tenant": "a, b"}) {
		t.Errorf("headers is %v", got)
	}
}

func TestRequestWithBody(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, true, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	known := newRequest(t, "POST", url, strings.NewReader("four")).WithContext(ctx)
	unknown := newRequest(t, "POST", url, io.MultiReader(strings.NewReader("four")))
	for _, req := range []*http.Request{known, unknown} {
		before := *req
		resp, err := rec.Wrap(transport).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		drain(t, resp)
		before.GetBody, req.GetBody = nil, nil // functions cannot be compared
		if !reflect.DeepEqual(&before, req) {
			t.Error("the request was changed")
		}
		if resp.Request != req {
			t.Error("resp.Request is not the request")
		}
	}
	starts := named(rec.lines(), "RequestStart")
	starts[0].has(t, object{"method": "POST", "content_length": 4, "has_getbody": true})
	if _, ok := starts[0]["deadline"]; !ok {
		t.Error("no deadline")
	}
	starts[1].has(t, object{"content_length": -1, "has_getbody": false})
}

func TestExpectContinue(t *testing.T) {
	for _, opts := range [][]Option{nil, {Compact()}} {
		rec := record(t, opts...)
		url, transport := serve(t, true, func(_ http.ResponseWriter, r *http.Request) { io.ReadAll(r.Body) })
		transport.ExpectContinueTimeout = soon
		req := newRequest(t, "POST", url, strings.NewReader("four"))
		req.Header.Set("Expect", "100-continue")
		resp, err := rec.Wrap(transport).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		drain(t, resp)
		all := rec.lines()
		if opts == nil {
			only(t, all, "Got1xxResponse").has(t, object{"code": 100})
			only(t, all, "Wait100Continue")
			only(t, all, "Got100Continue")
			continue
		}
		for _, ev := range []string{"Wait100Continue", "Got1xxResponse", "Got100Continue"} {
			if reached(final(all)[0])[ev] == nil {
				t.Error("no ", ev)
			}
		}
	}
}

func TestErrorsAreTheSame(t *testing.T) {
	rec := record(t)
	want := errors.New("out of order")
	rt := rec.Wrap(roundTripper(func(*http.Request) (*http.Response, error) { return nil, want }))
	if resp, err := rt.RoundTrip(newRequest(t, "GET", "http://example.com", nil)); resp != nil || err != want {
		t.Errorf("got %v, %v", resp, err)
	}
	if _, err := rec.Wrap(nil).RoundTrip(&http.Request{}); err == nil {
		t.Error("a request without a URL went through")
	}
	done := named(rec.lines(), "RoundTripDone")
	done[0].has(t, object{"err": "out of order", "err_type": "*errors.errorString", "timeout": false})
	done[0].lacks(t, "status", "proto", "attempt", "conn")
}

func TestFullDiskDoesNotDisturb(t *testing.T) {
	for _, opts := range [][]Option{nil, {Compact()}} {
		told := make(chan error, 9)
		rec := New(&fullDisk{}, append(opts, OnError(func(err error) { told <- err }))...)
		url, transport := serve(t, true, hello)
		for i := 0; i < 3; i++ {
			get(t, rec.Wrap(transport), url)
		}
		if err := rec.Close(); err != errFull {
			t.Errorf("Close: %v", err)
		}
		if err := <-told; err != errFull || len(told) != 0 {
			t.Errorf("told of %v, and then %d more", err, len(told))
		}
	}
}

func TestCancelledRequest(t *testing.T) {
	for _, opts := range [][]Option{nil, {Compact()}} {
		rec := record(t, opts...)
		arrived := make(chan struct{})
		url, transport := serve(t, true, func(_ http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-r.Context().Done()
		})
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			<-arrived
			cancel()
		}()
		req := newRequest(t, "GET", url, nil).WithContext(ctx)
		if _, err := rec.Wrap(transport).RoundTrip(req); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
		done := named(rec.lines(), "RoundTripDone", "Attempt")
		done[len(done)-1].has(t, object{"err": "context canceled", "timeout": false, "attempt": 1})
	}
}

func TestDeadline(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, true, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req := newRequest(t, "GET", url, nil).WithContext(ctx)
	if _, err := rec.Wrap(transport).RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
	only(t, rec.lines(), "RoundTripDone").has(t, object{"timeout": true})
}

func TestClientSemantics(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes"})
			http.Redirect(w, r, "/next", http.StatusFound)
			return
		}
		cookie, err := r.Cookie("seen")
		if err != nil || cookie.Value != "yes" {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Transport: rec.Wrap(transport), Jar: jar}
	resp, err := client.Get(url + "/")
	if err != nil {
		t.Fatal(err)
	}
	drain(t, resp)
	if resp.StatusCode != 200 || resp.Request.URL.Path != "/next" {
		t.Errorf("%s from %s", resp.Status, resp.Request.URL)
	}
	starts := named(rec.lines(), "RequestStart")
	if len(starts) != 2 || starts[0]["req"] == starts[1]["req"] {
		t.Errorf("a redirect is a request of its own: %v", starts)
	}
}

func TestExistingClientTraceFires(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, true, hello)
	var mu sync.Mutex
	fired := make(map[string]int)
	count := func(name string) {
		mu.Lock()
		defer mu.Unlock()
		fired[name]++
	}
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GetConn:              func(string) { count("GetConn") },
		GotConn:              func(httptrace.GotConnInfo) { count("GotConn") },
		ConnectDone:          func(string, string, error) { count("ConnectDone") },
		WroteHeaders:         func() { count("WroteHeaders") },
		GotFirstResponseByte: func() { count("GotFirstResponseByte") },
	})
	req := newRequest(t, "GET", url, nil).WithContext(ctx)
	resp, err := rec.Wrap(transport).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	drain(t, resp)
	transport.CloseIdleConnections()
	rec.await("WroteRequest", 1)
	all := rec.lines()
	mu.Lock()
	defer mu.Unlock()
	for _, name := range []string{"GetConn", "GotConn", "ConnectDone", "WroteHeaders", "GotFirstResponseByte"} {
		if fired[name] != 1 {
			t.Errorf("%s of the caller fired %d times", name, fired[name])
		}
		only(t, all, name)
	}
}

func TestCloseIdleConnections(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, true, hello)
	client := &http.Client{Transport: rec.Wrap(transport)}
	for i := 0; i < 2; i++ {
		get(t, client.Transport, url)
		client.CloseIdleConnections()
	}
	rec.Wrap(answer(http.NoBody)).(interface{ CloseIdleConnections() }).CloseIdleConnections()
	got := named(rec.lines(), "GotConn")
	if got[0]["conn"] == got[1]["conn"] {
		t.Error("the connection was not closed")
	}
}

func TestUpgrade(t *testing.T) {
	for _, opts := range [][]Option{nil, {Compact()}} {
		rec := record(t, opts...)
		url, transport := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
			conn, rw, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
			text, _ := rw.ReadString('\n')
			io.WriteString(conn, text)
		})
		req := newRequest(t, "GET", url, nil)
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "echo")
		resp, err := rec.Wrap(transport).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		rwc := resp.Body.(io.ReadWriteCloser)
		io.WriteString(rwc, "ping\n")
		if text, _ := bufio.NewReader(rwc).ReadString('\n'); text != "ping\n" {
			t.Errorf("echo of %q", text)
		}
		rwc.Close()
		only(t, named(rec.lines(), "RoundTripDone", "Attempt"), map[bool]string{
			false: "RoundTripDone", true: "Attempt"}[opts != nil]).has(t, object{"status": 101})
	}
}

// writerTo is a body that knows a faster way than Read.
type writerTo struct{ io.Reader }

func (writerTo) Close() error                         { return nil }
func (b writerTo) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, b.Reader) }

func TestBodies(t *testing.T) {
	broken := errors.New("stream error")
	for _, test := range []struct {
		name string
		body io.ReadCloser
		use  func(io.ReadCloser)
		want object
		lack []string
	}{
		{"empty", http.NoBody, func(b io.ReadCloser) {
			if b != http.NoBody {
				t.Error("http.NoBody was replaced")
			}
		}, object{"bytes": 0}, []string{"err", "closed_early"}},
		{"none", nil, func(b io.ReadCloser) {}, object{"bytes": 0}, nil},
		{"read", io.NopCloser(io.MultiReader(strings.NewReader("hello"))), func(b io.ReadCloser) {
			io.Copy(io.Discard, b)
			b.Close()
		}, object{"bytes": 5}, []string{"err", "closed_early"}},
		{"closed early", io.NopCloser(io.MultiReader(strings.NewReader("hello"))), func(b io.ReadCloser) {
			b.Read(make([]byte, 2))
			b.Close()
			b.Close()
		}, object{"bytes": 2, "closed_early": true}, []string{"err"}},
		{"broken", io.NopCloser(io.MultiReader(strings.NewReader("he"), errReader{broken})), func(b io.ReadCloser) {
			if _, err := io.ReadAll(b); err != broken {
				t.Error(err)
			}
		}, object{"bytes": 2, "err": "stream error"}, []string{"closed_early"}},
		{"writer to", writerTo{strings.NewReader("hello")}, func(b io.ReadCloser) {
			var out bytes.Buffer
			if n, err := b.(io.WriterTo).WriteTo(&out); n != 5 || err != nil || out.String() != "hello" {
				t.Errorf("wrote %q, %v", out.String(), err)
			}
		}, object{"bytes": 5}, []string{"err", "closed_early"}},
	} {
		rec := record(t)
		resp, err := rec.Wrap(answer(test.body)).RoundTrip(newRequest(t, "GET", "http://example.com", nil))
		if err != nil {
			t.Fatal(err)
		}
		test.use(resp.Body)
		t.Log(test.name)
		done := only(t, rec.lines(), "BodyDone")
		done.has(t, test.want)
		done.lacks(t, test.lack...)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestHeadHasNoBody(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, true, hello)
	resp, err := rec.Wrap(transport).RoundTrip(newRequest(t, "HEAD", url, nil))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	done := only(t, rec.lines(), "BodyDone")
	done.has(t, object{"bytes": 0})
	done.lacks(t, "closed_early")
}

// TestTrace uses the transport without wrapping it.
func TestTrace(t *testing.T) {
	rec := record(t)
	url, transport := serve(t, true, hello)
	req, done := rec.Trace(newRequest(t, "GET", url+"/?s3cret", nil))
	resp, err := (&http.Client{Transport: transport}).Do(req)
	done(resp, err)
	drain(t, resp)

	transport.CloseIdleConnections()
	req, done = rec.Trace(newRequest(t, "GET", "https://127.0.0.1:0/?s3cret", nil))
	_, err = (&http.Client{Transport: transport}).Do(req)
	done(nil, err)
	if !strings.Contains(err.Error(), "s3cret") {
		t.Error("the error of the client has changed: ", err)
	}

	all := rec.lines()
	if strings.Contains(string(rec.out), "s3cret") {
		t.Error("the query got into the file: ", string(rec.out))
	}
	ends := named(all, "RoundTripDone")
	ends[0].has(t, object{"status": 200, "attempt": 1})
	ends[1].has(t, object{"err_type": "*net.OpError"})
	only(t, all, "BodyDone").has(t, object{"bytes": 5})
}

func TestDialOutsideRequest(t *testing.T) {
	rec := record(t)
	if _, err := rec.DialContext(nil)(context.Background(), "tcp", "127.0.0.1:0"); err == nil {
		t.Fatal("dialled port 0")
	}
	o := only(t, rec.lines(), "Dialed")
	o.lacks(t, "req", "conn", "local", "remote", "attempt")
	if o["err"] == nil {
		t.Error("no err")
	}
}
