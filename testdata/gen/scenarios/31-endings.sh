# SPDX-License-Identifier: MIT
# How connections end: GOAWAY, FIN, RST, nothing at all.

# ---- GOAWAY --------------------------------------------------------------------------------------

# The Go server ends idle connections with GOAWAY; the next request is on a new one.
scenario_goaway_graceful() {
    loopback
    go_server -idle 100ms
    start_capture pcapng lo
    client -n 3 -pace 300ms https://127.0.0.1:8443/
    stop_capture
}

scenario_goaway_graceful_go127() {
    needs_go 1.27
    scenario_goaway_graceful
}

scenario_goaway_graceful_nginx() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_timeout 100ms;"
    start_capture pcapng lo
    client -n 3 -pace 300ms https://127.0.0.1:8443/
    stop_capture
}

# nginx ends the connection when it has been idle for 100 ms, the client uses it again after 120 ms,
# and the network takes 20 ms each way: GOAWAY and HEADERS cross.
scenario_goaway_retried_crossing() {
    wired_hosts -delay 20ms
    at server nginx_server "listen 8443 ssl http2;" "keepalive_timeout 100ms;"
    start_capture pcapng toclient
    remote_client -n 5 -pace 80ms https://10.9.0.2:8443/
    stop_capture
}

scenario_goaway_retried_crossing_go127() {
    needs_go 1.27
    scenario_goaway_retried_crossing
}

# GOAWAY does not cover the stream, but its body cannot be sent again.
scenario_goaway_no_getbody() {
    loopback
    frame_server -mode goaway -every 2 -whole
    start_capture pcapng lo
    client -n 4 -body 300 -no-getbody https://127.0.0.1:8443/
    stop_capture
}

scenario_goaway_no_getbody_go127() {
    needs_go 1.27
    scenario_goaway_no_getbody
}

# A Go server is told to stop: GOAWAY covers all streams there may be, and when the time it grants is
# over, it closes the connection all the same.
scenario_goaway_lost_shutdown() {
    loopback
    go_server -grace 1500ms
    start_capture pcapng lo
    client -n 2 -c 2 -timeout 5s 'https://127.0.0.1:8443/slow?ms=4000' &
    local client=$!
    sleep 0.3
    kill -TERM "$SERVER_PID"
    wait $client
    stop_capture
}

# The same with more patience: nothing is lost.
scenario_goaway_graceful_shutdown() {
    loopback
    go_server -grace 3s
    start_capture pcapng lo
    client -n 2 -c 2 -timeout 5s 'https://127.0.0.1:8443/slow?ms=700' &
    local client=$!
    sleep 0.3
    kill -TERM "$SERVER_PID"
    wait $client
    stop_capture
}

# A handler asks for the end of the connection: GOAWAY, and the response.
scenario_goaway_graceful_last() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 6 -pace 20ms https://127.0.0.1:8443/{,last}
    stop_capture
}

scenario_enhance_your_calm_haproxy() {
    loopback
    haproxy_server "bind 127.0.0.1:8443 ssl crt $WORK/both.pem alpn h2,http/1.1" \
        "http-request reject if { path /reject }" "http-request return status 200"
    start_capture pcapng lo
    client -n 4 https://127.0.0.1:8443/{,reject}
    stop_capture
}

# What gRPC servers do to clients that send PING too often.
scenario_enhance_your_calm_pings() {
    needs_go 1.27
    loopback
    frame_server -mode silent -every 2 -pings 2
    start_capture pcapng lo
    client -n 3 -timeout 800ms -ping 30ms -ping-timeout 1s https://127.0.0.1:8443/
    stop_capture
}

# Requests are cancelled faster than their handlers end: to the Go server that looks like an attack.
scenario_enhance_your_calm_resets() {
    needs_server 1.24
    loopback
    go_server -streams 2
    start_capture pcapng lo
    client -n 16 -c 1 -cancel 5ms https://127.0.0.1:8443/slow?ms=1500
    stop_capture
}

# Of one stream.
scenario_enhance_your_calm_stream() {
    loopback
    frame_server -mode reset -codes 11 -every 2
    start_capture pcapng lo
    client -n 4 https://127.0.0.1:8443/
    stop_capture
}

# As inadequate-security, with another client.
scenario_inadequate_security_hidden_go127() {
    needs_go 1.27
    loopback
    go_server -tls 1.2
    start_capture pcapng lo
    client -tls 1.2 -ciphers TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA -n 3 -timeout 1s -pace 20ms \
        https://127.0.0.1:8443/
    stop_capture
}

# GOAWAY with INADEQUATE_SECURITY behind SETTINGS. Up to Go 1.22 the client dials again and again,
# until the deadline.
scenario_inadequate_security_storm() {
    loopback
    frame_server -open inadequate
    start_capture pcapng lo
    client -n 1 -timeout 40ms https://127.0.0.1:8443/
    stop_capture
}

scenario_inadequate_security_go127() {
    needs_go 1.27
    loopback
    frame_server -open inadequate
    start_capture pcapng lo
    client -n 2 -timeout 1s https://127.0.0.1:8443/
    stop_capture
}

# ---- FIN without GOAWAY --------------------------------------------------------------------------

scenario_idle_close() {
    loopback
    frame_server -mode fine -idle 100ms
    start_capture pcapng lo
    client -n 3 -pace 300ms https://127.0.0.1:8443/
    stop_capture
}

# The end of the idle connection and the next request cross.
scenario_idle_close_race() {
    wired_hosts -delay 20ms
    at server frame_server -mode fine -idle 100ms
    start_capture pcapng toclient
    remote_client -n 4 -pace 80ms https://10.9.0.2:8443/
    stop_capture
}

scenario_idle_close_race_go127() {
    needs_go 1.27
    scenario_idle_close_race
}

# In clear text there is only the FIN.
scenario_idle_close_race_h2c() {
    needs_go 1.24
    wired_hosts -delay 20ms
    at server serve 8080 "$BIN/frameserver" -addr :8080 -mode fine -idle 100ms
    start_capture pcapng toclient
    at client "$CLIENT" -trace "$OUT/trace.json" -h2c -n 4 -pace 80ms http://10.9.0.2:8080/
    stop_capture
}

# The server reads the request and closes the connection: no race.
scenario_closed_without_goaway() {
    loopback
    frame_server -mode close -every 2
    start_capture pcapng lo
    client -n 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_closed_without_goaway_go127() {
    needs_go 1.27
    scenario_closed_without_goaway
}

# The server's process is killed, its kernel closes the connection.
scenario_closed_without_goaway_killed() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 2 -c 2 -timeout 5s 'https://127.0.0.1:8443/slow?ms=4000' &
    local client=$!
    sleep 0.3
    kill -KILL "$SERVER_PID"
    wait $client
    stop_capture
}

# The same, and the program goes on: its dials are refused. (A dial in the kernel's queue may be reset.)
scenario_server_crash() {
    loopback
    go_server
    start_capture pcapng lo
    client -warm -n 20 -c 6 -timeout 2s https://127.0.0.1:8443/{,slow?ms=300} &
    local client=$!
    sleep 0.2
    kill -KILL "$SERVER_PID"
    wait $client
    stop_capture
}

# nginx is stopped while it waits for the server behind it.
scenario_closed_without_goaway_nginx() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    nginx_server "listen 8443 ssl http2;" "location / { proxy_pass http://127.0.0.1:8080; }"
    start_capture pcapng lo
    client -warm -n 3 -c 2 -timeout 3s https://127.0.0.1:8443/{,slow?ms=2500} &
    local client=$!
    sleep 0.4
    kill -TERM "$SERVER_PID"
    wait $client
    stop_capture
}

# HTTP/1.1 servers close idle connections without a word, too.
scenario_idle_close_http1() {
    loopback
    serve 8080 "$BIN/server" -addr :8080 -idle 100ms
    start_capture pcapng lo
    clear_client -n 3 -pace 300ms http://127.0.0.1:8080/
    stop_capture
}

# The same race as above. Go tries requests of HTTP/1.1 again that cannot have been answered.
scenario_idle_close_race_http1() {
    wired_hosts -delay 20ms
    at server serve 8080 "$BIN/server" -addr :8080 -idle 100ms
    start_capture pcapng toclient
    at client "$CLIENT" -trace "$OUT/trace.json" -n 4 -pace 80ms http://10.9.0.2:8080/
    stop_capture
}

# POST is not tried again.
scenario_idle_close_race_http1_post() {
    wired_hosts -delay 20ms
    at server serve 8080 "$BIN/server" -addr :8080 -idle 100ms
    start_capture pcapng toclient
    at client "$CLIENT" -trace "$OUT/trace.json" -n 4 -pace 80ms -body 500 http://10.9.0.2:8080/echo
    stop_capture
}

# ---- RST -----------------------------------------------------------------------------------------

scenario_tcp_reset() {
    loopback
    frame_server -mode abort -every 2
    start_capture pcapng lo
    client -n 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_tcp_reset_go127() {
    needs_go 1.27
    scenario_tcp_reset
}

# Only TCP can be seen.
scenario_tcp_reset_no_keys() {
    scenario_tcp_reset
    rm "$OUT/keys.log"
}

# A middlebox forgets the connection while it is idle: the next request is answered with RST.
scenario_tcp_reset_forgotten() {
    wired
    start_capture pcapng toclient
    remote_client -n 3 -pace 500ms https://10.9.0.2:8443/ &
    local client=$!
    sleep 0.3
    forget
    wait $client
    stop_capture
}

# A middlebox forgets the connection while the client waits for a slow answer: only the next packet
# of the client is answered with RST.
scenario_silent_drop() {
    wired
    start_capture pcapng toclient
    remote_client -n 3 -timeout 700ms https://10.9.0.2:8443/{,slow?ms=500} &
    local client=$!
    sleep 0.3
    forget
    wait $client
    stop_capture
}

scenario_silent_drop_go127() {
    needs_go 1.27
    scenario_silent_drop
}

# ---- Silence -------------------------------------------------------------------------------------

# The handler is slow, all else works.
scenario_server_slow() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -timeout 150ms https://127.0.0.1:8443/{,slow?ms=1000}
    stop_capture
}

scenario_server_slow_go127() {
    needs_go 1.27
    scenario_server_slow
}

scenario_server_slow_http1() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -n 4 -timeout 150ms http://127.0.0.1:8080/{,slow?ms=4000}
    stop_capture
}

# The response begins in time, its body does not end.
scenario_server_slow_body() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -timeout 150ms https://127.0.0.1:8443/{,trickle?ms=1000}
    stop_capture
}

# HEADERS are lost and sent again, and the handler is slow, too.
scenario_server_slow_lossy() {
    wired -drop 3
    start_capture pcapng toclient
    remote_client -n 3 -timeout 900ms https://10.9.0.2:8443/{,slow?ms=4000}
    stop_capture
}

# All that comes back is an ACK without data.
scenario_server_slow_bare_ack() {
    loopback
    frame_server -mode silent -every 2
    start_capture pcapng lo
    client -n 2 -timeout 150ms https://127.0.0.1:8443/
    stop_capture
}

# The server's process stands still, its kernel goes on: TCP acknowledges, PING is not answered.
scenario_server_unresponsive() {
    needs_go 1.27
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -pace 200ms -timeout 300ms https://127.0.0.1:8443/ &
    local client=$!
    sleep 0.3
    kill -STOP "$SERVER_PID"
    wait $client
    stop_capture
}

# The path is dead, and the connection is used again and again.
scenario_dead_connection_reused() {
    wired
    start_capture pcapng toclient
    remote_client -n 6 -pace 100ms -timeout 400ms https://10.9.0.2:8443/ &
    local client=$!
    sleep 0.25
    black_hole
    wait $client
    stop_capture
}

scenario_dead_connection_reused_go127() {
    needs_go 1.27
    scenario_dead_connection_reused
}

# The same with several requests at a time.
scenario_dead_connection_reused_busy_go127() {
    needs_go 1.27
    wired
    start_capture pcapng toclient
    remote_client -warm -n 36 -c 4 -pace 60ms -timeout 400ms https://10.9.0.2:8443/ &
    local client=$!
    sleep 0.25
    black_hole
    wait $client
    stop_capture
}

# The same with a health check: it gives the connection up, the next request dials.
scenario_ping_timeout() {
    needs_go 1.27
    wired
    start_capture pcapng toclient
    remote_client -n 5 -pace 100ms -timeout 2s -ping 150ms -ping-timeout 150ms https://10.9.0.2:8443/ &
    local client=$!
    sleep 0.25
    black_hole
    wait $client
    stop_capture
}

# The health check of a server that stands still.
scenario_ping_timeout_stopped() {
    needs_go 1.24
    loopback
    go_server
    start_capture pcapng lo
    client -n 3 -pace 200ms -timeout 900ms -ping 150ms -ping-timeout 150ms https://127.0.0.1:8443/ &
    local client=$!
    sleep 0.3
    kill -STOP "$SERVER_PID"
    wait $client
    stop_capture
}

scenario_ping_timeout_xnet() {
    needs_xnet
    wired
    start_capture pcapng toclient
    remote_client -xnet -n 5 -pace 100ms -timeout 2s -ping 150ms -ping-timeout 150ms https://10.9.0.2:8443/ &
    local client=$!
    sleep 0.25
    black_hole
    wait $client
    stop_capture
}

# The same, and the packets are lost before they can be captured.
scenario_dead_connection_reused_unseen() {
    wired
    start_capture pcapng toclient
    remote_client -n 5 -pace 100ms -timeout 300ms https://10.9.0.2:8443/ &
    local client=$!
    sleep 0.25
    ip netns exec client nft -f - <<-END
	table inet hole {
	    chain out { type filter hook output priority 0; tcp dport 8443 drop; }
	}
	END
    wait $client
    stop_capture
}
