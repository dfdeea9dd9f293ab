#!/bin/sh
# SPDX-License-Identifier: MIT
# One file of a ring alone, annotated: the plugin shows its comments, though nothing in it can be decrypted.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
of seq-tls13
mkdir ring annotated
editcap -c 40 "$capture" ring/part.pcapng 2>/dev/null
# shellcheck disable=SC2086
"$H2ANNOTATE" -q ring/* $sidecars $keylog --out-dir annotated || fail "h2annotate failed"
chmod -R a+rX annotated
n=0
for file in annotated/*; do
    with_plugin -r "$file" -T json --no-duplicate-keys -e frame.number -e httptrace.note -e frame.comment >json
    lines httptrace.note <json >notes
    our_comments <json >wanted
    cmp -s wanted notes || fail "$file: $(diff wanted notes | head -4)"
    n=$((n + $(wc -l <notes)))
done
[ $n -gt 50 ] || fail "only $n notes"
finish
