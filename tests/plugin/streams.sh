#!/bin/sh
# SPDX-License-Identifier: MIT
# All packets of a stream and of a connection have their request, connection, stream and colour, each value once; so do those
# that only carry a part of a frame. What HTTP/2 frames a packet has, Wireshark itself tells.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

# Fields of the table that the checks read, a line a packet.
columns='frame.number tcp.stream http2.streamid httptrace.req httptrace.attempt httptrace.conn httptrace.stream
    httptrace.slot httptrace.part_of httptrace.what tcp.reassembled_in tcp.len tls.handshake'

# table FOLDER ARGUMENT…
table() {
    of "$1"
    shift
    # shellcheck disable=SC2046,SC2086
    with_plugin -r "$capture" $in_order $keys -o "httptrace.sidecar:$sidecar" "$@" -T fields \
        $(printf -- '-e %s ' $columns) >table || fail "tshark: $(cat err)"
}

for folder in nginx-goaway h2c post reorder seq-tls13 continuation http1-plain two-processes refused-stream; do
    table "$folder" -2
    awk -F '\t' -v h1="$(echo "$folder" | grep -c http1)" -f "$here/streams.awk" table >wrong
    [ ! -s wrong ] || fail "$folder: $(head -3 wrong)"
    cut -f 9 table | grep . >>parts
    table "$folder"
    awk -F '\t' '$9 != "" { print $1 ": one pass cannot know parts" }' table >wrong
    [ ! -s wrong ] || fail "$folder, one pass: $(head -3 wrong)"
done

[ "$(wc -l <parts)" -gt 20 ] || fail "only $(wc -l <parts) packets with parts of frames"

# Without the preference parts are not told, all else is.
table seq-tls13 -2 -o httptrace.segments:FALSE
awk -F '\t' '$9 != ""' table | grep -q . && fail "parts although they are switched off"
grep -q 'r1' table || fail "nothing without parts"

# The connection of the trace is the TCP connection, from the first packet to the last.
of nginx-goaway
# shellcheck disable=SC2086
look() {
    with_plugin -r "$capture" -2 $keys -o "httptrace.sidecar:$sidecar" "$@" -T fields -e frame.number
}
tcp=$(with_plugin -r "$capture" -2 $keys -o "httptrace.sidecar:$sidecar" -Y 'httptrace.conn == 2' -T fields -e tcp.stream | sort -u)
look -Y 'httptrace.conn == 2' >ours
look -Y "tcp.stream == $tcp" >theirs
[ -s ours ] && cmp -s ours theirs || fail "connection 2 is not tcp.stream '$tcp': $(diff ours theirs | head -3)"
finish
