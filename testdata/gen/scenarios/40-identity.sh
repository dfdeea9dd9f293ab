# SPDX-License-Identifier: MIT
# Identity headers that do not identify, and traces that do not tell all.

scenario_same_id() {
    loopback
    go_server
    start_capture pcapng lo
    client -shared-id same -n 24 -c 16 https://127.0.0.1:8443/slow?ms=4
    stop_capture
}

# A retry repeats the x-request-id anyway; here all requests share it, too.
scenario_refused_same_id() {
    loopback
    frame_server -mode refuse -every 3
    start_capture pcapng lo
    client -shared-id same -n 10 -c 4 https://127.0.0.1:8443/
    stop_capture
}

# The recorder does not see every fourth request, so the order in the trace is not the order on the
# wire.
scenario_partial_trace() {
    loopback
    go_server
    start_capture pcapng lo
    client -untraced 4 -n 24 -c 3 https://127.0.0.1:8443/{,slow?ms=2}
    stop_capture
}

# The same with ids that do not help: nothing may be matched by order.
scenario_partial_same_id() {
    loopback
    go_server
    start_capture pcapng lo
    client -untraced 4 -shared-id same -n 24 -c 3 https://127.0.0.1:8443/{,slow?ms=2}
    stop_capture
}

# Few local ports, so that the same 4-tuples come again. The server closes first, else TIME_WAIT
# would be in the way.
scenario_port_reuse() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 3;"
    start_capture pcapng lo
    client -ports 20000:2 -n 17 -pace 3ms https://127.0.0.1:8443/
    stop_capture
}

# The same, and the program's clock is three hours fast (its stamps are changed afterwards).
scenario_port_reuse_clock3h() {
    scenario_port_reuse
    wrong_clock -by 3h
}

scenario_cold_race() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 8 -c 8 https://127.0.0.1:8443/
    stop_capture
}

# The same with the recorder's DialContext, which tells which dial became which connection.
scenario_cold_race_dialed() {
    loopback
    go_server
    start_capture pcapng lo
    client -dialed -n 8 -c 8 https://127.0.0.1:8443/
    stop_capture
}
