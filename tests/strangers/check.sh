#!/bin/sh
# SPDX-License-Identifier: MIT
# Captures of others, by hand: check.sh H2ANNOTATE FOLDER, with any sidecar of testdata, which has nothing to do with them. Each
# capture is annotated or refused with a message; without our comments it is as it was, packet for packet; and its packets
# are as many as Wireshark counts. For example the test files that come with the sources of wireshark, ndpi and tcpdump.
set -u
h2annotate=$(realpath "$1") folder=$(realpath "$2")
sidecar=$(cd "$(dirname "$0")/../../testdata/dns" && pwd)/trace.json
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

fail() {
    echo "FAIL $*"
    echo >>failures
}

is_pcapng() {
    [ "$(head -c 4 "$1" | od -An -tx1 | tr -d ' ')" = 0a0d0d0a ]
}

# look FILE: true if it was annotated
look() {
    rm -f ./*.pcapng
    timeout 120 "$h2annotate" "$1" "$sidecar" -o out.pcapng >said 2>&1
    status=$?
    if [ $status -gt 1 ] || grep -Eq 'Sanitizer|runtime error|ERROR:' said; then
        fail "$1: exit status $status: $(tail -n 3 said)"
    fi
    [ -e out.pcapng ] || return 1
    "$h2annotate" -q --remove out.pcapng -o back.pcapng
    "$h2annotate" -q --remove "$1" -o bare.pcapng
    cmp -s back.pcapng bare.pcapng || fail "$1: something else changed"
    ! is_pcapng "$1" || cmp -s bare.pcapng "$1" || fail "$1: it is not as it was"
    packets=$(sed -n 's/.*: \([0-9]*\) packets, .*/\1/p' said | head -n 1)
    counted=$(capinfos -Mc "$1" 2>/dev/null | sed -n 's/^Number of packets: *//p')
    [ -z "$counted" ] || [ "$packets" = "$counted" ] || fail "$1: $packets packets, Wireshark has $counted"
}

: >failures
refused=0 annotated=0
find "$folder" -type f >list
while read -r file; do
    if look "$file"; then
        annotated=$((annotated + 1))
    else
        refused=$((refused + 1))
        sed -n '1s/^/refused: /p' said
    fi
done <list
echo "$annotated annotated, $refused refused, $(wc -l <failures) failures"
[ ! -s failures ]
