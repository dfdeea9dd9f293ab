// SPDX-License-Identifier: MIT

// Command server is a net/http server with one handler for each thing a response can do.
//
//	/        a few bytes
//	/slow    waits for ?ms= first
//	/big     ?kb= kilobytes
//	/nothing is 204
//	/early   103 Early Hints, then 200
//	/trailer a body and a trailer
//	/echo    reads the body, says its length
//	/deny    answers without reading the body
//	/last    asks for the end of the connection
//	/abort   panics before the response
//	/half    panics in the middle of it
//	/trickle waits for ?ms= in the middle of it
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	addr := flag.String("addr", ":8443", "listen here; unix:PATH is a socket")
	cert := flag.String("cert", "", "certificate; without it, no TLS")
	key := flag.String("key", "", "private key")
	maxTLS := flag.String("tls", "1.3", "highest TLS version, 1.2 or 1.3")
	http1 := flag.Bool("http1", false, "no HTTP/2")
	idle := flag.Duration("idle", 0, "close idle connections after this time")
	streams := flag.Int("streams", 0, "MAX_CONCURRENT_STREAMS; 0: net/http's")
	h2c := flag.Bool("h2c", false, "HTTP/2 without TLS, too")
	grace := flag.Duration("grace", 0, "how long a shutdown, on SIGTERM, waits for requests")
	flag.Parse()

	s := &http.Server{Addr: *addr, Handler: orTunnel(handler()), IdleTimeout: *idle, TLSConfig: &tls.Config{}}
	if *maxTLS == "1.2" {
		s.TLSConfig.MaxVersion = tls.VersionTLS12
	}
	if *http1 {
		s.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	}
	if *streams > 0 {
		limitStreams(s, *streams)
	}
	if *h2c {
		allowH2C(s)
	}
	go shutdown(s, *grace)
	err := listen(s, *cert, *key)
	if err != http.ErrServerClosed {
		log.Fatal("server: ", err)
	}
	select {} // shutdown ends the program
}

func listen(s *http.Server, cert, key string) error {
	if path := strings.TrimPrefix(s.Addr, "unix:"); path != s.Addr {
		listener, err := net.Listen("unix", path)
		if err != nil {
			return err
		}
		return s.Serve(listener)
	}
	if cert == "" {
		return s.ListenAndServe()
	}
	return s.ListenAndServeTLS(cert, key)
}

// shutdown is what programs do on SIGTERM: they wait for the requests, but not for ever.
func shutdown(s *http.Server, grace time.Duration) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	s.Shutdown(ctx)
	s.Close()
	os.Exit(0)
}

// orTunnel makes a forward proxy of it: CONNECT is obeyed.
func orTunnel(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			next.ServeHTTP(w, r)
			return
		}
		far, err := net.Dial("tcp", r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		near, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer far.Close()
			io.Copy(far, buffered)
		}()
		defer near.Close()
		io.Copy(near, far)
	})
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, r.Proto, r.Method, r.URL.Path)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(number(r, "ms")) * time.Millisecond)
		fmt.Fprintln(w, "slow")
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat("0123456789abcde\n", number(r, "kb")*64))
	})
	mux.HandleFunc("/nothing", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/early", early)
	mux.HandleFunc("/trailer", trailer)
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprintln(w, n, "bytes")
	})
	mux.HandleFunc("/deny", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	})
	mux.HandleFunc("/last", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		fmt.Fprintln(w, "last")
	})
	mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/trickle", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half of what, ")
		w.(http.Flusher).Flush()
		time.Sleep(time.Duration(number(r, "ms")) * time.Millisecond)
		io.WriteString(w, "and the rest")
	})
	mux.HandleFunc("/half", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half of what")
		w.(http.Flusher).Flush()
		time.Sleep(5 * time.Millisecond)
		panic(http.ErrAbortHandler)
	})
	return mux
}

func number(r *http.Request, name string) int {
	n, _ := strconv.Atoi(r.URL.Query().Get(name))
	return n
}

func early(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Link", "</style.css>; rel=preload")
	w.WriteHeader(http.StatusEarlyHints)
	time.Sleep(5 * time.Millisecond)
	w.WriteHeader(http.StatusOK)
	fmt.Fprintln(w, "after the hints")
}

func trailer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", "X-Checksum")
	fmt.Fprintln(w, "with a trailer")
	w.Header().Set("X-Checksum", "1")
}
