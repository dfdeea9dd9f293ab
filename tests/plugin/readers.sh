#!/bin/sh
# SPDX-License-Identifier: MIT
# What is shown of a field does not depend on who else is asked for: each by itself is what the whole tree has. Where nobody
# asks for any of ours, the trace is not read.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
of goaway-covered
# shellcheck disable=SC2086
look() {
    with_plugin -r "$capture" $keys -o "httptrace.sidecar:$sidecar" "$@"
}

# values FIELD: of a whole tree in JSON, "PACKET VALUE" a line, sorted
values() {
    jq -r --arg field "$1" '.[]._source.layers | .frame["frame.number"] as $n |
        .. | objects | .[$field] | select(. != null) | if type == "array" then .[] else . end | "\($n) \(.)"' |
        LC_ALL=C sort
}

# same FIELD [ARGUMENT…]: the field by itself, against the tree in ./whole; $asked is how it is asked for
same() {
    field=$1
    shift
    values "$field" <whole >wanted
    look -T json --no-duplicate-keys "$@" -e frame.number ${asked--e} "$field" | lines "$field" >found
    [ -s wanted ] || fail "the tree has no $field"
    cmp -s found wanted || fail "$field $* by itself: $(diff found wanted | head -4)"
}

look -2 -T json --no-duplicate-keys >whole
for field in httptrace.req httptrace.conn httptrace.slot httptrace.what httptrace.finding httptrace.severity httptrace.event \
    httptrace.hook.got_conn httptrace.end_in; do
    same "$field" -2
done
# Later versions do not tell us that somebody asks for these only.
[ "$HTTPTRACE_VERSION" != 4.0 ] || same _ws.expert.message -2
look -T json --no-duplicate-keys >whole
for field in httptrace.note httptrace.stream httptrace.total_time httptrace.request_in; do
    same "$field"
done
asked=-ne same httptrace.req
of seq-tls13
look -2 -T json --no-duplicate-keys >whole
same httptrace.part_of -2

# read_trace ARGUMENT…: was the sidecar read? It is none, which is told then.
read_trace() {
    with_plugin -r "$capture" $keys -o "httptrace.sidecar:$dir/testdata/README.md" "$@" >out
    grep -q 'httptrace: .*README' err
}
read_trace -T fields -e http2.streamid && fail "-T fields reads the trace, though nobody asks for what is in it"
[ -s out ] || fail "nothing printed"
read_trace -T fields -e httptrace.req || fail "-e httptrace.req reads no trace: $(cat err)"
read_trace -T fields -e http2.streamid -Y '!httptrace.req' || fail "-Y httptrace.req reads no trace: $(cat err)"
read_trace -2 -T fields -e http2.streamid -z httptrace,tree || fail "-z httptrace,tree reads no trace: $(cat err)"
finish
