/* SPDX-License-Identifier: MIT */
#include "core/log_words.h"

#include <string.h>

/* Per field in order of preference. What must not be here: "trace_id" and "correlation_id", which
 * several requests share, and "id" of anything but the request. */
static const struct field {
    const char *word;
    enum h2t_log_field field;
} fields[] = {
    {"ev", H2T_LOG_NAME},
    {"hook", H2T_LOG_NAME},
    {"event", H2T_LOG_NAME},
    {"msg", H2T_LOG_NAME},
    {"message", H2T_LOG_NAME},
    {"name", H2T_LOG_NAME},
    {"ts", H2T_LOG_TIME},
    {"time", H2T_LOG_TIME},
    {"timestamp", H2T_LOG_TIME}, /* @timestamp */
    {"t", H2T_LOG_TIME},
    {"timeunixnano", H2T_LOG_TIME},
    {"req", H2T_LOG_REQ},
    {"reqid", H2T_LOG_REQ},
    {"requestid", H2T_LOG_REQ},
    {"rid", H2T_LOG_REQ},
    {"req.id", H2T_LOG_REQ},
    {"request.id", H2T_LOG_REQ},
    {"spanid", H2T_LOG_REQ},
    {"id", H2T_LOG_REQ},
    {"pid", H2T_LOG_PID},
    {"processid", H2T_LOG_PID},
    {"local", H2T_LOG_LOCAL},
    {"laddr", H2T_LOG_LOCAL},
    {"localaddr", H2T_LOG_LOCAL},
    {"localaddress", H2T_LOG_LOCAL},
    {"remote", H2T_LOG_REMOTE},
    {"raddr", H2T_LOG_REMOTE},
    {"remoteaddr", H2T_LOG_REMOTE},
    {"remoteaddress", H2T_LOG_REMOTE},
    {"ip", H2T_LOG_IP},
    {"port", H2T_LOG_PORT},
    {"reused", H2T_LOG_REUSED},
    {"connreused", H2T_LOG_REUSED},
    {"isreused", H2T_LOG_REUSED},
    {"wasidle", H2T_LOG_WAS_IDLE},
    {"connwasidle", H2T_LOG_WAS_IDLE},
    {"idlens", H2T_LOG_IDLE},
    {"idletime", H2T_LOG_IDLE},
    {"connidletime", H2T_LOG_IDLE},
    {"err", H2T_LOG_ERR},
    {"error", H2T_LOG_ERR},
    {"timeout", H2T_LOG_TIMEOUT},
    {"host", H2T_LOG_HOST},
    {"addr", H2T_LOG_ADDR},
    {"address", H2T_LOG_ADDR},
    {"network", H2T_LOG_NETWORK},
    {"method", H2T_LOG_METHOD},
    {"url", H2T_LOG_URL},
    {"uri", H2T_LOG_URL},
    {"url.full", H2T_LOG_URL},
    {"status", H2T_LOG_STATUS},
    {"statuscode", H2T_LOG_STATUS},
    {"key", H2T_LOG_KEY},
    {"field", H2T_LOG_KEY},
    {"value", H2T_LOG_VALUE},
    {"values", H2T_LOG_VALUE},
    {"alpn", H2T_LOG_ALPN},
    {"negotiatedprotocol", H2T_LOG_ALPN},
    {"tls", H2T_LOG_TLS},
    {"tlsversion", H2T_LOG_TLS},
    {"traceparent", H2T_LOG_TRACEPARENT},
    {"xrequestid", H2T_LOG_REQUEST_ID},
};

static const struct {
    const char *word;
    enum h2t_event_kind kind;
} events[] = {
    {"requeststart", H2T_EV_REQUEST_START},
    {"roundtripstart", H2T_EV_REQUEST_START},
    {"getconn", H2T_EV_GET_CONN},
    {"getconnstart", H2T_EV_GET_CONN},
    {"gotconn", H2T_EV_GOT_CONN},
    {"getconndone", H2T_EV_GOT_CONN},
    {"wroteheaderfield", H2T_EV_WROTE_HEADER_FIELD},
    {"wroteheaders", H2T_EV_WROTE_HEADERS},
    {"sendstart", H2T_EV_WROTE_HEADERS}, /* as otelhttptrace has it */
    {"wait100continue", H2T_EV_WAIT_100},
    {"got100continue", H2T_EV_GOT_100},
    {"got1xxresponse", H2T_EV_GOT_1XX},
    {"wroterequest", H2T_EV_WROTE_REQUEST},
    {"senddone", H2T_EV_WROTE_REQUEST},
    {"gotfirstresponsebyte", H2T_EV_FIRST_BYTE},
    {"firstresponsebyte", H2T_EV_FIRST_BYTE},
    {"gotfirstbyte", H2T_EV_FIRST_BYTE},
    {"firstbyte", H2T_EV_FIRST_BYTE},
    {"receivestart", H2T_EV_FIRST_BYTE},
    {"putidleconn", H2T_EV_PUT_IDLE},
    {"receivedone", H2T_EV_PUT_IDLE},
    {"roundtripdone", H2T_EV_ROUND_TRIP_DONE},
    {"requestdone", H2T_EV_ROUND_TRIP_DONE},
    {"bodydone", H2T_EV_BODY_DONE},
    {"dnsstart", H2T_EV_DNS_START},
    {"dnsdone", H2T_EV_DNS_DONE},
    {"connectstart", H2T_EV_CONNECT_START},
    {"connectdone", H2T_EV_CONNECT_DONE},
    {"tlshandshakestart", H2T_EV_TLS_START},
    {"tlsstart", H2T_EV_TLS_START},
    {"tlshandshakedone", H2T_EV_TLS_DONE},
    {"tlsdone", H2T_EV_TLS_DONE},
};

void h2t_log_words_init(struct h2t_log_words *words)
{
    *words = (struct h2t_log_words){0};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        h2t_words_add(&words->fields, fields[i].word, (int)i);
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
        h2t_words_add(&words->events, events[i].word, (int)events[i].kind);
}

size_t h2t_log_fold(const char *text, size_t len, char folded[H2T_LOG_FOLDED])
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (!g_ascii_isalnum(text[i]))
            continue;
        if (n == H2T_LOG_FOLDED)
            return 0;
        folded[n++] = g_ascii_tolower(text[i]);
    }
    return n;
}

static struct h2t_text part(const char *from, const char *to)
{
    return (struct h2t_text){from, (size_t)(to - from)};
}

/* The part behind the last dot; *before is the part before that. */
static struct h2t_text last_of(struct h2t_text key, struct h2t_text *before)
{
    const char *dot = key.at ? memrchr(key.at, '.', key.len) : NULL;
    if (!dot)
        return key;
    *before = part(key.at, dot);
    return part(dot + 1, key.at + key.len);
}

/* "http.conn.local" is "local" below "conn". */
static struct h2t_text split(struct h2t_text *parent, struct h2t_text key)
{
    struct h2t_text name = last_of(key, parent), above;
    *parent = last_of(*parent, &above);
    return name;
}

static int find(const struct h2t_words *words, struct h2t_text text)
{
    char folded[H2T_LOG_FOLDED];
    return h2t_words_find(words, folded, h2t_log_fold(text.at, text.len, folded));
}

/* Words that mean something below one parent only. */
static int find_below(const struct h2t_words *words, struct h2t_text parent, struct h2t_text key)
{
    char folded[2 * H2T_LOG_FOLDED + 1];
    size_t n = h2t_log_fold(parent.at, parent.len, folded);
    if (!n)
        return -1;
    folded[n] = '.';
    size_t n_key = h2t_log_fold(key.at, key.len, folded + n + 1);
    return n_key ? h2t_words_find(words, folded, n + 1 + n_key) : -1;
}

bool h2t_log_field(const struct h2t_log_words *words, struct h2t_text parent, struct h2t_text key,
                   enum h2t_log_field *field, unsigned *rank)
{
    struct h2t_text name = split(&parent, key);
    int i = parent.at ? find_below(&words->fields, parent, name) : -1;
    if (i < 0)
        i = find(&words->fields, name);
    if (i < 0 || (parent.at && !strcmp(fields[i].word, "id")))
        return false;
    *field = fields[i].field;
    *rank = (unsigned)i;
    return true;
}

bool h2t_log_end(const struct h2t_log_words *words, struct h2t_text parent, struct h2t_text key,
                 enum h2t_log_field *field)
{
    split(&parent, key);
    int i = parent.at ? find(&words->fields, parent) : -1;
    if (i < 0)
        return false;
    *field = fields[i].field;
    return *field == H2T_LOG_LOCAL || *field == H2T_LOG_REMOTE;
}

/* What some write before the hook's name. */
static struct h2t_text without_prefix(struct h2t_text name)
{
    static const char *const prefixes[] = {"httptrace", "clienttrace", "http", "trace", "hook"};
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        size_t len = strlen(prefixes[i]);
        if (name.len > len && !memcmp(name.at, prefixes[i], len))
            return (struct h2t_text){name.at + len, name.len - len};
    }
    return name;
}

enum h2t_event_kind h2t_log_event(const struct h2t_log_words *words, struct h2t_text name)
{
    char folded[H2T_LOG_FOLDED];
    struct h2t_text all = {folded, h2t_log_fold(name.at, name.len, folded)};
    int kind = h2t_words_find(&words->events, all.at, all.len);
    struct h2t_text rest = without_prefix(all);
    if (kind < 0)
        kind = h2t_words_find(&words->events, rest.at, rest.len);
    return kind < 0 ? H2T_EV_UNKNOWN : (enum h2t_event_kind)kind;
}
