# SPDX-License-Identifier: MIT
# Streams that come to a bad end while their connection lives, and responses that are none.

# All attempts are refused, until the deadline.
scenario_refused_stream_gave_up() {
    loopback
    frame_server -mode refuse -every 1
    start_capture pcapng lo
    client -n 1 -timeout 2500ms https://127.0.0.1:8443/
    stop_capture
}

# INTERNAL_ERROR, FLOW_CONTROL_ERROR, CANCEL, HTTP_1_1_REQUIRED.
scenario_stream_reset() {
    loopback
    frame_server -mode reset -codes 2,3,8,13 -every 2
    start_capture pcapng lo
    client -n 8 https://127.0.0.1:8443/
    stop_capture
}

# The handler of a Go server panics.
scenario_stream_reset_panic() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 https://127.0.0.1:8443/{,abort}
    stop_capture
}

# PROTOCOL_ERROR from the server. Up to Go 1.26 the client tries again on another connection.
scenario_reset_protocol_error() {
    needs_go 1.24
    loopback
    frame_server -mode reset -codes 1 -every 3
    start_capture pcapng lo
    client -n 5 https://127.0.0.1:8443/
    stop_capture
}

scenario_reset_protocol_error_go127() {
    needs_go 1.27
    loopback
    frame_server -mode reset -codes 1 -every 3
    start_capture pcapng lo
    client -n 5 https://127.0.0.1:8443/
    stop_capture
}

# The handler of a Go server panics when it has written half of the body.
scenario_body_cut_panic() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 https://127.0.0.1:8443/{,half}
    stop_capture
}

scenario_body_cut_fin() {
    loopback
    frame_server -mode close-midbody -every 2
    start_capture pcapng lo
    client -n 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_body_cut_fin_go127() {
    needs_go 1.27
    scenario_body_cut_fin
}

scenario_body_cut_rst() {
    loopback
    frame_server -mode abort-midbody -every 2
    start_capture pcapng lo
    client -n 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_body_cut_http1() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -n 4 http://127.0.0.1:8080/{,half}
    stop_capture
}

# The Go server answers before it has read the body, and says with RST_STREAM that it need not come.
scenario_early_response() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 2 -body 100000 https://127.0.0.1:8443/deny
    stop_capture
}

scenario_early_response_go127() {
    needs_go 1.27
    scenario_early_response
}

# nginx does not want so much.
scenario_early_response_nginx() {
    loopback
    nginx_server "listen 8443 ssl http2;" "client_max_body_size 10k;"
    start_capture pcapng lo
    client -n 2 -body 90000 https://127.0.0.1:8443/
    stop_capture
}

# ---- What RFC 9113 forbids -----------------------------------------------------------------------

violation() {
    loopback
    frame_server "$@"
    start_capture pcapng lo
    client -n 4 -timeout 500ms https://127.0.0.1:8443/
    stop_capture
}

scenario_server_violation_push() { violation -mode push -every 2; }

scenario_server_violation_window() { violation -mode overflow-connection -every 2; }

scenario_server_violation_hpack() { violation -mode bad-hpack -every 2; }

# A response first, then SETTINGS.
scenario_server_violation_settings() { violation -open late; }

scenario_server_violation_push_go127() {
    needs_go 1.27
    scenario_server_violation_push
}

# The server agrees on HTTP/2 and does not say a word of it.
scenario_settings_missing() {
    loopback
    frame_server -open silent
    start_capture pcapng lo
    client -n 2 -timeout 200ms https://127.0.0.1:8443/
    stop_capture
}

scenario_settings_missing_go127() {
    needs_go 1.27
    scenario_settings_missing
}

scenario_bad_response_headers() { violation -mode bad-name -every 2; }

scenario_bad_response_headers_go127() {
    needs_go 1.27
    scenario_bad_response_headers
}

# WINDOW_UPDATE that takes a stream's window past 2^31-1: up to Go 1.22 the client ends the connection.
scenario_window_overflow() { violation -mode overflow-stream -every 2; }

# Go 1.23 to 1.25 deadlock: the deadline does not help, the program has to be killed.
scenario_window_overflow_go124() {
    needs_go 1.24
    loopback
    frame_server -mode overflow-stream -every 2
    start_capture pcapng lo
    timeout -s KILL 2 "$CLIENT" -ca "$CERT" -trace "$OUT/trace.json" -keys "$OUT/keys.log" \
        -n 3 -timeout 300ms https://127.0.0.1:8443/ || true
    stop_capture
}

scenario_window_overflow_go127() {
    needs_go 1.27
    scenario_window_overflow
}

# ---- What the program wants ----------------------------------------------------------------------

# The program cancels what takes too long for it; there is no deadline.
scenario_cancelled_by_caller() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -cancel 60ms https://127.0.0.1:8443/{,slow?ms=4000}
    stop_capture
}

# While the connection is being dialled.
scenario_cancelled_by_caller_dial() {
    needs_go 1.27
    wired -delay 50ms
    start_capture pcapng toclient
    remote_client -n 2 -cancel 60ms https://10.9.0.2:8443/
    stop_capture
}

scenario_header_timeout() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -header-timeout 100ms https://127.0.0.1:8443/{,slow?ms=4000}
    stop_capture
}

scenario_header_timeout_go127() {
    needs_go 1.27
    scenario_header_timeout
}

scenario_header_timeout_http1() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -n 4 -header-timeout 100ms http://127.0.0.1:8080/{,slow?ms=4000}
    stop_capture
}

# Bodies neither read nor closed, while the program goes on for a while.
scenario_open_body() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -leak -linger 1200ms https://127.0.0.1:8443/big?kb=8
    stop_capture
}

scenario_open_body_unread() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -abandon 1 https://127.0.0.1:8443/big?kb=100
    stop_capture
}

scenario_no_reuse_body() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -n 4 -abandon 1 http://127.0.0.1:8080/big?kb=16
    stop_capture
}

scenario_no_reuse_body_leak() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -n 4 -leak http://127.0.0.1:8080/big?kb=16
    stop_capture
}

scenario_keepalive_off() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 3 -no-keepalive https://127.0.0.1:8443/
    stop_capture
}

scenario_keepalive_off_header() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 3 -close https://127.0.0.1:8443/
    stop_capture
}

scenario_keepalive_off_http1() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -n 3 -no-keepalive http://127.0.0.1:8080/
    stop_capture
}
