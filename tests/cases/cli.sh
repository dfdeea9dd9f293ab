#!/bin/sh
# SPDX-License-Identifier: MIT
# The command line: what users and scripts call, and what it answers.
. "$(dirname "$0")/lib.sh"
cap=$TESTDATA/seq-tls13/capture.pcapng trace=$TESTDATA/seq-tls13/trace.json
keys=$TESTDATA/seq-tls13/keys.log

exits 0 "$H2ANNOTATE" --help
prints "CAPTURE SIDECAR"
exits 0 "$H2ANNOTATE" --version
prints "h2annotate "
exits 2 "$H2ANNOTATE"
says "no CAPTURE given"
exits 2 "$H2ANNOTATE" "$cap"
says "no SIDECAR given"
exits 2 "$H2ANNOTATE" --no-such-option "$cap" "$trace"
says "h2annotate: "
exits 2 "$H2ANNOTATE" - - -o x
says "standard input"
exits 2 "$H2ANNOTATE" --remove "$cap" "$trace"
says "--remove"
exits 2 "$H2ANNOTATE" -j 0 "$cap" "$trace"
says "-j"
[ -z "$(ls | grep -vxE 'out|err')" ] || fail "files are left: $(ls)"

# The default name, beside the capture; options anywhere; -q is silent.
cp "$cap" cap.pcapng
exits 0 "$H2ANNOTATE" cap.pcapng -q "$trace" --keylog "$keys"
[ ! -s err ] || fail "-q says something: $(cat err)"
only cap.pcapng cap.annotated.pcapng
same cap.pcapng "$cap"
exits 0 "$H2ANNOTATE" cap.pcapng "$trace" --keylog "$keys" -o other.pcapng
same other.pcapng cap.annotated.pcapng
says "matched: "
says "unmatched attempts: 0"

# Standard input and output.
exits 0 sh -c '"$0" - "$1" --keylog "$2" -o - <cap.pcapng >piped.pcapng' "$H2ANNOTATE" "$trace" "$keys"
same piped.pcapng other.pcapng
exits 0 sh -c 'cat cap.pcapng | "$0" - "$1" --keylog "$2" -q | cat >piped2.pcapng' "$H2ANNOTATE" "$trace" "$keys"
same piped2.pcapng other.pcapng
exits 0 sh -c 'cat "$1" | "$0" cap.pcapng - --keylog "$2" -o piped3.pcapng' "$H2ANNOTATE" "$trace" "$keys"
same piped3.pcapng other.pcapng
exits 0 sh -c '"$0" --remove - <other.pcapng >removed.pcapng' "$H2ANNOTATE"
same removed.pcapng cap.pcapng

# Compressed captures and sidecars.
gzip -k cap.pcapng && zstd -q cap.pcapng && lz4 -q cap.pcapng cap.pcapng.lz4
cp "$trace" trace.json && gzip trace.json
for suffix in gz zst lz4; do
    rm -f cap.annotated.pcapng
    exits 0 "$H2ANNOTATE" cap.pcapng.$suffix trace.json.gz --keylog "$keys"
    same cap.annotated.pcapng other.pcapng
done

# One thread and two give the same.
exits 0 "$H2ANNOTATE" -j 1 cap.pcapng "$trace" --keylog "$keys" -o one.pcapng --report one.json
exits 0 "$H2ANNOTATE" -j 2 cap.pcapng "$trace" --keylog "$keys" -o two.pcapng --report two.json
same one.pcapng two.pcapng
same one.json two.json
jq -e '.version == 1 and (.unmatched.attempts | length == 0)' one.json >/dev/null || fail "report"

# --strict
exits 0 "$H2ANNOTATE" --strict cap.pcapng "$trace" --keylog "$keys"
exits 3 "$H2ANNOTATE" --strict cap.pcapng "$trace"
says "no-keys"
# What the user states of clock and addresses, and how much is uncertain.
nat="$TESTDATA/nat-mesh-same-id"
exits 3 "$H2ANNOTATE" --strict "$nat/capture.pcapng" "$nat/trace.json" --keylog "$nat/keys.log" -o nat.pcapng --report nat.json
says "uncertain: 24 matches on connections that only times tell, 3 connections that only times tell"
[ "$(jq -c '.uncertain | [.matched_by_timing, .connections_by_timing, .unmatched_attempts]' nat.json)" = "[24,3,0]" ] ||
    fail "uncertain: $(jq -c .uncertain nat.json)"
for bad in 3 3x +-3h h; do
    exits 2 "$H2ANNOTATE" "$nat/capture.pcapng" "$nat/trace.json" --offset "$bad" -o nat.pcapng
    says "--offset is \"$bad\", wanted a duration"
done
exits 2 "$H2ANNOTATE" "$nat/capture.pcapng" "$nat/trace.json" --map-addr 10.0.0.1 -o nat.pcapng
says "--map-addr wants A=B"
nat="$TESTDATA/nat-service"
exits 0 "$H2ANNOTATE" --strict "$nat/capture.pcapng" "$nat/trace.json" --keylog "$nat/keys.log" -o nat.pcapng \
    --map-addr 10.96.0.1:443=10.9.1.2:8443 --offset=-10us
says "addresses: 10.96.0.1:443 of the trace is 10.9.1.2:8443 in the capture (stated, 1 connection)"
says "as was said with --offset"
finish
