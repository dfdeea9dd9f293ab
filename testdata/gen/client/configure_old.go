// SPDX-License-Identifier: MIT

//go:build !go1.24

package main

import (
	"errors"
	"net/http"
)

func configure(*http.Transport, *transportOptions) error {
	return errors.New("-h2only and -ping need a client built with Go 1.24")
}
