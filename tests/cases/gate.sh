#!/bin/sh
# SPDX-License-Identifier: MIT
# Findings that make a run fail, and all forms in which they are told: exit codes, lines, report, JUnit, baseline.
. "$(dirname "$0")/lib.sh"
schema=$(dirname "$(readlink -f "$0")")/junit.xsd

# annotate STATUS FOLDER OPTION…: with the keys of this folder
annotate() {
    status=$1 folder=$2
    shift 2
    set -- "$H2ANNOTATE" "$TESTDATA/$folder"/capture.pcapng "$TESTDATA/$folder"/trace*.json -o out.pcapng "$@"
    [ ! -f "$TESTDATA/$folder/keys.log" ] || set -- "$@" --keylog "$TESTDATA/$folder/keys.log"
    exits "$status" "$@"
}

lines() { # lines N: what -q says
    [ "$(wc -l <err)" = "$1" ] || fail "wanted $1 lines on standard error, found: $(cat err)"
}

junit() { # junit TESTS FAILURES SKIPPED
    xmllint --noout --schema "$schema" junit.xml 2>xml.err || fail "$(cat xml.err)"
    found=$(xmllint --xpath 'concat(//testsuite/@tests, " ", //testsuite/@failures, " ", //testsuite/@skipped, ", ",
        count(//testcase), " ", count(//failure), " ", count(//skipped))' junit.xml)
    [ "$found" = "$1 $2 $3, $1 $2 $3" ] || fail "junit.xml counts $found, wanted $*"
}

# ---- Exit codes: what fails, what not; the output is there in each case

annotate 0 goaway-covered -q
lines 0
annotate 4 goaway-covered -q --fail-on error
lines 3
grep -qE "^[^ ]*/goaway-covered/capture\.pcapng:36: error: goaway-lost: .* \(r4\): wire: .*: trace: .*: fix: " err || fail "$(cat err)"
cp out.pcapng failed.pcapng
annotate 0 goaway-covered -q
same out.pcapng failed.pcapng
annotate 4 goaway-covered -q --fail-on note
lines 5
annotate 4 goaway-covered -q --fail-on goaway-retried
lines 1
annotate 4 goaway-covered -q --fail-on goaway-retried,error
lines 4
annotate 4 goaway-covered -q --fail-on goaway-retried --fail-on tcp-reset,error --allow no-keys
lines 4
annotate 0 goaway-covered -q --fail-on error --allow goaway-lost
lines 0
annotate 0 goaway-covered -q --fail-on tcp-reset,slot-backoff
annotate 0 server-slow -q --fail-on error
annotate 4 server-slow -q --fail-on warning
annotate 0 seq-tls13 -q --fail-on note
annotate 4 goaway-covered --fail-on error,goaway-retried --allow goaway-lost
says "findings: 3 errors, 0 warnings, 2 notes"
says "--fail-on: 1 fail, 3 are allowed"

# Damage goes before all, findings before --strict.
exits 1 "$H2ANNOTATE" "$TESTDATA/goaway-covered/capture.pcapng" /dev/null/none --fail-on error -o none.pcapng
absent none.pcapng
annotate 3 no-keys -q --strict
annotate 3 no-keys -q --strict --fail-on error
annotate 4 no-keys -q --strict --fail-on note
annotate 0 no-keys -q --fail-on error

# What makes no sense
annotate 2 seq-tls13 --fail-on errror
says '"errror" is no rule; the nearest is "error"'
annotate 2 seq-tls13 --fail-on error --allow slot-backof
says '"slot-backof" is no rule; the nearest is "slot-backoff"'
annotate 2 seq-tls13 --allow slot-backoff
says "want --fail-on"
annotate 2 seq-tls13 --junit junit.xml
says "want --fail-on"
exits 2 "$H2ANNOTATE" --remove "$TESTDATA/seq-tls13/capture.pcapng" --fail-on error
says "--remove"
annotate 2 seq-tls13 --fail-on error --junit out.pcapng
says "is both --junit and another output"
annotate 2 seq-tls13 --fail-on error --junit x --report x
says "is both --junit and another output"
absent x

# ---- --expect-h2: the same findings, graver

annotate 0 http1-alpn -q --fail-on warning
annotate 4 http1-alpn -q --fail-on warning --expect-h2
says ": warning: alpn-downgrade: "
annotate 0 nohttp2-snippet -q --fail-on warning
annotate 4 nohttp2-snippet -q --fail-on warning --expect-h2
says ": warning: h2-not-offered: "
annotate 0 seq-tls13 -q --fail-on warning --expect-h2

# ---- More findings than are kept: what was not judged fails

awk 'BEGIN { for (i = 1; i <= 65538; i++) for (done = 0; done < 2; done++)
    printf "{\"ts\":\"2026-11-23T19:15:22.%09dZ\",\"ev\":\"%s\",\"req\":\"r%d\",\"seq\":%d,\"pid\":1%s}\n", 2 * i + done,
        done ? "RoundTripDone" : "RequestStart", i, 2 * i + done, done ? ",\"err\":\"lost\"" : "" }' >many.json
exits 0 "$H2ANNOTATE" -q "$TESTDATA/no-keys/capture.pcapng" many.json -o out.pcapng
exits 4 "$H2ANNOTATE" -q "$TESTDATA/no-keys/capture.pcapng" many.json -o out.pcapng --fail-on tcp-reset
lines 1
says "capture.pcapng: error: 2 findings were not judged, wanted at most 65536 in all"

# ---- The report, and the baseline made of it

annotate 4 stream-slots -q --fail-on warning --report report.json
total=$(wc -l <err)
[ "$total" -ge 4 ] || fail "stream-slots has only $total"
[ "$(jq '[.findings[] | select(.gate == "fails")] | length' report.json)" = "$total" ] || fail "report: gate"
jq -e '.findings | all(.id and .severity and .title and .fix and (.wire or .trace))' report.json >/dev/null || fail "report: members"
jq -e '[.findings[].affected[]] | all(.req and .method == "GET" and (.path | startswith("/")) and .host)' report.json >/dev/null ||
    fail "report: affected"
# The places name the findings that are about them, and no others.
jq -e '. as $r | [.connections[] | .tcp_stream as $t | .streams[] | .stream as $s | .findings[] |
        [$t, $s, .]] | sort | unique ==
    ([$r.findings | to_entries[] | .key as $k | .value.affected[] | select(.stream) | [.tcp_stream, .stream, $k]] | sort | unique)' \
    report.json >/dev/null || fail "report: findings of streams"
jq -e '. as $r | all(.connections[]; .findings == ([.findings[], .streams[].findings[]] | unique)) and
    ([.connections[].findings[]] | unique) == [range($r.findings | length) | select($r.findings[.].tcp_stream != null)]' \
    report.json >/dev/null || fail "report: findings of connections"

annotate 0 stream-slots -q --fail-on warning --baseline report.json --report second.json
lines 0
[ "$(jq '[.findings[] | select(.gate == "known")] | length' second.json)" = "$total" ] || fail "report: known"
jq '{version, findings: [.findings[] | select(.id != "server-slow")]}' report.json >less.json
annotate 4 stream-slots -q --fail-on warning --baseline less.json
grep -qvE ": warning: server-slow: " err && fail "more is new: $(cat err)"
annotate 4 goaway-covered -q --fail-on error --baseline report.json
annotate 4 stream-slots -q --fail-on warning --baseline less.json --junit junit.xml
annotate 2 stream-slots -q --fail-on warning --baseline report.json --report report.json
says "is the --baseline that is read"
head -c 1000 report.json >cut.json
annotate 1 stream-slots -q --fail-on warning --baseline cut.json
says "cut.json: not JSON: "
annotate 1 stream-slots -q --fail-on warning --baseline none.json
says "none.json"

# ---- JUnit XML

rules=$("$H2ANNOTATE" --explain list | grep -cE "^[a-z0-9-]+ +(warning|error) ")
errors=$("$H2ANNOTATE" --explain list | grep -cE "^[a-z0-9-]+ +error ")
annotate 0 seq-tls13 -q --fail-on warning --junit junit.xml
junit "$rules" 0 0
annotate 0 seq-tls13 -q --fail-on warning --allow tcp-reset,body-cut --junit junit.xml
junit $((rules - 2)) 0 0
annotate 4 goaway-covered -q --fail-on error --junit junit.xml
junit $((errors + 2)) 3 0
annotate 0 goaway-covered -q --fail-on error --allow goaway-lost --junit junit.xml
junit $((errors + 2)) 0 3
cp "$TESTDATA/goaway-covered/capture.pcapng" 'a<&">.pcapng'
exits 4 "$H2ANNOTATE" -q 'a<&">.pcapng' "$TESTDATA/goaway-covered/trace.json" --keylog "$TESTDATA/goaway-covered/keys.log" \
    -o out.pcapng --fail-on error --junit junit.xml
junit $((errors + 2)) 3 0
[ "$(xmllint --xpath 'string(//testsuite/@name)' junit.xml)" = 'a<&">.pcapng' ] || fail "junit: name"
finish
