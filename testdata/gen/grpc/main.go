// SPDX-License-Identifier: MIT

// Command grpc is a client and a server of grpc-go, which has no httptrace. With GODEBUG=http2debug=2
// both log their frames, through package log.
//
//	grpc -serve ADDR -cert FILE -key FILE
//	grpc -ca FILE -keys FILE -n N -c N [-conns N] [-window N] ADDR
//
// The client asks for the health of a service that the server knows and of one that it does not, in
// turn. Each call carries its number in x-request-id.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
)

var (
	serveAddr = flag.String("serve", "", "listen here")
	cert      = flag.String("cert", "", "certificate of the server")
	key       = flag.String("key", "", "its private key")
	ca        = flag.String("ca", "", "certificate to trust")
	keys      = flag.String("keys", "", "the TLS key log")
	n         = flag.Int("n", 10, "how many calls")
	workers   = flag.Int("c", 1, "how many at a time")
	conns     = flag.Int("conns", 1, "on how many connections, one after the other; what is left of each is collected")
	window    = flag.Int("window", 0, "how many bytes a stream may send; 0: grpc-go's default")
)

func main() {
	flag.Parse()
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	run := client
	if *serveAddr != "" {
		run = serve
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func serve() error {
	creds, err := credentials.NewServerTLSFromFile(*cert, *key)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *serveAddr)
	if err != nil {
		return err
	}
	s := grpc.NewServer(grpc.Creds(creds))
	h := health.NewServer()
	h.SetServingStatus("shop", healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(s, h)
	return s.Serve(listener)
}

func client() error {
	conf, err := tlsConfig()
	if err != nil {
		return err
	}
	for i := 0; i < *conns; i++ {
		if err := connection(conf, *n / *conns * i, *n / *conns); err != nil {
			return err
		}
		for j := 0; j < 3; j++ {
			time.Sleep(20 * time.Millisecond)
			runtime.GC()
		}
	}
	return nil
}

// connection makes calls from number first+1 on.
func connection(conf *tls.Config, first, n int) error {
	options := []grpc.DialOption{grpc.WithTransportCredentials(credentials.NewTLS(conf)), grpc.WithBlock()}
	if *window > 0 {
		options = append(options, grpc.WithInitialWindowSize(int32(*window)))
	}
	conn, err := grpc.Dial(flag.Arg(0), options...)
	if err != nil {
		return err
	}
	numbers := make(chan int)
	var wg sync.WaitGroup
	for w := 0; w < *workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range numbers {
				call(healthpb.NewHealthClient(conn), i)
			}
		}()
	}
	for i := 1; i <= n; i++ {
		numbers <- first + i
	}
	close(numbers)
	wg.Wait()
	return conn.Close()
}

func call(c healthpb.HealthClient, i int) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, "x-request-id", fmt.Sprintf("%d-%d", os.Getpid(), i))
	service := [...]string{"shop", "none"}[i%2]
	answer, err := c.Check(ctx, &healthpb.HealthCheckRequest{Service: service})
	fmt.Println(i, answer, err)
}

func tlsConfig() (*tls.Config, error) {
	pem, err := os.ReadFile(*ca)
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(*keys, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	conf := &tls.Config{KeyLogWriter: out, RootCAs: x509.NewCertPool()}
	conf.RootCAs.AppendCertsFromPEM(pem)
	return conf, nil
}
