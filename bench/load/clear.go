// SPDX-License-Identifier: MIT

//go:build go1.24

package main

import "net/http"

// clearText makes the transport speak HTTP/2 with prior knowledge.
func clearText(t *http.Transport) error {
	t.Protocols = new(http.Protocols)
	t.Protocols.SetUnencryptedHTTP2(true)
	return nil
}
