// SPDX-License-Identifier: MIT

package recorder

import (
	"context"
	"net/http/httptrace"
)

// requestKey finds the request in a context.
type requestKey struct{}

// A requestContext carries a request down to the transport.
type requestContext struct {
	context.Context
	request *request
}

func newRequestContext(q *request) context.Context {
	trace := hooks{q, nil}.clientTrace()
	return requestContext{httptrace.WithClientTrace(q.outer, trace), q}
}

// Value gives each attempt hooks of its own. All attempts of a request share its context, and the
// writer of an aborted attempt may still run when the next has its connection. But net/http looks
// for the ClientTrace anew in each attempt, and by then GotConn has told that it began.
func (c requestContext) Value(key any) any {
	if key == (requestKey{}) {
		return c.request
	}
	value := c.Context.Value(key)
	if _, ok := value.(*httptrace.ClientTrace); ok {
		if a := c.request.current.Load(); a != nil {
			return a.trace
		}
	}
	return value
}

// newAttempt makes the attempt that begins with this connection the current one.
func (q *request) newAttempt(conn *connection) *attempt {
	a := &attempt{n: int(q.attempts.Add(1)), conn: conn}
	ctx := httptrace.WithClientTrace(q.outer, hooks{q, a}.clientTrace())
	a.trace = httptrace.ContextClientTrace(ctx)
	q.current.Store(a)
	return a
}
