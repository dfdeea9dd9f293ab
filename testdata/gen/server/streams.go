// SPDX-License-Identifier: MIT

//go:build go1.24

package main

import "net/http"

func limitStreams(s *http.Server, n int) { s.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: n} }
