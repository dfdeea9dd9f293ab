// SPDX-License-Identifier: MIT

//go:build xnet

package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"

	"golang.org/x/net/http2"

	"github.com/h2annotate/h2annotate/recorder"
)

// xnetTransport is x/net's own transport: it has no TLSHandshake hooks, and it can do HTTP/2 in
// clear text with any Go.
func xnetTransport(conf *tls.Config, o *transportOptions, dial recorder.DialFunc) (http.RoundTripper, error) {
	t := &http2.Transport{
		TLSClientConfig:            conf,
		StrictMaxConcurrentStreams: o.strict,
		ReadIdleTimeout:            o.ping,
		PingTimeout:                o.pingTimeout,
	}
	if o.h2c {
		t.AllowHTTP = true
		t.DialTLSContext = func(ctx context.Context, network, addr string, _ *tls.Config) (net.Conn, error) {
			return dial(ctx, network, addr)
		}
	}
	return t, nil
}
