// SPDX-License-Identifier: MIT

//go:build !go1.24

package main

import (
	"errors"
	"net/http"

	"github.com/h2annotate/h2annotate/recorder"
)

func h2cTransport(recorder.DialFunc) (http.RoundTripper, error) {
	return nil, errors.New("-h2c needs a client built with Go 1.24")
}
