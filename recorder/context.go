// SPDX-License-Identifier: MIT

package recorder

import (
	"context"
	"net/http/httptrace"
)

// A requestKey finds the request of a recorder in a context.
type requestKey struct{ rec *Recorder }

// A requestContext carries a request down to the transport.
type requestContext struct {
	context.Context
	request *request
}

func newRequestContext(q *request) context.Context {
	trace := (&hooks{q, nil}).clientTrace()
	return requestContext{httptrace.WithClientTrace(q.outer, trace), q}
}

// Value gives each attempt hooks of its own. All attempts of a request share its context, and the
// writer of an aborted attempt may still run when the next has its connection. But net/http looks
// for the ClientTrace anew in each attempt, and by then GotConn has told that it began.
func (c requestContext) Value(key any) any {
	if key == (requestKey{c.request.rec}) {
		return c.request
	}
	value := c.Context.Value(key)
	if _, ok := value.(*httptrace.ClientTrace); ok {
		if a := c.request.current.Load(); a != nil {
			return a.clientTrace(c.request)
		}
	}
	return value
}

// newAttempt makes the attempt that begins with this connection the current one.
func (q *request) newAttempt(at stamp, conn *connection) *attempt {
	a := &attempt{n: int(q.attempts.Add(1)), at: at, conn: conn}
	q.current.Store(a)
	return a
}

// clientTrace returns the hooks of an attempt and of the caller. They are made when they are asked
// for: the hooks of the caller may depend on the attempt as ours do, and GotConn is theirs as well.
func (a *attempt) clientTrace(q *request) *httptrace.ClientTrace {
	a.once.Do(func() {
		ctx := httptrace.WithClientTrace(q.outer, (&hooks{q, a}).clientTrace())
		a.trace = httptrace.ContextClientTrace(ctx)
	})
	return a.trace
}
