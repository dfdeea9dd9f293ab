// SPDX-License-Identifier: MIT

package recorder_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/h2annotate/h2annotate/recorder"
)

// A client sends two requests over one connection, and the file tells.
func Example() {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "hello")
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	path := filepath.Join(dir, "trace.json")
	rec, err := recorder.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: rec.Wrap(server.Client().Transport)}
	for _, name := range []string{"/first", "/second"} {
		resp, err := client.Get(server.URL + name)
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if err := rec.Close(); err != nil {
		log.Fatal(err)
	}

	show(path)
	// Output:
	// GotConn reused=false alpn=h2
	// RoundTripDone status=200
	// BodyDone bytes=5
	// GotConn reused=true alpn=h2
	// RoundTripDone status=200
	// BodyDone bytes=5
}

// show prints how the requests went. The numbers of requests and connections are left out: they
// are unique in the process, and other tests have counted too.
func show(path string) {
	f, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var l struct {
			Ev, ALPN      string
			Status, Bytes int
			Reused        bool
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			log.Fatal(err)
		}
		switch l.Ev {
		case "GotConn":
			fmt.Printf("GotConn reused=%t alpn=%s\n", l.Reused, l.ALPN)
		case "RoundTripDone":
			fmt.Printf("RoundTripDone status=%d\n", l.Status)
		case "BodyDone":
			fmt.Printf("BodyDone bytes=%d\n", l.Bytes)
		}
	}
}
