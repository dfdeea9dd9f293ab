// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"k8s.io/klog/v2"
)

// A logger makes a sidecar.
type logger interface {
	wrap(http.RoundTripper) http.RoundTripper
	trace(context.Context, *call) context.Context
	done(*call, *http.Response, error)
	close() error
}

func newLogger(o *options, out io.Writer) (logger, error) {
	switch o.format {
	case "slog":
		return lines{write: slogTo(out)}, nil
	case "slogtext":
		return lines{write: slogTextTo(out)}, nil
	case "logfmt":
		return lines{write: logrusTo(out, &logrus.TextFormatter{}), snake: true}, nil
	case "klog":
		return lines{write: klogTo(out)}, nil
	case "printf":
		return printf{log.New(out, "", log.LstdFlags|log.Lmicroseconds)}, nil
	case "docker":
		return lines{write: slogTo(&docker{out: out})}, nil
	case "zap":
		return lines{write: zapTo(out), snake: true}, nil
	case "zerolog":
		return lines{write: zerologTo(out)}, nil
	case "logrus":
		return lines{write: logrusTo(out, &logrus.JSONFormatter{}), snake: true}, nil
	}
	return newSpans(o, out)
}

// lines log each hook as one line. Half of them write hooks in snake case.
type lines struct {
	write func(event, req string, fields map[string]any)
	snake bool
}

func (l lines) wrap(base http.RoundTripper) http.RoundTripper { return base }
func (l lines) close() error                                  { return nil }

func (l lines) done(c *call, resp *http.Response, err error) {
	fields := map[string]any{}
	if err != nil {
		fields["error"] = err.Error()
	} else {
		fields["status_code"] = resp.StatusCode
	}
	l.log(c, "RoundTripDone", "round_trip_done", fields)
}

func (l lines) log(c *call, name, snake string, fields map[string]any) {
	if l.snake {
		name = snake
	}
	l.write(name, c.req, fields)
}

func (l lines) trace(ctx context.Context, c *call) context.Context {
	say := func(name, snake string, fields map[string]any) { l.log(c, name, snake, fields) }
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(hostPort string) { say("GetConn", "get_conn", map[string]any{"host_port": hostPort}) },
		ConnectStart: func(network, addr string) {
			say("ConnectStart", "connect_start", map[string]any{"network": network, "addr": addr})
		},
		ConnectDone: func(network, addr string, err error) {
			say("ConnectDone", "connect_done", map[string]any{"network": network, "addr": addr, "error": text(err)})
		},
		TLSHandshakeStart: func() { say("TLSHandshakeStart", "tls_start", nil) },
		TLSHandshakeDone: func(s tls.ConnectionState, err error) {
			say("TLSHandshakeDone", "tls_done", map[string]any{"alpn": s.NegotiatedProtocol, "error": text(err)})
		},
		GotConn: func(i httptrace.GotConnInfo) {
			say("GotConn", "got_conn", map[string]any{"local_addr": i.Conn.LocalAddr(),
				"remote_addr": i.Conn.RemoteAddr(), "reused": i.Reused, "was_idle": i.WasIdle, "idle_time": i.IdleTime})
		},
		WroteHeaders: func() { say("WroteHeaders", "wrote_headers", nil) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			say("WroteRequest", "wrote_request", map[string]any{"error": text(i.Err)})
		},
		GotFirstResponseByte: func() { say("GotFirstResponseByte", "first_response_byte", nil) },
	})
}

func text(err error) any {
	if err == nil {
		return nil
	}
	return err.Error()
}

// slogTo nests all fields in a group, as a net.Addr is: an object.
func slogTo(out io.Writer) func(event, req string, fields map[string]any) {
	log := slog.New(slog.NewJSONHandler(out, nil))
	log.Info("starting", "version", "1.2.3")
	return func(event, req string, fields map[string]any) {
		var attrs []any
		for k, v := range fields {
			attrs = append(attrs, slog.Any(k, v))
		}
		log.Info(event, slog.Group("http", slog.String("request_id", req), slog.Group("trace", attrs...)))
	}
}

func slogTextTo(out io.Writer) func(event, req string, fields map[string]any) {
	log := slog.New(slog.NewTextHandler(out, nil))
	log.Info("starting", "version", "1.2.3")
	return func(event, req string, fields map[string]any) {
		attrs := []any{"req", req}
		for k, v := range fields {
			attrs = append(attrs, k, v)
		}
		log.Info("httptrace: "+event, attrs...)
	}
}

// klogTo logs as Kubernetes' programs do: local time without a year.
func klogTo(out io.Writer) func(event, req string, fields map[string]any) {
	klog.LogToStderr(false)
	klog.SetOutput(out)
	klog.Infof("listening on %s", ":8080")
	return func(event, req string, fields map[string]any) {
		attrs := []any{"req", req}
		for k, v := range fields {
			attrs = append(attrs, k, v)
		}
		klog.InfoS(event, attrs...)
		klog.Flush()
	}
}

// printf is what comes to mind first: nothing says of which request a line is.
type printf struct{ *log.Logger }

func (p printf) wrap(base http.RoundTripper) http.RoundTripper { return base }
func (p printf) done(*call, *http.Response, error)             {}
func (p printf) close() error                                  { return nil }

func (p printf) trace(ctx context.Context, _ *call) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:  func(i httptrace.GotConnInfo) { p.Printf("Got Conn: %+v", i) },
		DNSStart: func(i httptrace.DNSStartInfo) { p.Printf("DNS Start: %+v", i) },
		DNSDone:  func(i httptrace.DNSDoneInfo) { p.Printf("DNS Done: %+v", i) },
	})
}

func zapTo(out io.Writer) func(event, req string, fields map[string]any) {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(out), zap.InfoLevel)
	log := zap.New(zapcore.NewSamplerWithOptions(core, time.Second, 1e9, 1), zap.AddCaller())
	lock := new(sync.Mutex)
	return func(event, req string, fields map[string]any) {
		zfields := []zap.Field{zap.String("req_id", req)}
		for k, v := range fields {
			zfields = append(zfields, zap.Any(k, v))
		}
		lock.Lock()
		defer lock.Unlock()
		log.Info(event, zfields...)
	}
}

// zerologTo has the default: seconds.
func zerologTo(out io.Writer) func(event, req string, fields map[string]any) {
	log := zerolog.New(zerolog.SyncWriter(out)).With().Timestamp().Logger()
	return func(event, req string, fields map[string]any) {
		e := log.Info().Str("rid", req)
		for k, v := range fields {
			if s, ok := v.(fmt.Stringer); ok && k != "idle_time" {
				v = s.String()
			}
			e = e.Interface(k, v)
		}
		e.Msg("httptrace: " + event)
	}
}

// logrusTo has the default: seconds.
func logrusTo(out io.Writer, formatter logrus.Formatter) func(event, req string, fields map[string]any) {
	log := logrus.New()
	log.Out = out
	log.Formatter = formatter
	return func(event, req string, fields map[string]any) {
		f := logrus.Fields{"req": req, "hook": event}
		for k, v := range fields {
			f[k] = v
		}
		log.WithFields(f).Info("httptrace")
	}
}

// docker writes what Docker's json-file driver makes of a container's output.
type docker struct{ out io.Writer }

func (d *docker) Write(line []byte) (int, error) {
	b := new(bytes.Buffer)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Log    string    `json:"log"`
		Stream string    `json:"stream"`
		Time   time.Time `json:"time"`
	}{string(line), "stdout", time.Now().UTC()})
	if err == nil {
		_, err = d.out.Write(b.Bytes())
	}
	return len(line), err
}
