// SPDX-License-Identifier: MIT

//go:build !go1.26

package main

import (
	"errors"
	"net/http"
)

func strictStreams(*http.Transport) error {
	return errors.New("-strict needs a client built with Go 1.26")
}
