# SPDX-License-Identifier: MIT
# Streams and connections that come to a bad end.

# The client tries again on the same connection, at once, then after 1 s, 2 s, …
scenario_refused_stream() {
    loopback
    frame_server -mode refuse -every 3
    start_capture pcapng lo
    client -n 10 -c 2 https://127.0.0.1:8443/
    stop_capture
}

scenario_refused_stream_go127() {
    needs_go 1.27
    scenario_refused_stream
}

scenario_rst_midbody() {
    loopback
    frame_server -mode midbody -every 3
    start_capture pcapng lo
    client -n 12 -c 2 https://127.0.0.1:8443/
    stop_capture
}

scenario_ctx_timeout() {
    loopback
    frame_server -mode silent -every 3
    start_capture pcapng lo
    client -n 12 -c 2 -timeout 100ms https://127.0.0.1:8443/
    stop_capture
}

scenario_ctx_timeout_go124() {
    needs_go 1.24
    scenario_ctx_timeout
}

# One stream at a time, and now and then no answer: some requests wait for a stream until their
# deadline, they have a connection and no HEADERS.
scenario_stream_slots() {
    needs_go 1.27
    loopback
    frame_server -mode silent -every 3 -streams 1
    start_capture pcapng lo
    client -strict -n 12 -c 3 -timeout 80ms https://127.0.0.1:8443/
    stop_capture
}

# GOAWAY does not cover the stream, then the connection ends: retry on a new one.
scenario_goaway_retry() {
    loopback
    frame_server -mode goaway -every 5
    start_capture pcapng lo
    client -n 12 -c 1 -body 300 https://127.0.0.1:8443/
    stop_capture
}

# GOAWAY covers the stream, then the connection ends: an error, no retry.
scenario_goaway_covered() {
    loopback
    frame_server -mode covered -every 4
    start_capture pcapng lo
    client -n 12 -c 2 https://127.0.0.1:8443/
    stop_capture
}

# The bodies are closed unread: RST_STREAM with CANCEL by the client.
scenario_abandoned_body() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 6 -abandon 2 https://127.0.0.1:8443/slow?ms=1 https://127.0.0.1:8443/big?kb=8
    stop_capture
}

# The program is killed: its trace ends in the middle.
scenario_killed() {
    loopback
    go_server
    start_capture pcapng lo
    "$CLIENT" -ca "$CERT" -trace "$OUT/trace.json" -keys "$OUT/keys.log" -n 1000 -c 3 -pace 30ms \
        https://127.0.0.1:8443/ &
    local pid=$!
    sleep 0.25
    kill -KILL $pid
    wait $pid || true
    stop_capture
}

scenario_goaway_covered_go127() {
    needs_go 1.27
    scenario_goaway_covered
}
