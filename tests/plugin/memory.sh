#!/bin/sh
# SPDX-License-Identifier: MIT
# No wrong access to memory, by valgrind, or by ASan if the plugin is built with it; then notes.sh looks at all of testdata.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

if [ -z "$preload" ]; then
    command -v valgrind >/dev/null || {
        echo "neither valgrind nor an ASan build"
        exit 77
    }
    RUNNER="env WIRESHARK_DEBUG_WMEM_OVERRIDE=simple valgrind -q --leak-check=no --error-exitcode=99"
fi

# look FOLDER ARGUMENT…
look() {
    of "$1"
    folder=$1
    shift
    # shellcheck disable=SC2086
    with_plugin -r "$capture" $in_order $keys -o "httptrace.sidecar:$sidecar" "$@" >out ||
        fail "$folder $*: $(grep -v '^$' err | head -20)"
    no_memory_error "$folder $*"
    [ -s out ] || fail "$folder $*: nothing"
}
look nginx-goaway -2 -V
look conc16-tls13 -O httptrace
look http1-plain -2 -T fields -e httptrace.note -e httptrace.total_time
look retransmit -2 -q -z httptrace,tree -z httptrace,conns
look dns -2 -Y httptrace
finish
