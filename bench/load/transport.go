// SPDX-License-Identifier: MIT

package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"

	"github.com/h2annotate/h2annotate/recorder"
)

// newTransports makes one for each connection: a Transport has no second HTTP/2 connection to a host
// while the first has streams to give. The function closes the key log.
func newTransports(o *options) ([]*http.Transport, func() error, error) {
	config, closeKeys, err := tlsConfig(o)
	if err != nil {
		return nil, nil, err
	}
	var all []*http.Transport
	for i := 0; i < o.conns; i++ {
		t := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
		if config == nil {
			err = clearText(t)
		}
		if err != nil {
			return nil, nil, err
		}
		all = append(all, t)
	}
	return all, closeKeys, nil
}

// tlsConfig is nil for clear text.
func tlsConfig(o *options) (*tls.Config, func() error, error) {
	if o.ca == "" {
		return nil, func() error { return nil }, nil
	}
	pem, err := os.ReadFile(o.ca)
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, nil, errors.New(o.ca + ": no certificate")
	}
	keys, err := recorder.OpenKeyLog(o.keys)
	if err != nil {
		return nil, nil, err
	}
	return &tls.Config{RootCAs: roots, KeyLogWriter: keys}, keys.Close, nil
}
