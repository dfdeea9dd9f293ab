// SPDX-License-Identifier: MIT

package recorder

import (
	"fmt"
	"net"
	"sync"
	"testing"
)

func newFakeConn(port int) *fakeConn {
	return &fakeConn{local: fmt.Sprintf("192.0.2.1:%d", port), remote: "192.0.2.2:443"}
}

// netConn is a connection around another, as *tls.Conn is.
type netConn struct {
	net.Conn
}

func (c netConn) NetConn() net.Conn { return c.Conn }

func TestConnNumbers(t *testing.T) {
	var table connTable
	base := process.conns.Load()
	a, b := newFakeConn(1), newFakeConn(2)
	sameports := newFakeConn(1)
	for i, step := range []struct {
		conn   net.Conn
		reused bool
		want   uint64
	}{
		{a, true, 1}, // on HTTP/2 the second request may come first
		{a, false, 1},
		{a, true, 1},
		{b, false, 2},
		{sameports, true, 3}, // the port came back
		{a, true, 1},         // the last hook of the old connection, late
		{sameports, false, 3},
		{sameports, false, 4}, // the port and the place in memory came back
		{sameports, true, 4},
		{netConn{b}, true, 2},
	} {
		if got := table.got(step.conn, step.reused).number - base; got != step.want {
			t.Errorf("step %d: connection %d, wanted %d", i, got, step.want)
		}
	}
}

func TestConnNumbersOfDials(t *testing.T) {
	var table connTable
	base := process.conns.Load()
	conn := newFakeConn(1)
	if n := table.dialed(conn).number - base; n != 1 {
		t.Fatalf("dialled as %d", n)
	}
	// TLS goes around it, and somebody's counter around that one.
	wrapped := &struct{ net.Conn }{netConn{conn}}
	for _, reused := range []bool{true, false, true} {
		if n := table.got(wrapped, reused).number - base; n != 1 {
			t.Errorf("reused %t: connection %d, wanted 1", reused, n)
		}
	}
	// The same address in memory, the same ports: only the dial tells.
	table.dialed(conn)
	if n := table.got(conn, true).number - base; n != 2 {
		t.Errorf("after another dial: connection %d, wanted 2", n)
	}
}

func TestConnTableIsBounded(t *testing.T) {
	var table connTable
	faithful := newFakeConn(0)
	number := table.got(faithful, false).number
	for i := 1; i <= 3*maxConns; i++ {
		table.got(newFakeConn(i), false)
		if n := table.got(faithful, true).number; n != number {
			t.Fatalf("forgot a connection in use: number %d", n)
		}
	}
	if n := len(table.young) + len(table.old); n > 2*maxConns {
		t.Errorf("%d connections remembered", n)
	}
}

func TestConnTableRace(t *testing.T) {
	var table connTable
	conn := newFakeConn(1)
	number := process.conns.Load() + 1
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		reused := i != 3
		wg.Add(1)
		go func() {
			defer wg.Done()
			if n := table.got(conn, reused).number; n != number {
				t.Errorf("connection %d, wanted %d", n, number)
			}
		}()
	}
	wg.Wait()
}

func TestConnWithoutAddresses(t *testing.T) {
	var table connTable
	table.got(homemade{}, false) // would panic here
	table.got(nil, false)
}

// homemade is a connection that is no pointer and has no addresses.
type homemade struct{ net.Conn }

func (homemade) LocalAddr() net.Addr  { return nil }
func (homemade) RemoteAddr() net.Addr { return nil }
