# SPDX-License-Identifier: MIT
# TLS versions, suites and resumption.

scenario_tls12() {
    loopback
    go_server -tls 1.2
    start_capture pcapng lo
    client -ciphers TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 -n 15 -c 3 https://127.0.0.1:8443/
    stop_capture
}

scenario_tls12_chacha() {
    loopback
    nginx_server "listen 8443 ssl http2;" "ssl_protocols TLSv1.2;" \
        "ssl_ciphers ECDHE-ECDSA-CHACHA20-POLY1305;"
    start_capture pcapng lo
    client -ciphers TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 -n 12 -c 3 https://127.0.0.1:8443/
    stop_capture
}

# HTTP/2 forbids this suite, nginx and the client speak it all the same.
scenario_tls12_cbc() {
    loopback
    nginx_server "listen 8443 ssl http2;" "ssl_protocols TLSv1.2;" "ssl_ciphers ECDHE-ECDSA-AES256-SHA;"
    start_capture pcapng lo
    client -tls 1.2 -ciphers TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA -n 12 -c 3 https://127.0.0.1:8443/
    stop_capture
}

scenario_tls12_cbc_sha256() {
    loopback
    nginx_server "listen 8443 ssl http2;" "ssl_protocols TLSv1.2;" \
        "ssl_ciphers ECDHE-ECDSA-AES128-SHA256;"
    start_capture pcapng lo
    client -tls 1.2 -ciphers TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 -n 8 -c 2 https://127.0.0.1:8443/
    stop_capture
}

# The Go server sends GOAWAY with INADEQUATE_SECURITY as its first frame.
scenario_inadequate_security() {
    loopback
    go_server -tls 1.2
    start_capture pcapng lo
    client -tls 1.2 -ciphers TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA -n 3 -timeout 1s -pace 20ms \
        https://127.0.0.1:8443/
    stop_capture
}

scenario_tls12_resume() {
    loopback
    nginx_server "listen 8443 ssl http2;" "ssl_protocols TLSv1.2;" "keepalive_requests 4;"
    start_capture pcapng lo
    client -tls 1.2 -resume -n 14 https://127.0.0.1:8443/
    stop_capture
}

scenario_tls13_resume() {
    loopback
    nginx_server "listen 8443 ssl http2;" "ssl_protocols TLSv1.3;" "keepalive_requests 4;" \
        "ssl_ciphers HIGH;" "ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;"
    start_capture pcapng lo
    client -resume -n 14 https://127.0.0.1:8443/
    stop_capture
}

scenario_no_keys() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 6 https://127.0.0.1:8443/
    stop_capture
    rm "$OUT/keys.log"
}

# The keys are in the capture itself, in a Decryption Secrets Block.
scenario_embedded_keys() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 6 https://127.0.0.1:8443/
    stop_capture
    editcap --inject-secrets "tls,$OUT/keys.log" "$OUT/capture.pcapng" "$WORK/with-keys"
    mv "$WORK/with-keys" "$OUT/capture.pcapng"
    rm "$OUT/keys.log"
}
