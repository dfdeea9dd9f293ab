#!/bin/sh
# SPDX-License-Identifier: MIT
# Bad input and bad places: a clear message, nothing left, nothing of the user's touched.
. "$(dirname "$0")/lib.sh"
cp "$TESTDATA/seq-tls13/capture.pcapng" cap.pcapng
cp "$TESTDATA/seq-tls13/trace.json" trace.json
cp "$TESTDATA/seq-tls13/keys.log" keys.log

exits 1 "$H2ANNOTATE" missing.pcapng trace.json
says "missing.pcapng"
exits 1 "$H2ANNOTATE" cap.pcapng missing.json
says "missing.json"
exits 1 "$H2ANNOTATE" cap.pcapng trace.json --keylog missing.log
says "missing.log"
mkdir folder
exits 1 "$H2ANNOTATE" folder trace.json
says "folder"
exits 1 "$H2ANNOTATE" cap.pcapng folder
says "folder"
: >empty
exits 1 "$H2ANNOTATE" empty trace.json -o x.pcapng
says "empty"
exits 1 "$H2ANNOTATE" cap.pcapng empty -o x.pcapng
says "empty"
exits 0 "$H2ANNOTATE" trace.json cap.pcapng -o x.pcapng # their content tells which is which
rm x.pcapng
exits 1 "$H2ANNOTATE" trace.json keys.log -o x.pcapng
says "trace.json"
exits 1 "$H2ANNOTATE" cap.pcapng keys.log -o x.pcapng
says "keys.log"
exits 2 "$H2ANNOTATE" cap.pcapng trace.json -f "no such filter" -o x.pcapng
says "no such filter"
exits 1 "$H2ANNOTATE" cap.pcapng trace.json -o no/such/folder/x.pcapng
says "no/such/folder"
exits 1 "$H2ANNOTATE" cap.pcapng trace.json -o folder
says "folder"
rmdir folder
only cap.pcapng trace.json keys.log empty

# The output is never one of the inputs, by whatever name.
ln -s cap.pcapng link.pcapng
ln cap.pcapng hard.pcapng
for target in cap.pcapng ./cap.pcapng link.pcapng hard.pcapng trace.json keys.log; do
    exits 2 "$H2ANNOTATE" cap.pcapng trace.json --keylog keys.log -o $target
    says "$target"
    exits 2 "$H2ANNOTATE" cap.pcapng trace.json --keylog keys.log -o x.pcapng --report $target
    says "$target"
done
exits 2 "$H2ANNOTATE" cap.pcapng trace.json -o x.pcapng --report x.pcapng
same cap.pcapng "$TESTDATA/seq-tls13/capture.pcapng"
same trace.json "$TESTDATA/seq-tls13/trace.json"
only cap.pcapng trace.json keys.log empty link.pcapng hard.pcapng

# What stood under the output's name stays when a run fails, and is replaced when it does not.
echo precious >old.pcapng
exits 1 "$H2ANNOTATE" cap.pcapng missing.json -o old.pcapng
[ "$(cat old.pcapng)" = precious ] || fail "old.pcapng was touched"
exits 0 "$H2ANNOTATE" cap.pcapng trace.json -o old.pcapng
[ "$(cat old.pcapng | head -c 8 | tr -d '\0')" != precious ] || fail "old.pcapng was not replaced"

# Permissions are the input's.
chmod 640 cap.pcapng
exits 0 "$H2ANNOTATE" cap.pcapng trace.json -o mode.pcapng
[ "$(stat -c %a mode.pcapng)" = 640 ] || fail "mode $(stat -c %a mode.pcapng), wanted 640"
chmod 644 cap.pcapng
exits 0 "$H2ANNOTATE" cap.pcapng trace.json --keylog keys.log --embed-keys -o secret.pcapng
[ "$(stat -c %a secret.pcapng)" = 600 ] || fail "mode $(stat -c %a secret.pcapng), wanted 600"
says "decryption secrets"
exits 0 "$H2ANNOTATE" --remove secret.pcapng -o plain.pcapng
same plain.pcapng cap.pcapng

# A full disk.
if [ -w /dev/full ]; then
    exits 1 "$H2ANNOTATE" cap.pcapng trace.json -o /dev/full
    says "/dev/full"
fi
# A damaged capture: what is whole is annotated, the rest is copied, and it is said.
head -c 20000 cap.pcapng >cut.pcapng
exits 0 "$H2ANNOTATE" cut.pcapng trace.json --keylog keys.log -o cut.out.pcapng
says "damaged"
exits 0 "$H2ANNOTATE" --remove cut.out.pcapng -o cut.back.pcapng
same cut.back.pcapng cut.pcapng
# A damaged sidecar: the good lines are used.
{
    head -n 20 trace.json
    echo '{"ts":"2026-11-23T15:44:00Z","ev":"GotC'
    tail -n +21 trace.json
} >damaged.json
exits 0 "$H2ANNOTATE" cap.pcapng damaged.json --keylog keys.log -o x.pcapng
says "damaged.json:21"
says "unmatched attempts: 0"
finish
