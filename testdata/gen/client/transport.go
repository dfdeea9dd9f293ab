// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/h2annotate/h2annotate/recorder"
)

// transportOptions shape the connections.
type transportOptions struct {
	ca       string
	maxTLS   string
	ciphers  string
	resume   bool
	http1    bool
	h2c      bool
	snippet  bool
	dialed   bool
	strict   bool
	xnet     bool
	h2only   bool
	insecure bool
	proxy    string
	unix     string
	maxConns int
	ports    portRange

	noKeepAlive   bool
	headerTimeout time.Duration
	ping          time.Duration
	pingTimeout   time.Duration
}

func (t *transportOptions) flags() {
	flag.StringVar(&t.ca, "ca", "", "certificate to trust")
	flag.StringVar(&t.maxTLS, "tls", "1.3", "highest TLS version, 1.2 or 1.3")
	flag.StringVar(&t.ciphers, "ciphers", "", "TLS 1.2 suites, joined by commas")
	flag.BoolVar(&t.resume, "resume", false, "keep TLS sessions")
	flag.BoolVar(&t.http1, "http1", false, "offer HTTP/1.1 only")
	flag.BoolVar(&t.h2c, "h2c", false, "HTTP/2 without TLS")
	flag.BoolVar(&t.snippet, "snippet", false,
		"a Transport with a TLSClientConfig and nothing else, which turns HTTP/2 off")
	flag.BoolVar(&t.dialed, "dialed", false, "use the recorder's DialContext")
	flag.BoolVar(&t.strict, "strict", false, "wait for a stream in place of another connection")
	flag.BoolVar(&t.h2only, "h2only", false, "offer HTTP/2 only")
	flag.BoolVar(&t.noKeepAlive, "no-keepalive", false, "DisableKeepAlives")
	flag.DurationVar(&t.headerTimeout, "header-timeout", 0, "ResponseHeaderTimeout")
	flag.DurationVar(&t.ping, "ping", 0, "SendPingTimeout: send PING when nothing came for this time")
	flag.DurationVar(&t.pingTimeout, "ping-timeout", 0, "PingTimeout: close when it is not answered")
	flag.BoolVar(&t.xnet, "xnet", false, "golang.org/x/net's transport")
	flag.BoolVar(&t.insecure, "insecure", false, "take any certificate")
	flag.StringVar(&t.proxy, "proxy", "", "URL of a forward proxy")
	flag.StringVar(&t.unix, "unix", "", "the socket that the host \"socket\" means")
	flag.IntVar(&t.maxConns, "max-conns", 0, "MaxConnsPerHost")
	flag.Var(&t.ports, "ports", "FIRST:N, bind connections to these local ports in turn")
}

func newTransport(o *transportOptions, rec *recorder.Recorder, keys io.Writer) (http.RoundTripper, error) {
	conf, err := tlsConfig(o, keys)
	if err != nil {
		return nil, err
	}
	if o.snippet {
		return &http.Transport{TLSClientConfig: conf}, nil
	}
	dial := recorder.DialFunc(o.ports.dialer)
	if o.unix != "" {
		dial = unixDialer(o.unix, dial)
	}
	if o.dialed {
		dial = rec.DialContext(dial)
	}
	if o.xnet {
		return xnetTransport(conf, o, dial)
	}
	if o.h2c {
		return h2cTransport(dial)
	}
	t := &http.Transport{
		TLSClientConfig:       conf,
		DialContext:           dial,
		ForceAttemptHTTP2:     !o.http1,
		MaxConnsPerHost:       o.maxConns,
		MaxIdleConnsPerHost:   16,
		ExpectContinueTimeout: time.Second,
		DisableKeepAlives:     o.noKeepAlive,
		ResponseHeaderTimeout: o.headerTimeout,
	}
	if o.proxy != "" {
		proxy, err := url.Parse(o.proxy)
		if err != nil {
			return nil, err
		}
		t.Proxy = http.ProxyURL(proxy)
	}
	if o.strict {
		return t, strictStreams(t)
	}
	if o.h2only || o.ping > 0 {
		return t, configure(t, o)
	}
	return t, nil
}

// unixDialer dials the socket for the host "socket", and else as before.
func unixDialer(path string, dial recorder.DialFunc) recorder.DialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if strings.HasPrefix(addr, "socket:") {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
		return dial(ctx, network, addr)
	}
}

func tlsConfig(o *transportOptions, keys io.Writer) (*tls.Config, error) {
	conf := &tls.Config{KeyLogWriter: keys, MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.insecure}
	if o.maxTLS == "1.2" {
		conf.MaxVersion = tls.VersionTLS12
	}
	if o.resume {
		conf.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	if o.ca != "" {
		pem, err := os.ReadFile(o.ca)
		if err != nil {
			return nil, err
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New(o.ca + ": no certificate")
		}
	}
	var err error
	conf.CipherSuites, err = suites(o.ciphers)
	return conf, err
}

func suites(names string) ([]uint16, error) {
	if names == "" {
		return nil, nil
	}
	known := map[string]uint16{}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		known[s.Name] = s.ID
	}
	var ids []uint16
	for _, name := range strings.Split(names, ",") {
		id, ok := known[name]
		if !ok {
			return nil, fmt.Errorf("no cipher suite %q", name)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
