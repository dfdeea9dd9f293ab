#!/bin/sh
# SPDX-License-Identifier: MIT
# The arrows of the architecture: who may include whom, and which file alone may include a library.
set -u
cd "$1" || exit 1
bad=0

# forbid WHY FILES PATTERN
forbid() {
    why=$1 pattern=$2
    shift 2
    hits=$(grep -nE "^#include [<\"]($pattern)" "$@" 2>/dev/null)
    [ -z "$hits" ] && return
    printf '%s\n%s\n' "$why" "$hits"
    bad=1
}

sources() {
    find "$@" -name '*.c' -o -name '*.h' -o -name '*.cc'
}

all=$(sources core annotator)
# shellcheck disable=SC2086,SC2046
{
    only() {
        forbid "only $2 may include $1" "$1" $(echo "$all" | grep -v -E "$2")
    }
    only 'pcap(/|\.h|-)' annotator/capture/pcap_in
    only 'archive(_entry)?\.h' annotator/capture/source
    only 'openssl/' annotator/wire/crypto
    only 'nghttp2/' annotator/wire/hpack
    only 'simdjson' core/json.cc
    only 'epan/|wsutil/|wiretap/' '^plugin/'
    forbid "core includes nothing of the annotator" 'annotator/' $(sources core)
    forbid "capture does not know wire" 'annotator/wire/' $(sources annotator/capture)
    forbid "wire does not know capture" 'annotator/capture/' $(sources annotator/wire)
    forbid "capture and wire do not know the program" 'annotator/[a-z_0-9]+\.h' \
        $(sources annotator/capture annotator/wire)
    forbid "tcp, tls and h2 do not know each other" 'annotator/wire/(tls|h2|http1|hpack)' \
        annotator/wire/tcp*.[ch] annotator/wire/packet.[ch]
    forbid "tls does not know what it carries" 'annotator/wire/(tcp|h2|http1|hpack|packet)' \
        annotator/wire/tls*.[ch] annotator/wire/crypto.[ch] annotator/wire/keylog.[ch]
    forbid "h2 does not know what carries it" 'annotator/wire/(tcp|tls|packet|keylog)' \
        annotator/wire/h2*.[ch] annotator/wire/hpack.[ch] annotator/wire/http1*.[ch]
    forbid "only facts and its users know the wire model's builder" 'core/join' core/facts*.c
}
exit $bad
