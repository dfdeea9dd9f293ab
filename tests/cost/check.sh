#!/bin/sh
# SPDX-License-Identifier: MIT
# What a run costs, in instructions of our own code (of neither the libraries nor the loader), against the numbers in
# ./expected: they are of gcc 12 -O3, and a build by another gcc may differ by a few per cent. No clock, so no noise.
# More than TOLERANCE per cent above fails. `H2ANNOTATE=… TESTDATA=… check.sh --update` writes the numbers anew.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
TOLERANCE=10
command -v valgrind >/dev/null || { echo "no valgrind" && exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# measure NAME: instructions of one thread that annotates the capture
measure() {
    folder=$TESTDATA/$1
    set -- "$folder"/trace*.json
    [ ! -f "$folder/keys.log" ] || set -- "$@" --keylog "$folder/keys.log"
    valgrind --tool=callgrind --callgrind-out-file="$work/out" "$H2ANNOTATE" -q -j 1 -o "$work/annotated" \
        "$folder/capture.pcapng" "$@" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
    awk -v object=/h2annotate -f "$here/own.awk" "$work/out"
}

if [ "${1-}" = --update ]; then
    while read -r name _; do echo "$name $(measure "$name")"; done <"$here/expected" >"$work/new"
    cat "$work/new" >"$here/expected"
    exit
fi

bad=0
while read -r name wanted; do
    found=$(measure "$name") || { echo "$name: nothing was measured: $found" && exit 1; }
    percent=$(((found - wanted) * 100 / wanted))
    echo "$name: $found instructions, $percent % more than $wanted"
    [ "$percent" -le "$TOLERANCE" ] || bad=1
done <"$here/expected"
exit $bad
