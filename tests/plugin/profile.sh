#!/bin/sh
# SPDX-License-Identifier: MIT
# The profile as tshark uses it: which rule colours which packet, with the plugin and without it; that all it names is there.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
profile=$here/../../profiles/httptrace
installed=$dir/home/.config/wireshark/profiles
env -u XDG_CONFIG_HOME HOME="$dir/home" "$here/../../profiles/install-user.sh" >/dev/null
chmod -R a+rX "$dir/home"

# only_rule WHAT RULE: file out has this rule's name and no other
only_rule() {
    found=$(sort -u out | paste -sd ';')
    [ "$found" = "$2" ] || fail "$1: coloured by '$found', wanted '$2'"
}

# with FOLDER FILTER RULE: the packets that the filter selects are coloured by this rule, all of them, and there are some
with() {
    of "$1"
    # shellcheck disable=SC2086
    with_plugin -r "$capture" -2 -C httptrace --color -Y "$2" $keys -o "httptrace.sidecar:$sidecar" \
        -T fields -e frame.coloring_rule.name >out || fail "tshark on $1 fails: $(cat err)"
    only_rule "$1, $2" "$3"
}

# without FOLDER FILTER RULE: the same in a Wireshark that has no plugin
without() {
    of "$1"
    # shellcheck disable=SC2086
    without_plugin -r "$capture" -C httptrace --color -Y "$2" $keys \
        -T fields -e frame.coloring_rule.name >out || fail "tshark on $1 fails: $(cat err)"
    only_rule "$1 without plugin, $2" "$3"
}

# Errors first: worse ones hide the others, and streams.
with goaway-covered 'httptrace.end == "close"' "Go: connection dead"
with goaway-covered 'httptrace.finding == "goaway-lost"' "Go: connection dead"
with goaway-graceful 'httptrace.what == "goaway" && !httptrace.req' "Go: GOAWAY"
with nginx-goaway 'httptrace.retried == 1' "Go: retried"
with refused-stream 'http2.type == "RST_STREAM"' "Go: retried"
with rst-midbody 'http2.type == "RST_STREAM"' "Go: reset"
with ctx-timeout 'http2.type == "RST_STREAM"' "Go: stalled"
with dns 'dns.flags.rcode == 3' "Go: error"
with abandoned-body 'http2.type == "RST_STREAM"' "Go: ended by RST_STREAM"
# The loser of a race between dials is cancelled: no error.
with nohttp2-snippet 'httptrace.error == "context canceled"' "Go: connection"
# Streams, and what makes their connection.
request='httptrace.what == "request" && httptrace.conn == 1 && httptrace.stream'
with nginx-goaway "$request == 1" "Go: stream, colour 3"
with nginx-goaway "$request == 3" "Go: stream, colour 4"
with nginx-goaway "$request == 5" "Go: stream, colour 5"
with http1-plain "$request == 2" "Go: stream, colour 4"
with nginx-goaway 'httptrace.what == "connect"' "Go: connection"
# The rest.
with nginx-goaway 'tcp.flags == 0x10 && tcp.len == 0' "Other"
with retransmit 'tcp.analysis.retransmission && !httptrace' "TCP problem"
# Without the plugin the profile opens, and colours what any Wireshark knows.
without goaway-covered 'http2.type == "GOAWAY"' "HTTP/2 GOAWAY"
without rst-midbody 'http2.type == "RST_STREAM"' "HTTP/2 RST_STREAM"
without nginx-goaway 'http2.streamid == 1' "HTTP/2 stream, colour 0"
without nginx-goaway 'http2.streamid == 9' "HTTP/2 stream, colour 4"

# Every filter compiles: as colour rules, because one run compiles all of them.
{
    sed -n 's/^@[^@]*@\(.*\)@\[.*/\1/p' "$profile/colorfilters"
    sed -n 's/^"[^"]*" //p' "$profile/dfilters"
    sed -n 's/^"TRUE","[^"]*","\([^"]*\)",.*/\1/p' "$profile/dfilter_buttons" | sed 's/\\x22/"/g'
    # shellcheck disable=SC2016
    printf '%s\n' '${go_req:r1}' '${go_conn:1}' '${go_stream:1;3}' '${go_trace:4bf92f3577b34da6}'
} >filters
[ "$(wc -l <filters)" -gt 50 ] || fail "only $(wc -l <filters) filters found in the profile"
mkdir "$installed/every"
cp "$profile"/*macros "$installed/every"
sed 's/.*/@&@&@[0,0,0][0,0,0]/' filters >"$installed/every/colorfilters"
chmod -R a+rX "$installed"
of no-keys
with_plugin -C every --color -r "$capture" >out || fail "tshark fails: $(cat err)"
[ ! -s err ] || fail "filters of the profile that do not compile: $(cat err)"
echo '@wrong@httptrace.no_such_field@[0,0,0][0,0,0]' >>"$installed/every/colorfilters"
with_plugin -C every --color -r "$capture" >out
grep -q no_such_field err || fail "a filter that does not compile is not noticed"

# Every field is registered, those of columns too, which Wireshark takes as they are.
with_plugin -G fields | cut -f 3 | grep '^httptrace' | LC_ALL=C sort >registered
cat "$profile"/* | grep -oE 'httptrace\.[a-z_.]+[a-z]' | LC_ALL=C sort -u >used
LC_ALL=C comm -13 registered used >missing
[ ! -s missing ] || fail "the profile uses fields that the plugin has not: $(cat missing)"
[ "$(wc -l <used)" -gt 10 ] || fail "only $(wc -l <used) fields found in the profile"

# All columns are there, and nobody complains.
of nginx-goaway
# shellcheck disable=SC2086
with_plugin -r "$capture" -2 -C httptrace $keys -o "httptrace.sidecar:$sidecar" -o gui.column.hidden: \
    -Y 'httptrace.req == "r9" && httptrace.what == "request"' >out
[ ! -s err ] || fail "the profile has warnings: $(cat err)"
grep -qE 'HTTP2 r9 1 1 17 GetConn,GotConn,.* HEADERS\[17\]: GET /' out || fail "columns: $(cat out)"

# Both files of macros have the same ones.
sed -n 's/^"\([^"]*\)","\([^"]*\)"$/\1 \2/p' "$profile/dfilter_macros" | sed 's/\\x22/"/g' >old
sed -n 's/^"\([^"]*\)" /\1 /p' "$profile/dmacros" >new
cmp -s old new || fail "macros differ: $(diff old new)"
finish
