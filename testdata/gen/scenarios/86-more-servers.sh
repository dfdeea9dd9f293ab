# SPDX-License-Identifier: MIT
# Servers that only these have, with sidecars that are not the recorder's.

needs_command() {
    command -v "$1" >/dev/null && return
    echo "it needs $1 ($2)" >"$OUT/skipped"
    exit 1
}

node_server() { serve 8443 node "$here/node/server.js" "$CERT" "$KEY" 8443 "$@"; }

h2o_server() {
    needs_command h2o h2o
    mkdir -p "$WORK/html"
    echo fine >"$WORK/html/index.html"
    cat >"$WORK/h2o.conf" <<-END
	user: root
	pid-file: $WORK/h2o.pid
	listen:
	  port: 8443
	  ssl:
	    certificate-file: $CERT
	    key-file: $KEY
	hosts:
	  default:
	    paths:
	      "/":
	        file.dir: $WORK/html
	END
    serve 8443 h2o -c "$WORK/h2o.conf"
}

# apache_server LINE...: these lines go into its configuration
apache_server() {
    needs_command apache2 apache2-bin
    local modules=${APACHE_MODULES:-/usr/lib/apache2/modules}
    mkdir -p "$WORK/html"
    echo fine >"$WORK/html/index.html"
    {
        for module in mpm_event ssl http2 authz_core dir; do
            echo "LoadModule ${module}_module $modules/mod_$module.so"
        done
        cat <<-END
	ServerName localhost
	ServerRoot $WORK
	PidFile $WORK/apache.pid
	ErrorLog $WORK/apache.log
	Mutex file:$WORK
	Listen 8443
	Protocols h2
	SSLEngine on
	SSLCertificateFile $CERT
	SSLCertificateKeyFile $KEY
	SSLSessionCache none
	DocumentRoot $WORK/html
	DirectoryIndex index.html
	StartServers 1
	END
        printf '%s\n' "$@"
    } >"$WORK/apache.conf"
    serve 8443 apache2 -DFOREGROUND -f "$WORK/apache.conf"
}

lighttpd_server() {
    needs_command lighttpd lighttpd
    mkdir -p "$WORK/html"
    echo fine >"$WORK/html/index.html"
    cat "$CERT" "$KEY" >"$WORK/both.pem"
    cat >"$WORK/lighttpd.conf" <<-END
	server.document-root = "$WORK/html"
	server.port = 8443
	index-file.names = ( "index.html" )
	server.modules = ( "mod_openssl" )
	ssl.engine = "enable"
	ssl.pemfile = "$WORK/both.pem"
	server.max-keep-alive-requests = 8
	server.upload-dirs = ( "$WORK" )
	END
    serve 8443 lighttpd -D -f "$WORK/lighttpd.conf" ${LIGHTTPD_MODULES:+-m "$LIGHTTPD_MODULES"}
}

# Node ends its sessions with GOAWAY after 7 streams, and resets every fifth.
scenario_log_slog_node() {
    needs_log_client
    loopback
    node_server 7 5
    start_capture pcapng lo
    log_client slog -n 30 -c 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_otel_events_h2o() {
    needs_log_client
    loopback
    h2o_server
    start_capture pcapng lo
    log_client events -n 24 -c 6 https://127.0.0.1:8443/
    stop_capture
}

scenario_debuglog_apache() {
    needs_go 1.24
    loopback
    apache_server "MaxKeepAliveRequests 8"
    start_capture pcapng lo
    debug_client 2 micro -n 30 -c 4 https://127.0.0.1:8443/
    stop_capture
}

scenario_debuglog_lighttpd() {
    needs_go 1.27
    loopback
    lighttpd_server
    start_capture pcapng lo
    debug_client 2 slog -n 30 -c 3 https://127.0.0.1:8443/
    stop_capture
}

scenario_otel_spans_node() {
    needs_log_client
    loopback
    node_server 7 0
    start_capture pcapng lo
    log_client spans -n 20 -c 3 https://127.0.0.1:8443/
    stop_capture
}

# The recorder, Go 1.24, and a server of Node's.
scenario_node_go124() {
    needs_go 1.24
    loopback
    node_server 7 5
    start_capture pcapng lo
    client -n 30 -c 4 https://127.0.0.1:8443/
    stop_capture
}
