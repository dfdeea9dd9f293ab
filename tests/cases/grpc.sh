#!/bin/sh
# SPDX-License-Identifier: MIT
# The status of a gRPC call is what the program says that it read.
. "$(dirname "$0")/lib.sh"
for name in debuglog-grpc debuglog-grpc-both; do
    folder=$TESTDATA/$name
    exits 0 "$H2ANNOTATE" -q "$folder/capture.pcapng" "$folder/trace.log" --keylog "$folder/keys.log" \
        --report report.json -o out.pcapng
    awk '/ read HEADERS /     { sub(/.* stream=/, ""); stream = $1 }
         / "grpc-status" = / { gsub(/"/, "", $NF); print stream, $NF }' "$folder/trace.log" | sort -n >wanted
    awk -F'[:, ]+' '$2 == "\"stream\""      { stream = $3 }
                    $2 == "\"grpc_status\"" { print stream, $3 }' report.json | sort -n >found
    [ "$(wc -l <wanted)" -ge 12 ] || fail "$name: no status to compare with"
    same wanted found
    grep -aq ' end=end status=200 grpc-status=5 grpc-code=NOT_FOUND ~' out.pcapng || fail "$name: not in the comments"
    ! grep -aq 'grpc-message\|unknown service' report.json || fail "$name: the message got out"
done

# What is no gRPC has none.
folder=$TESTDATA/conc16-go127
exits 0 "$H2ANNOTATE" -q "$folder/capture.pcapng" "$folder/trace.json" --keylog "$folder/keys.log" --report report.json -o out.pcapng
! grep -aq grpc report.json out.pcapng || fail "a status where there is none"
finish
