#!/bin/sh
# SPDX-License-Identifier: MIT
# Random but valid pcapng files around the packets of real captures: annotate | remove is what remove alone gives, annotating
# twice is annotating once, and comments are really written. Seeds: ${SEED:-1} and on, ${COUNT:-40} for each capture.
. "$(dirname "$0")/lib.sh"
"$H2ANNOTATE" -q "$TESTDATA/h2c/capture.pcapng" "$TESTDATA/h2c/trace.json" -o - |
    grep -aoE 'h2a[!]? [a-z-]+ [ -~]* ~[0-9a-f]{6}' >comments.txt
[ "$(wc -l <comments.txt)" -gt 20 ] || fail "no comments to sprinkle in"
echo "h2a request req=r1 is what a stranger wrote ~000000" >>comments.txt
written=0
for name in h2c tls12 http1-alpn; do
    folder=$TESTDATA/$name seed=${SEED:-1} last=$((${SEED:-1} + ${COUNT:-40}))
    keys=
    [ ! -f "$folder/keys.log" ] || keys="--keylog $folder/keys.log"
    while [ "$seed" -lt $last ] && [ $failures -lt 5 ]; do
        "$PCAPNG_GEN" "$seed" in.pcapng "$folder/capture.pcapng" comments.txt || fail "no file"
        exits 0 "$H2ANNOTATE" -q --remove in.pcapng -o bare.pcapng
        # shellcheck disable=SC2086
        {
            exits 0 "$H2ANNOTATE" in.pcapng "$folder/trace.json" $keys -o a.pcapng
            written=$((written + $(sed -n 's/^wrote .*: \([0-9]*\) comments.*/\1/p' err)))
            exits 0 "$H2ANNOTATE" -q a.pcapng "$folder/trace.json" $keys -o b.pcapng
        }
        exits 0 "$H2ANNOTATE" -q --remove a.pcapng -o back.pcapng
        cmp -s a.pcapng b.pcapng || fail "$name, seed $seed: annotating twice is not once"
        cmp -s bare.pcapng back.pcapng || fail "$name, seed $seed: annotate | remove loses bytes"
        seed=$((seed + 1))
    done
done
[ $written -gt 1000 ] || fail "only $written comments were written"
finish
