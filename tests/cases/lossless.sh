#!/bin/sh
# SPDX-License-Identifier: MIT
# annotate | remove gives the bytes back, annotating twice changes nothing, nor does the number of threads: on all captures
# that are shipped.
. "$(dirname "$0")/lib.sh"
for folder in "$TESTDATA"/*/; do
    name=$(basename "$folder")
    capture=$(ls "$folder"capture.pcap* 2>/dev/null) || continue
    sidecars=$(ls "$folder"trace*.json "$folder"trace*.log 2>/dev/null)
    keys=
    [ ! -f "$folder/keys.log" ] || keys="--keylog $folder/keys.log"
    # shellcheck disable=SC2086
    {
        exits 0 "$H2ANNOTATE" -q "$capture" $sidecars $keys -o a.pcapng
        exits 0 "$H2ANNOTATE" -q -j 1 "$capture" $sidecars $keys -o one-thread.pcapng
        exits 0 "$H2ANNOTATE" -q a.pcapng $sidecars $keys -o b.pcapng
        exits 0 "$H2ANNOTATE" -q "$capture" $sidecars $keys --embed-keys -o e.pcapng
    }
    same a.pcapng b.pcapng
    same a.pcapng one-thread.pcapng
    exits 0 "$H2ANNOTATE" -q --remove a.pcapng -o back.pcapng
    exits 0 "$H2ANNOTATE" -q --remove e.pcapng -o back-e.pcapng
    same back.pcapng back-e.pcapng
    case $capture in
    *.pcapng) same back.pcapng "$capture" ;;
    *)
        exits 0 "$H2ANNOTATE" -q --remove "$capture" -o converted.pcapng
        same back.pcapng converted.pcapng
        ;;
    esac
    rm -f ./*.pcapng
done
finish
