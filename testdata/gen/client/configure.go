// SPDX-License-Identifier: MIT

//go:build go1.24

package main

import "net/http"

// configure sets what a Transport can be told about HTTP/2.
func configure(t *http.Transport, o *transportOptions) error {
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: o.ping, PingTimeout: o.pingTimeout}
	if o.h2only {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP2(true)
	}
	return nil
}
