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

# Wireshark's own colours, by the plugin and the profile. Root loads no personal plugins: nobody does it then, in a home that
# has both. tshark colours a terminal only, so give it one.
as_user() {
    set -- env HOME="$out/home" COLORTERM=truecolor "$@"
    [ "$(id -u)" != 0 ] || set -- setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
    if [ ! "${NO_COLOR-}" ] && script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
        script -qec "$(printf "'%s' " "$@")" /dev/null </dev/null | tr -d '\r'
    else
        "$@"
    fi
}

coloured() {
    HOME=$out/home XDG_CONFIG_HOME='' profiles/install-user.sh build/demo/wireshark >/dev/null 2>&1
    cp -r "testdata/$1" "$out/capture"
    chmod -R a+rX "$out"
    capture=$(ls "$out"/capture/capture.*)
    echo
    echo "== the same in Wireshark's colours, streams and what went wrong, without annotating it: plugin and profile httptrace"
    echo "\$ tshark -2 -C httptrace --color -r ${capture##*/} -o httptrace.sidecar:trace.json -o tls.keylog_file:keys.log …"
    as_user tshark -2 -C httptrace --color -r "$capture" -Y "$2" \
        -o "httptrace.sidecar:$out/capture/trace.json" -o "tls.keylog_file:$out/capture/keys.log" \
        -o 'gui.column.format:"No.","%m","Time","%t","Conn","%Cus:httptrace.conn","Request","%Cus:httptrace.req","Attempt","%Cus:httptrace.attempt","Info","%i"'
}

coloured nginx-goaway 'httptrace.req && frame.number >= 70 && frame.number <= 142'
