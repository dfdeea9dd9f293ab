# SPDX-License-Identifier: MIT
# Programs of which GODEBUG=http2debug is all there is.

debug_busy() {
    loopback
    go_server
    start_capture pcapng lo
    debug_client "$@" -n 24 -c 8 https://127.0.0.1:8443/{,slow?ms=3,trailer}
    stop_capture
}

scenario_debuglog_go119() { debug_busy 2 std; }

scenario_debuglog_go124() {
    needs_go 1.24
    debug_busy 2 micro
}

scenario_debuglog_go127() {
    needs_go 1.27
    debug_busy 2 micro
}

# One connection can be followed: all requests on it, in order.
scenario_debuglog_level1() { debug_busy 1 std; }

# No stamps at all: frames are all there is.
scenario_debuglog_bare() {
    needs_go 1.27
    debug_busy 2 bare
}

scenario_debuglog_slog() {
    needs_go 1.27
    debug_busy 2 slog
}

scenario_debuglog_slogtext() {
    needs_go 1.24
    debug_busy 2 slogtext
}

# nginx's GOAWAY: many short connections that carry nearly the same, some at once. Local time is not
# UTC.
debug_behind_nginx() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 8;"
    start_capture pcapng lo
    TZ=Asia/Kathmandu debug_client "$@" -n 60 -c 5 https://127.0.0.1:8443/
    stop_capture
}

scenario_debuglog_nginx() {
    needs_go 1.27
    debug_behind_nginx 2 short
}

# The same with whole seconds and Go 1.19.
scenario_debuglog_nginx_seconds() { debug_behind_nginx 2 std; }

# Several connections at http2debug=1: only headers tell.
scenario_debuglog_nginx_level1() { debug_behind_nginx 1 micro; }

scenario_debuglog_nghttpd() {
    needs_go 1.24
    loopback
    cp "$CERT" "$WORK/file"
    serve 8443 nghttpd -m 4 -d "$WORK" 8443 "$KEY" "$CERT"
    start_capture pcapng lo
    debug_client 2 micro -n 20 -c 8 https://127.0.0.1:8443/{file,missing}
    stop_capture
}

# Requests that run into their deadline: RST_STREAM and PING.
scenario_debuglog_timeout() {
    needs_go 1.24
    loopback
    frame_server -mode silent -every 3
    start_capture pcapng lo
    debug_client 2 micro -n 12 -c 2 -timeout 100ms https://127.0.0.1:8443/
    stop_capture
}

# Retries on the same connection.
scenario_debuglog_refused() {
    needs_go 1.27
    loopback
    frame_server -mode refuse -every 3
    start_capture pcapng lo
    debug_client 2 micro -n 10 -c 2 https://127.0.0.1:8443/
    stop_capture
}

# Client and server, each with its log; and the recorder's sidecar.
debug_both() {
    loopback
    GODEBUG=http2debug=2 go_server 2>"$OUT/trace-server.log"
    start_capture "$@"
    GODEBUG=http2debug=2 client -log "$OUT/trace-client.log" -log-form micro -n 24 -c 6 \
        https://127.0.0.1:8443/{,slow?ms=3,early}
    stop_capture
}

scenario_debuglog_both() {
    needs_go 1.27
    debug_both pcapng lo
}

# The server's log is all there is; its clients are somebody else's.
scenario_debuglog_server() {
    needs_go 1.27
    loopback
    GODEBUG=http2debug=2 go_server 2>"$OUT/trace.log"
    start_capture pcapng lo
    "$CLIENT" -ca "$CERT" -trace "$WORK/unused.json" -keys "$OUT/keys.log" -n 30 -c 6 -timeout 40ms \
        https://127.0.0.1:8443/{,slow?ms=3,early,slow?ms=70}
    stop_capture
}

# Calls on connections of which each has its predecessor's Framer, and SETTINGS with nothing but a
# window.
scenario_debuglog_grpc_again() { debug_grpc -n 24 -c 2 -window 131072 -conns 6; }

# Requests that end at their deadline, at once on several connections, and some that do not.
scenario_debuglog_deadlines() {
    needs_go 1.27
    loopback
    go_server
    start_capture pcapng lo
    debug_client 2 micro -n 24 -c 6 -timeout 40ms https://127.0.0.1:8443/{,slow?ms=3,slow?ms=400}
    stop_capture
}

# The capture begins when the connection is in use, and all requests share one x-request-id: the log
# alone knows which is which.
scenario_debuglog_late_h2c() {
    needs_go 1.24
    loopback
    cp "$CERT" "$WORK/file"
    serve 8080 nghttpd --no-tls -d "$WORK" 8080
    GODEBUG=http2debug=2 clear_client -h2c -log "$OUT/trace-client.log" -log-form micro -n 24 -c 2 \
        -pace 40ms -shared-id same -truth-query http://127.0.0.1:8080/file &
    local pid=$!
    sleep 0.2
    start_capture pcapng lo
    wait $pid
    stop_capture
}

# The client finds an error and writes GOAWAY, which net/http never flushes.
scenario_debuglog_violation() {
    loopback
    frame_server -mode overflow-connection -every 2
    start_capture pcapng lo
    debug_client 2 micro -n 4 https://127.0.0.1:8443/
    stop_capture
}

# grpc-go, both ends: no httptrace, no lines of header fields, but the same Framers.
debug_grpc() {
    needs_grpc
    loopback
    export GODEBUG=http2debug=2
    serve 8443 "$BIN/grpc" -serve :8443 -cert "$CERT" -key "$KEY" 2>"$WORK/server.log"
    start_capture pcapng lo
    "$BIN/grpc" -ca "$CERT" -keys "$OUT/keys.log" "$@" 127.0.0.1:8443 2>"$OUT/trace.log"
    stop_capture
}

scenario_debuglog_grpc() { debug_grpc -n 20 -c 5; }

scenario_debuglog_grpc_both() {
    debug_grpc -n 12 -c 3
    cp "$WORK/server.log" "$OUT/trace.server.log"
}
