#!/bin/sh
# SPDX-License-Identifier: MIT
# On all of testdata: the plugin with the sidecar, the annotator, and the annotated file without sidecar say the same, word
# for word; what one pass shows is part of that.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

# Only the rest of the capture shows that the trace is not complete (core/live.h).
# Or the clocks seem to be apart, which one pass does not know; or headers pair what the whole finds in order, too.
# A GOAWAY is told of at the last one, and Node sends two; a half of a connection is told of if nothing better is found.
unforeseeable="clock-drift clock-far clock-hosts clock-step clock-step-back partial-same-id inadequate-security
    inadequate-security-hidden-go127 otel-goaway-lost log-slog-node otel-spans-node node-go124 nat-redirect"

# 4.0 gives the second interface's copy of a connection the number of the first, so that it is no copy.
old_numbers="two-interfaces"

# requests FILE: which packet is which request
requests() {
    sed -n 's/^\([0-9]*\) request \(req=[^ ]*\) \(attempt=[0-9]*\) .*\(stream=[0-9]*\) .*/\1 \2 \3 \4/p' "$1"
}

# The first tshark runs, each folder's results in a folder of its own: what the plugin shows, and how many packets there are.
look() {
    of "$1"
    mkdir -p "notes/$1"
    # shellcheck disable=SC2086
    "$H2ANNOTATE" -q "$capture" $sidecars $keylog -o "notes/$1/annotated.pcapng" || fail "$1: h2annotate failed"
    for passes in -2 ''; do
        # shellcheck disable=SC2086
        with_plugin -r "$capture" $passes $in_order $keys -o "httptrace.sidecar:$sidecar" -T json --no-duplicate-keys \
            -e frame.number -e httptrace.note >json
        no_memory_error "$1 $passes"
        lines httptrace.note <json >"notes/$1/notes$passes"
    done
    jq length <json >"notes/$1/packets"
}

# worker K: every second folder. Workers share nothing but the folder "notes".
worker() {
    n=0
    mkdir "$1" && cd "$1" && ln -s ../notes . || exit 1
    for folder in $(folders); do
        n=$((n + 1))
        [ $((n % 2)) = "$1" ] || look "$folder"
    done
    [ $failures = 0 ]
}

# All annotated files as one, without a sidecar: one run tells their comments and what the plugin makes of them.
look_alone() {
    before=0
    for folder in $(folders); do
        cat "notes/$folder/annotated.pcapng"
        echo "$folder $before" >>first-packets
        before=$((before + $(cat "notes/$folder/packets")))
    done >annotated.pcapng
    chmod a+r annotated.pcapng
    with_plugin -r annotated.pcapng -T json --no-duplicate-keys -e frame.number -e httptrace.note -e frame.comment >json
    lines httptrace.note <json >alone
    our_comments <json >comments
    [ "$(jq length <json)" = "$before" ] || fail "the annotated files have $(jq length <json) packets, wanted $before"
    cmp -s comments alone || fail "annotated files alone: $(diff comments alone | head -4)"
    # Back to each file and its own packet numbers.
    sort -n comments | awk 'FNR == NR { folder[++n] = $1; first[n] = $2; next }
        { while (at < n && $1 > first[at + 1]) at++
          number = $1; sub(/^[0-9]+ /, ""); print number - first[at], $0 >("notes/" folder[at] "/comments-unsorted") }' \
        first-packets -
}

check() {
    cd "notes/$1" || exit 1
    LC_ALL=C sort comments-unsorted >comments 2>/dev/null
    if grep -q "^$1 " "$here/known-differences" || { [ "$HTTPTRACE_VERSION" = 4.0 ] && [ "$1" = "$old_numbers" ]; }; then
        requests comments >wanted-requests
        requests notes-2 | grep -vxF -f wanted-requests && fail "$1: the above are no requests"
    else
        cmp -s comments notes-2 || fail "$1: annotator and plugin: $(diff comments notes-2 | head -4)"
    fi
    awk -f "$here/subset.awk" notes-2 notes >extra
    case " $(echo $unforeseeable) " in *" $1 "*) : >extra ;; esac
    [ ! -s extra ] || fail "$1: one pass shows what two do not: $(head -3 extra)"
    cd ../..
}

mkdir notes
(worker 0) &
(worker 1) || failures=1
wait $! || failures=1
look_alone
for folder in $(folders); do
    check "$folder"
done
# What only the whole tells: findings, what a debug log is joined to, which clocks and addresses belong together.
rm -rf notes/debuglog-* notes/clock-* notes/nat-* notes/*-clock3h
total=$(cat notes/*/notes-2 | grep -vc '^[0-9]* finding ')
early=$(cat notes/*/notes | wc -l)
[ "$total" -gt 3000 ] || fail "only $total notes in all"
[ "$early" -gt $((total * 9 / 10)) ] || fail "one pass shows only $early of $total"
echo "$total notes, $early of them in one pass"
finish
