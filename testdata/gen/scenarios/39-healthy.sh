# SPDX-License-Identifier: MIT
# Nothing is wrong here, whatever it looks like.

scenario_healthy_nginx() {
    loopback
    nginx_server "listen 8443 ssl http2;"
    start_capture pcapng lo
    client -warm -n 16 -c 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_healthy_nghttpd() {
    loopback
    cp "$CERT" "$WORK/file"
    serve 8443 nghttpd -d "$WORK" 8443 "$KEY" "$CERT"
    start_capture pcapng lo
    client -warm -n 12 -c 3 https://127.0.0.1:8443/{file,missing}
    stop_capture
}

scenario_healthy_haproxy() {
    loopback
    haproxy_server "bind 127.0.0.1:8443 ssl crt $WORK/both.pem alpn h2,http/1.1" "http-request return status 200"
    start_capture pcapng lo
    client -warm -n 12 -c 3 https://127.0.0.1:8443/
    stop_capture
}

scenario_healthy_caddy() {
    loopback
    caddy_server
    start_capture pcapng lo
    client -n 8 https://127.0.0.1:8443/
    stop_capture
}

scenario_healthy_caddy_go127() {
    needs_go 1.27
    scenario_healthy_caddy
}

# HTTP/2 in clear text with a Go server.
scenario_healthy_h2c() {
    needs_go 1.27
    needs_server 1.27
    loopback
    serve 8080 "$SERVER" -addr :8080 -h2c
    start_capture pcapng lo
    clear_client -h2c -warm -n 12 -c 3 http://127.0.0.1:8080/{,early,trailer}
    stop_capture
}

scenario_healthy_http1() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -n 8 http://127.0.0.1:8080/{,early,trailer,big?kb=4}
    stop_capture
}

# Early hints, trailers, bodies, and answers that take their time but less than the deadline.
scenario_healthy_go127() {
    needs_go 1.27
    needs_server 1.27
    loopback
    go_server
    start_capture pcapng lo
    client -warm -n 16 -c 4 -timeout 2s https://127.0.0.1:8443/{,early,trailer,slow?ms=300}
    stop_capture
}

# Responses larger than the windows of old, read slowly by nobody.
scenario_healthy_download() {
    wired -delay 5ms
    start_capture pcapng toclient
    remote_client -n 2 -c 2 https://10.9.0.2:8443/big?kb=120
    stop_capture
}

# PING of the health check, all answered; then the connection stays idle.
scenario_healthy_ping() {
    needs_go 1.27
    loopback
    go_server
    start_capture pcapng lo
    client -n 3 -pace 200ms -timeout 2s -ping 60ms -ping-timeout 1s https://127.0.0.1:8443/{,slow?ms=250}
    stop_capture
}

# Two dials race, IPv6 refuses at once.
scenario_healthy_eyeballs_refused() {
    loopback
    resolver
    nft -f - <<-END
	table inet refuse {
	    chain in { type filter hook input priority 0; ip6 daddr ::1 tcp dport 8443 reject with tcp reset; }
	}
	END
    go_server
    start_capture pcapng lo
    client -n 3 https://www.h2annotate.test:8443/
    stop_capture
}

# A response that ends its connection, an upload that is denied when it is through, HEAD.
scenario_healthy_deny() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 4 -body 3000 https://127.0.0.1:8443/{deny,echo}
    stop_capture
}

# Packets are lost and sent again, with deadlines that are long enough.
scenario_healthy_retransmit() {
    needs_go 1.27
    wired -drop 7
    start_capture pcapng toclient
    remote_client -n 10 -timeout 5s https://10.9.0.2:8443/{,big?kb=2}
    stop_capture
}

# The path is dead for a moment, TCP gets over it.
scenario_healthy_outage() {
    wired
    start_capture pcapng toclient
    remote_client -n 6 -pace 80ms -timeout 5s https://10.9.0.2:8443/ &
    local client=$!
    sleep 0.2
    black_hole
    sleep 0.5
    ip netns exec server nft delete table inet hole
    wait $client
    stop_capture
}

# Responses that have no body.
scenario_healthy_no_body() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 6 -head https://127.0.0.1:8443/{,nothing,big?kb=3}
    stop_capture
}

# Nobody is behind the proxy.
scenario_healthy_gateway() {
    loopback
    haproxy_server "bind 127.0.0.1:8443 ssl crt $WORK/both.pem alpn h2,http/1.1"
    start_capture pcapng lo
    client -n 3 -timeout 8s https://127.0.0.1:8443/
    stop_capture
}

# HTTP/2 and HTTP/1.1, two servers, one program.
scenario_healthy_two_servers() {
    needs_go 1.24
    loopback
    nginx_server "listen 8443 ssl http2;"
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    client -n 10 -c 2 -pace 5ms https://127.0.0.1:8443/ http://127.0.0.1:8080/
    stop_capture
}
