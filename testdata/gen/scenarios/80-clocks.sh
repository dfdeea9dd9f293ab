# SPDX-License-Identifier: MIT
# Clocks that are wrong, and addresses that something on the way translates.
#
# The sidecars' times are changed afterwards, so what is wrong is known: the file `clock` says it.

# wrong_clock FLAG...: what is done to the sidecar, and written down
wrong_clock() {
    "$BIN/oracle" -shift "$*" <"$OUT/trace.json" >"$OUT/shifted"
    mv "$OUT/shifted" "$OUT/trace.json"
    echo "$@" >"$OUT/clock"
}

# Two seconds over several connections.
paced() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 12;"
    start_capture pcapng lo
    client -n 50 -pace 40ms https://127.0.0.1:8443/
    stop_capture
}

scenario_clock_drift() {
    paced
    wrong_clock -drift 400
}

scenario_clock_drift_3h() {
    paced
    wrong_clock -by 3h -drift -250
}

# Set forward, in the middle of a connection.
scenario_clock_step() {
    paced
    wrong_clock -step 5s -at 900ms
}

# Set back by less than a request takes to notice.
scenario_clock_step_back() {
    paced
    wrong_clock -by -1s -step -60ms -at 1200ms
}

# One connection only, 5 ms each way, captured at the server, and the clock is set and drifts.
scenario_clock_far() {
    wired -delay 5ms
    start_capture pcapng toserver
    remote_client -n 40 -pace 10ms https://10.9.0.2:8443/
    stop_capture
    wrong_clock -by 300ms -drift 100 -step -2s -at 500ms
}

# Two hosts, each with its own clock, in one capture.
scenario_clock_hosts() {
    loopback
    go_server
    start_capture pcapng lo
    for host in 1 2; do
        unshare --uts sh -c 'hostname "$1"; shift; "$@"' sh host$host \
            "$CLIENT" -ca "$CERT" -trace "$OUT/trace-$host.json" -keys "$OUT/keys.log" \
            -n 12 -c 2 -pace 3ms https://127.0.0.1:8443/ &
    done
    wait $!
    sleep 0.5
    stop_capture
    "$BIN/oracle" -shift "-by 700ms" <"$OUT/trace-2.json" >"$OUT/shifted"
    mv "$OUT/shifted" "$OUT/trace-2.json"
    echo "-by 700ms" >"$OUT/clock-2"
}

# ---- Addresses -----------------------------------------------------------------------------------

# A router between the hosts: 10.9.0.2 is behind it, for the client 10.9.1.2.
routed() {
    two_hosts
    ip address add 10.9.0.254/24 dev toclient
    ip -n server address flush dev eth0
    ip -n server address add 10.9.1.2/24 dev eth0
    ip address add 10.9.1.254/24 dev toserver
    ip -n client route add default via 10.9.0.254
    ip -n server route add default via 10.9.1.254
    sysctl -qw net.ipv4.ip_forward=1
    at server go_server
}

# translated WHY: the truth cannot go by addresses
translated() { echo "$*" >"$OUT/translated"; }

router() { nft -f -; }

# A service address, as in a cluster: the client's own kernel turns it into the server's.
service_address() {
    at client nft -f - <<-END
	table ip cluster {
	    chain output { type nat hook output priority -100; ip daddr 10.96.0.1 tcp dport 443 dnat to 10.9.1.2:8443; }
	}
	END
}

scenario_nat_service() {
    routed
    service_address
    start_capture pcapng toserver
    remote_client -n 20 -c 4 -insecure https://10.96.0.1/{,slow?ms=5}
    stop_capture
    translated the remote address is a service address
}

# The same, and no identity header is unique.
scenario_nat_service_same_id() {
    routed
    service_address
    start_capture pcapng toserver
    remote_client -shared-id same -n 20 -pace 3ms -insecure https://10.96.0.1/{,slow?ms=5}
    stop_capture
    translated the remote address is a service address
}

# The router hides the client, ports included.
scenario_nat_masquerade() {
    routed
    router <<-END
	table ip hide {
	    chain post { type nat hook postrouting priority 100; oifname "toserver" masquerade random; }
	}
	END
    start_capture nano toserver
    remote_client -n 30 -c 2 -max-conns 2 -http1 -pace 2ms -insecure https://10.9.1.2:8443/{,slow?ms=4}
    stop_capture
    translated the client is behind a router
}

# tcp_proxy LISTEN TARGET: passes bytes on
tcp_proxy() {
    cat >"$WORK/tcp.cfg" <<-END
	defaults
	    mode tcp
	    timeout connect 5s
	    timeout client 5s
	    timeout server 5s
	listen pass
	    bind $1
	    server one $2
	END
    serve "${1##*:}" haproxy -db -f "$WORK/tcp.cfg"
}

# A mesh: what the program sends to port 443 of anybody is redirected to the proxy beside it, which
# passes it on. Captured behind the proxy.
mesh() {
    routed
    export WORK
    export -f tcp_proxy
    at client tcp_proxy 127.0.0.1:15001 10.9.1.2:8443
    at client nft -f - <<-END
	table ip mesh {
	    chain output { type nat hook output priority -100; tcp dport 443 redirect to :15001; }
	}
	END
}

scenario_nat_mesh() {
    mesh
    start_capture pcapng toserver
    remote_client -n 24 -c 3 -insecure https://10.50.0.7/{,slow?ms=3}
    stop_capture
    translated a sidecar proxy opens connections of its own
}

# The same without unique headers, and several connections: only times tell.
scenario_nat_mesh_same_id() {
    mesh
    start_capture pcapng toserver
    remote_client -shared-id same -n 24 -c 3 -max-conns 3 -http1 -pace 2ms -insecure \
        https://10.50.0.7/{,slow?ms=3}
    stop_capture
    translated a sidecar proxy opens connections of its own
}

# Both sides of a proxy that passes bytes on, in one capture: the same TLS session twice, and only
# one is the program's connection.
scenario_nat_both_sides() {
    loopback
    go_server
    tcp_proxy 127.0.0.1:9443 127.0.0.1:8443
    start_capture pcapng lo
    client -n 16 -c 4 https://127.0.0.1:9443/{,slow?ms=3}
    stop_capture
}

# Through a forward proxy, and over a Unix socket: no packet shows these requests.
scenario_nat_connect() {
    loopback
    go_server
    serve 3128 "$BIN/server" -addr :3128 -http1
    start_capture pcapng lo
    client -proxy http://127.0.0.1:3128 -n 8 -c 2 https://127.0.0.1:8443/
    stop_capture
}

scenario_nat_unix() {
    loopback
    go_server
    "$BIN/server" -addr "unix:$WORK/socket" &
    sleep 0.2
    start_capture pcapng lo
    client -unix "$WORK/socket" -n 8 https://127.0.0.1:8443/ http://socket/
    stop_capture
}

# IPv4 addresses in IPv6 sockets, and addresses with a zone.
scenario_nat_zone() {
    two_hosts
    sysctl -qw net.ipv6.conf.toclient.disable_ipv6=0
    for host in client server; do
        ip netns exec $host sysctl -qw net.ipv6.conf.eth0.accept_dad=0
        ip -n $host link set eth0 down
        ip -n $host link set eth0 up
    done
    ip link add br0 type bridge
    ip link set toclient master br0
    ip link set toserver master br0
    ip link set br0 up
    at server go_server
    local address
    for _ in $(seq 40); do
        address=$(ip -n server -6 -o address show dev eth0 scope link | awk '{ print $4 }' | cut -d/ -f1)
        at client ping -6 -c1 -W1 "$address%eth0" >/dev/null 2>&1 && break
        sleep 0.1
    done
    start_capture pcapng toserver
    remote_client -n 8 -c 2 -insecure "https://[$address%25eth0]:8443/"
    stop_capture
}

# Fewer requests than lookups: a short name and the domains to try it in.
scenario_dns_search() {
    loopback
    resolver -4
    echo "search one.test h2annotate.test" >>"$WORK/resolv.conf"
    go_server
    start_capture pcapng lo
    client -insecure -n 2 -pace 10ms https://www:8443/
    stop_capture
}
