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
    client -n 96 -c 16 https://127.0.0.1:8443/{,slow?ms=3,slow?ms=7}
    stop_capture
}

scenario_nginx_goaway() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 8;"
    start_capture nano lo
    client -n 40 -c 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_h2c() {
    needs_go 1.24
    loopback
    serve 8080 nghttpd --no-tls -d "$WORK" 8080
    start_capture pcapng lo
    clear_client -h2c -n 30 -c 4 http://127.0.0.1:8080/cert.pem
    stop_capture
}

scenario_http1_alpn() {
    loopback
    go_server -http1
    start_capture pcapng lo
    client -n 20 -c 3 https://127.0.0.1:8443/{,early,trailer,slow?ms=20,big?kb=4}
    stop_capture
}
