#!/bin/sh
# SPDX-License-Identifier: MIT
# Every capture of testdata with more threads than it needs, in a build with ThreadSanitizer.
. "$(dirname "$0")/../cases/lib.sh"

n=0
for folder in "$TESTDATA"/*/; do
    set -- "$folder"capture.*
    [ -f "$1" ] || continue
    set -- "$1" "$folder"trace*
    [ ! -f "$folder/keys.log" ] || set -- "$@" --keylog "$folder/keys.log"
    "$H2ANNOTATE" -q "$@" -o out.pcapng --report out.json --jobs 5 >said 2>&1
    status=$?
    ! grep -q ThreadSanitizer said || fail "$folder: $(grep -A 30 -m 1 ThreadSanitizer said)"
    [ $status = 0 ] || fail "$folder: exit status $status: $(head -n 3 said)"
    n=$((n + 1))
done
echo "$n captures"
[ $n -gt 200 ] || fail "where are the captures?"
finish
