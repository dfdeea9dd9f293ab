# SPDX-License-Identifier: MIT
# What the network does, and what the capture sees of it.

scenario_ipv6() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 12 -c 3 'https://[::1]:8443/'
    stop_capture
}

# Every fifth packet with data is overtaken by two others. Captured at the server, so it is the
# client's packets that are out of order.
scenario_reorder() {
    wired -swap 5
    start_capture nano toserver
    remote_client -n 18 -c 6 -body 1800 https://10.9.0.2:8443/echo
    stop_capture
}

# The network loses packets, TCP sends them again.
scenario_retransmit() {
    wired -drop 9
    start_capture pcapng toclient
    remote_client -n 20 -c 4 https://10.9.0.2:8443/{,big?kb=3}
    stop_capture
}

# 20 ms each way, captured at the server.
scenario_far_server() {
    wired -delay 20ms
    start_capture pcapng toserver
    remote_client -n 12 -c 3 https://10.9.0.2:8443/
    stop_capture
}

# The link between two switches carries tagged frames; the kernel takes a tag off on reception.
scenario_vlan() {
    two_hosts
    ip link add trunk type veth peer name far
    for link in trunk far; do
        sysctl -qw net.ipv6.conf.$link.disable_ipv6=1
        ip link set $link up
    done
    "$BIN/wire" -tag 5 toclient trunk &
    "$BIN/wire" -tag 5 toserver far &
    at server go_server
    start_capture pcapng trunk
    remote_client -n 6 https://10.9.0.2:8443/
    stop_capture
}

# A bridge as on a container host: each packet is seen on several interfaces.
bridged() {
    two_hosts
    ip link add br0 type bridge
    ip link set toclient master br0
    ip link set toserver master br0
    ip link set br0 up
    at server go_server
}

scenario_any() {
    bridged
    start_capture nano any
    remote_client -n 12 -c 3 https://10.9.0.2:8443/
    stop_capture
}

scenario_any_cooked1() {
    bridged
    start_capture pcapng any
    remote_client -n 12 -c 3 https://10.9.0.2:8443/
    stop_capture
}

# Two interfaces in one pcapng file.
scenario_two_interfaces() {
    bridged
    start_capture pcapng toclient -i toserver
    remote_client -n 12 -c 3 https://10.9.0.2:8443/
    stop_capture
}

# The capture begins when the connection is in use; the second program is captured from its start.
scenario_late_start() {
    loopback
    go_server
    "$CLIENT" -ca "$CERT" -trace "$OUT/trace-1.json" -keys "$OUT/keys.log" -n 18 -pace 40ms \
        https://127.0.0.1:8443/ &
    local pid=$!
    sleep 0.3
    start_capture pcapng lo
    wait $pid
    "$CLIENT" -ca "$CERT" -trace "$OUT/trace-2.json" -keys "$OUT/keys.log" -n 6 https://127.0.0.1:8443/
    stop_capture
}

scenario_late_start_http1() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    clear_client -n 18 -pace 40ms http://127.0.0.1:8080/ &
    local pid=$!
    sleep 0.3
    start_capture pcapng lo
    wait $pid
    stop_capture
}

scenario_late_start_h2c() {
    needs_go 1.24
    loopback
    cp "$CERT" "$WORK/file"
    serve 8080 nghttpd --no-tls -d "$WORK" 8080
    clear_client -h2c -n 18 -pace 40ms http://127.0.0.1:8080/file &
    local pid=$!
    sleep 0.3
    start_capture pcapng lo
    wait $pid
    stop_capture
}

# The capture, not the network, lacks packets: the first connection loses HEADERS in the middle, a
# later one a response; some connections are whole.
scenario_loss_capture() {
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 8;"
    start_capture pcapng lo
    client -n 30 -c 3 https://127.0.0.1:8443/
    stop_capture
    lose 'http2.headers.method' 1/8 'http2.headers.status' 5/8
}

# The same with HTTP/1.1 in clear text, where reading can go on behind the gap.
scenario_loss_http1() {
    loopback
    serve 8080 "$BIN/server" -addr :8080
    start_capture pcapng lo
    clear_client -n 16 -c 2 http://127.0.0.1:8080/{,big?kb=1}
    stop_capture
    lose 'http.request' 1/4 'http.response' 3/4
}

# lose FILTER N/M...: of the packets that fit the filter, takes the one at N/M out of the capture
lose() {
    local frames=() all keys=()
    [ ! -e "$OUT/keys.log" ] || keys=(-o "tls.keylog_file:$OUT/keys.log")
    while [ $# -gt 0 ]; do
        mapfile -t all < <(tshark -r "$OUT/capture.pcapng" "${keys[@]}" -Y "$1" -T fields -e frame.number)
        frames+=("${all[$((${#all[@]} * ${2%/*} / ${2#*/}))]}")
        shift 2
    done
    echo "lost: ${frames[*]}"
    editcap "$OUT/capture.pcapng" "$WORK/lossy" "${frames[@]}"
    mv "$WORK/lossy" "$OUT/capture.pcapng"
}

# 1000 bytes of each packet: the handshakes are whole, long responses are not.
scenario_snaplen() {
    loopback
    go_server
    start_capture pcapng lo -s 1000
    client -n 12 -c 2 https://127.0.0.1:8443/{,big?kb=2}
    stop_capture
}

# A compressed capture.
scenario_gzip() {
    loopback
    go_server
    start_capture pcapng lo
    client -n 6 https://127.0.0.1:8443/
    stop_capture
    gzip -9n "$OUT/capture.pcapng"
}
