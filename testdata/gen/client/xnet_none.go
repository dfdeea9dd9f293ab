// SPDX-License-Identifier: MIT

//go:build !xnet

package main

import (
	"crypto/tls"
	"errors"
	"net/http"

	"github.com/h2annotate/h2annotate/recorder"
)

func xnetTransport(*tls.Config, *transportOptions, recorder.DialFunc) (http.RoundTripper, error) {
	return nil, errors.New("-xnet needs a client built with the tag xnet")
}
