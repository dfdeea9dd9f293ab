// SPDX-License-Identifier: MIT

package recorder

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
)

// A request is one call of RoundTrip.
type request struct {
	rec      *Recorder
	id       string
	isHead   bool
	attempts atomic.Int64 // GotConn so far
	current  atomic.Pointer[attempt]
	folded   *folded // compact mode only, guarded by the folder
}

// An attempt is what a request does on one connection. The transport may retry on another.
type attempt struct {
	n    int   // from 1
	at   stamp // of GotConn
	conn *connection
}

// A requestKey finds the request of a recorder in a context.
type requestKey struct{ rec *Recorder }

// Trace returns a copy of req to be sent in its place, and a function to be called once with what
// became of it:
//
//	req, done := rec.Trace(req)
//	resp, err := client.Do(req)
//	done(resp, err)
//
// done replaces resp.Body to see its end. Where the client follows redirects, they are recorded as
// further attempts of the one request; a transport from [Recorder.Wrap] tells them apart.
func (r *Recorder) Trace(req *http.Request) (*http.Request, func(*http.Response, error)) {
	at := now()
	q := &request{
		rec:    r,
		id:     "r" + strconv.FormatUint(process.requests.Add(1), 10),
		isHead: req.Method == http.MethodHead,
	}
	r.record(event{kind: requestStart, at: at, request: q, fields: r.requestFields(req)})
	ctx := context.WithValue(req.Context(), requestKey{r}, q)
	return req.WithContext(httptrace.WithClientTrace(ctx, q.clientTrace())), q.done
}

// done records the return of RoundTrip.
func (q *request) done(resp *http.Response, err error) {
	e := event{kind: roundTripDone, at: now(), err: err, last: true}
	if err != nil {
		e.fields = errorFields(err)
	}
	if resp != nil {
		e.fields = e.fields.int("status", int64(resp.StatusCode)).str("proto", resp.Proto)
		e.last = isTunnel(resp)
	}
	q.record(e)
	if resp != nil && !e.last {
		q.watchBody(resp)
	}
}

// record completes an event with the request and its current attempt.
func (q *request) record(e event) {
	e.request, e.attempt = q, q.current.Load()
	q.rec.record(e)
}

// requestFields tells what is going to be sent.
func (r *Recorder) requestFields(req *http.Request) line {
	method, host := req.Method, req.Host
	if method == "" {
		method = http.MethodGet
	}
	if host == "" && req.URL != nil {
		host = req.URL.Host
	}
	l := newLine().str("method", method).str("url", r.urlText(req.URL)).str("host", host)
	if req.Body != nil && req.Body != http.NoBody {
		l = l.int("content_length", bodyLength(req)).bool("has_getbody", req.GetBody != nil)
	}
	if deadline, ok := req.Context().Deadline(); ok {
		l = l.time("deadline", deadline)
	}
	return r.headerFields(l, req.Header)
}

// bodyLength is -1 where a request with a body does not know its length.
func bodyLength(req *http.Request) int64 {
	if req.ContentLength == 0 {
		return -1
	}
	return req.ContentLength
}

// headerFields adds the two identity headers, and in an object of their own the ones asked for.
func (r *Recorder) headerFields(l line, h http.Header) line {
	var more line
	for name, values := range h {
		name = strings.ToLower(name)
		switch {
		case len(values) == 0 || !r.headers[name]:
		case name == "traceparent" || name == "x-request-id":
			l = l.str(name, values[0])
		default:
			more = more.quotedKey(name).quote(strings.Join(values, ", "))
		}
	}
	if more == nil {
		return l
	}
	more[0] = '{'
	return append(append(l.key("headers"), more...), '}')
}

// urlText leaves out what may be secret: user, fragment, and the query unless asked for.
func (r *Recorder) urlText(original *url.URL) string {
	if original == nil {
		return ""
	}
	u := *original
	u.User = nil
	u.Fragment, u.RawFragment = "", ""
	if !r.query {
		u.RawQuery, u.ForceQuery = "", false
		u.Opaque = withoutQuery(u.Opaque)
	}
	return u.String()
}

func withoutQuery(s string) string {
	s, _, _ = strings.Cut(s, "?")
	return s
}
