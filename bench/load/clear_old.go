// SPDX-License-Identifier: MIT

//go:build !go1.24

package main

import (
	"errors"
	"net/http"
)

func clearText(*http.Transport) error {
	return errors.New("clear text needs a load generator built with Go 1.24 or newer")
}
