#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds h2annotate on a fresh Debian 12 or newer and shows what it does, on two captures that are shipped.
set -eu
cd "$(dirname "$0")"

tests/install.sh demo

log=$(mktemp)
out=$(mktemp -d)
trap 'rm -rf "$log" "$out"' EXIT
echo "== building"
{ cmake --preset release -DBUILD_TESTING=OFF -B build/demo && cmake --build build/demo; } \
    >"$log" 2>&1 || {
    cat "$log"
    exit 1
}

show() {
    capture=$(ls testdata/"$1"/capture.*)
    keys=
    [ ! -f "testdata/$1/keys.log" ] || keys="--keylog testdata/$1/keys.log"
    echo
    echo "== $2"
    echo "\$ h2annotate $capture testdata/$1/trace.json $keys"
    # shellcheck disable=SC2086
    build/demo/h2annotate "$capture" "testdata/$1/trace.json" $keys -o "$out/$1.pcapng"
    echo
    echo "\$ tshark -r $1.annotated.pcapng -Y frame.comment   (the comments of the first packets)"
    tshark -r "$out/$1.pcapng" -Y frame.comment -T fields -E separator=' ' \
        -e frame.number -e frame.comment -E aggregator="$(printf '\n\t')" 2>/dev/null | head -n "$3"
}

show nginx-goaway "nginx closes the connection after a few requests; Go retries, silently" 24
show nohttp2-snippet "the snippet everybody copies turns HTTP/2 off: alpn-offered=none" 12
