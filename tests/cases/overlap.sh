#!/bin/sh
# SPDX-License-Identifier: MIT
# The recorder's lines said twice, as a copy beside its rotation says them, say no more than once.
. "$(dirname "$0")/lib.sh"

for folder in seq-tls13 compact clock-step; do
    trace="$TESTDATA/$folder/trace.json" capture="$TESTDATA/$folder/capture.pcapng"
    lines=$(wc -l <"$trace")
    head -n $((lines * 2 / 3)) "$trace" >first.json
    tail -n $((lines * 2 / 3)) "$trace" >last.json
    cat "$trace" "$trace" >twice.json
    exits 0 "$H2ANNOTATE" -q "$capture" "$trace" --keylog "$TESTDATA/$folder/keys.log" -o once.pcapng
    for again in "$trace twice.json" twice.json "first.json last.json"; do
        # shellcheck disable=SC2086
        exits 0 "$H2ANNOTATE" -q "$capture" $again --keylog "$TESTDATA/$folder/keys.log" -o again.pcapng
        same again.pcapng once.pcapng
    done
done
finish
