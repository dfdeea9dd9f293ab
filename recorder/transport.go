// SPDX-License-Identifier: MIT

package recorder

import "net/http"

// Wrap returns a RoundTripper that records the requests sent through base. A nil base is
// http.DefaultTransport.
func (r *Recorder) Wrap(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{r, base}
}

type transport struct {
	rec  *Recorder
	base http.RoundTripper
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	traced, done := t.rec.Trace(req)
	resp, err := t.base.RoundTrip(traced)
	done(resp, err)
	if resp != nil && isCopy(resp.Request, traced) {
		resp.Request = req
	}
	return resp, err
}

// isCopy says whether the transport has answered our request, or its own copy of it.
func isCopy(req, traced *http.Request) bool {
	return req != nil && req.Context() == traced.Context()
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the base.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}
