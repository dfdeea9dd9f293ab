#!/bin/sh
# SPDX-License-Identifier: MIT
# What must not get out: queries, header values, bodies; and what must not get in: control characters.
. "$(dirname "$0")/lib.sh"
folder=$TESTDATA/goaway-covered
cp "$folder/capture.pcapng" cap.pcapng
everything() { # all that one run says
    "$H2ANNOTATE" -v cap.pcapng "$1" --keylog "$folder/keys.log" -o x.pcapng --report x.json --fail-on note --junit x.xml 2>err
    status=$?
    [ $status = 4 ] || fail "$1: exits $status, wanted 4: $(cat err)"
    grep -aoE 'h2a[!]? [a-z-]+ [ -~]* ~[0-9a-f]{8}' x.pcapng >comments.txt
    grep -q "^wrote x.pcapng: $(wc -l <comments.txt | tr -d ' ') comments" err || fail "$1: not all comments are printable"
    cat comments.txt x.json x.xml err >all.txt
    [ "$(wc -l <comments.txt)" -gt 20 ] || fail "$1: no comments"
}
# http.Client puts the URL before its errors; logs of others have it whole, and headers.
error='http2: server sent GOAWAY'
grep -qF "$error" "$folder/trace.json" || fail "no such error in the trace"
sed "s|$error|Get \\\\\"https://127.0.0.1:8443/wanted?key=SECRET#SECRET\\\\\": $error|
     s|\"url\":\"\([^\"]*\)\"|\"url\":\"\1?key=SECRET\",\"headers\":{\"cookie\":\"SECRET\"},\"body\":\"SECRET\"|" \
    "$folder/trace.json" >open.json
[ "$(grep -c SECRET open.json)" -gt 12 ] || fail "no secrets to look for"
everything open.json
grep -q '8443/wanted\\*": ' comments.txt || fail "the error's URL is gone"
! grep -n SECRET all.txt || fail "a secret got out"
# Escape sequences in what a trace says.
sed "s|$error|\\\\u001b[31m\\\\u0007\\\\n$error|; s|\"req\":\"r4\"|\"req\":\"r\\\\u001b[31m4\"|" "$folder/trace.json" >escapes.json
grep -q u001b escapes.json || fail "no escape sequences"
everything escapes.json
! LC_ALL=C grep -naP '[\x00-\x09\x0b-\x1f\x7f-\xff]' all.txt || fail "not escaped"
finish
