#!/bin/sh
# SPDX-License-Identifier: MIT
# Rings that dumpcap and tcpdump wrote.
. "$(dirname "$0")/lib.sh"

# A packet that a finding names has its number in the file, and another file is named; there stands the finding
# again, and names the first.
ring=$TESTDATA/ring-dumpcap
rm -rf out-dir
mkdir out-dir
exits 0 "$H2ANNOTATE" "$ring"/ring* "$ring/trace.json" --keylog "$ring/keys.log" --out-dir out-dir --report ring.json
says "matched: 13 of 13 attempts"
n=0
for file in out-dir/*; do
    tshark -r "$file" -Y frame.comment -T fields -e frame.number -e frame.comment -E aggregator='|' 2>/dev/null |
        tr '|' '\n' | awk -v file="$(basename "$file")" '
            { first = $1; sub(/^[0-9]+\t/, ""); if (first ~ /^[0-9]+$/) packet = first }
            /^h2a finding/ { id = at = to = ""
                for (i = 1; i <= NF; i++) {
                    if ($i ~ /^id=/) id = substr($i, 4)
                    if ($i ~ /^(at|proof)=/) { at = $i; sub(/.*=/, "", at) }
                    if ($i ~ /^file=/) to = substr($i, 6) }
                if (at != "") print id, file, packet, (to == "" ? file : to), at }'
done | sort >links
awk '{ print $1, $4, $5, $2, $3 }' links | sort >back
[ "$(wc -l <links)" -ge 8 ] || fail "only these findings name another packet: $(cat links)"
awk '$2 != $4' links | grep -q . || fail "none in another file: $(cat links)"
same links back

# A file of it is missing: what is claimed of the others is still true.
claims() {
    jq -c '.connections[] | .client as $c | .streams[] | select(.req) | [$c, .stream, .req, .attempt]' "$1" | sort
}
for name in ring-dumpcap ring-tcpdump; do
    ring=$TESTDATA/$name
    exits 0 "$H2ANNOTATE" -q "$ring"/ring* "$ring/trace.json" --keylog "$ring/keys.log" --out-dir out-dir --report ring.json
    claims ring.json >all
    for missing in "$ring"/ring*; do
        # shellcheck disable=SC2046
        exits 0 "$H2ANNOTATE" -q $(ls "$ring"/ring* | grep -v "$missing") "$ring/trace.json" --keylog "$ring/keys.log" \
            --out-dir out-dir --report part.json
        claims part.json >some
        comm -23 some all >wrong
        [ ! -s wrong ] || fail "without $missing: $(cat wrong)"
    done
done

finish
