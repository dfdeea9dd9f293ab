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

# --redact: hosts, addresses and paths as well, also those in error texts.
sed "s|$error|Get \\\\\"https://SHOP.internal:8443/cart/7\\\\\": read tcp 10.1.2.3:40000->[fd00::7]:443: dial mysql:5432: $error|
     s|https://127.0.0.1:8443/|https://127.0.0.1:8443/cart/7|; s|\"host\":\"127.0.0.1:8443\"|\"host\":\"shop.internal\"|" "$folder/trace.json" >hosts.json
grep -q 'SHOP.internal' hosts.json || fail "no hosts to hide"
hidden() { # OPTION…: what one run says, in all.txt, without what is the packets' own
    "$H2ANNOTATE" -v cap.pcapng hosts.json --keylog "$folder/keys.log" -o x.pcapng --report x.json --fail-on note --junit x.xml "$@" 2>err
    status=$?
    [ $status = 4 ] || fail "$*: exits $status, wanted 4: $(cat err)"
    grep -aoE 'h2a[!]? [a-z-]+ [ -~]* ~[0-9a-f]+' x.pcapng >comments.txt
    cat comments.txt x.json x.xml err >all.txt
}
names='internal|cart|10\.1\.2\.3|fd00::7|127\.0\.0\.1|mysql'
hidden
[ "$(grep -ciE "$names" all.txt)" -gt 20 ] || fail "no names without --redact"
hidden --redact
! grep -niE "$names" all.txt || fail "a name got out"
says "hosts, addresses and paths are hidden"
grep -q 'http2: server sent GOAWAY' comments.txt || fail "the error is gone altogether"
[ "$(grep -oE 'url=https://[^ ]*' comments.txt | sort -u | wc -l)" = 1 ] || fail "one host and path have several names"
grep -q 'req=r4 ' comments.txt || fail "the requests have lost their names"
grep -q '"redacted": *true' x.json || fail "the report does not say so"
# Another run has another key; with a key of one's own, the same names, so that annotating twice is annotating once.
cp all.txt first.txt
hidden --redact
! cmp -s all.txt first.txt || fail "the key is the same in every run"
head -c 32 /dev/urandom >key
hidden --redact --redact-key key
mv x.pcapng once.pcapng
cp x.json baseline.json
cp once.pcapng cap.pcapng
hidden --redact --redact-key key
same x.pcapng once.pcapng
exits 0 "$H2ANNOTATE" cap.pcapng hosts.json --keylog "$folder/keys.log" -o x.pcapng --redact --redact-key key --fail-on note --baseline baseline.json
exits 0 "$H2ANNOTATE" -q --remove once.pcapng -o back.pcapng
same back.pcapng "$folder/capture.pcapng"
# The key.
head -c 15 key >short
exits 1 "$H2ANNOTATE" cap.pcapng hosts.json -o x.pcapng --redact --redact-key short
says "short: has too few bytes, wanted a key of 16 to 4096"
head -c 4097 /dev/zero >long
exits 1 "$H2ANNOTATE" cap.pcapng hosts.json -o x.pcapng --redact --redact-key long
says "long: has too many bytes"
exits 1 "$H2ANNOTATE" cap.pcapng hosts.json -o x.pcapng --redact --redact-key missing
says "missing: cannot open"
exits 2 "$H2ANNOTATE" cap.pcapng hosts.json -o x.pcapng --redact-key key
says "--redact-key wants --redact"
exits 2 "$H2ANNOTATE" cap.pcapng hosts.json -o key --redact --redact-key key
says "key: is the --redact-key that is read"

# Secrets inside the output: the summary says so, and only the owner may read it. Ours go with the next run; the capture's stay.
secrets() { # FILE MODE SAID INPUT [OPTION…]: annotating INPUT
    target=$1 mode=$2 said=$3 input=$4
    shift 4
    exits 0 "$H2ANNOTATE" "$input" hosts.json -o "$target" "$@"
    [ "$(stat -c %a "$target")" = "$mode" ] || fail "$target: mode $(stat -c %a "$target"), wanted $mode"
    [ "$(grep -c 'the output has decryption secrets' err)" = "$said" ] || fail "$target: $(cat err)"
}
umask 022
cp "$folder/capture.pcapng" cap.pcapng
chmod 644 cap.pcapng hosts.json
secrets plain.pcapng 644 0 cap.pcapng --keylog "$folder/keys.log"
secrets ours.pcapng 600 1 cap.pcapng --keylog "$folder/keys.log" --embed-keys
chmod 644 ours.pcapng
secrets again.pcapng 644 0 ours.pcapng
same again.pcapng plain.pcapng
"$HOSTILE" secrets 3 >dsb.pcapng
cat dsb.pcapng cap.pcapng >theirs.pcapng
chmod 644 theirs.pcapng
secrets kept.pcapng 600 1 theirs.pcapng --keylog "$folder/keys.log"
exits 0 "$H2ANNOTATE" -q --remove kept.pcapng -o back.pcapng
same back.pcapng theirs.pcapng

# Debug logs have header fields, bodies and whole errors; logs of text have what they like.
all_says() { # FOLDER SIDECAR
    "$H2ANNOTATE" -v "$TESTDATA/$1"/capture.pcapng "$2" --keylog "$TESTDATA/$1/keys.log" -o x.pcapng --report x.json 2>err ||
        fail "$2: $(cat err)"
    grep -aoE 'h2a[!]? [a-z-]+ [ -~]* ~[0-9a-f]+' x.pcapng >comments.txt
    cat comments.txt x.json err >all.txt
    [ "$(wc -l <comments.txt)" -gt 20 ] || fail "$2: no comments"
    ! grep -n SECRET all.txt || fail "$2: a secret got out"
}
sed 's|":path" = "\(/[^"?]*\)[^"]*"|":path" = "\1?key=SECRET#SECRET"|
     s|\(header field\) "user-agent" = .*|&\n2026/11/25 15:00:00.0 http2: decoded hpack field header field "cookie" = "SECRET"|
     s|data=".*|data="SECRET: connection error: SECRET"|
     s|failure: context|failure: Get "https://127.0.0.1:8443/wanted?key=SECRET": context|' \
    "$TESTDATA/debuglog-deadlines/trace.log" >open.log
[ "$(grep -c 'path.*SECRET' open.log)" = 24 ] && [ "$(grep -c 'failure.*SECRET' open.log)" = 8 ] || fail "no secrets to look for"
all_says debuglog-deadlines open.log
grep -q '8443/wanted.*context deadline' comments.txt || fail "the error is gone"
sed 's|":path" = "\(/[^"]*\)"|":path" = "\1?SECRET"|; s|data=".*|data="SECRET"|' "$TESTDATA/debuglog-server/trace.log" >server.log
all_says debuglog-server server.log
exits 0 "$H2ANNOTATE" -q --redact "$TESTDATA/debuglog-server/capture.pcapng" server.log \
    --keylog "$TESTDATA/debuglog-server/keys.log" -o x.pcapng
! grep -aoE 'h2a [ -~]*(127\.0\.0\.1|slow|early)[ -~]* ~[0-9a-f]+' x.pcapng || fail "--redact: a server's log names hosts"
sed 's|msg="httptrace: GetConn"|& url="https://127.0.0.1:8443/?key=SECRET" cookie=SECRET method=GET|' \
    "$TESTDATA/log-slogtext/trace.json" >text.log
[ "$(grep -c SECRET text.log)" -gt 20 ] || fail "no secrets to look for"
all_says log-slogtext text.log
finish
