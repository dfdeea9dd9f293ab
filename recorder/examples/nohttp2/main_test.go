// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestRun shows it from the file: the same server, and only one of the two transports asked for h2.
func TestRun(t *testing.T) {
	server := newServer()
	defer server.Close()
	dir := t.TempDir()
	var out bytes.Buffer
	if err := run(server.URL, dir, &out); err != nil {
		t.Fatal(err)
	}
	want := "ForceAttemptHTTP2: false -> HTTP/1.1\nForceAttemptHTTP2: true  -> HTTP/2.0\n"
	if got := out.String(); got != want {
		t.Errorf("printed %q, wanted %q", got, want)
	}

	f, err := os.Open(filepath.Join(dir, "nohttp2.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var l struct{ Ev, ALPN, TLS, Proto string }
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		switch l.Ev {
		case "GotConn":
			got = append(got, "TLS "+l.TLS+" alpn "+l.ALPN)
		case "RoundTripDone":
			got = append(got, l.Proto)
		}
	}
	for i, want := range []string{"TLS 1.3 alpn ", "HTTP/1.1", "TLS 1.3 alpn h2", "HTTP/2.0"} {
		if i >= len(got) || got[i] != want {
			t.Fatalf("the file says %q, wanted %q in place %d", got, want, i)
		}
	}

	keys, err := os.ReadFile(filepath.Join(dir, "nohttp2.keys"))
	if n := bytes.Count(keys, []byte("CLIENT_TRAFFIC_SECRET_0 ")); err != nil || n != 2 {
		t.Errorf("keys of %d connections, wanted 2 (%v)", n, err)
	}
}
