#!/bin/sh
# SPDX-License-Identifier: MIT
# What the user says of clock and addresses: the plugin's preferences are the annotator's options, also in one pass.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

# check FOLDER OPTIONS PREFERENCES
check() {
    of "$1"
    # shellcheck disable=SC2086
    "$H2ANNOTATE" -q "$capture" $sidecars $keylog $2 -o annotated.pcapng || fail "$1: h2annotate failed"
    chmod a+r annotated.pcapng
    with_plugin -r annotated.pcapng -Y frame.comment -T json --no-duplicate-keys -e frame.number -e frame.comment |
        our_comments | grep -v "^[0-9]* finding " >wanted
    # shellcheck disable=SC2086
    {
        notes -r "$capture" -2 $in_order $keys -o "httptrace.sidecar:$sidecar" $3 | grep -v "^[0-9]* finding " >two
        notes -r "$capture" $in_order $keys -o "httptrace.sidecar:$sidecar" $3 | grep -v "^[0-9]* finding " >one
    }
    cmp -s wanted two || fail "$1: annotator and plugin: $(diff wanted two | head -4)"
    awk -f "$here/subset.awk" two one >extra
    [ ! -s extra ] || fail "$1: one pass shows what two do not: $(head -3 extra)"
    grep -q " request .*$4" one || fail "$1: one pass finds no request with '$4'"
}

check clock-drift-3h "--offset=-3h" "-o httptrace.offset:-3h" "offset=-10800s"
check nat-service "--map-addr 10.96.0.1:443=10.9.1.2:8443" "-o httptrace.map_addr:10.96.0.1:443=10.9.1.2:8443" match=order
grep -q "connect .*match=mapped .*remote=10.96.0.1:443" one || fail "one pass does not say that addresses are mapped"

of nat-service
with_plugin -r "$capture" -o "httptrace.sidecar:$sidecar" -2 -o httptrace.offset:yesterday -c 1 >out
grep -q 'httptrace.offset: "yesterday" is not a duration' err || fail "a bad offset is not told: $(cat err)"
with_plugin -r "$capture" -o "httptrace.sidecar:$sidecar" -o "httptrace.map_addr:1.2.3.4=x; 1.1.1.1=2.2.2.2" -2 -Y httptrace >out
grep -q 'httptrace.map_addr: "1.2.3.4=x" is not' err || fail "a bad mapping is not told: $(cat err)"
finish
