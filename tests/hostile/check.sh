#!/bin/sh
# SPDX-License-Identifier: MIT
# Hostile inputs of size N and 10 N, for each line of ./kinds: that ten times as much costs not much more than ten times the
# processor time, and memory stays below what is stated. Sanitizers change both; with SANITIZED=1 they alone judge, on N.
#
#     check.sh --figures FACTOR [KIND…]    shows what FACTOR N and 10 FACTOR N cost, and judges nothing
#     check.sh --pairs [PERCENT]           each capture with each sidecar, at PERCENT of N (50) and eight times that: tells
#                                          those that cost more than 14 times as much; some four minutes
set -u
here=$(cd "$(dirname "$0")" && pwd)
GROWTH=25 # at most; a square would be 100. Both are measured on machines that do other things as well.
FLOOR=30  # ms: what is less cannot be compared
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/hostile.XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
harmless=$TESTDATA/seq-tls13
failures=0

# cost KIND AS BESIDE N: sets ms, kib and bytes
cost() {
    "$HOSTILE" "$1" "$4" >input || exit 1
    bytes=$(stat -c %s input)
    kind=$1 as=$2 beside=$3 size=$4
    case $as in
    capture)
        set -- input "$harmless/trace.json"
        [ "$beside" = - ] || { "$HOSTILE" "$beside" "$size" >beside && set -- input beside; }
        ;;
    sidecar) set -- "$harmless/capture.pcapng" input --keylog "$harmless/keys.log" ;;
    keylog) set -- "$harmless/capture.pcapng" "$harmless/trace.json" --keylog input --keylog "$harmless/keys.log" ;;
    esac
    "$MEASURE" cost "$H2ANNOTATE" "$@" -q -o output 2>err
    status=$?
    [ $status = 0 ] || { echo "FAIL $kind: exits $status: $(head -c 1000 err)" && failures=$((failures + 1)); }
    read -r ms kib <cost
    rm -f output input beside
}

# judged KIND AS BESIDE N MIB
judged() {
    cost "$1" "$2" "$3" "$4"
    [ -z "${SANITIZED-}" ] || return 0
    before=$ms
    [ "$before" -ge $FLOOR ] || before=$FLOOR
    cost "$1" "$2" "$3" $(($4 * 10))
    [ "$ms" -le $((before * GROWTH)) ] || why="$ms ms for $(($4 * 10)), $before ms for $4"
    [ "$kib" -le $(($5 * 1024)) ] || why="$kib KiB of memory, wanted at most $5 MiB"
}

figures() {
    factor=$1
    shift
    grep -v '^#' "$here/kinds" | while read -r kind as beside n _; do
        [ $# = 0 ] || echo " $* " | grep -qF " $kind " || continue
        for n in $((n * factor)) $((n * factor * 10)); do
            cost "$kind" "$as" "$beside" "$n"
            awk -v k="$kind" -v w="$beside" -v n="$n" -v b="$bytes" -v ms="$ms" -v kib="$kib" 'BEGIN {
                printf "%-20s %-18s %10d %8.1f MB %8.2f s %6d MiB\n", k, w, n, b / 1e6, ms / 1e3, kib / 1024 }'
        done
    done
    exit
}

# of AS: the kinds, each once, with its N
of() {
    awk -v as="$1" '!/^#/ && $2 == as && !seen[$1]++ { print $1, $4 }' "$here/kinds"
}

# both_sizes KIND N PERCENT NAME: NAME.1 and NAME.8
both_sizes() {
    small=$(($2 * $3 / 100 + 1))
    "$HOSTILE" "$1" $small >"$4.1" && "$HOSTILE" "$1" $((small * 8)) >"$4.8"
}

pairs() {
    percent=${1:-50}
    of sidecar | while read -r kind n; do both_sizes "$kind" "$n" "$percent" "sidecar-$kind"; done
    of capture | while read -r capture n; do
        [ "$capture" != giant ] || continue # blocks of the largest size
        both_sizes "$capture" "$n" "$percent" capture
        of sidecar | while read -r sidecar _; do
            for size in 1 8; do
                "$MEASURE" cost.$size "$H2ANNOTATE" capture.$size "sidecar-$sidecar.$size" -q -o /dev/null 2>err
            done
            awk -v pair="$capture $sidecar" 'NR == 1 { one = $1 < 20 ? 20 : $1 } NR == 2 && $1 > 14 * one {
                printf "%s: %.2f s, then %.2f s\n", pair, one / 1e3, $1 / 1e3 }' cost.1 cost.8
        done
    done
    exit
}

[ "${1-}" != --pairs ] || { shift && pairs "$@"; }
[ "${1-}" != --figures ] || { shift && figures "$@"; }
while read -r kind as beside n mib; do
    [ "${kind#\#}" = "$kind" ] || continue
    for try in 1 2; do # once more: it may have been the machine
        why=
        judged "$kind" "$as" "$beside" "$n" "$mib"
        [ -n "$why" ] || break
    done
    [ -z "$why" ] || { echo "FAIL $kind $beside, try $try: $why" && failures=$((failures + 1)); }
done <"$here/kinds"
[ $failures = 0 ] || exit 1
echo "ok hostile"
