// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"encoding/json"
	"io"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

type object = map[string]any

// otlp writes what the collector's file exporter writes: a document a batch, each on a line.
type otlp struct{ out io.Writer }

func (o otlp) Shutdown(context.Context) error { return nil }

func (o otlp) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	var list []object
	for _, s := range spans {
		list = append(list, otlpSpan(s))
	}
	return json.NewEncoder(o.out).Encode(object{"resourceSpans": []object{{
		"resource":   object{"attributes": otlpAttributes(spans[0].Resource().Attributes())},
		"scopeSpans": []object{{"scope": object{"name": "logclient"}, "spans": list}},
	}}})
}

func otlpSpan(s sdktrace.ReadOnlySpan) object {
	var events []object
	for _, e := range s.Events() {
		events = append(events, object{"timeUnixNano": decimal(e.Time.UnixNano()), "name": e.Name,
			"attributes": otlpAttributes(e.Attributes)})
	}
	status := object{}
	if s.Status().Code == codes.Error {
		status = object{"code": 2, "message": s.Status().Description}
	}
	return object{"traceId": s.SpanContext().TraceID().String(), "spanId": s.SpanContext().SpanID().String(),
		"parentSpanId": parent(s), "flags": 256 + int(s.SpanContext().TraceFlags()), "name": s.Name(),
		"kind": int(s.SpanKind()), "startTimeUnixNano": decimal(s.StartTime().UnixNano()),
		"endTimeUnixNano": decimal(s.EndTime().UnixNano()), "attributes": otlpAttributes(s.Attributes()),
		"events": events, "status": status}
}

func parent(s sdktrace.ReadOnlySpan) string {
	if !s.Parent().SpanID().IsValid() {
		return ""
	}
	return s.Parent().SpanID().String()
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func otlpAttributes(attrs []attribute.KeyValue) []object {
	list := []object{}
	for _, a := range attrs {
		value := object{"stringValue": a.Value.Emit()}
		switch a.Value.Type() {
		case attribute.BOOL:
			value = object{"boolValue": a.Value.AsBool()}
		case attribute.INT64:
			value = object{"intValue": decimal(a.Value.AsInt64())}
		}
		list = append(list, object{"key": string(a.Key), "value": value})
	}
	return list
}

// jaeger writes what Jaeger's UI downloads, all traces in one document.
type jaeger struct {
	out  io.Writer
	data []object
}

func (j *jaeger) Shutdown(context.Context) error {
	return json.NewEncoder(j.out).Encode(object{"data": j.data, "total": 0, "limit": 0, "offset": 0, "errors": nil})
}

func (j *jaeger) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		j.data = append(j.data, object{"traceID": s.SpanContext().TraceID().String(),
			"spans": []object{jaegerSpan(s)}, "processes": object{"p1": object{"serviceName": "logclient"}}})
	}
	return nil
}

func jaegerSpan(s sdktrace.ReadOnlySpan) object {
	refs, logs := []object{}, []object{}
	if p := parent(s); p != "" {
		refs = append(refs, object{"refType": "CHILD_OF", "traceID": s.SpanContext().TraceID().String(), "spanID": p})
	}
	for _, e := range s.Events() {
		fields := append([]object{{"key": "event", "type": "string", "value": e.Name}}, jaegerTags(e.Attributes)...)
		logs = append(logs, object{"timestamp": e.Time.UnixMicro(), "fields": fields})
	}
	tags := append(jaegerTags(s.Attributes()), object{"key": "span.kind", "type": "string", "value": s.SpanKind().String()})
	if s.Status().Code == codes.Error {
		tags = append(tags, object{"key": "error", "type": "bool", "value": true},
			object{"key": "otel.status_description", "type": "string", "value": s.Status().Description})
	}
	return object{"traceID": s.SpanContext().TraceID().String(), "spanID": s.SpanContext().SpanID().String(),
		"operationName": s.Name(), "references": refs, "startTime": s.StartTime().UnixMicro(),
		"duration": s.EndTime().Sub(s.StartTime()).Microseconds(), "tags": tags, "logs": logs,
		"processID": "p1", "warnings": nil}
}

func jaegerTags(attrs []attribute.KeyValue) []object {
	tags := []object{}
	for _, a := range attrs {
		tag := object{"key": string(a.Key), "type": "string", "value": a.Value.Emit()}
		switch a.Value.Type() {
		case attribute.BOOL:
			tag["type"], tag["value"] = "bool", a.Value.AsBool()
		case attribute.INT64:
			tag["type"], tag["value"] = "int64", a.Value.AsInt64()
		}
		tags = append(tags, tag)
	}
	return tags
}
