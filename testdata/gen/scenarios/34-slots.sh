# SPDX-License-Identifier: MIT
# MAX_CONCURRENT_STREAMS.

# The limit is known and reached: the client dials another connection.
scenario_max_streams_dial() {
    needs_server 1.24
    loopback
    go_server -streams 2
    start_capture pcapng lo
    client -n 5 -c 4 -warm https://127.0.0.1:8443/slow?ms=50
    stop_capture
}

scenario_max_streams_dial_go127() {
    needs_go 1.27
    scenario_max_streams_dial
}

# A client that must not dial another one waits for a stream.
scenario_max_streams_queued() {
    needs_xnet
    needs_server 1.24
    loopback
    go_server -streams 1
    start_capture pcapng lo
    client -xnet -strict -warm -n 5 -c 4 https://127.0.0.1:8443/slow?ms=60
    stop_capture
}

# The same with Go 1.27: those that wait count each other as streams, none of them begins.
scenario_slot_deadlock() {
    needs_go 1.27
    needs_server 1.24
    loopback
    go_server -streams 1
    start_capture pcapng lo
    client -strict -warm -n 6 -c 4 -timeout 400ms https://127.0.0.1:8443/slow?ms=60
    stop_capture
}

# Requests are sent before the first SETTINGS tell that there may be but one: the rest is refused.
scenario_limit_before_settings() {
    loopback
    cp "$CERT" "$WORK/file"
    serve 8443 nghttpd -m 1 -d "$WORK" 8443 "$KEY" "$CERT"
    start_capture pcapng lo
    client -n 8 -c 4 https://127.0.0.1:8443/file
    stop_capture
}

# The first HEADERS are so large that they wait for the network. SETTINGS come before the others get
# their turn: the connection is full. They try another one; if that is full, too, they sleep a second.
scenario_slot_backoff() {
    needs_xnet
    narrow_path
    remote_client -xnet -n 11 -c 11 -big-header 14000 https://10.9.0.2:8443/
    stop_capture
}

# net/http forgets how often it has tried when it has to dial, and does not sleep.
scenario_max_streams_dial_late() {
    needs_go 1.27
    narrow_path
    remote_client -n 4 -c 4 -big-header 14000 https://10.9.0.2:8443/
    stop_capture
}

narrow_path() {
    wired_hosts -delay 10ms
    ip netns exec client sysctl -qw net.ipv4.tcp_wmem="4096 4096 4096"
    at server frame_server -mode fine -streams 1 -delay 50ms
    start_capture pcapng toclient
}

# The identifiers of the streams come to their end. Synthetic: 1, 3, … became 2147483635, …
scenario_stream_ids_exhausted_h2c() {
    needs_go 1.24
    loopback
    serve 8080 "$BIN/frameserver" -addr :8080 -mode fine
    start_capture pcapng lo
    clear_client -h2c -n 6 http://127.0.0.1:8080/
    stop_capture
    "$BIN/renumber" -by 2147483634 <"$OUT/capture.pcapng" >"$WORK/renumbered"
    mv "$WORK/renumbered" "$OUT/capture.pcapng"
}
