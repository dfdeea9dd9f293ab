#!/bin/sh
# SPDX-License-Identifier: MIT
# Random but valid pcapng files around the packets of small real captures, each annotated, annotated again and undone
# (tests/random/lossless.c). Wireshark reads the same in a sample of them. Seeds: ${SEED:-1} and on, ${COUNT:-2000} of them;
# a seed alone: SEED=N COUNT=1.
. "$(dirname "$0")/lib.sh"
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
small=
for folder in "$TESTDATA"/*/; do
    [ -f "$folder/trace.json" ] && [ -f "$folder/capture.pcapng" ] || continue
    bytes=$(cat "$folder/trace.json" "$folder/capture.pcapng" | wc -c)
    [ "$bytes" -gt 60000 ] || small="$small $folder"
done
# shellcheck disable=SC2086
exits 0 "$LOSSLESS" "${SEED:-1}" "${COUNT:-2000}" 200 $small
cat out

# Packets, bytes and times of each, as Wireshark's library has them; it says where a file is damaged.
if command -v capinfos >/dev/null; then
    exits 0 capinfos -TmrQ -c -d -u -a -e -E ./*.in.pcapng
    sed 's/[.]in[.]//' out >in.table
    exits 0 capinfos -TmrQ -c -d -u -a -e -E ./*.out.pcapng
    sed 's/[.]out[.]//' out >out.table
    same in.table out.table
    [ "$(wc -l <in.table)" = "$(ls ./*.in.pcapng | wc -l)" ] || fail "capinfos has not seen all"
fi

# What tshark shows of every frame, but for comments. Some have embedded keys, with which it would show more.
frames() {
    exits 0 tshark -r "$1" --disable-protocol tls -T fields -e frame.number -e frame.time_epoch -e frame.len \
        -e frame.cap_len -e _ws.col.Info
    mv out "$2"
}
for in in $(ls ./*.in.pcapng | head -n 4); do
    frames "$in" in.frames
    frames "${in%.in.pcapng}.out.pcapng" out.frames
    same in.frames out.frames
done
finish
