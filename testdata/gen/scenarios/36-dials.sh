# SPDX-License-Identifier: MIT
# Dials that fail, take too long, or are for nobody.

# ---- TCP -----------------------------------------------------------------------------------------

# Nobody listens.
scenario_dial_failed_refused() {
    loopback
    start_capture pcapng lo
    client -n 2 https://127.0.0.1:8443/
    stop_capture
}

# A router says that there is no such host.
scenario_dial_failed_unreachable() {
    wired_hosts
    ip netns exec server nft -f - <<-END
	table inet router {
	    chain in { type filter hook input priority 0; tcp dport 8443 reject with icmpx host-unreachable; }
	}
	END
    start_capture pcapng toclient
    remote_client -n 2 https://10.9.0.2:8443/
    stop_capture
}

# A firewall drops the SYNs. There is no end of the dial but the request's deadline.
scenario_dial_failed_no_answer() {
    wired_hosts
    ip netns exec server nft -f - <<-END
	table inet firewall {
	    chain in { type filter hook input priority 0; tcp dport 8443 drop; }
	}
	END
    start_capture pcapng toclient
    remote_client -n 1 -timeout 1500ms https://10.9.0.2:8443/
    stop_capture
}

# Go 1.27 goes on dialling when the request is over: the trace has no end of the dial.
scenario_dial_failed_no_answer_go127() {
    needs_go 1.27
    scenario_dial_failed_no_answer
}

# ---- Deadlines -----------------------------------------------------------------------------------

# TCP and TLS take 200 ms, the deadline is 130 ms. Go 1.19 gives the dial up.
scenario_deadline_in_dial() {
    wired -delay 50ms
    start_capture pcapng toclient
    remote_client -n 2 -timeout 130ms https://10.9.0.2:8443/
    stop_capture
}

# Go 1.27 goes on, and the third request gets the connection of the first.
scenario_dial_background() {
    needs_go 1.27
    wired -delay 50ms
    start_capture pcapng toclient
    remote_client -n 3 -pace 150ms -timeout 130ms https://10.9.0.2:8443/
    stop_capture
}

# ---- TLS -----------------------------------------------------------------------------------------

# The client does not trust the certificate.
scenario_tls_failed_certificate() {
    loopback
    go_server
    start_capture pcapng lo
    "$CLIENT" -trace "$OUT/trace.json" -keys "$OUT/keys.log" -n 2 https://127.0.0.1:8443/
    stop_capture
}

# No cipher suite in common: the server's alert.
scenario_tls_failed_alert() {
    loopback
    nginx_server "listen 8443 ssl http2;" "ssl_protocols TLSv1.2;" \
        "ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384;"
    start_capture pcapng lo
    client -tls 1.2 -ciphers TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 -n 2 https://127.0.0.1:8443/
    stop_capture
}

# The port speaks HTTP without TLS.
scenario_tls_failed_http() {
    loopback
    serve 8443 "$BIN/server" -addr :8443
    start_capture pcapng lo
    client -n 2 https://127.0.0.1:8443/
    stop_capture
}

# The server takes the connection and says nothing.
scenario_tls_failed_no_answer() {
    loopback
    go_server
    kill -STOP "$SERVER_PID"
    start_capture pcapng lo
    client -n 1 -timeout 500ms https://127.0.0.1:8443/
    stop_capture
}

# ---- Names ---------------------------------------------------------------------------------------

# The name server does not answer.
scenario_dns_failed_no_answer() {
    loopback
    resolver
    start_capture pcapng lo
    client -n 1 -timeout 1s https://silent.h2annotate.test:8443/
    stop_capture
}

# ---- Connections that nobody traces --------------------------------------------------------------

# Two programs, one of them without a recorder.
scenario_untraced_connection() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 3 https://127.0.0.1:8443/
    client -n 3 -untraced 1 -trace "$WORK/none" https://127.0.0.1:8443/
    stop_capture
}
