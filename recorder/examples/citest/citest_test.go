// SPDX-License-Identifier: MIT

package citest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

var server *httptest.Server

// newServer speaks HTTP/2. With CITEST_BROKEN in the environment it gives /greeting up instead of
// answering: what the job is to find.
func newServer() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/greeting", func(w http.ResponseWriter, r *http.Request) {
		if os.Getenv("CITEST_BROKEN") != "" {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, "hello")
	})
	s := httptest.NewUnstartedServer(mux)
	s.EnableHTTP2 = true
	s.StartTLS()
	return s
}

// TestGreeting is content with an error, too, as tests of a client with fallbacks are: only who
// looks at the connection notices.
func TestGreeting(t *testing.T) {
	for i := 0; i < 3; i++ {
		resp, err := http.Get(server.URL + "/greeting")
		if err != nil {
			t.Log(err)
			continue
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Error(err)
		}
		resp.Body.Close()
		if resp.ProtoMajor != 2 {
			t.Errorf("answered in %s, wanted HTTP/2", resp.Proto)
		}
	}
}

func TestMissing(t *testing.T) {
	resp, err := http.Get(server.URL + "/missing")
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("status %d, wanted 404", resp.StatusCode)
	}
}
