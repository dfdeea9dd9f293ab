# SPDX-License-Identifier: MIT
# Clients that do not know our recorder. nginx's GOAWAY makes them retry.

log_behind_nginx() {
    needs_log_client
    loopback
    nginx_server "listen 8443 ssl http2;" "keepalive_requests 8;"
    start_capture pcapng lo
    log_client "$@" -n 28 -c 4 https://127.0.0.1:8443/
    stop_capture
}

log_busy() {
    needs_log_client
    loopback
    go_server
    start_capture pcapng lo
    log_client "$@" -n 32 -c 12 https://127.0.0.1:8443/{,slow?ms=3,slow?ms=7}
    stop_capture
}

scenario_log_slog() { log_behind_nginx slog; }

scenario_log_docker() { log_busy docker; }

scenario_log_zap() { log_busy zap; }

scenario_log_zerolog() { log_behind_nginx zerolog; }

scenario_log_logrus() { log_busy logrus; }

scenario_log_slogtext() { log_behind_nginx slogtext; }

scenario_log_logfmt() { log_busy logfmt; }

# Local time is not UTC, and has no year.
scenario_log_klog() { TZ=Asia/Kathmandu log_busy klog; }

# The lines say of no request; DNS is asked all the same.
scenario_log_printf() {
    needs_log_client
    loopback
    go_server
    resolver -4
    start_capture pcapng lo
    "$BIN/logclient" -format printf -ca "$CERT" -log "$OUT/trace.log" -keys "$OUT/keys.log" \
        -attempts "$WORK/attempts.tsv" -n 6 -c 1 https://www.h2annotate.test:8443/
    stop_capture
}

scenario_otel_spans() { log_behind_nginx spans; }

scenario_otel_events() { log_behind_nginx events; }

# No traceparent on the wire, no header fields in the spans: order and time are all there is.
scenario_otel_bare() { log_busy spans -propagate=false -headers=false; }

scenario_otel_otlp() { log_busy otlp -headers=false; }

scenario_otel_jaeger() { log_busy jaeger -propagate=false -headers=false; }

# Retries on the same connection.
scenario_otel_refused() {
    needs_log_client
    loopback
    frame_server -mode refuse -every 3
    start_capture pcapng lo
    log_client spans -n 10 -c 2 https://127.0.0.1:8443/
    stop_capture
}

# ---- What other loggers tell of failures ---------------------------------------------------------

log_failing() {
    local format=$1
    shift
    needs_log_client
    loopback
    frame_server "$@"
    start_capture pcapng lo
    log_client "$format" -n 8 -c 2 https://127.0.0.1:8443/
    stop_capture
}

scenario_log_slog_goaway_lost() { log_failing slog -mode covered -every 4; }

scenario_otel_goaway_lost() { log_failing events -mode covered -every 4; }

scenario_log_zap_stream_reset() { log_failing zap -mode reset -codes 2,8 -every 3; }

scenario_otel_body_cut() { log_failing spans -mode midbody -every 3; }

# The recorder's compact mode.
scenario_compact_failures() {
    loopback
    frame_server -mode reset -codes 2,8 -every 3
    start_capture pcapng lo
    client -compact -n 8 -c 2 https://127.0.0.1:8443/
    stop_capture
}
