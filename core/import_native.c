/* SPDX-License-Identifier: MIT */
/*
 * Two tables tell the format: the names of events and the names of members, each with where it
 * goes. Members that are unknown, or of another type than theirs, are passed over.
 */
#include "core/import_native.h"

#include "core/json.h"
#include "core/stamp.h"
#include "core/words.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    enum h2t_event_kind kind;
} kinds[] = {
    {"Meta", H2T_EV_META},
    {"RequestStart", H2T_EV_REQUEST_START},
    {"GetConn", H2T_EV_GET_CONN},
    {"GotConn", H2T_EV_GOT_CONN},
    {"WroteHeaderField", H2T_EV_WROTE_HEADER_FIELD},
    {"WroteHeaders", H2T_EV_WROTE_HEADERS},
    {"Wait100Continue", H2T_EV_WAIT_100},
    {"Got100Continue", H2T_EV_GOT_100},
    {"Got1xxResponse", H2T_EV_GOT_1XX},
    {"WroteRequest", H2T_EV_WROTE_REQUEST},
    {"GotFirstResponseByte", H2T_EV_FIRST_BYTE},
    {"PutIdleConn", H2T_EV_PUT_IDLE},
    {"RoundTripDone", H2T_EV_ROUND_TRIP_DONE},
    {"BodyDone", H2T_EV_BODY_DONE},
    {"DNSStart", H2T_EV_DNS_START},
    {"DNSDone", H2T_EV_DNS_DONE},
    {"ConnectStart", H2T_EV_CONNECT_START},
    {"ConnectDone", H2T_EV_CONNECT_DONE},
    {"TLSHandshakeStart", H2T_EV_TLS_START},
    {"TLSHandshakeDone", H2T_EV_TLS_DONE},
    {"Dialed", H2T_EV_DIALED},
    {"Attempt", H2T_EV_ATTEMPT},
};

enum member_type { TEXT, COUNT, TRUTH, TIME, EVENT, MILESTONES };

#define AT(member) offsetof(struct h2t_event, member)
#define WORD(word) (word), sizeof(word) - 1
static const struct member {
    const char *name;
    size_t len;
    enum member_type type;
    size_t offset;
} members[] = {
    {WORD("ts"), TIME, AT(ns)},
    {WORD("ev"), EVENT, AT(kind)},
    {WORD("req"), TEXT, AT(req)},
    {WORD("seq"), COUNT, AT(seq)},
    {WORD("mono_ns"), COUNT, AT(mono_ns)},
    {WORD("pid"), COUNT, AT(pid)},
    {WORD("attempt"), COUNT, AT(attempt)},
    {WORD("conn"), COUNT, AT(conn)},
    {WORD("schema"), TEXT, AT(schema)},
    {WORD("go"), TEXT, AT(go)},
    {WORD("host"), TEXT, AT(host)},
    {WORD("method"), TEXT, AT(method)},
    {WORD("url"), TEXT, AT(url)},
    {WORD("traceparent"), TEXT, AT(traceparent)},
    {WORD("x-request-id"), TEXT, AT(request_id)},
    {WORD("key"), TEXT, AT(key)},
    {WORD("value"), TEXT, AT(value)},
    {WORD("network"), TEXT, AT(network)},
    {WORD("addr"), TEXT, AT(addr)},
    {WORD("local"), TEXT, AT(local)},
    {WORD("remote"), TEXT, AT(remote)},
    {WORD("alpn"), TEXT, AT(alpn)},
    {WORD("tls"), TEXT, AT(tls)},
    {WORD("reused"), TRUTH, AT(reused)},
    {WORD("was_idle"), TRUTH, AT(was_idle)},
    {WORD("idle_ns"), COUNT, AT(idle_ns)},
    {WORD("status"), COUNT, AT(status)},
    {WORD("timeout"), TRUTH, AT(timeout)},
    {WORD("closed_early"), TRUTH, AT(closed_early)},
    {WORD("err"), TEXT, AT(err)},
    {WORD("wrote_err"), TEXT, AT(wrote_err)},
    {WORD("body_err"), TEXT, AT(body_err)},
    {WORD("at"), MILESTONES, AT(at)},
};

struct h2t_native {
    struct h2t_json *json;
    struct h2t_words kinds, members;
    uint8_t member, next[G_N_ELEMENTS(members)]; /* the last one, and what followed each */
    struct h2t_second second;
    struct h2t_event *event;
    bool is_object, has_event, has_time, in_milestones;
    enum h2t_event_kind milestone; /* inside "at" */
    unsigned n_in_milestone;
    char why[128];
};

struct h2t_native *h2t_native_new(void)
{
    struct h2t_native *native = g_new0(struct h2t_native, 1);
    native->json = h2t_json_new();
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        h2t_words_add(&native->kinds, kinds[i].name, (int)kinds[i].kind);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        h2t_words_add(&native->members, members[i].name, (int)i);
    return native;
}

void h2t_native_free(struct h2t_native **native)
{
    if (!*native)
        return;
    h2t_json_free(&(*native)->json);
    g_clear_pointer(native, g_free);
}

/* Keeps the first complaint, with a little of what was found made printable. */
static void complain(struct h2t_native *native, const char *what, const char *found, size_t len)
{
    if (native->why[0])
        return;
    char shown[41];
    size_t n = MIN(len, sizeof shown - 1);
    for (size_t i = 0; i < n; i++)
        shown[i] = (char)(g_ascii_isprint(found[i]) ? found[i] : '?');
    shown[n] = '\0';
    g_snprintf(native->why, sizeof native->why, what, shown);
}

static struct h2t_text text_of(const struct h2t_json_value *v)
{
    size_t len = MIN(v->len, H2T_MAX_STRING);
    const char *nul = memchr(v->text, '\0', len);
    return (struct h2t_text){v->text, nul ? (size_t)(nul - v->text) : len};
}

/* A number that is not negative; some writers make doubles of all. */
static struct h2t_number number_of(const struct h2t_json_value *v)
{
    if (v->kind == H2T_JSON_INT)
        return (struct h2t_number){v->integer, v->integer >= 0};
    if (v->kind != H2T_JSON_DOUBLE || !(v->number >= 0 && v->number < 9e15))
        return (struct h2t_number){0};
    return (struct h2t_number){(int64_t)v->number, true};
}

static void read_time(struct h2t_native *native, const struct h2t_json_value *v)
{
    int64_t *ns = &native->event->ns;
    if (v->kind == H2T_JSON_STRING) {
        native->has_time = h2t_stamp_next(&native->second, v->text, v->len, ns);
        if (!native->has_time)
            complain(native, "\"ts\" is \"%s\", wanted RFC 3339 or nanoseconds", v->text, v->len);
        return;
    }
    native->has_time = (v->kind == H2T_JSON_INT && h2t_stamp_integer(v->integer, ns)) ||
                       (v->kind == H2T_JSON_DOUBLE && h2t_stamp_double(v->number, ns));
    if (!native->has_time)
        complain(native, "\"ts\" is no time, wanted RFC 3339 or nanoseconds%s", "", 0);
}

static void read_event(struct h2t_native *native, const struct h2t_json_value *v)
{
    if (v->kind != H2T_JSON_STRING)
        return;
    int kind = h2t_words_find(&native->kinds, v->text, v->len);
    native->has_event = true;
    native->event->kind = kind < 0 ? H2T_EV_UNKNOWN : (enum h2t_event_kind)kind;
}

static void begin_milestones(struct h2t_native *native)
{
    native->in_milestones = native->event->has_milestones = true;
    memset(native->event->at, 0, sizeof native->event->at);
}

/* -1: unknown. The members of the recorder's lines follow each other the same way again and again.
 */
static int find_member(struct h2t_native *native, const char *key, size_t len)
{
    uint8_t guess = native->next[native->member];
    if (members[guess].len == len && h2t_words_same(members[guess].name, key, len))
        return native->member = guess;
    int found = h2t_words_find(&native->members, key, len);
    if (found >= 0)
        native->member = native->next[native->member] = (uint8_t)found;
    return found;
}

static void read_member(struct h2t_native *native, const struct h2t_json_value *v)
{
    int i = find_member(native, v->key, v->key_len);
    if (i < 0)
        return;
    char *place = (char *)native->event + members[i].offset;
    switch (members[i].type) {
    case TEXT:
        if (v->kind == H2T_JSON_STRING)
            *(struct h2t_text *)place = text_of(v);
        return;
    case COUNT:
        *(struct h2t_number *)place = number_of(v);
        return;
    case TRUTH:
        if (v->kind == H2T_JSON_BOOL)
            *(struct h2t_truth *)place = (struct h2t_truth){v->integer != 0, true};
        return;
    case TIME:
        read_time(native, v);
        return;
    case EVENT:
        read_event(native, v);
        return;
    case MILESTONES:
        if (v->kind == H2T_JSON_OBJECT)
            begin_milestones(native);
        return;
    }
}

/* "at":{"GotConn":[0,17],…}: nanoseconds after the line's "ts", and the seq. */
static void read_milestone(struct h2t_native *native, const struct h2t_json_value *v)
{
    if (v->kind == H2T_JSON_ARRAY && v->depth == 2) {
        int kind = h2t_words_find(&native->kinds, v->key, v->key_len);
        native->milestone = kind < 0 ? H2T_EV_UNKNOWN : (enum h2t_event_kind)kind;
        native->n_in_milestone = 0;
    }
    if (v->kind != H2T_JSON_INT || v->depth != 3)
        return;
    struct h2t_milestone *m = &native->event->at[native->milestone];
    if (native->n_in_milestone == 0)
        *m = (struct h2t_milestone){.after = v->integer, .set = true};
    if (native->n_in_milestone == 1)
        m->seq = (uint64_t)MAX(v->integer, 0);
    native->n_in_milestone++;
}

static bool visit(void *user, const struct h2t_json_value *v)
{
    struct h2t_native *native = user;
    if (v->depth == 1 && v->kind != H2T_JSON_END && native->is_object)
        read_member(native, v);
    else if (v->depth == 1)
        native->in_milestones = false;
    else if (v->depth == 0)
        native->is_object = native->is_object || v->kind == H2T_JSON_OBJECT;
    else if (native->in_milestones)
        read_milestone(native, v);
    return true;
}

static bool needs_request(enum h2t_event_kind kind)
{
    return kind != H2T_EV_META && kind != H2T_EV_DIALED;
}

static const char *missing(struct h2t_native *native)
{
    const struct h2t_event *e = native->event;
    if (!native->is_object)
        return "not a JSON object";
    if (!native->has_event)
        return "no \"ev\"";
    if (e->kind == H2T_EV_UNKNOWN)
        return NULL;
    if (!native->has_time)
        return native->why[0] ? native->why : "no \"ts\"";
    if (!e->req.at && needs_request(e->kind))
        return "no \"req\"";
    return NULL;
}

const char *h2t_native_read(struct h2t_native *native, const char *text, size_t len,
                            struct h2t_event *event)
{
    memset(event, 0, offsetof(struct h2t_event, at)); /* most lines have no milestones */
    native->event = event;
    native->is_object = native->has_event = native->has_time = native->in_milestones = false;
    native->why[0] = '\0';
    const char *why = h2t_json_walk(native->json, text, len, visit, native);
    return why ? why : missing(native);
}

char *h2t_native_keep(struct h2t_event *event, char *place)
{
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        struct h2t_text *text = (struct h2t_text *)(void *)((char *)event + members[i].offset);
        if (members[i].type != TEXT || !text->at)
            continue;
        memcpy(place, text->at, text->len);
        text->at = place;
        place += text->len;
    }
    return place;
}
