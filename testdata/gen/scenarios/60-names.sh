# SPDX-License-Identifier: MIT
# Names and the dials they lead to.

# resolver FLAG...: a name server, and the only one this scenario asks
resolver() {
    "$BIN/dns" "$@" &
    echo "nameserver 127.0.0.1" >"$WORK/resolv.conf"
    echo "hosts: files dns" >"$WORK/nsswitch.conf"
    mount --bind "$WORK/resolv.conf" "$(realpath /etc/resolv.conf)"
    mount --bind "$WORK/nsswitch.conf" /etc/nsswitch.conf
    sleep 0.2
}

scenario_dns() {
    loopback
    resolver -4
    go_server
    start_capture pcapng lo
    client -n 6 -pace 10ms https://www.h2annotate.test:8443/ https://missing.h2annotate.test:8443/
    stop_capture
}

# The IPv6 address does not answer: after 300 ms the IPv4 one is tried as well, and wins.
scenario_happy_eyeballs() {
    loopback
    resolver
    nft -f - <<-END
	table inet blackhole {
	    chain in { type filter hook input priority 0; ip6 daddr ::1 tcp dport 8443 drop; }
	}
	END
    go_server
    start_capture pcapng lo
    client -n 4 https://www.h2annotate.test:8443/
    stop_capture
}
