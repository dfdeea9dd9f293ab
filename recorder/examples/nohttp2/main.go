// SPDX-License-Identifier: MIT

// Nohttp2 shows how the snippet that everybody copies turns HTTP/2 off without a word, and how the
// recorder's file tells. It asks a server of its own, which speaks both versions, twice:
//
//	&http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
//	&http.Transport{TLSClientConfig: …, ForceAttemptHTTP2: true}
//
// It writes nohttp2.json and nohttp2.keys into the directory given, or into the current one.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/h2annotate/h2annotate/recorder"
)

func main() {
	log.SetFlags(0)
	url := flag.String("url", "", "ask this server instead of one on the loopback interface")
	flag.Parse()
	if *url == "" {
		server := newServer()
		defer server.Close()
		*url = server.URL
	}
	if err := run(*url, flag.Arg(0), os.Stdout); err != nil {
		log.Fatal("nohttp2: ", err)
	}
}

// run asks with both transports and records both into one file.
func run(url, dir string, out io.Writer) (err error) {
	rec, err := recorder.Open(filepath.Join(dir, "nohttp2.json"))
	if err != nil {
		return err
	}
	defer closing(rec, &err)
	keys, err := recorder.OpenKeyLog(filepath.Join(dir, "nohttp2.keys"))
	if err != nil {
		return err
	}
	defer closing(keys, &err)
	for _, force := range []bool{false, true} {
		transport := &http.Transport{
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true, KeyLogWriter: keys},
			ForceAttemptHTTP2: force,
		}
		proto, err := ask(url, rec.Wrap(transport))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "ForceAttemptHTTP2: %-5t -> %s\n", force, proto)
	}
	return nil
}

// ask returns the version of HTTP that the answer came in.
func ask(url string, transport http.RoundTripper) (string, error) {
	client := &http.Client{Transport: transport}
	defer client.CloseIdleConnections()
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.Proto, err
}

// newServer speaks HTTP/2 to whoever asks for it, else HTTP/1.1.
func newServer() *httptest.Server {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.EnableHTTP2 = true
	server.StartTLS()
	return server
}

func closing(c io.Closer, err *error) {
	if cerr := c.Close(); *err == nil {
		*err = cerr
	}
}
