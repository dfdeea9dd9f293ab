#!/bin/sh
# SPDX-License-Identifier: MIT
# What the plugin costs tshark, in instructions of its own code, everything shown in two passes: against the number in
# ./plugin.expected, as check.sh does it. `plugin.sh --update` with the tests' environment writes the number anew.
cost=$(cd "$(dirname "$0")" && pwd)
TOLERANCE=10
command -v valgrind >/dev/null || { echo "no valgrind" && exit 77; }
here=$cost/../plugin
. "$here/lib.sh"
of conc16-tls13
RUNNER="valgrind --tool=callgrind --callgrind-out-file=$dir/home/out"
# shellcheck disable=SC2086
with_plugin -r "$capture" $keys -o "httptrace.sidecar:$sidecar" -2 -V >shown || fail "tshark: $(cat err)"
grep -q 'Go net/http/httptrace' shown || fail "nothing of ours is shown"
found=$(awk -v object=/httptrace.so -f "$cost/own.awk" "$dir/home/out") || fail "nothing was measured"
[ "${1-}" != --update ] || echo "$found" >"$cost/plugin.expected"
wanted=$(cat "$cost/plugin.expected")
percent=$(((found - wanted) * 100 / wanted))
echo "$found instructions, $percent % more than $wanted"
[ "$percent" -le "$TOLERANCE" ] || fail "more than $TOLERANCE % above"
finish
