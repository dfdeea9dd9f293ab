#!/bin/sh
# SPDX-License-Identifier: MIT
# Beside other postdissectors, and what other plugins of our kind got wrong (FoxIO's JA4: #63 silent beside another
# postdissector, #64 values twice, #235 empty columns, #257 crash when a stream is followed).
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
of nginx-goaway

# look ARGUMENT…
look() {
    # shellcheck disable=SC2086
    with_plugin -r "$capture" $keys -o "httptrace.sidecar:$sidecar" "$@" >out || fail "tshark $*: $(head -5 err)"
    grep -iE 'dissector bug|ERROR: AddressSanitizer|runtime error|assert' out err && fail "the above: $*"
}

# What other postdissectors say and what we say is the same as without the other one.
global=$(tshark -G folders 2>/dev/null | sed -n 's/^Global Plugins:[[:space:]]*//p')
for other in transum communityid; do
    found=$(find "$global" -name "$other.so" 2>/dev/null | head -1)
    [ -z "$found" ] || cp "$found" "$dir/plugins/$HTTPTRACE_VERSION/epan/"
done
chmod -R a+rX "$dir/plugins"
with_plugin -G protocols >protocols
beside="--enable-protocol transum --enable-protocol communityid"
for passes in '' -2; do
    # shellcheck disable=SC2086
    {
        look $passes -T fields -e frame.number -e httptrace.note
        mv out alone
        look $passes $beside -T fields -e frame.number -e httptrace.note
        cmp -s alone out || fail "other postdissectors change ours $passes: $(diff alone out | head -3)"
        look $passes $beside -T fields -e httptrace.req -e transum.status
        grep -q '^r1	' out || fail "nothing of ours beside others $passes"
    }
done
# TRANSUM shows nothing on the first pass.
! grep -Eq '	transum(	|$)' protocols || cut -f 2 out | grep -q . || fail "nothing of TRANSUM"
# shellcheck disable=SC2086
look -2 $beside -O communityid,httptrace
grep -q 'Community ID.*1:' out && grep -q 'Go net/http/httptrace' out || fail "no community ID"

# No note twice, in either way of printing.
for passes in '' -2; do
    look $passes -T json --no-duplicate-keys -e frame.number -e httptrace.note
    lines httptrace.note <out >notes
    [ -s notes ] && [ -z "$(uniq -d notes)" ] || fail "notes twice $passes: $(uniq -d notes | head -3)"
done

# Columns.
# shellcheck disable=SC2089
columns='gui.column.format:"R","%Cus:httptrace.req:0:R","S","%Cus:httptrace.stream:0:R","H","%Cus:httptrace.event:0:R"'
for passes in '' -2; do
    look $passes -o "$columns" -Y 'httptrace.req == "r9" && httptrace.what == "request" && httptrace.attempt == 1'
    grep -q '^ *r9 17 GetConn,GotConn' out || fail "columns $passes: $(cat out)"
done

# Streams followed.
for stream in tcp,ascii,1 tls,ascii,1 http2,ascii,1,17; do
    look -q -z "follow,$stream"
    grep -q 'Follow:' out || fail "-z follow,$stream: $(cat out)"
done

# All statistics at once, all passes.
look -2 -q -z httptrace,tree -z httptrace,conns -z expert -z io,phs -z http2,tree
grep -q httptrace out || fail "not in the hierarchy of protocols"
finish
