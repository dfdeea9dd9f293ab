#!/bin/sh
# SPDX-License-Identifier: MIT
# Names that would like to be more: in a filter made of one they are a string, in every output of tshark they are text.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
of goaway-covered
folder=$dir/testdata/goaway-covered
# shellcheck disable=SC2086
look() {
    with_plugin -r "$capture" -2 $keys -o "httptrace.sidecar:$dir/hostile.json" "$@"
}
cp "$folder/trace.json" hostile.json
look -Y 'httptrace.req == "r4"' >wanted
[ "$(wc -l <wanted)" -gt 1 ] || fail "no packets of r4"

# The name in JSON, then what the plugin makes of it in a filter.
n=0
while read -r json filter; do
    n=$((n + 1))
    awk -v from='"req":"r4"' -v to="\"req\":\"$(printf %s "$json" | sed 's/\\/\\\\/g')\"" '
        { while (at = index($0, from)) $0 = substr($0, 1, at - 1) to substr($0, at + length(from)); print }' \
        "$folder/trace.json" >hostile.json
    ! grep -q '"req":"r4"' hostile.json || fail "name $n: r4 is still there"
    look -Y "httptrace.req == \"$filter\"" >found
    [ "$(wc -l <found)" = "$(wc -l <wanted)" ] || fail "name $n, $json: filter \"$filter\" finds $(wc -l <found) packets, wanted $(wc -l <wanted): $(cat err)"
    no_memory_error "name $n"
    look -T fields -e httptrace.req -e httptrace.note -e _ws.col.Info >fields
    look -q -z httptrace,tree -z httptrace,conns >taps
    look -V -Y httptrace >tree
    # Tabs and new lines are tshark's own there.
    ! LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]' fields taps tree || fail "name $n: control characters"
    [ "$(wc -l <fields)" = 123 ] || fail "name $n: $(wc -l <fields) lines, wanted one a packet"
    look -T json >json
    jq -e 'length == 123' json >/dev/null || fail "name $n: the JSON is none"
    look -T pdml >pdml
    xmllint --noout pdml 2>xml.err || fail "name $n: the PDML is no XML: $(head -5 xml.err)"
done <<'EOF'
r4\"||frame\u0020||\" r4\"||frame ||\"
r4\\ r4\\
r4\\\"\u0020or\u00201==1 r4\\\" or 1==1
r4\n{\"x\":1}\r\u0007 r4\\x0a{\"x\":1}\\x0d\\x07
\u001b[31mr4\u001b]0;x\u0007 \\x1b[31mr4\\x1b]0;x\\x07
\u202er4\u2066\u200b \\xe2\\x80\\xaer4\\xe2\\x81\\xa6\\xe2\\x80\\x8b
r\u00e4t\u6f22 r\303\244t\346\274\242
<b>&amp;%s%n${x}]]> <b>&amp;%s%n\x24{x}]]>
r4\u0001\u001f\u007f r4\\x01\\x1f\\x7f
EOF
finish
