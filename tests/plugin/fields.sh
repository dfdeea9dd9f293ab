#!/bin/sh
# SPDX-License-Identifier: MIT
# Names and types of fields, filters on them, links, statistics, clear text HTTP/2 on any port.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

# Scripts rely on these: name and type.
with_plugin -G fields | awk -F '\t' '$3 ~ /^httptrace\./ { print $3, $4 }' >fields
while read -r name type; do
    grep -qx "$name $type" fields || fail "no field $name of type $type: $(grep "^$name " fields)"
done <<'EOF'
httptrace.req FT_STRING
httptrace.attempt FT_UINT64
httptrace.conn FT_UINT64
httptrace.stream FT_UINT64
httptrace.event FT_STRING
httptrace.reused FT_BOOLEAN
httptrace.idle_time FT_RELATIVE_TIME
httptrace.match FT_STRING
httptrace.end FT_STRING
httptrace.grpc_status FT_UINT64
httptrace.grpc_code FT_STRING
httptrace.error FT_STRING
httptrace.finding FT_STRING
httptrace.severity FT_UINT8
httptrace.slot FT_UINT8
httptrace.part_of FT_STRING
httptrace.trace_id FT_STRING
httptrace.request_in FT_FRAMENUM
httptrace.hook.got_conn FT_RELATIVE_TIME
EOF

of nginx-goaway
# shellcheck disable=SC2086
look() {
    with_plugin -r "$capture" -2 $keys -o "httptrace.sidecar:$sidecar" "$@"
}
look -T json --no-duplicate-keys -e frame.number -e httptrace.note | lines httptrace.note >all

# matches FILTER PATTERN: as many packets as there are that have a note like PATTERN
matches() {
    found=$(look -Y "$1" -T fields -e frame.number | sort -u | wc -l)
    wanted=$(grep -E "$2" all | cut -d ' ' -f 1 | sort -u | wc -l)
    [ "$found" = "$wanted" ] && [ "$wanted" -gt 0 ] || fail "$1: $found packets, wanted $wanted: $(cat err)"
}
matches 'httptrace.reused == 0' 'reused=no'
matches 'httptrace.reused == 1' 'reused=yes'
matches 'httptrace.what && httptrace.req == "r9"' ' req=r9( |$)'
matches 'httptrace.what && httptrace.attempt > 1' 'attempt=2'
matches 'httptrace.what && httptrace.conn == 2' ' conn=2( |$)'
matches 'httptrace.end == "goaway"' 'end=goaway'
matches 'httptrace.error' 'error='
matches 'httptrace.retried == 1' 'retried=yes'
matches 'httptrace.match == "order+header"' 'match=order\+header'
matches 'httptrace.what == "goaway"' '^[0-9]+ goaway'
matches 'httptrace.event == "GotConn"' 'GotConn='
matches 'httptrace.hook.got_conn < 0' 'GotConn=-'
matches 'httptrace.idle_time' 'idle='
matches 'httptrace.what && httptrace.slot' 'stream='
matches 'httptrace.note' '.'
for filter in 'httptrace.severity >= warning' 'httptrace.severity >= "warning"'; do
    look -Y "$filter" >/dev/null || fail "no order of severities: $(cat err)"
done

# A retry's packets name each other.
retry_of=$(look -Y 'httptrace.attempt == 2 && httptrace.what == "request"' -T fields -e httptrace.retry_of)
first=$(look -Y 'httptrace.attempt == 1 && httptrace.what == "request" && httptrace.req == "r9"' -T fields \
    -e frame.number)
[ -n "$first" ] && [ "$retry_of" = "$first" ] || fail "retry of '$retry_of', wanted '$first'"

# Times of phases are positive and of the right size.
[ "$(look -Y 'httptrace.total_time > 0 && httptrace.total_time < 60' -T fields -e frame.number | wc -l)" = \
    "$(grep -Ec '^[0-9]+ request ' all)" ] || fail "total_time"

requests=$(grep -Ec '^[0-9]+ request ' all)
look -q -z httptrace,tree | grep -Eq "^ request +$requests " || fail "-z httptrace,tree: not $requests requests"
look -q -z httptrace,conns | grep -q '^1  *|9 |8 |1 |0 |0\.0[0-9]* |0\.0[0-9]* |' || fail "-z httptrace,conns: $(look -q -z httptrace,conns)"
look -q -z httptrace,tree,'httptrace.conn == 2' | grep -q ' request  *8 ' || fail "-z with a filter"

# Prior knowledge on a port that is none of HTTP's.
of h2c
frames=$(without_plugin -r "$capture" -T fields -e frame.number -Y http2 | wc -l)
odd=$(with_plugin -r "$capture" -o http.tcp.port:80 -o http2.tcp.port:"" -T fields -e frame.number -Y http2 2>/dev/null | wc -l)
[ "$frames" -gt 0 ] && [ "$odd" -ge "$frames" ] || fail "h2c on an odd port: $odd packets, wanted $frames"
finish
