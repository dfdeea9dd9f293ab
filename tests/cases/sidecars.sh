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

# The same of a log of text; and klog's, whose zone and year the collector's time tells, too.
text=$TESTDATA/log-slogtext klog=$TESTDATA/log-klog
wrap() { # FILE TIME: as Docker keeps it
    sed "$escape; s/^\(.*\)\$/{\"log\":\"\1\\\\n\",\"stream\":\"stderr\",\"time\":\"$2\"}/" "$1"
}
annotates "$text" text "$text/trace.json"
wrap "$text/trace.json" 2026-11-25T18:57:57.5Z >docker.log
sed 's/^/[pod\/web-1\/app] /' "$text/trace.json" >kubectl.log
{
    printf '\357\273\277'
    sed 's/$/\r/' "$text/trace.json"
} >crlf.log
for form in docker.log kubectl.log crlf.log; do
    annotates "$text" "$form-report" "$form"
    same text.pcapng "$form-report.pcapng"
done
annotates "$klog" klog "$klog/trace.json"
wrap "$klog/trace.json" 2026-11-25T18:58:10.5Z >klog.json
annotates "$klog" wrapped klog.json
same klog.pcapng wrapped.pcapng

# A debug log is not disturbed by hooks that are printed plainly beside it, and its end may be missing.
server=$TESTDATA/debuglog-server
annotates "$server" debuglog "$server/trace.log"
{
    cat "$server/trace.log"
    echo '2026/11/25 18:20:00 Got Conn: {Conn:0xc00012a008 Reused:true WasIdle:false IdleTime:0s}'
    printf '2026/11/25 18:20:00 http2: Framer 0xc000116c40: read HEADERS flags=END_STR'
} >plain.log
annotates "$server" beside plain.log
same debuglog.pcapng beside.pcapng
grep -q '"nameless_events": *1' beside || fail "the plain line is not counted"

# What is no sidecar is refused, and it is said what would be one.
echo '{"level":"info","msg":"listening","ts":1795448772.2}' >other.json
exits 1 "$H2ANNOTATE" -q "$otel/capture.pcapng" other.json -o out.pcapng
says "docs/sidecars.md"
absent out.pcapng
finish
