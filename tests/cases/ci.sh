#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/ci.md: its job, taken from the page, on the loopback interface. Skipped where nobody may capture.
. "$(dirname "$0")/lib.sh"
root=$(dirname "$TESTDATA")
schema=$root/tests/cases/junit.xsd

touch probe.log
tcpdump -i lo -Z "$(id -un)" -c 1 -w /dev/null 2>probe.log &
probe=$!
n=0
while [ $n -lt 50 ] && kill -0 $probe 2>/dev/null && ! grep -q 'listening on' probe.log; do
    n=$((n + 1))
    sleep 0.1
done
kill $probe 2>/dev/null
grep -q 'listening on' probe.log || {
    echo "skipped: tcpdump says: $(cat probe.log)"
    exit 77
}

awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$root/docs/ci.md" >ci-httptrace
grep -q 'h2annotate capture.pcap' ci-httptrace || fail "no job in docs/ci.md"
cp -r "$root/recorder" recorder
cd recorder/examples/citest || exit 1
export PATH="$(dirname "$H2ANNOTATE"):$PATH" GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local

junit() { # junit FAILURES
    xmllint --noout --schema "$schema" httptrace/junit.xml 2>xml.err || fail "$(cat xml.err)"
    [ "$(xmllint --xpath 'string(//testsuite/@failures)' httptrace/junit.xml)" = "$1" ] || fail "junit.xml: wanted $1 failures"
}

# All is well.
exits 0 sh "$dir/ci-httptrace"
says "matched: 4 of 4 attempts"
says "--fail-on: 0 fail"
junit 0
jq -e '[.unmatched.attempts, .unmatched.streams] | flatten | length == 0' httptrace/report.json >/dev/null || fail "unmatched"
cp httptrace/report.json "$dir/well.json"

# The tests pass, and three requests were reset.
CITEST_BROKEN=1 exits 4 sh "$dir/ci-httptrace"
says "--fail-on: 3 fail"
[ "$(grep -cE '^capture\.pcap:[0-9]+: error: stream-reset: .*: wire: RST_STREAM INTERNAL_ERROR .*: trace: error: stream error: ' err)" = 3 ] ||
    fail "$(cat err)"
junit 3
[ "$(xmllint --xpath 'string(//testcase[failure][1]/@name)' httptrace/junit.xml)" = "stream-reset: GET 127.0.0.1/greeting" ] ||
    fail "junit.xml: another name"
cp httptrace/report.json "$dir/broken.json"
[ -s httptrace/annotated.pcapng ] || fail "no annotated capture"

# Another port in each run: this one has what the last one had, and the first one had nothing.
for baseline in broken:0 well:4; do
    sed "s#--fail-on error#--fail-on error --baseline $dir/${baseline%:*}.json#" "$dir/ci-httptrace" >"$dir/with-baseline"
    CITEST_BROKEN=1 exits "${baseline#*:}" sh "$dir/with-baseline"
done

# Tests that fail make the job fail as they do.
sed 's/-count=1/-count=1 -run NoSuchTest -badflag/' "$dir/ci-httptrace" >"$dir/bad-flag"
exits 1 sh "$dir/bad-flag"
sed 's/-i any/-i no-such-device/' "$dir/ci-httptrace" >"$dir/no-capture"
exits 1 timeout 20 sh "$dir/no-capture"
grep -q no-such-device httptrace/tcpdump.log || fail "tcpdump.log: $(cat httptrace/tcpdump.log)"
finish
