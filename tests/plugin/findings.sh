#!/bin/sh
# SPDX-License-Identifier: MIT
# -z httptrace,findings is the same in one pass, in two, and what h2annotate lists; an annotated file alone has those that
# stand in a packet. Findings have fields, filters and expert information.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

# printed: lines without the capture's name, which need not be known to the plugin
printed() { grep -aE '^[^:]*(:[0-9]+)?: (note|warning|error): ' | sed -E 's/^ *[^:]*(:([0-9]+))?: /\2 /'; }

listed() { with_plugin "$@" -q -z httptrace,findings | printed; }

for folder in goaway-covered stream-slots nginx-goaway refused-stream dns inadequate-security http1-plain window-stall-stream \
    dead-connection-reused tls-failed-alert; do
    of $folder
    # shellcheck disable=SC2086
    "$H2ANNOTATE" -v "$capture" $sidecars $keylog -o annotated.pcapng 2>&1 | sed 's/^  //' | printed >wanted
    chmod a+r annotated.pcapng
    # shellcheck disable=SC2086
    {
        listed -r "$capture" $keys -o "httptrace.sidecar:$sidecar" >one
        listed -r "$capture" -2 $keys -o "httptrace.sidecar:$sidecar" >two
    }
    listed -r annotated.pcapng >alone
    cmp -s wanted one || fail "$folder: one pass: $(diff wanted one | head -4)"
    cmp -s wanted two || fail "$folder: two passes: $(diff wanted two | head -4)"
    grep -a '^[0-9]' wanted >placed
    cmp -s placed alone || fail "$folder: annotated: $(diff placed alone | head -4)"
done

of goaway-covered
fields() {
    # shellcheck disable=SC2086
    with_plugin -r "$capture" -2 $keys -o "httptrace.sidecar:$sidecar" "$@"
}
got=$(fields -Y 'httptrace.severity >= "warning"' -T fields -e frame.number -e httptrace.finding -e httptrace.finding.proof \
    -e httptrace.finding.at | head -2 | tr '\t\n' ' /')
[ "$got" = "36 goaway-retried,goaway-lost 55,38 /38 goaway-lost  36/" ] ||
    [ "$got" = "36 goaway-lost,goaway-retried 38,55 /38 goaway-lost  36/" ] || fail "fields: $got"
got=$(fields -Y 'httptrace.finding == "goaway-lost" && httptrace.req == "r8"' -T fields -e frame.number | paste -sd' ')
[ "$got" = "73 75" ] || fail "filter for a request: $got"
fields -q -z expert >expert
grep -aq '^ *3 *Sequence *httptrace *goaway-lost: ' expert || fail "expert information: $(grep -a goaway expert | head -3)"
fields -q -z httptrace,tree | grep -aq 'goaway-lost  *3 ' || fail "statistics: no findings"
finish
