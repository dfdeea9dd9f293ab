// SPDX-License-Identifier: MIT

// Package citest has tests that are recorded when the environment says where to: docs/ci.md has the
// job. The function record is to be copied.
package citest

import (
	"crypto/tls"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/h2annotate/h2annotate/recorder"
)

func TestMain(m *testing.M) {
	server = newServer()
	http.DefaultTransport.(*http.Transport).TLSClientConfig = trusting(server)
	status := record(m.Run)
	server.Close()
	os.Exit(status)
}

// record runs the tests. If HTTPTRACE_DIR names a directory, what http.DefaultTransport does is
// recorded there, each process into a file of its own, and its TLS secrets are added to the key log
// of all.
func record(run func() int) int {
	dir := os.Getenv("HTTPTRACE_DIR")
	if dir == "" {
		return run()
	}
	rec, err := recorder.Open(filepath.Join(dir, fmt.Sprintf("%d.trace.json", os.Getpid())))
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	keys, err := recorder.OpenKeyLog(filepath.Join(dir, "keys.log"))
	if err != nil {
		log.Fatal(err)
	}
	defer keys.Close()
	transport := http.DefaultTransport.(*http.Transport)
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{}
	}
	transport.TLSClientConfig.KeyLogWriter = keys
	http.DefaultTransport = rec.Wrap(transport)
	return run()
}

func trusting(server *httptest.Server) *tls.Config {
	return server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
}
