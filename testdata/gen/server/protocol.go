// SPDX-License-Identifier: MIT

//go:build go1.24

package main

import "net/http"

func limitStreams(s *http.Server, n int) { s.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: n} }

func allowH2C(s *http.Server) {
	s.Protocols = new(http.Protocols)
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
}
