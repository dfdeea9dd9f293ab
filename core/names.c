/* SPDX-License-Identifier: MIT */
#include "core/names.h"

static const char *const match_names[] = {
    [H2T_MATCH_NONE] = "none",
    [H2T_MATCH_TUPLE] = "tuple",
    [H2T_MATCH_TUPLE_TIME] = "tuple+time",
    [H2T_MATCH_ORDER] = "order",
    [H2T_MATCH_ORDER_HEADER] = "order+header",
    [H2T_MATCH_HEADER] = "header",
    [H2T_MATCH_ORDER_LOG] = "order+debuglog",
    [H2T_MATCH_LOG] = "debuglog",
    [H2T_MATCH_ONLY] = "only",
    [H2T_MATCH_MAPPED] = "mapped",
    [H2T_MATCH_TIMING] = "timing",
};

static const char *const end_names[] = {
    [H2T_END_OPEN] = "open",         [H2T_END_END] = "end",     [H2T_END_RESET] = "reset",
    [H2T_END_GOAWAY] = "goaway",     [H2T_END_CLOSE] = "close", [H2T_END_GAP] = "gap",
    [H2T_END_OVERFLOW] = "overflow", [H2T_END_EOF] = "eof",
};

static const struct {
    const char *name, *text;
} reasons[] = {
    [H2T_REASON_NONE] = {"none", "matched"},
    [H2T_REASON_NO_CONN] = {"no-connection", "the request never got a connection"},
    [H2T_REASON_NO_ADDR] = {"no-address", "the trace does not say which connection it used"},
    [H2T_REASON_NOT_CAPTURED] = {"not-captured", "its connection is not in the capture"},
    [H2T_REASON_OTHER_TIME] = {"other-time",
                               "the capture has these addresses and ports only at another time"},
    [H2T_REASON_AMBIGUOUS] = {"ambiguous", "several candidates, and nothing decides between them"},
    [H2T_REASON_NO_KEYS] = {"no-keys", "the connection is encrypted and no key fits"},
    [H2T_REASON_NOT_HTTP] = {"not-http", "the connection's bytes are not HTTP as we know it"},
    [H2T_REASON_LATE] = {"capture-late",
                         "the capture lacks the connection's start, and no unique header tells"},
    [H2T_REASON_GAP] = {"capture-gap",
                        "packets are missing in the capture, and no unique header tells"},
    [H2T_REASON_NOT_WRITTEN] = {"not-written", "its headers were never written"},
    [H2T_REASON_NOT_ON_WIRE] = {"not-on-wire",
                                "its headers were written but are not in the capture"},
    [H2T_REASON_CONTRADICTION] =
        {"contradiction", "the order of requests disagrees with their headers, paths or times"},
    [H2T_REASON_NOT_IN_TRACE] = {"not-in-trace", "the trace has no such request"},
    [H2T_REASON_UNTRACED] = {"untraced-connection", "the trace does not know the connection"},
    [H2T_REASON_UNIX] = {"unix-socket", "its connection is a Unix socket's: there are no packets"},
    [H2T_REASON_TUNNEL] = {"tunnel", "nothing that we know is inside its tunnel through a proxy"},
    [H2T_REASON_CONNECT] = {"connect", "it opens the tunnel through a proxy that requests go by"},
    [H2T_REASON_COPY] = {"copy", "the same packets again, from another interface"},
    [H2T_REASON_PARTIAL] = {"trace-partial",
                            "the trace has only some of the connection's requests"},
};

static const char *const hook_names[H2T_N_HOOKS] = {
    [H2T_GET_CONN] = "GetConn",
    [H2T_GOT_CONN] = "GotConn",
    [H2T_WROTE_HEADER_FIELD] = "WroteHeaderField",
    [H2T_WROTE_HEADERS] = "WroteHeaders",
    [H2T_WAIT_100] = "Wait100Continue",
    [H2T_GOT_100] = "Got100Continue",
    [H2T_WROTE_REQUEST] = "WroteRequest",
    [H2T_FIRST_BYTE] = "GotFirstResponseByte",
    [H2T_PUT_IDLE] = "PutIdleConn",
};

static const char *const what_names[H2T_N_NOTES] = {
    [H2T_NOTE_FINDING] = "finding",
    [H2T_NOTE_DNS_QUERY] = "dns-query",
    [H2T_NOTE_DNS_ANSWER] = "dns-answer",
    [H2T_NOTE_CONNECT] = "connect",
    [H2T_NOTE_CONNECTED] = "connected",
    [H2T_NOTE_CLIENT_HELLO] = "client-hello",
    [H2T_NOTE_HANDSHAKE] = "handshake",
    [H2T_NOTE_REQUEST] = "request",
    [H2T_NOTE_REQUEST_END] = "request-end",
    [H2T_NOTE_RESPONSE] = "response",
    [H2T_NOTE_END] = "end",
    [H2T_NOTE_RESET] = "reset",
    [H2T_NOTE_GOAWAY] = "goaway",
    [H2T_NOTE_CLOSE] = "close",
    [H2T_NOTE_FRAME] = "frame",
};

static const char *const tied_names[] = {
    [H2T_TIED_NONE] = "none",
    [H2T_TIED_FRAMES] = "frames",
    [H2T_TIED_FRAMES_TIME] = "frames+time",
    [H2T_TIED_ADDRESS] = "frames+address",
};

/* RFC 9113 section 6 */
static const char *const kind_names[] = {
    [H2T_DATA] = "DATA",
    [H2T_HEADERS] = "HEADERS",
    [H2T_RST_STREAM] = "RST_STREAM",
    [H2T_SETTINGS] = "SETTINGS",
    [H2T_PUSH_PROMISE] = "PUSH_PROMISE",
    [H2T_PING] = "PING",
    [H2T_GOAWAY] = "GOAWAY",
    [H2T_WINDOW_UPDATE] = "WINDOW_UPDATE",
};

/* RFC 9113 section 7 */
static const char *const h2_errors[] = {
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
};

const char *h2t_match_name(enum h2t_match match)
{
    return match_names[match];
}

const char *h2t_end_name(enum h2t_end end)
{
    return end_names[end];
}

const char *h2t_reason_name(enum h2t_reason reason)
{
    return reasons[reason].name;
}

const char *h2t_reason_text(enum h2t_reason reason)
{
    return reasons[reason].text;
}

const char *h2t_hook_name(enum h2t_hook hook)
{
    return hook_names[hook];
}

const char *h2t_what_name(enum h2t_what what)
{
    return what_names[what];
}

const char *h2t_tied_name(enum h2t_tied tied)
{
    return tied_names[tied];
}

const char *h2t_kind_name(enum h2t_frame_kind kind)
{
    return kind_names[kind];
}

const char *h2t_h2_error_name(uint32_t code)
{
    return code < G_N_ELEMENTS(h2_errors) ? h2_errors[code] : NULL;
}
