// SPDX-License-Identifier: MIT

//go:build go1.24

package main

import (
	"net/http"

	"github.com/h2annotate/h2annotate/recorder"
)

// h2cTransport speaks HTTP/2 with prior knowledge.
func h2cTransport(dial recorder.DialFunc) (http.RoundTripper, error) {
	t := &http.Transport{DialContext: dial, Protocols: new(http.Protocols)}
	t.Protocols.SetUnencryptedHTTP2(true)
	return t, nil
}
