// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"

	"go.opentelemetry.io/contrib/instrumentation/net/http/httptrace/otelhttptrace"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// spans are made by otelhttp and otelhttptrace.
type spans struct {
	provider *sdktrace.TracerProvider
	options  *options
}

func newSpans(o *options, out io.Writer) (logger, error) {
	var exporter sdktrace.SpanExporter
	var err error
	switch o.format {
	case "otlp":
		exporter = otlp{out}
	case "jaeger":
		exporter = &jaeger{out: out}
	default:
		exporter, err = stdouttrace.New(stdouttrace.WithWriter(out))
	}
	if err != nil {
		return nil, err
	}
	return spans{sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)), o}, nil
}

func (s spans) wrap(base http.RoundTripper) http.RoundTripper {
	propagator := propagation.NewCompositeTextMapPropagator()
	if s.options.propagate {
		propagator = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{})
	}
	return otelhttp.NewTransport(base, otelhttp.WithTracerProvider(s.provider),
		otelhttp.WithPropagators(propagator), otelhttp.WithClientTrace(s.clientTrace))
}

// clientTrace is called with the context of otelhttp's span, whose id is the request's name.
func (s spans) clientTrace(ctx context.Context) *httptrace.ClientTrace {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		c.req = trace.SpanFromContext(ctx).SpanContext().SpanID().String()
	}
	var opts []otelhttptrace.ClientTraceOption
	if s.options.format == "events" {
		opts = append(opts, otelhttptrace.WithoutSubSpans())
	}
	if !s.options.headers {
		opts = append(opts, otelhttptrace.WithoutHeaders())
	}
	return otelhttptrace.NewClientTrace(ctx, opts...)
}

func (s spans) trace(ctx context.Context, _ *call) context.Context { return ctx }
func (s spans) done(*call, *http.Response, error)                  {}
func (s spans) close() error                                       { return s.provider.Shutdown(context.Background()) }
