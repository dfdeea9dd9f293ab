// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"syscall"
)

// A portRange makes connections share a few local ports, so that 4-tuples recur. The zero value
// lets the kernel choose.
type portRange struct {
	first, n int
	next     atomic.Int64
}

func (p *portRange) String() string { return fmt.Sprintf("%d:%d", p.first, p.n) }

func (p *portRange) Set(text string) error {
	_, err := fmt.Sscanf(text, "%d:%d", &p.first, &p.n)
	return err
}

// dialer is a DialContext that takes the next port, or the next one that is free.
func (p *portRange) dialer(ctx context.Context, network, addr string) (net.Conn, error) {
	if p.n == 0 {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	err := errors.New("no port is free")
	for i := 0; i < p.n; i++ {
		port := p.first + int(p.next.Add(1)-1)%p.n
		d := net.Dialer{LocalAddr: &net.TCPAddr{Port: port}, Control: reuseAddr}
		var conn net.Conn
		if conn, err = d.DialContext(ctx, network, addr); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

func reuseAddr(_, _ string, c syscall.RawConn) error {
	var err error
	cerr := c.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	})
	if cerr != nil {
		return cerr
	}
	return err
}
