# SPDX-License-Identifier: MIT
# Names and the dials they lead to.

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
