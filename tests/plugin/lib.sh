#!/bin/sh
# SPDX-License-Identifier: MIT
# For the plugin's tests: tshark with httptrace.so as an ordinary user, because root loads no personal plugins. Everything
# it needs is copied into $dir, which that user can read. $HTTPTRACE_SO, $HTTPTRACE_VERSION, $H2ANNOTATE and $TESTDATA are
# set by ctest.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
mkdir -p "$dir/plugins/$HTTPTRACE_VERSION/epan" "$dir/home"
cp "$HTTPTRACE_SO" "$dir/plugins/$HTTPTRACE_VERSION/epan/"
cp -r "$TESTDATA" "$dir/testdata"
chmod -R a+rX "$dir/testdata" "$dir/plugins"
chmod 777 "$dir/home"
cd "$dir" || exit 1
failures=0
test_name=$(basename "$0" .sh)

# An ASan build of the plugin needs ASan's library first in the program.
preload=
if ldd "$HTTPTRACE_SO" | grep -q libasan; then
    preload="LD_PRELOAD=$(ldd "$HTTPTRACE_SO" | awk '/libasan/ { print $3 }') ASAN_OPTIONS=detect_leaks=0"
fi

fail() {
    echo "FAIL $test_name: $*"
    failures=$((failures + 1))
}

finish() {
    [ $failures = 0 ] || exit 1
    echo "ok $test_name"
}

# No extcap programs: with ASan's library before them they hang.
at_home="HOME=$dir/home WIRESHARK_EXTCAP_DIR=$dir/home"

# as_user COMMAND…: not as root
as_user() {
    # shellcheck disable=SC2086
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups env $at_home "$@"
    else
        env $at_home "$@"
    fi
}

# with_plugin ARGUMENT…: tshark with the plugin, its messages in ./err
with_plugin() {
    # shellcheck disable=SC2086
    as_user env WIRESHARK_PLUGIN_DIR="$dir/plugins" $preload ${RUNNER-} tshark "$@" 2>err
}

without_plugin() {
    as_user tshark "$@" 2>err
}

# folders: all of testdata that have a capture
folders() {
    for folder in "$dir"/testdata/*/capture.*; do
        basename "$(dirname "$folder")"
    done
}

# of FOLDER: sets capture, sidecar (as the preference wants it), sidecars (as arguments), keys (for tshark), keylog
of() {
    capture=$(echo "$dir/testdata/$1"/capture.*)
    sidecars=$(find "$dir/testdata/$1" -name 'trace*.json' -o -name 'trace*.log' | sort | paste -sd' ')
    sidecar=$(echo "$sidecars" | sed 's/ /; /g')
    keys= keylog=
    if [ -f "$dir/testdata/$1/keys.log" ]; then
        keys="-o tls.keylog_file:$dir/testdata/$1/keys.log"
        keylog="--keylog $dir/testdata/$1/keys.log"
    fi
}

# What a capture with overtaking packets needs: without it, Wireshark gives up at the first.
in_order="-o tcp.reassemble_out_of_order:TRUE"

# notes ARGUMENT…: what the plugin shows, "PACKET TEXT" a line, sorted
notes() {
    with_plugin "$@" -T json --no-duplicate-keys -e frame.number -e httptrace.note | lines httptrace.note
}

# lines FIELD: of tshark's JSON
lines() {
    jq -r --arg field "$1" '.[]._source.layers | .["frame.number"][0] as $n | .[$field][]? | "\($n) \(.)"' |
        LC_ALL=C sort
}

# our_comments: those in tshark's JSON, without tag and check value
our_comments() {
    lines frame.comment | sed -n 's/^\([0-9]* \)h2a!\{0,1\} \(.*\) ~[0-9a-f]\{8\}$/\1\2/p' | LC_ALL=C sort
}

# no_memory_error WHAT: of the last with_plugin
no_memory_error() {
    ! grep -Eq 'ERROR: AddressSanitizer|runtime error' err || fail "$1: $(head -20 err)"
}

loaded=$(with_plugin -G plugins | grep -c httptrace.so)
if [ "$loaded" != 1 ]; then
    fail "tshark does not load the plugin: $(cat err)"
    finish
fi
