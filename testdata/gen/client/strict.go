// SPDX-License-Identifier: MIT

//go:build go1.26

package main

import "net/http"

// strictStreams makes requests wait for a stream of the one connection.
func strictStreams(t *http.Transport) error {
	t.HTTP2 = &http.HTTP2Config{StrictMaxConcurrentRequests: true}
	return nil
}
