# SPDX-License-Identifier: MIT
# Captures in several files, and several captures of one run.

# The server promises to answer and closes: what proves it is in another file than the request.
scenario_ring_dumpcap() {
    loopback
    frame_server -mode covered -every 4
    start_ring dumpcap lo -b filesize:3
    client -n 12 -c 2 https://127.0.0.1:8443/
    stop_capture
}

# A new file every second.
scenario_ring_tcpdump() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 8;"
    start_ring tcpdump lo -G 1
    client -n 28 -c 2 -pace 200ms https://127.0.0.1:8443/
    stop_capture
}

# The ring has gone round: the first files are no more.
scenario_ring_late() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 10;"
    start_ring dumpcap lo -b filesize:6 -b files:4
    client -n 40 -pace 5ms https://127.0.0.1:8443/
    stop_capture
}

# Client and server far from each other, 3 ms there and 17 ms back, a router in front of the client
# that hides it, and a capture on each host. The server's clock is 2.5 s ahead.
scenario_sides() {
    two_hosts
    ip address add 10.9.0.254/24 dev toclient
    ip -n server address flush dev eth0
    ip -n server address add 10.9.1.2/24 dev eth0
    ip link add uplink type veth peer name near
    plain_packets uplink
    sysctl -qw net.ipv6.conf.uplink.disable_ipv6=1 net.ipv6.conf.near.disable_ipv6=1 net.ipv4.ip_forward=1
    ip link set near up
    ip link set uplink up
    ip address add 10.9.1.254/24 dev uplink
    ip -n client route add default via 10.9.0.254
    ip -n server route add default via 10.9.1.254
    "$BIN/wire" -delay 3ms -back 17ms near toserver &
    nft -f - <<-END
	table ip hide {
	    chain post { type nat hook postrouting priority 100; oifname "uplink" masquerade random; }
	}
	END
    at server nginx_server "listen 8443 ssl http2;" "keepalive_requests 8;"
    start_capture pcapng toclient
    local at_client=$CAPTURE_PID
    mv "$WORK/capture" "$WORK/at-client" # it goes on in there
    start_capture pcapng toserver
    remote_client -n 30 -c 4 -insecure https://10.9.1.2:8443/
    stop_capture
    kill -INT "$at_client"
    wait "$at_client" || true
    mkdir "$OUT/sides-client" "$OUT/sides-server"
    cp "$OUT/trace.json" "$OUT/keys.log" "$OUT/sides-client"
    mv "$OUT/trace.json" "$OUT/keys.log" "$OUT/sides-server"
    cp "$WORK/at-client" "$OUT/sides-client/capture.pcapng"
    editcap -t 2.5 "$OUT/capture.pcapng" "$OUT/sides-server/capture.pcapng"
    rm "$OUT/capture.pcapng"
    echo "-by -2.5s" >"$OUT/sides-server/clock"
    echo "the client is behind a router" >"$OUT/sides-server/translated"
}

# The same network without a router, captured at the server.
scenario_far_uneven() {
    wired -delay 3ms -back 17ms
    start_capture pcapng toserver
    remote_client -n 16 -c 3 https://10.9.0.2:8443/
    stop_capture
}

# A program whose connections to port 443 are redirected to a proxy on the same host, captured there,
# so that both of the proxy's sides are in it.
scenario_nat_redirect() {
    mesh
    at client timeout -s INT 100 dumpcap -q -i any -w "$WORK/capture" 2>"$WORK/capture.log" &
    CAPTURE_PID=$! CAPTURE_KIND=pcapng
    wait_for_capture
    remote_client -n 20 -c 3 -insecure https://10.50.0.7/{,slow?ms=3}
    stop_capture
    translated the proxy opens connections of its own
}
