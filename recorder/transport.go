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
	if resp != nil && resp.Request == traced {
		resp.Request = req
	}
	done(resp, err)
	return resp, err
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the base.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}
