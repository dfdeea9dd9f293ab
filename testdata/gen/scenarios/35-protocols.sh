# SPDX-License-Identifier: MIT
# Who speaks what.

# haproxy without `alpn` chooses nothing.
scenario_alpn_downgrade_none() {
    loopback
    haproxy_server "bind 127.0.0.1:8443 ssl crt $WORK/both.pem" "http-request return status 200"
    start_capture pcapng lo
    client -n 4 -c 2 https://127.0.0.1:8443/
    stop_capture
}

# The server speaks HTTP/2, then it is started again and does not.
scenario_alpn_downgrade_mixed() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -pace 400ms https://127.0.0.1:8443/ &
    local client=$!
    sleep 0.6
    kill -TERM "$SERVER_PID"
    sleep 0.1
    go_server -http1
    wait $client
    stop_capture
}

# Two programs, one of which does not offer HTTP/2.
scenario_h2_not_offered_mixed() {
    loopback
    go_server
    start_capture pcapng lo
    "$CLIENT" -ca "$CERT" -trace "$OUT/trace-1.json" -keys "$OUT/keys.log" -n 3 https://127.0.0.1:8443/
    "$CLIENT" -ca "$CERT" -trace "$OUT/trace-2.json" -keys "$OUT/keys.log" -n 3 -snippet \
        https://127.0.0.1:8443/
    stop_capture
}

# The client offers HTTP/2 only, the Go server knows HTTP/1.1 only.
scenario_alpn_rejected() {
    needs_go 1.27
    loopback
    go_server -http1
    start_capture pcapng lo
    client -h2only -n 2 https://127.0.0.1:8443/
    stop_capture
}

# The same with a server that chooses nothing: the handshake is fine, the client gives up.
scenario_alpn_rejected_silent() {
    needs_xnet
    loopback
    haproxy_server "bind 127.0.0.1:8443 ssl crt $WORK/both.pem" "http-request return status 200"
    start_capture pcapng lo
    client -xnet -n 2 https://127.0.0.1:8443/
    stop_capture
}

# net/http of Go 1.27, which is to offer HTTP/2 only, does not give up: it speaks HTTP/1.1.
scenario_alpn_downgrade_h2only() {
    needs_go 1.27
    loopback
    haproxy_server "bind 127.0.0.1:8443 ssl crt $WORK/both.pem" "http-request return status 200"
    start_capture pcapng lo
    client -h2only -n 2 https://127.0.0.1:8443/
    stop_capture
}

# HTTP/2 with prior knowledge to servers that know HTTP/1.1 only.
scenario_http1_on_h2c() {
    needs_go 1.24
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -h2c -n 2 -timeout 1s http://127.0.0.1:8080/
    stop_capture
}

# HTTP/2 is agreed on, then comes HTTP/1.1.
scenario_http1_on_h2() {
    loopback
    frame_server -open http1
    start_capture pcapng lo
    client -n 2 -timeout 1s https://127.0.0.1:8443/
    stop_capture
}

scenario_http1_on_h2_go127() {
    needs_go 1.27
    scenario_http1_on_h2
}

scenario_h2_on_http1() {
    loopback
    cp "$CERT" "$WORK/file"
    serve 8080 nghttpd --no-tls -d "$WORK" 8080
    start_capture pcapng lo
    clear_client -n 2 -timeout 1s http://127.0.0.1:8080/file
    stop_capture
}
