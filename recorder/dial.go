// SPDX-License-Identifier: MIT

package recorder

import (
	"context"
	"net"
)

// A DialFunc is the type of http.Transport.DialContext.
type DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// DialContext returns a dial function that calls base and records which connection came of it, so
// that the dial can be found in the capture for certain. The connection is returned as it is. A nil
// base is the DialContext of a zero net.Dialer.
//
// Beware: an http.Transport with a DialContext speaks HTTP/2 only if ForceAttemptHTTP2 is set.
// http.DefaultTransport and its clones have both:
//
//	t := http.DefaultTransport.(*http.Transport).Clone()
//	t.DialContext = rec.DialContext(t.DialContext)
func (r *Recorder) DialContext(base DialFunc) DialFunc {
	if base == nil {
		base = new(net.Dialer).DialContext
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := base(ctx, network, addr)
		e := event{kind: dialed, at: now(), err: err}
		e.fields = newLine().str("network", network).str("addr", addr)
		if err == nil {
			e.fields = e.fields.
				str("local", addrText(conn.LocalAddr())).
				str("remote", addrText(conn.RemoteAddr())).
				uint("conn", r.conns.dialed(conn).number)
		}
		if q, ok := ctx.Value(requestKey{r}).(*request); ok {
			q.record(e)
		} else {
			r.record(e)
		}
		return conn, err
	}
}
