#!/bin/sh
# SPDX-License-Identifier: MIT
# The pages about Wireshark name every field, and no field or preference that is not there; their filters, statistics and macros work.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
root=$here/../..
page=$root/docs/wireshark.md
env -u XDG_CONFIG_HOME HOME="$dir/home" "$root/profiles/install-user.sh" >/dev/null
chmod -R a+rX "$dir/home"

with_plugin -G fields | awk -F '\t' '$1 == "F" && $3 ~ /^httptrace\./ { print $3 }' | LC_ALL=C sort >registered
cat "$page" "$root/docs/troubleshooting.md" | grep -oE 'httptrace\.[a-z0-9_.]+[a-z0-9]' | grep -vx 'httptrace\.so' |
    LC_ALL=C sort -u >named
LC_ALL=C comm -23 registered named >undocumented
[ ! -s undocumented ] || fail "fields that docs/wireshark.md does not name: $(cat undocumented)"
with_plugin -G currentprefs | sed -n 's/^#\{0,1\}\(httptrace\.[a-z0-9_.]*\):.*/\1/p' >preferences
LC_ALL=C comm -13 registered named | grep -vxFf preferences >unknown
[ ! -s unknown ] || fail "fields in the docs that the plugin has not: $(cat unknown)"

# Every filter of the section Filters selects something in some capture, or nothing, but compiles.
awk '/^## Filters/ { inside = 1 } /^```/ && inside { block++; next } block == 1 { sub(/   +.*/, ""); print }' "$page" >filters
sed -n '/^| `\${/s/^| `\([^`]*\)`.*/\1/p' "$page" | tr -d '…' >>filters
[ "$(wc -l <filters)" -ge 10 ] || fail "only $(wc -l <filters) filters found in docs/wireshark.md"
of nginx-goaway
while read -r filter; do
    with_plugin -C httptrace -r "$capture" -Y "$filter" >out || fail "$filter: $(cat err)"
done <filters

# The statistics print something of this capture.
for statistic in $(grep -oE 'z httptrace,[a-z]+' "$page" | sort -u | cut -c 3-); do
    # shellcheck disable=SC2086
    with_plugin -q -r "$capture" $keys -o "httptrace.sidecar:$sidecar" -z "$statistic" >out ||
        fail "-z $statistic: $(cat err)"
    [ "$(wc -l <out)" -ge 3 ] || fail "-z $statistic prints only: $(cat out)"
done
finish
