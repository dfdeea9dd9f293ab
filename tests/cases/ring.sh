#!/bin/sh
# SPDX-License-Identifier: MIT
# A capture in several files is one capture: what is said of it is the same as of the whole, each file's comments are in it,
# and each output is its input again without them.
. "$(dirname "$0")/lib.sh"

# split FOLDER N: its capture in files of N packets, ring/*.pcapng, with numbers for names
split() {
    rm -rf ring out-dir
    mkdir ring out-dir
    editcap -c "$2" "$TESTDATA/$1/capture.pcapng" split.pcapng 2>/dev/null
    for file in split_*.pcapng; do
        mv "$file" "ring/$(echo "$file" | cut -c7-11).pcapng"
    done
}

# comments FILE…: our comments without check values and without the numbers of other packets, in order
comments() {
    for file; do
        tshark -r "$file" -Y frame.comment -T json --no-duplicate-keys -e frame.comment 2>/dev/null |
            jq -r '.[]._source.layers["frame.comment"][]' | grep '^h2a' |
            sed 's/ ~[0-9a-f]*$//; s/packet [0-9]*\( of [0-9]*\.pcapng\)*/packet/g; s/ \(at\|proof\)=[0-9]*\( file=[^ ]*\)*//'
    done
}

for folder in seq-tls13 compact clock-step post; do
    split "$folder" 37
    trace="$TESTDATA/$folder/trace.json" keys="$TESTDATA/$folder/keys.log"
    exits 0 "$H2ANNOTATE" -q "$TESTDATA/$folder/capture.pcapng" "$trace" --keylog "$keys" -o whole.pcapng --report whole.json
    # the last first, and the sidecar among them
    last=$(ls ring/* | tail -1)
    # shellcheck disable=SC2046
    exits 0 "$H2ANNOTATE" "$last" "$trace" $(ls ring/* | grep -v "$last") --keylog "$keys" --out-dir out-dir --report ring.json
    says "ring/00001.pcapng: from packet 38 of all on"
    [ "$(ls ring)" = "$(ls out-dir)" ] || fail "$folder: names: $(ls out-dir)"
    comments whole.pcapng >wanted
    comments out-dir/* >found
    [ -s wanted ] || fail "$folder: no comments"
    same wanted found
    jq '.connections, .unmatched, .clock' whole.json >wanted
    jq '.connections, .unmatched, .clock' ring.json >found
    same wanted found
    for file in ring/*; do
        exits 0 "$H2ANNOTATE" -q --remove "out-dir/$(basename "$file")" -o back.pcapng
        same back.pcapng "$file"
    done
    mkdir again
    exits 0 "$H2ANNOTATE" -q --remove out-dir/* --out-dir again
    for file in ring/*; do same "again/$(basename "$file")" "$file"; done
    rm -r again
done

# Formats mix, and compressed files: those that come out are neither.
split seq-tls13 50
editcap -F nsecpcap ring/00001.pcapng ring/00001.pcap && rm ring/00001.pcapng
gzip ring/00000.pcapng
trace="$TESTDATA/seq-tls13/trace.json" keys="$TESTDATA/seq-tls13/keys.log"
exits 0 "$H2ANNOTATE" ring/* "$trace" --keylog "$keys" --out-dir out-dir
says "matched: 20 of 20 attempts"
[ "$(ls out-dir | tr '\n' ' ')" = "00000.pcapng 00001.pcapng 00002.pcapng " ] || fail "names: $(ls out-dir)"

# What makes no sense.
exits 2 "$H2ANNOTATE" ring/00000.pcapng.gz ring/00002.pcapng "$trace"
says "several captures, wanted: --out-dir=DIR"
exits 2 "$H2ANNOTATE" ring/00000.pcapng.gz ring/00002.pcapng ring/00002.pcapng "$trace" --out-dir out-dir
says "has the name of another capture"
exits 2 "$H2ANNOTATE" ring/* "$trace" --out-dir ring
says "is the capture that is read"
exits 2 "$H2ANNOTATE" ring/* "$trace" --out-dir nowhere
says "nowhere: is no directory"
exits 2 "$H2ANNOTATE" ring/* "$trace" --out-dir out-dir -o one.pcapng
says "--out-dir goes without -o"
mkdir other
cp ring/00002.pcapng other
exits 2 "$H2ANNOTATE" ring/* other/00002.pcapng "$trace" --out-dir out-dir
says "has the name of another capture"
finish
