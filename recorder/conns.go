// SPDX-License-Identifier: MIT

package recorder

import (
	"crypto/tls"
	"net"
	"reflect"
	"sync"
)

// maxConns is how many connections a connTable remembers at least.
const maxConns = 1 << 14

// A connection is what the recorder knows of a net.Conn, without holding on to it.
type connection struct {
	number uint64
	fields line // local, remote, network, and alpn, tls under TLS
	fresh  bool // its GotConn with Reused == false has been seen
}

// A connKey tells connections apart. Ports come back and so do addresses in memory; both together
// come back only if the first connection is gone.
type connKey struct {
	network, local, remote string
	pointer                uintptr
}

// A connTable numbers the connections that a recorder sees. It forgets the ones that were unused
// for longest, never one of the last maxConns, and a forgotten connection that comes back gets a
// new number.
type connTable struct {
	mu         sync.Mutex
	young, old map[connKey]*connection
}

// dialed numbers a connection that was dialled just now.
func (t *connTable) dialed(conn net.Conn) *connection {
	key := keyOf(conn)
	t.mu.Lock()
	defer t.mu.Unlock()
	// Whoever had this address in memory before is gone, and so is whoever had these ports.
	t.forget(key)
	key.pointer = 0
	return t.add(key)
}

// got returns the connection of a GotConn hook. On HTTP/2 the hook with reused may run before the
// one without, so reused cannot decide whether a connection is new; but a connection is handed out
// as new only once.
func (t *connTable) got(conn net.Conn, reused bool) *connection {
	key := keyOf(conn)
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.find(key)
	if c != nil && c.fresh && !reused {
		t.forget(key)
		c = nil
	}
	if c == nil {
		c = t.claim(key)
	}
	if c.fields == nil {
		c.fields = connFields(key, conn)
	}
	c.fresh = c.fresh || !reused
	return c
}

// claim returns the connection that dialed has numbered, or a new one.
func (t *connTable) claim(key connKey) *connection {
	dialed := key
	dialed.pointer = 0
	c := t.find(dialed)
	if c == nil {
		return t.add(key)
	}
	t.forget(dialed)
	t.put(key, c)
	return c
}

func (t *connTable) add(key connKey) *connection {
	c := &connection{number: process.conns.Add(1)}
	t.put(key, c)
	return c
}

func (t *connTable) put(key connKey, c *connection) {
	if t.young == nil || len(t.young) >= maxConns {
		t.old, t.young = t.young, make(map[connKey]*connection)
	}
	t.young[key] = c
}

func (t *connTable) find(key connKey) *connection {
	if c := t.young[key]; c != nil {
		return c
	}
	c := t.old[key]
	if c != nil {
		delete(t.old, key)
		t.put(key, c)
	}
	return c
}

func (t *connTable) forget(key connKey) {
	delete(t.young, key)
	delete(t.old, key)
}

// keyOf bears with home-made transports, which may have no net.Conn, or one without addresses.
func keyOf(conn net.Conn) connKey {
	if conn == nil {
		return connKey{}
	}
	key := connKey{
		local:   addrText(conn.LocalAddr()),
		remote:  addrText(conn.RemoteAddr()),
		pointer: pointerOf(conn),
	}
	if a := conn.LocalAddr(); a != nil {
		key.network = a.Network()
	}
	return key
}

func addrText(a net.Addr) string {
	if a == nil {
		return ""
	}
	return a.String()
}

// pointerOf returns the address of the connection below all TLS, so that a connection is the same
// one before and after its handshake. The number keeps nothing alive.
func pointerOf(conn net.Conn) uintptr {
	for {
		outer, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = outer.NetConn()
	}
	if v := reflect.ValueOf(conn); v.Kind() == reflect.Pointer {
		return v.Pointer()
	}
	return 0
}

func connFields(key connKey, conn net.Conn) line {
	l := newLine().str("local", key.local).str("remote", key.remote).str("network", key.network)
	if c, ok := conn.(interface{ ConnectionState() tls.ConnectionState }); ok {
		state := c.ConnectionState()
		l = l.str("alpn", state.NegotiatedProtocol).str("tls", tlsVersion(state.Version))
	}
	return l
}

// tlsVersion names a protocol version as in "TLS 1.3", without the "TLS".
func tlsVersion(v uint16) string {
	switch v {
	case tls.VersionTLS10:
		return "1.0"
	case tls.VersionTLS11:
		return "1.1"
	case tls.VersionTLS12:
		return "1.2"
	case tls.VersionTLS13:
		return "1.3"
	}
	return ""
}
