# SPDX-License-Identifier: MIT
# What scenarios are made of. WORK is a folder for everything that is not kept, OUT what becomes the
# folder of the capture.

BIN=${WORK-}/bin
CERT=${WORK-}/cert.pem
KEY=${WORK-}/key.pem

die() {
    echo "run: $*" >&2
    exit 1
}

check_packages() {
    local command package missing=
    while read -r command package; do
        command -v "$command" >/dev/null || missing+=" $package"
    done <<-END
	go golang-go
	openssl openssl
	unshare util-linux
	ip iproute2
	ethtool ethtool
	tcpdump tcpdump
	dumpcap wireshark-common
	editcap wireshark-common
	tshark tshark
	nginx nginx-light
	haproxy haproxy
	caddy caddy
	nghttpd nghttp2-server
	nft nftables
	END
    [ -z "$missing" ] || die "packages are missing: apt-get install$missing"
}

# ---- Building ------------------------------------------------------------------------------------

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
        -subj /CN=h2annotate.test -addext "subjectAltName=DNS:localhost,DNS:www.h2annotate.test,\
IP:127.0.0.1,IP:::1,IP:10.9.0.1,IP:10.9.0.2" -keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>"$WORK/openssl.log" ||
        die "$(cat "$WORK/openssl.log")"
}

build_all() {
    mkdir -p "$WORK/bin"
    (cd "$here/../../tests/oracle" && go build -o "$WORK/bin/oracle" .) || die "cannot build the oracle"
    build go server frameserver wire dns renumber client
    mv "$WORK/bin/client" "$WORK/bin/client-default"
    build_xnet_client
    build_newer "${GO124:-/usr/lib/go-1.24/bin/go}" 1.24
    build_newer "${GO127:-/usr/lib/go-1.27/bin/go}" 1.27
    build_log_client "${GO127:-/usr/lib/go-1.27/bin/go}"
    build_grpc
}

# With Debian's golang-google-grpc-dev: GOPATH_GRPC tells where it is, if not in its place.
build_grpc() {
    local path=${GOPATH_GRPC:-/usr/share/gocode}
    [ -d "$path/src/google.golang.org/grpc" ] || return 0
    (cd "$here/grpc" && CGO_ENABLED=0 GOFLAGS= GO111MODULE=off GOPATH="$path:/usr/share/gocode" \
        GOCACHE="$WORK/gocache" go build -trimpath -o "$WORK/bin/grpc" .) || die "cannot build grpc"
}

needs_grpc() {
    [ -x "$BIN/grpc" ] && return
    echo "it needs golang-google-grpc-dev, or GOPATH_GRPC" >"$OUT/skipped"
    exit 1
}

# build GO PROGRAM...: static, so that it runs anywhere
build() {
    local go=$1
    shift
    for program; do
        (cd "$here" && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=mod \
            "$go" build -trimpath -o "$WORK/bin/$program" "./$program") || die "cannot build $program"
    done
}

# build_newer GO VERSION: client and server with another Go than the default one
build_newer() {
    [ -x "$1" ] || return 0
    mv "$WORK/bin/server" "$WORK/bin/server-default"
    build "$1" client server
    mv "$WORK/bin/client" "$WORK/bin/client-$2"
    mv "$WORK/bin/server" "$WORK/bin/server-$2"
    mv "$WORK/bin/server-default" "$WORK/bin/server"
}

build_xnet_client() {
    [ -d /usr/share/gocode/src/golang.org/x/net/http2 ] || return 0
    (cd "$here" && CGO_ENABLED=0 GOFLAGS=-mod=mod go build -trimpath -modfile=xnet.mod -tags xnet \
        -o "$WORK/bin/client-xnet" ./client) || die "cannot build the client with x/net"
}

# With the libraries of Debian's packages, which must be recent: GOPATH127 tells where they are.
build_log_client() {
    local path=${GOPATH127:-/usr/share/gocode}
    [ -x "$1" ] && [ -d "$path/src/go.opentelemetry.io/contrib" ] || return 0
    (cd "$here/logclient" && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS= GO111MODULE=off GOPATH="$path" \
        GOCACHE="$WORK/gocache" "$1" build -trimpath -o "$WORK/bin/logclient" .) || die "cannot build logclient"
}

needs_log_client() {
    [ -x "$BIN/logclient" ] && return
    echo "it needs Go 1.27 (GO127) and the packages in gen/README.md (GOPATH127)" >"$OUT/skipped"
    exit 1
}

needs_xnet() {
    CLIENT=$BIN/client-xnet
    [ -x "$CLIENT" ] && return
    echo "it needs the package golang-golang-x-net-dev" >"$OUT/skipped"
    exit 1
}

# needs_server VERSION: the Go server of this scenario is built with it
needs_server() {
    SERVER=$BIN/server-$1
    [ -x "$SERVER" ] && return
    echo "it needs Go $1, set GO${1/./} to its go command" >"$OUT/skipped"
    exit 1
}

# needs_go VERSION: the client of this scenario is built with it
needs_go() {
    CLIENT=$BIN/client-$1
    [ -x "$CLIENT" ] && return
    echo "it needs Go $1, set GO${1/./} to its go command" >"$OUT/skipped"
    exit 1
}

# ---- Network -------------------------------------------------------------------------------------

# Loopback that looks like a network: packets of 1500 bytes, as sent.
loopback() {
    ip link set lo mtu 1500 up
    plain_packets lo
}

plain_packets() {
    ethtool -K "$1" tso off gso off gro off >/dev/null 2>&1 || true
}

# ---- Servers -------------------------------------------------------------------------------------

# serve PORT COMMAND...: starts a server, of process SERVER_PID, and waits until it listens
serve() {
    local port=$1
    shift
    "$@" &
    SERVER_PID=$!
    for _ in $(seq 100); do
        ss -Hltn "sport = :$port" | grep -q . && return
        sleep 0.05
    done
    die "$1 does not listen on port $port"
}

SERVER=$BIN/server

go_server() { serve 8443 "$SERVER" -cert "$CERT" -key "$KEY" "$@"; }

frame_server() { serve 8443 "$BIN/frameserver" -cert "$CERT" -key "$KEY" "$@"; }

# nginx_server LINE...: these lines go into its server block
nginx_server() {
    mkdir -p "$WORK/html"
    echo fine >"$WORK/html/index.html"
    {
        echo "daemon off; master_process off; pid $WORK/nginx.pid; error_log stderr;"
        echo "events { worker_connections 64; }"
        echo "http { access_log off; client_body_temp_path $WORK/tmp; root $WORK/html; server {"
        echo "ssl_certificate $CERT; ssl_certificate_key $KEY;"
        printf '%s\n' "$@"
        echo "} }"
    } >"$WORK/nginx.conf"
    serve 8443 nginx -e stderr -c "$WORK/nginx.conf"
}

# haproxy_server LINE...: these lines go into its frontend; behind it is a server on port 8080
haproxy_server() {
    cat "$CERT" "$KEY" >"$WORK/both.pem"
    {
        echo "defaults"
        printf '    %s\n' "mode http" "timeout connect 5s" "timeout client 5s" "timeout server 5s"
        echo "frontend tls"
        printf '    %s\n' "$@" "default_backend plain"
        echo "backend plain"
        echo "    server one 127.0.0.1:8080"
    } >"$WORK/haproxy.cfg"
    serve 8443 haproxy -db -f "$WORK/haproxy.cfg"
}

caddy_server() {
    cat >"$WORK/Caddyfile" <<-END
	{
	    admin off
	    auto_https off
	}
	https://127.0.0.1:8443 {
	    tls $CERT $KEY
	    respond "fine"
	}
	END
    HOME=$WORK serve 8443 caddy run --config "$WORK/Caddyfile" --adapter caddyfile
}

# resolver FLAG...: a name server, and the only one this scenario asks
resolver() {
    "$BIN/dns" "$@" &
    echo "nameserver 127.0.0.1" >"$WORK/resolv.conf"
    echo "hosts: files dns" >"$WORK/nsswitch.conf"
    mount --bind "$WORK/resolv.conf" "$(realpath /etc/resolv.conf)"
    mount --bind "$WORK/nsswitch.conf" /etc/nsswitch.conf
    sleep 0.2
}

# ---- Capture -------------------------------------------------------------------------------------

# start_capture KIND INTERFACE [OPTION...]: pcapng (dumpcap), nano or micro (classic, tcpdump)
start_capture() {
    local kind=$1 interface=$2
    shift 2
    rm -f "$WORK/capture" # it may belong to the user tcpdump
    case $kind in
    pcapng)
        timeout -s INT 100 dumpcap -q -i "$interface" -w "$WORK/capture" "$@" 2>"$WORK/capture.log" &
        ;;
    nano | micro)
        timeout -s INT 100 tcpdump -i "$interface" --time-stamp-precision="$kind" -B 8192 -U \
            -w "$WORK/capture" "$@" 2>"$WORK/capture.log" &
        ;;
    esac
    CAPTURE_PID=$! CAPTURE_KIND=$kind
    wait_for_capture
}

wait_for_capture() {
    for _ in $(seq 100); do
        grep -qE '^File: |listening on' "$WORK/capture.log" && sleep 0.2 && return
        sleep 0.05
    done
    die "the capture does not start: $(cat "$WORK/capture.log")"
}

stop_capture() {
    sleep 1.2 # the kernel hands packets over once a second at the latest
    kill -INT "$CAPTURE_PID"
    wait "$CAPTURE_PID" || true
    if grep -E '^[1-9][0-9]* packets? dropped by kernel|dropped on interface.*: [0-9]+/[1-9]' "$WORK/capture.log"; then
        die "the capture lost packets"
    fi
    if [ "$CAPTURE_KIND" = ring ]; then
        cp "$WORK/ring"/* "$OUT"
        return
    fi
    local suffix=pcap
    [ "$CAPTURE_KIND" = pcapng ] && suffix=pcapng
    cp "$WORK/capture" "$OUT/capture.$suffix"
}

# start_ring KIND INTERFACE OPTION...: as start_capture, but into several files; dumpcap or tcpdump
start_ring() {
    local kind=$1 interface=$2
    shift 2
    mkdir -p "$WORK/ring"
    chmod 777 "$WORK" "$WORK/ring"
    rm -f "$WORK/ring"/*
    case $kind in
    dumpcap) timeout -s INT 100 dumpcap -q -i "$interface" -w "$WORK/ring/ring.pcapng" "$@" 2>"$WORK/capture.log" & ;;
    tcpdump) timeout -s INT 100 tcpdump -i "$interface" -B 8192 -U -w "$WORK/ring/ring_%s.pcap" "$@" 2>"$WORK/capture.log" & ;;
    esac
    CAPTURE_PID=$! CAPTURE_KIND=ring
    wait_for_capture
}

# ---- Clients -------------------------------------------------------------------------------------

CLIENT=$BIN/client-default

# client ARGUMENT...: over TLS. The trace and the key log go where the folder wants them.
client() { "$CLIENT" -ca "$CERT" -trace "$OUT/trace.json" -keys "$OUT/keys.log" "$@"; }

# log_client FORMAT ARGUMENT...: a client that has its own logs in place of our recorder
log_client() {
    local format=$1
    shift
    "$BIN/logclient" -format "$format" -ca "$CERT" -log "$OUT/trace.json" -keys "$OUT/keys.log" \
        -attempts "$OUT/attempts.tsv" "$@"
}

# debug_client LEVEL FORM ARGUMENT...: GODEBUG=http2debug=LEVEL is all it tells; no recorder's lines
# are kept
debug_client() {
    local level=$1 form=$2
    shift 2
    GODEBUG=http2debug=$level "$CLIENT" -ca "$CERT" -trace "$WORK/unused.json" -keys "$OUT/keys.log" \
        -log "$OUT/trace.log" -log-form "$form" "$@"
}

clear_client() { "$CLIENT" -trace "$OUT/trace.json" "$@"; }

# Two hosts, 10.9.0.1 the client and 10.9.0.2 the server, each in a namespace, joined by interfaces
# toclient and toserver of the namespace of the scenario.
two_hosts() {
    local host address=1
    loopback
    for host in client server; do
        ip netns add $host
        ip link add to$host type veth peer name eth0 netns $host
        ip -n $host address add 10.9.0.$address/24 dev eth0
        ip -n $host link set eth0 up
        ip -n $host link set lo up
        ip netns exec $host ethtool -K eth0 tx off tso off gso off gro off >/dev/null
        plain_packets to$host
        sysctl -qw net.ipv6.conf.to$host.disable_ipv6=1
        ip link set to$host up
        address=2
    done
}

# at HOST COMMAND...: runs it there; the command may be a function
at() {
    local host=$1
    shift
    export -f serve go_server frame_server nginx_server die
    export BIN CERT KEY OUT CLIENT SERVER WORK
    ip netns exec "$host" bash -c '"$@"' at "$@"
}

# wired FLAG...: two hosts with `wire` between them, a Go server, and nothing captured yet
wired() {
    wired_hosts "$@"
    at server go_server
}

wired_hosts() {
    two_hosts
    know_neighbour client 10.9.0.2 server
    know_neighbour server 10.9.0.1 client
    "$BIN/wire" "$@" toclient toserver &
}

# know_neighbour HOST ADDRESS NEIGHBOUR: so that no dial waits for ARP
know_neighbour() {
    local mac
    mac=$(ip netns exec "$3" cat /sys/class/net/eth0/address)
    ip -n "$1" neighbour replace "$2" lladdr "$mac" dev eth0 nud permanent
}

remote_client() { at client "$CLIENT" -ca "$CERT" -trace "$OUT/trace.json" -keys "$OUT/keys.log" "$@"; }

# What may happen to the one connection of the server's host. New connections are not concerned.

only_port() { ip netns exec server ss -Htn state established "sport = :8443" | sed 's/.*://; s/ .*//'; }

# black_hole: nothing arrives any more
black_hole() {
    ip netns exec server nft -f - <<-END
	table inet hole {
	    chain in { type filter hook input priority 0; tcp sport $(only_port) drop; }
	    chain out { type filter hook output priority 0; tcp dport $(only_port) drop; }
	}
	END
}

# forget: a middlebox forgot the connection. What the server sends is lost, what the client sends is
# answered with RST.
forget() {
    ip netns exec server nft -f - <<-END
	table inet middlebox {
	    chain in { type filter hook input priority 0; tcp sport $(only_port) reject with tcp reset; }
	    chain out {
	        type filter hook output priority 0;
	        tcp dport $(only_port) tcp flags & rst == 0 drop;
	    }
	}
	END
}
