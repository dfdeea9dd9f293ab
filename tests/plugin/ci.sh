#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples of docs/ci.md that want the plugin ("```console tshark"), in one shell, one after the other: what stands below
# the commands of a block is what they print, empty lines apart. A line "…" stands for any lines.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

tshark() { # the page's; with_plugin runs the other
    with_plugin "$@"
}

# N.cmd, N.want: a block
awk '/^```console tshark$/ { inside = 1; n++; next } /^```/ { inside = 0 }
    inside && /^\$ / { print substr($0, 3) > (n ".cmd"); next } inside { print > (n ".want") }' "$here/../../docs/ci.md"
[ -f 2.cmd ] || fail "no examples in docs/ci.md"
for command in *.cmd; do
    # shellcheck disable=SC1090
    . "./$command" >printed
    sed '/^$/d' printed >got
    awk 'NR == FNR { want[++w] = $0; next } { have[++h] = $0 }
        END { for (i = j = 1; i <= w; i++)
                if (want[i] == "…") { while (j <= h && have[j] != want[i + 1]) j++ }
                else if (j > h || have[j++] != want[i]) exit 1
            exit j <= h }' "${command%.cmd}.want" got || fail "$(cat "$command") prints: $(diff "${command%.cmd}.want" got)"
done
finish
