#!/bin/sh
# SPDX-License-Identifier: MIT
# One run in three formats of OpenTelemetry, and wrapped by what collects logs: the same comes out.
. "$(dirname "$0")/lib.sh"
otel=$TESTDATA/otel slog=$TESTDATA/log-slog

# annotates FOLDER NAME SIDECAR…: the comments' text is in ./NAME
annotates() {
    folder=$1 name=$2
    shift 2
    exits 0 "$H2ANNOTATE" -q "$folder/capture.pcapng" "$@" --keylog "$folder/keys.log" \
        --report "$name" -o "$name.pcapng"
}

annotates "$otel" stdouttrace "$otel/trace-otel.json"
annotates "$otel" otlp "$otel/trace-otlp.json"
annotates "$otel" all "$otel/trace-jaeger.json" "$otel/trace-otel.json" "$otel/trace-otlp.json"
same stdouttrace.pcapng otlp.pcapng
# Jaeger came first, and a span counts once: its times are cut to microseconds.
grep -c '"req": *"' all >n-all
grep -c '"req": *"' otlp >n-otlp
same n-all n-otlp

# Docker's lines, journald's, compose's prefix, and CRLF with a byte order mark: as the plain log.
escape='s/\\/\\\\/g; s/"/\\"/g'
annotates "$slog" plain "$slog/trace.json"
sed "$escape; s/^\(.*\)\$/{\"log\":\"\1\\\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T15:46:12.5Z\"}/" \
    "$slog/trace.json" >docker.json
sed "$escape; s/^\(.*\)\$/{\"MESSAGE\":\"\1\",\"__REALTIME_TIMESTAMP\":\"1\",\"_HOSTNAME\":\"web\"}/" \
    "$slog/trace.json" >journal.json
sed 's/^/web-1  | /' "$slog/trace.json" >compose.log
{
    printf '\357\273\277'
    sed 's/$/\r/' "$slog/trace.json"
} >crlf.json
for form in docker.json journal.json compose.log crlf.json; do
    annotates "$slog" "$form-report" "$form"
    same plain.pcapng "$form-report.pcapng"
done

# What is no sidecar is refused, and it is said what would be one.
echo '{"level":"info","msg":"listening","ts":1795448772.2}' >other.json
exits 1 "$H2ANNOTATE" -q "$otel/capture.pcapng" other.json -o out.pcapng
says "docs/sidecars.md"
absent out.pcapng
finish
