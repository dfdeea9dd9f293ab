#!/bin/sh
# SPDX-License-Identifier: MIT
# Captures that are not whole. What cannot be read at all is refused, with its reason; else what is whole is annotated, the rest
# is copied, and the summary says what is wrong and where.
. "$(dirname "$0")/lib.sh"
good=$TESTDATA/seq-tls13/capture.pcapng trace=$TESTDATA/seq-tls13/trace.json keys=$TESTDATA/seq-tls13/keys.log
size=$(stat -c %s "$good")
exits 0 "$H2ANNOTATE" "$good" "$trace" --keylog "$keys" -o right.pcapng
comments=$(sed -n 's/^wrote right.pcapng: \([0-9]* comments on [0-9]* packets\)$/\1/p' err)
[ -n "$comments" ] || fail "no comments: $(cat err)"

le32() { # of a number
    printf "\\$(printf %03o $(($1 & 255)))\\$(printf %03o $(($1 >> 8 & 255)))\\$(printf %03o $(($1 >> 16 & 255)))\\$(printf %03o $(($1 >> 24 & 255)))"
}
words() {
    for word in "$@"; do le32 "$word"; done
}
# damaged MESSAGE WORD…: the good capture with these 32-bit words behind it
damaged() {
    message=$1
    shift
    { cat "$good" && words "$@"; } >bad.pcapng
    exits 0 "$H2ANNOTATE" bad.pcapng "$trace" --keylog "$keys" -o bad.out.pcapng
    says "damaged: byte $size: $message"
    says "wrote bad.out.pcapng: $comments"
    exits 0 "$H2ANNOTATE" -q --remove bad.out.pcapng -o back.pcapng
    same back.pcapng bad.pcapng
}
shb=$((0x0a0d0d0a)) magic=$((0x1a2b3c4d)) epb=6
damaged "block length 0, wanted 12 to 134217728" $epb 0 0
damaged "block length 134217732, wanted 12 to 134217728" $epb $((134217728 + 4)) 0
damaged "block length is 16 at its begin and 20 at its end" $epb 16 0 20
damaged "cut short in the middle of a block: 12 bytes" $epb 64 0
damaged "section header with byte-order magic 0x00000000, wanted 0x1a2b3c4d" $shb 28 0 1 -1 -1 28
damaged "section header of 16 bytes, wanted at least 28" $shb 16 $magic 16
damaged "section of version 2.0, wanted 1.x" $shb 28 $magic 2 -1 -1 28
damaged "interface description of 12 bytes, wanted at least 20" 1 12 12
damaged "packet of interface 9, but the section has" $epb 32 9 0 0 0 0 32
damaged "packet of 100 bytes in a block with room for 0" $epb 32 0 0 0 100 100 32

# Cut anywhere: what is whole before is what comes out.
for cut in 300 1000 10001 $((size / 2)) $((size - 1)); do
    head -c "$cut" "$good" >bad.pcapng
    exits 0 "$H2ANNOTATE" bad.pcapng "$trace" --keylog "$keys" -o bad.out.pcapng
    says "damaged: byte "
    exits 0 "$H2ANNOTATE" -q --remove bad.out.pcapng -o back.pcapng
    same back.pcapng bad.pcapng
done

# Compressed ones. (libarchive gives up to 64 KiB in front of the damage away.)
cat "$TESTDATA"/*/capture.pcapng | gzip >big.gz
head -c $(($(stat -c %s big.gz) / 2)) big.gz >bad.pcapng.gz
exits 0 "$H2ANNOTATE" bad.pcapng.gz "$trace" --keylog "$keys" -o bad.out.pcapng
says "compressed data is damaged or cut short after "
[ "$(stat -c %s bad.out.pcapng)" -gt 100000 ] || fail "what was whole is not there"
gzip -c "$good" | head -c 2000 >none.pcapng.gz
exits 1 "$H2ANNOTATE" none.pcapng.gz "$trace" -o x.pcapng
says "none.pcapng.gz: compressed data is damaged or cut short after 0 decompressed bytes: truncated gzip input"

# Classic pcap: what is whole becomes pcapng.
words $((0xa1b2c3d4)) $((4 << 16 | 2)) 0 0 65535 1 >good.pcap
words 1 0 4 4 7 >>good.pcap
cp good.pcap cut.pcap
words 1 0 100 100 7 >>cut.pcap
exits 0 "$H2ANNOTATE" cut.pcap "$trace" -o bad.out.pcapng
says "damaged: after packet 1: truncated dump file; tried to read 100 captured bytes, only got 4"
exits 0 "$H2ANNOTATE" good.pcap "$trace" -o good.out.pcapng
same bad.out.pcapng good.out.pcapng

# refused MESSAGE FILE
refused() {
    exits 1 "$H2ANNOTATE" "$2" "$trace" -o x.pcapng
    says "h2annotate: $2: $1"
    absent x.pcapng
}
: >empty
refused "is empty, wanted a pcapng or pcap file" empty
printf abc >short
refused "is too short for a pcapng or pcap file" short
printf 'no capture at all' >other
refused "begins with 0x6e6f2063, wanted a pcapng or pcap file" other
head -c 20 good.pcap >header.pcap
refused "pcap file header of 20 bytes, wanted 24" header.pcap
words $((0xa1b2c3d4)) 9 0 0 65535 1 >version.pcap
refused "unsupported pcap savefile version 9.0" version.pcap
words $shb 28 >header.pcapng
refused "byte 0: cut short in the middle of a block: 8 bytes" header.pcapng
words $shb 28 0 1 -1 -1 28 >magic.pcapng
refused "byte 0: section header with byte-order magic 0x00000000, wanted 0x1a2b3c4d" magic.pcapng
finish
