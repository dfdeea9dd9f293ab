/* SPDX-License-Identifier: MIT */
#include "core/rules.h"

#include "core/rule_set.h"

#include <string.h>

#define NOTE H2T_SEVERITY_NOTE
#define WARNING H2T_SEVERITY_WARNING
#define ERROR H2T_SEVERITY_ERROR

#define EXCHANGE(id, severity, cause, rule, title, fix)                                            \
    {                                                                                              \
        id, severity, H2T_SCOPE_EXCHANGE, H2T_CAUSE_##cause, rule_##rule, title, fix               \
    }
#define CONN(id, severity, cause, rule, title, fix)                                                \
    {                                                                                              \
        id, severity, H2T_SCOPE_CONN, H2T_CAUSE_##cause, rule_##rule, title, fix                   \
    }

/* The order is the order of asking. */
static const struct h2t_rule table[] = {
    /* A code that says what is wrong. */
    EXCHANGE("inadequate-security-hidden", ERROR, SERVER, inadequate_security_hidden,
             "the server refuses the TLS parameters, and the error does not say so",
             "Offer TLS 1.3 or an AEAD cipher suite; the suite is in RFC 9113's list of prohibited "
             "ones (appendix A)."),
    EXCHANGE("inadequate-security", ERROR, SERVER, inadequate_security,
             "the server refuses the TLS parameters",
             "Offer TLS 1.3 or an AEAD cipher suite; Go before 1.23 retries this without pause."),
    EXCHANGE("enhance-your-calm", ERROR, CONN, enhance_your_calm,
             "the server finds the client too busy",
             "Find what provokes it: keep-alive PINGs that are too frequent, or many cancelled "
             "requests."),
    EXCHANGE("goaway-no-getbody", ERROR, REQUEST, goaway_no_getbody,
             "a GOAWAY crossed a request whose body cannot be sent again",
             "Set Request.GetBody, so that net/http can send the body again."),
    EXCHANGE("limit-before-settings", NOTE, CONN, limit_before_settings,
             "more streams were opened than the first SETTINGS allowed",
             "Send one request first, then the burst; the refused ones are sent again."),
    EXCHANGE("refused-stream", WARNING, REQUEST, refused_stream, "the server refused the stream",
             "net/http retries with growing pauses; keep below the server's limit of concurrent "
             "streams or raise it."),
    /* What the server or the client found wrong with one stream. */
    EXCHANGE(
        "window-overflow", ERROR, CONN, window_overflow,
        "a WINDOW_UPDATE takes a stream's window past 2^31-1",
        "Mend the server; update Go, whose 1.23 to 1.25 hang on it for ever (golang/go#77331)."),
    EXCHANGE("bad-response-headers", ERROR, REQUEST, bad_response_headers,
             "the client found the response invalid", "Mend the server's response fields."),
    EXCHANGE("reset-protocol-error", ERROR, REQUEST, reset_protocol_error,
             "the server reset the stream with PROTOCOL_ERROR",
             "See the server's log for what it found wrong; Go before 1.27 retries on a new "
             "connection."),
    EXCHANGE("early-response", NOTE, CONN, early_response,
             "the server answered before it had the whole request",
             "Nothing is wrong; the server did not need the rest of the body."),
    EXCHANGE("body-cut", ERROR, CONN, body_cut, "the response was cut in the middle of its body",
             "See the server's log: it gave the response up after it had begun."),
    EXCHANGE("stream-reset", ERROR, REQUEST, stream_reset,
             "the server reset the stream before it answered",
             "See the server's log for the code's cause; net/http does not retry this."),
    /* Not the same protocol. */
    EXCHANGE("http1-on-h2", ERROR, SERVER, http1_on_h2,
             "the server answers in HTTP/1.1 on an HTTP/2 connection",
             "Speak HTTP/1.1 to this port, or switch HTTP/2 on in the server."),
    EXCHANGE("h2-on-http1", ERROR, SERVER, h2_on_http1,
             "the server answers in HTTP/2 on an HTTP/1.1 connection",
             "Use HTTP/2 with prior knowledge for this port, or TLS with ALPN."),
    EXCHANGE("server-violation", ERROR, CONN, server_violation,
             "the client ended the connection because the server broke the protocol",
             "Mend the server; the error names the rule that it broke."),
    EXCHANGE("settings-missing", ERROR, SERVER, settings_missing, "the server never sent SETTINGS",
             "Check that it is an HTTP/2 server: one that speaks HTTP/1.1 does this."),
    /* The connection's end, announced. */
    EXCHANGE("goaway-retried", NOTE, CONN, goaway_retried,
             "a GOAWAY crossed the request, which was sent again",
             "Nothing is lost; a longer keep-alive of the server makes it rarer."),
    EXCHANGE("goaway-lost", ERROR, CONN, goaway_lost,
             "the server promised to answer and closed the connection",
             "Let the server drain its connections before it stops; net/http must not retry this."),
    /* The trace's own words. */
    EXCHANGE("ping-timeout", ERROR, CONN, ping_timeout,
             "the health check had no answer, the connection was lost",
             "The path or the server is dead; the next request dials anew."),
    EXCHANGE("header-timeout", WARNING, REQUEST, header_timeout,
             "the response headers took longer than ResponseHeaderTimeout",
             "The server is slower than the client allows; raise one or mend the other."),
    /* The connection's end, unannounced. */
    EXCHANGE("silent-drop", ERROR, CONN, silent_drop,
             "the connection was forgotten by the peer or a middlebox",
             "Set http2.Transport.ReadIdleTimeout below the middlebox's idle time."),
    EXCHANGE("tcp-reset", ERROR, CONN, tcp_reset, "the server reset the TCP connection",
             "See the server's log: it or a middlebox gave the connection up without a GOAWAY."),
    EXCHANGE("idle-close-race", ERROR, CONN, idle_close_race,
             "the server closed the idle connection while the request was on its way",
             "Let the server send GOAWAY first, or set IdleConnTimeout below the server's."),
    EXCHANGE("closed-without-goaway", ERROR, CONN, closed_without_goaway,
             "the server had the request and closed the connection without an answer",
             "See the server's log: it stopped, crashed, or closes on this request."),
    /* Waiting for a stream. */
    EXCHANGE("slot-deadlock", ERROR, CONN, slot_deadlock,
             "the request waited for a slot though no stream was open",
             "A known defect of StrictMaxConcurrentStreams (golang/go#70809); switch it off."),
    EXCHANGE("slot-backoff", WARNING, CONN, slot_backoff,
             "the connection was full, RoundTrip slept before it tried again",
             "Raise the server's limit of concurrent streams, or limit the client's requests."),
    {"max-streams-dial", NOTE, H2T_SCOPE_EXCHANGE | H2T_SCOPE_CONN, H2T_CAUSE_SERVER,
     rule_max_streams_dial, "another connection was dialled because one was full",
     "Raise the server's limit of concurrent streams if one connection is wanted."},
    EXCHANGE("max-streams-queued", WARNING, CONN, max_streams_queued,
             "the request waited until a stream was free",
             "Raise the server's limit of concurrent streams, or limit the client's requests."),
    /* Flow control. */
    EXCHANGE("window-stall-connection", ERROR, CONN, window_stall_connection,
             "the connection's flow-control window is used up, uploads stop",
             "The server does not read, or does not say so: find the handler that leaves request "
             "bodies unread."),
    EXCHANGE("window-stall-stream", ERROR, REQUEST, window_stall_stream,
             "the stream's flow-control window is used up, the upload stops",
             "The handler does not read the request's body."),
    EXCHANGE("window-tiny", WARNING, CONN, window_tiny,
             "the server lets the upload through in tiny pieces",
             "Raise the server's flow-control window."),
    /* Silence. */
    EXCHANGE("dead-connection-reused", ERROR, CONN, dead_connection_reused,
             "the request was sent into a dead connection",
             "Set http2.Transport.ReadIdleTimeout, so that PING finds dead connections."),
    EXCHANGE("server-unresponsive", ERROR, CONN, server_unresponsive,
             "TCP answers, HTTP/2 does not",
             "The server's process hangs: it does not even answer PING."),
    EXCHANGE(
        "server-slow", WARNING, REQUEST, server_slow, "the server took longer than the deadline",
        "The connection is alive and the handler slow; raise the deadline or mend the handler."),
    EXCHANGE("cancelled-by-caller", NOTE, CONN, cancelled_by_caller,
             "the program cancelled the request",
             "Nothing is wrong with the connection; many of these may provoke ENHANCE_YOUR_CALM."),
    /* No connection. */
    EXCHANGE("alpn-rejected", ERROR, SERVER, alpn_rejected,
             "client and server have no protocol in common",
             "Offer http/1.1 as well, or switch HTTP/2 on in the server."),
    EXCHANGE("dns-failed", ERROR, SERVER, dns_failed, "the name could not be looked up",
             "Check the name and the resolver."),
    EXCHANGE("tls-failed", ERROR, SERVER, tls_failed, "the TLS handshake failed",
             "The error and the alert name the reason."),
    EXCHANGE("deadline-in-dial", WARNING, SERVER, deadline_in_dial,
             "the deadline was over before the connection was ready",
             "Raise the deadline, or warm the connection up; from Go 1.23 on the dial goes on."),
    EXCHANGE("dial-failed", ERROR, SERVER, dial_failed, "the server could not be reached",
             "Check address, port and firewall."),
    /* What the program does itself. */
    EXCHANGE("open-body", WARNING, CONN, open_body, "response bodies are left open or unread",
             "Read each body to its end and close it."),
    EXCHANGE("unexplained-error", ERROR, REQUEST, unexplained_error,
             "the request failed, and no rule knows why", "See the error."),

    CONN("goaway-graceful", NOTE, CONN, goaway_graceful, "the server ended the connection politely",
         "Nothing is lost; the next request dials anew."),
    CONN(
        "idle-close", NOTE, CONN, idle_close, "the server closed the idle connection",
        "Nothing was lost, but a request could have crossed it: let the server send GOAWAY first."),
    CONN("stream-ids-exhausted", NOTE, CONN, stream_ids_exhausted,
         "the connection has no stream identifiers left", "Nothing is wrong; net/http dials anew."),
    CONN("alpn-downgrade", WARNING, SERVER, alpn_downgrade,
         "the client offered HTTP/2, the server chose HTTP/1.1",
         "Switch HTTP/2 on in the server, or in what terminates TLS before it."),
    CONN(
        "h2-not-offered", WARNING, SERVER, h2_not_offered, "the client did not offer HTTP/2",
        "Set Transport.ForceAttemptHTTP2: a custom TLSClientConfig or dialer switches HTTP/2 off."),
    CONN("no-reuse-body", WARNING, SERVER, no_reuse_body,
         "connections are not reused because bodies are not read to their end",
         "Read each body to its end (io.Copy to io.Discard) before closing it."),
    CONN("keepalive-off", NOTE, SERVER, keepalive_off, "each request has its own connection",
         "Drop \"Connection: close\" or DisableKeepAlives if connections are to be reused."),
    CONN("dial-race-lost", NOTE, SERVER, dial_race_lost, "a connection was dialled and not needed",
         "Harmless: another dial was faster."),
    CONN("dial-background", NOTE, CONN, dial_background,
         "a connection that a request had given up was used by others", "Harmless."),
    CONN("frames-not-sent", NOTE, CONN, frames_not_sent,
         "the debug log wrote frames that never left",
         "Nothing by itself: \"wrote\" is logged before the socket is written."),
    CONN("capture-late", NOTE, CAPTURE, capture_late,
         "the capture lacks the connection's beginning",
         "Start the capture before the program to have everything matched."),
    CONN("capture-gap", NOTE, CAPTURE, capture_gap, "the capture lacks packets",
         "Capture with a larger buffer (tcpdump -B, dumpcap -B)."),
    CONN("no-keys", NOTE, CAPTURE, no_keys, "the connection is encrypted and no key fits",
         "Set tls.Config.KeyLogWriter in the program and give the file with --keylog."),
    CONN("untraced-connection", NOTE, CAPTURE, untraced_connection,
         "the capture has requests that the trace does not have",
         "Wrap every transport of the program, if they are its."),
};

const struct h2t_rule *h2t_rules(uint32_t *n)
{
    *n = G_N_ELEMENTS(table);
    return table;
}

const struct h2t_rule *h2t_rule_at(uint32_t index)
{
    g_assert(index < G_N_ELEMENTS(table));
    return &table[index];
}

const struct h2t_rule *h2t_rule_find(const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (!strcmp(table[i].id, id))
            return &table[i];
    return NULL;
}

const char *h2t_severity_name(enum h2t_severity severity)
{
    static const char *const names[] = {
        [H2T_SEVERITY_NOTE] = "note",
        [H2T_SEVERITY_WARNING] = "warning",
        [H2T_SEVERITY_ERROR] = "error",
    };
    return names[severity];
}
