/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/fields.h"

#include <string.h>

static const value_string severities[] = {{1, "note"}, {2, "warning"}, {3, "error"}, {0, NULL}};

static int hf[N_FIELDS];
static expert_field ei[3] = {EI_INIT, EI_INIT, EI_INIT}, hint = EI_INIT;
static int ett[N_ETTS];

#define N_IDENTITY 5 /* the first keys: what the packet belongs to */

/* Keys of notes. The first column is docs/comment-format.md's, the others are the field's. */
static struct {
    struct key key;
    const char *field, *label, *blurb;
} keys[] = {
    {{"req", VALUE_TEXT, -1}, "httptrace.req", "Request", "Name of the request in the trace"},
    {{"attempt", VALUE_NUMBER, -1}, "httptrace.attempt", "Attempt", "Which try of the request"},
    {{"pid", VALUE_NUMBER, -1}, "httptrace.pid", "Process", "Where the trace has several"},
    {{"conn", VALUE_NUMBER, -1}, "httptrace.conn", "Connection", "Connection ID of the trace"},
    {{"stream", VALUE_NUMBER, -1},
     "httptrace.stream",
     "Stream",
     "HTTP/2 stream; HTTP/1.1: place of the request on its connection"},
    {{"reused", VALUE_YES_NO, -1},
     "httptrace.reused",
     "Reused",
     "The connection had been used before"},
    {{"idle", VALUE_DURATION, -1},
     "httptrace.idle_time",
     "Idle time",
     "How long the connection had been idle"},
    {{"match", VALUE_TEXT, -1}, "httptrace.match", "Match", "How trace and packets were paired"},
    {{"method", VALUE_TEXT, -1}, "httptrace.method", "Method", NULL},
    {{"url", VALUE_TEXT, -1}, "httptrace.url", "URL", "Without query"},
    {{"status", VALUE_NUMBER, -1}, "httptrace.status", "Status", "Of the response"},
    {{"grpc-status", VALUE_NUMBER, -1},
     "httptrace.grpc_status",
     "gRPC status",
     "Of the trailers; 0 is OK"},
    {{"grpc-code", VALUE_TEXT, -1}, "httptrace.grpc_code", "gRPC code", "The status by name"},
    {{"end", VALUE_TEXT, -1}, "httptrace.end", "End", "How the stream ended"},
    {{"retried", VALUE_YES_NO, -1}, "httptrace.retried", "Retried", "Another attempt followed"},
    {{"error", VALUE_TEXT, -1}, "httptrace.error", "Error", "What the Go program was told"},
    {{"by", VALUE_TEXT, -1}, "httptrace.by", "By", "Which side did it"},
    {{"code", VALUE_TEXT, -1}, "httptrace.code", "Error code", "RFC 9113 section 7"},
    {{"last-stream", VALUE_NUMBER, -1}, "httptrace.last_stream", "Last stream", "Of the GOAWAY"},
    {{"with", VALUE_TEXT, -1}, "httptrace.closed_with", "Closed with", "FIN or RST"},
    {{"dialled-for", VALUE_TEXT, -1},
     "httptrace.dialled_for",
     "Dialled for",
     "The request that began the connection; another one may use it"},
    {{"dial-match", VALUE_TEXT, -1}, "httptrace.dial_match", "Dial match", NULL},
    {{"requests", VALUE_NUMBER, -1},
     "httptrace.requests",
     "Requests",
     "How many attempts use the connection"},
    {{"sni", VALUE_TEXT, -1}, "httptrace.sni", "Server name", NULL},
    {{"alpn-offered", VALUE_TEXT, -1}, "httptrace.alpn_offered", "ALPN offered", NULL},
    {{"alpn", VALUE_TEXT, -1}, "httptrace.alpn", "ALPN", NULL},
    {{"tls", VALUE_TEXT, -1}, "httptrace.tls", "TLS version", NULL},
    {{"what", VALUE_TEXT, -1}, "httptrace.finding.what", "What", "Happened, in a few words"},
    {{"wire", VALUE_TEXT, -1}, "httptrace.finding.wire", "On the wire", "Evidence of the packets"},
    {{"trace", VALUE_TEXT, -1},
     "httptrace.finding.trace",
     "In the trace",
     "Evidence of the program"},
    {{"fix", VALUE_TEXT, -1}, "httptrace.finding.fix", "Fix", "What to do about it"},
    {{"conns", VALUE_NUMBER, -1},
     "httptrace.finding.conns",
     "Connections",
     "How many the finding is about"},
    {{"host", VALUE_TEXT, -1}, "httptrace.host", "Host", "That was looked up"},
    {{"side", VALUE_TEXT, -1}, "httptrace.side", "Side", "Whose debug log it is"},
    {{"wrote", VALUE_TEXT, -1}, "httptrace.wrote", "Wrote", "Frame, says the debug log"},
    {{"read", VALUE_TEXT, -1}, "httptrace.read", "Read", "Frame, says the debug log"},
    {{"framer", VALUE_TEXT, -1}, "httptrace.framer", "Framer", "Its address in the debug log"},
    {{"line", VALUE_NUMBER, -1}, "httptrace.line", "Line", "Of the debug log"},
};

/* Times of hooks, relative to the packet. */
static struct {
    struct key key;
    const char *field;
} hooks[] = {
    {{"GetConn", VALUE_DURATION, -1}, "httptrace.hook.get_conn"},
    {{"GotConn", VALUE_DURATION, -1}, "httptrace.hook.got_conn"},
    {{"WroteHeaderField", VALUE_DURATION, -1}, "httptrace.hook.wrote_header_field"},
    {{"WroteHeaders", VALUE_DURATION, -1}, "httptrace.hook.wrote_headers"},
    {{"Wait100Continue", VALUE_DURATION, -1}, "httptrace.hook.wait_100_continue"},
    {{"Got100Continue", VALUE_DURATION, -1}, "httptrace.hook.got_100_continue"},
    {{"WroteRequest", VALUE_DURATION, -1}, "httptrace.hook.wrote_request"},
    {{"GotFirstResponseByte", VALUE_DURATION, -1}, "httptrace.hook.got_first_response_byte"},
    {{"PutIdleConn", VALUE_DURATION, -1}, "httptrace.hook.put_idle_conn"},
    {{"RoundTripDone", VALUE_DURATION, -1}, "httptrace.hook.round_trip_done"},
    {{"BodyDone", VALUE_DURATION, -1}, "httptrace.hook.body_done"},
    {{"ConnectStart", VALUE_DURATION, -1}, "httptrace.hook.connect_start"},
    {{"ConnectDone", VALUE_DURATION, -1}, "httptrace.hook.connect_done"},
    {{"TLSHandshakeStart", VALUE_DURATION, -1}, "httptrace.hook.tls_handshake_start"},
    {{"TLSHandshakeDone", VALUE_DURATION, -1}, "httptrace.hook.tls_handshake_done"},
    {{"DNSStart", VALUE_DURATION, -1}, "httptrace.hook.dns_start"},
    {{"DNSDone", VALUE_DURATION, -1}, "httptrace.hook.dns_done"},
    {{"Logged", VALUE_DURATION, -1}, "httptrace.hook.logged"},
};

#define STRING(label, abbrev, blurb)                                                               \
    {                                                                                              \
        label, abbrev, FT_STRING, BASE_NONE, NULL, 0, blurb, HFILL                                 \
    }
#define TIME(label, abbrev, blurb)                                                                 \
    {                                                                                              \
        label, abbrev, FT_RELATIVE_TIME, BASE_NONE, NULL, 0, blurb, HFILL                          \
    }
#define FRAME(label, abbrev, type, blurb)                                                          \
    {                                                                                              \
        label, abbrev, FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(type), 0, blurb, HFILL                \
    }

static hf_register_info others[] = {
    {&hf[FIELD_NOTE], STRING("Note", "httptrace.note", "As h2annotate writes it")},
    {&hf[FIELD_WHAT], STRING("What", "httptrace.what", "What the packet is to the program")},
    {&hf[FIELD_EVENT], STRING("Event", "httptrace.event", "A hook that fired near the packet")},
    {&hf[FIELD_SLOT],
     {"Colour slot", "httptrace.slot", FT_UINT8, BASE_DEC, NULL, 0, "For colour rules", HFILL}},
    {&hf[FIELD_PART_OF],
     STRING("Part of", "httptrace.part_of", "The packet has a part of a frame of this request")},
    {&hf[FIELD_TRACE_ID], STRING("Trace ID", "httptrace.trace_id", "W3C Trace Context")},
    {&hf[FIELD_FINDING], STRING("Finding", "httptrace.finding", "Its rule")},
    {&hf[FIELD_SEVERITY],
     {"Severity", "httptrace.severity", FT_UINT8, BASE_DEC, VALS(severities), 0, "Of a finding",
      HFILL}},
    {&hf[FIELD_FINDING_AT], FRAME("Happened in", "httptrace.finding.at", FT_FRAMENUM_NONE, NULL)},
    {&hf[FIELD_FINDING_PROOF],
     FRAME("Proven in", "httptrace.finding.proof", FT_FRAMENUM_NONE, NULL)},
    {&hf[FIELD_SIDECAR], STRING("Sidecar", "httptrace.sidecar", "Where the trace comes from")},
    {&hf[FIELD_SUMMARY], STRING("Summary", "httptrace.summary", "Of the whole capture")},
    {&hf[FIELD_DNS_TIME], TIME("DNS time", "httptrace.dns_time", "Name lookups of the request")},
    {&hf[FIELD_CONNECT_TIME],
     TIME("Connect time", "httptrace.connect_time", "The connection's TCP dial")},
    {&hf[FIELD_TLS_TIME], TIME("TLS time", "httptrace.tls_time", "The connection's handshake")},
    {&hf[FIELD_WAIT_TIME], TIME("Wait time", "httptrace.wait_time", "From GetConn to GotConn")},
    {&hf[FIELD_FIRST_BYTE_TIME], TIME("First byte time", "httptrace.first_byte_time",
                                      "From WroteRequest to GotFirstResponseByte")},
    {&hf[FIELD_TOTAL_TIME],
     TIME("Total time", "httptrace.total_time", "Of the request, all attempts")},
    {&hf[FIELD_REQUEST_IN],
     FRAME("Request in", "httptrace.request_in", FT_FRAMENUM_REQUEST, "Opens the stream")},
    {&hf[FIELD_RESPONSE_IN],
     FRAME("Response in", "httptrace.response_in", FT_FRAMENUM_RESPONSE, NULL)},
    {&hf[FIELD_END_IN], FRAME("End in", "httptrace.end_in", FT_FRAMENUM_NONE, "Ends the stream")},
    {&hf[FIELD_RETRY_IN],
     FRAME("Retry in", "httptrace.retry_in", FT_FRAMENUM_NONE, "The next attempt")},
    {&hf[FIELD_RETRY_OF],
     FRAME("Retry of", "httptrace.retry_of", FT_FRAMENUM_NONE, "The attempt before")},
    {&hf[FIELD_GOAWAY_IN],
     FRAME("GOAWAY in", "httptrace.goaway_in", FT_FRAMENUM_NONE, "On the connection")},
};

static hf_register_info of_kind(struct key *key, const char *field, const char *label,
                                const char *blurb)
{
    static const struct {
        enum ftenum type;
        int display;
    } kinds[] = {
        [VALUE_TEXT] = {FT_STRING, BASE_NONE},
        [VALUE_NUMBER] = {FT_UINT64, BASE_DEC},
        [VALUE_YES_NO] = {FT_BOOLEAN, BASE_NONE},
        [VALUE_DURATION] = {FT_RELATIVE_TIME, BASE_NONE},
    };
    return (hf_register_info){
        &key->hf,
        {label, field, kinds[key->kind].type, kinds[key->kind].display, NULL, 0, blurb, HFILL}};
}

static void register_experts(int proto)
{
    static ei_register_info experts[] = {
        {&ei[0], {"httptrace.finding.note", PI_SEQUENCE, PI_NOTE, "Finding", EXPFILL}},
        {&ei[1], {"httptrace.finding.warning", PI_SEQUENCE, PI_WARN, "Finding", EXPFILL}},
        {&ei[2], {"httptrace.finding.error", PI_SEQUENCE, PI_ERROR, "Finding", EXPFILL}},
        {&hint, {"httptrace.hint", PI_ASSUMPTION, PI_WARN, "Hint", EXPFILL}},
    };
    expert_register_field_array(expert_register_protocol(proto), experts, G_N_ELEMENTS(experts));
}

unsigned field_severity(const char *name)
{
    for (const value_string *s = severities; s->strptr; s++)
        if (!strcmp(s->strptr, name))
            return s->value;
    return 0;
}

expert_field *field_expert(unsigned severity)
{
    return &ei[CLAMP(severity, 1, 3) - 1];
}

expert_field *field_hint(void)
{
    return &hint;
}

void fields_register(int proto)
{
    static hf_register_info of_keys[G_N_ELEMENTS(keys) + G_N_ELEMENTS(hooks)];
    static int *etts[N_ETTS];
    int n = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        of_keys[n++] = of_kind(&keys[i].key, keys[i].field, keys[i].label, keys[i].blurb);
    for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++)
        of_keys[n++] = of_kind(&hooks[i].key, hooks[i].field, hooks[i].key.name,
                               "When the hook fired, relative to the packet");
    for (int i = 0; i < N_ETTS; i++) {
        ett[i] = -1;
        etts[i] = &ett[i];
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        *others[i].p_id = -1;
    proto_register_field_array(proto, others, G_N_ELEMENTS(others));
    proto_register_field_array(proto, of_keys, n);
    proto_register_subtree_array(etts, N_ETTS);
    register_experts(proto);
}

int field_hf(enum field field)
{
    return hf[field];
}

int field_ett(int which)
{
    return ett[which];
}

static bool is(const struct key *key, const char *name, size_t len)
{
    return key->name[0] == name[0] && !strncmp(key->name, name, len) && !key->name[len];
}

const struct key *field_of_key(const char *name, size_t len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (is(&keys[i].key, name, len))
            return &keys[i].key;
    return NULL;
}

bool field_is_identity(const struct key *key)
{
    for (size_t i = 0; i < N_IDENTITY; i++)
        if (key == &keys[i].key)
            return true;
    return false;
}

const struct key *field_of_hook(const char *name, size_t len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++)
        if (is(&hooks[i].key, name, len))
            return &hooks[i].key;
    return NULL;
}
