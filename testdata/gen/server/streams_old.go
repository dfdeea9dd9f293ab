// SPDX-License-Identifier: MIT

//go:build !go1.24

package main

import (
	"log"
	"net/http"
)

func limitStreams(*http.Server, int) { log.Fatal("server: -streams needs Go 1.24") }
