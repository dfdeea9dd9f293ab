// SPDX-License-Identifier: MIT

//go:build !go1.24

package main

import (
	"log"
	"net/http"
)

func limitStreams(*http.Server, int) { log.Fatal("server: -streams needs Go 1.24") }

func allowH2C(*http.Server) { log.Fatal("server: -h2c needs Go 1.24") }
