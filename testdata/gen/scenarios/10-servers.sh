# SPDX-License-Identifier: MIT
# Ordinary traffic with the servers people have.

scenario_seq_tls13() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 20 -pace 5ms https://127.0.0.1:8443/{,early,trailer,slow?ms=20,big?kb=8}
    stop_capture
}

scenario_conc16_tls13() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 56 -c 16 https://127.0.0.1:8443/{,slow?ms=3,slow?ms=7}
    stop_capture
}

scenario_conc16_go124() {
    needs_go 1.24
    loopback
    go_server
    start_capture pcapng lo
    client -n 24 -c 16 https://127.0.0.1:8443/{,slow?ms=3,slow?ms=7}
    stop_capture
}

scenario_conc16_go127() {
    needs_go 1.27
    loopback
    go_server
    start_capture pcapng lo
    client -n 24 -c 16 https://127.0.0.1:8443/{,slow?ms=3,slow?ms=7}
    stop_capture
}

scenario_nginx_goaway() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 8;"
    start_capture nano lo
    client -n 28 -c 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_nginx_goaway_go127() {
    needs_go 1.27
    scenario_nginx_goaway
}

scenario_nghttpd() {
    loopback
    cp "$CERT" "$WORK/file"
    serve 8443 nghttpd -m 4 -d "$WORK" 8443 "$KEY" "$CERT"
    start_capture pcapng lo
    client -n 20 -c 8 https://127.0.0.1:8443/{file,missing}
    stop_capture
}

# The same x-request-id is on the wire twice: to haproxy over TLS, and behind it in clear text.
scenario_haproxy() {
    loopback
    serve 8080 "$BIN/server" -addr :8080 -http1
    haproxy_server "bind 127.0.0.1:8443 ssl crt $WORK/both.pem alpn h2,http/1.1"
    start_capture pcapng lo
    client -n 16 -c 4 https://127.0.0.1:8443/{,trailer,big?kb=2}
    stop_capture
}

scenario_caddy() {
    loopback
    caddy_server
    start_capture pcapng lo
    client -n 16 -c 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_h2c() {
    needs_go 1.24
    loopback
    cp "$CERT" "$WORK/file"
    serve 8080 nghttpd --no-tls -d "$WORK" 8080
    start_capture pcapng lo
    clear_client -h2c -n 16 -c 4 http://127.0.0.1:8080/file
    stop_capture
}

scenario_h2c_xnet() {
    needs_xnet
    loopback
    cp "$CERT" "$WORK/file"
    serve 8080 nghttpd --no-tls -d "$WORK" 8080
    start_capture micro lo
    clear_client -xnet -h2c -n 12 -c 3 http://127.0.0.1:8080/file
    stop_capture
}

scenario_xnet() {
    needs_xnet
    loopback
    go_server
    start_capture pcapng lo
    client -xnet -n 12 -c 3 https://127.0.0.1:8443/
    stop_capture
}

scenario_http1_alpn() {
    loopback
    go_server -http1
    start_capture pcapng lo
    client -n 20 -c 3 https://127.0.0.1:8443/{,early,trailer,slow?ms=20,big?kb=4}
    stop_capture
}

scenario_http1_plain() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture micro lo
    clear_client -n 20 -c 3 http://127.0.0.1:8080/{,early,trailer,big?kb=4,last}
    stop_capture
}

# What everybody copies: a Transport with a TLSClientConfig and nothing else never offers HTTP/2.
scenario_nohttp2_snippet() {
    loopback
    go_server
    start_capture pcapng lo
    client -snippet -n 12 -c 3 https://127.0.0.1:8443/
    stop_capture
}

scenario_two_processes() {
    loopback
    go_server
    start_capture pcapng lo
    "$CLIENT" -ca "$CERT" -trace "$OUT/trace-1.json" -keys "$OUT/keys.log" -n 16 -c 2 -pace 2ms \
        https://127.0.0.1:8443/{,slow?ms=5} &
    "$CLIENT" -ca "$CERT" -trace "$OUT/trace-2.json" -keys "$OUT/keys.log" -n 16 -c 2 -pace 2ms \
        https://127.0.0.1:8443/{,slow?ms=5}
    wait $!
    stop_capture
}

scenario_compact() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 8;"
    start_capture pcapng lo
    client -compact -n 40 -c 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_post() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 8 -c 2 -body 4000 https://127.0.0.1:8443/{echo,deny}
    stop_capture
}

scenario_expect_continue() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 6 -body 1000 -expect https://127.0.0.1:8443/{echo,deny}
    stop_capture
}

# A header field so large that HEADERS needs CONTINUATION.
scenario_continuation() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 2 -big-header 20000 https://127.0.0.1:8443/
    stop_capture
}
