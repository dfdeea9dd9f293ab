// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptrace"
	"os"
	"sync"
)

// A truth is what really happened: which request had which attempts.
type truth struct {
	mu    sync.Mutex
	calls []*call
}

// A call is one request. req is its name in the log, id its x-request-id.
type call struct {
	mu       sync.Mutex
	id, req  string
	attempts []attempt
}

type callKey struct{}

type attempt struct {
	local string
	wrote bool
}

func (t *truth) begin(id, req string) *call {
	c := &call{id: id, req: req}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, c)
	return c
}

// trace watches the two hooks that make an attempt.
func (c *call) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.attempts = append(c.attempts, attempt{local: i.Conn.LocalAddr().String()})
		},
		WroteHeaders: func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.attempts[len(c.attempts)-1].wrote = true
		},
	})
}

func (t *truth) write(path string) error {
	b := bytes.NewBufferString("# req\tattempt\tid\tlocal\twrote\n")
	for _, c := range t.calls {
		c.mu.Lock()
		for i, a := range c.attempts {
			fmt.Fprintf(b, "%s\t%d\t%s\t%s\t%t\n", c.req, i+1, c.id, a.local, a.wrote)
		}
		c.mu.Unlock()
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
