/* SPDX-License-Identifier: MIT */
/* A walk over the line notes for each field the member that is the best word for it (log_words.h);
 * of two that are as good the less nested one. The event is made from these in the end. */
#include "core/import_log.h"

#include "core/json.h"
#include "core/log_words.h"
#include "core/pairs.h"
#include "core/stamp.h"

#include <string.h>

/* Smaller numbers are no times of a log, but milliseconds since something. 2001-09-09. */
#define EARLIEST INT64_C(1000000000000000000)

/* Of a duration as a number it is not known what it counts; less than this is hardly ns. */
#define LEAST_IDLE 100000

/* What one field has found. */
struct found {
    bool set;
    unsigned rank, depth;
    struct h2t_json_value value;
};

/* An address that was logged as {"IP":"::1","Port":443,"Zone":""}. */
struct end {
    struct h2t_text ip;
    int64_t port;
    char text[64];
};

struct h2t_log {
    struct h2t_json *json;
    struct h2t_pairs pairs;
    struct h2t_log_words words;
    struct h2t_text path[H2T_MAX_JSON_DEPTH + 2]; /* the key of what is open at each depth */
    struct found fields[H2T_N_LOG_FIELDS];
    struct end ends[2]; /* local, remote */
    enum h2t_event_kind kind;
    struct found message;                 /* a name, be it of an event or not */
    bool is_object, has_name, says_event; /* it has "ev" or "hook" */
    bool has_ts, has_req;                 /* as the recorder writes them */
    char req[24];                         /* a number made text */
};

struct h2t_log *h2t_log_new(void)
{
    struct h2t_log *log = g_new0(struct h2t_log, 1);
    log->json = h2t_json_new();
    h2t_pairs_init(&log->pairs);
    h2t_log_words_init(&log->words);
    return log;
}

void h2t_log_free(struct h2t_log **log)
{
    if (!*log)
        return;
    h2t_json_free(&(*log)->json);
    h2t_pairs_fini(&(*log)->pairs);
    g_clear_pointer(log, g_free);
}

static struct h2t_text text_of(const struct h2t_json_value *v)
{
    size_t len = MIN(v->len, H2T_MAX_STRING);
    const char *nul = memchr(v->text, '\0', len);
    return (struct h2t_text){v->text, nul ? (size_t)(nul - v->text) : len};
}

static bool is_all_digits(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && g_ascii_isdigit(text[n]))
        n++;
    return n == len && len > 0 && len <= 19;
}

/* Digits, at most 19 of them. */
static bool integer_of(const struct h2t_json_value *v, int64_t *number)
{
    *number = 0;
    if (v->kind == H2T_JSON_INT) {
        *number = v->integer;
        return true;
    }
    if (v->kind != H2T_JSON_STRING || !is_all_digits(v->text, v->len))
        return false;
    for (size_t i = 0; i < v->len; i++)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, v->text[i] - '0', number))
            return false;
    return true;
}

static bool time_of(const struct h2t_json_value *v, int64_t *ns)
{
    int64_t number;
    bool is_time = false;
    if (integer_of(v, &number))
        is_time = h2t_stamp_integer(number, ns);
    else if (v->kind == H2T_JSON_STRING)
        is_time = h2t_stamp_text(v->text, v->len, ns);
    else if (v->kind == H2T_JSON_DOUBLE)
        is_time = h2t_stamp_double(v->number, ns);
    return is_time && *ns >= EARLIEST;
}

static bool truth_of(const struct h2t_json_value *v, bool *truth)
{
    if (v->kind == H2T_JSON_BOOL)
        *truth = v->integer != 0;
    else if (v->kind == H2T_JSON_STRING && v->len == 4 && !memcmp(v->text, "true", 4))
        *truth = true;
    else if (v->kind == H2T_JSON_STRING && v->len == 5 && !memcmp(v->text, "false", 5))
        *truth = false;
    else
        return false;
    return true;
}

/* Can the field be made from such a value? What can't does not stand in the way of another. */
static bool is_usable(enum h2t_log_field field, const struct h2t_json_value *v)
{
    int64_t number;
    bool truth;
    switch (field) {
    case H2T_LOG_TIME:
        return time_of(v, &number);
    case H2T_LOG_REQ:
        return v->kind == H2T_JSON_INT || (v->kind == H2T_JSON_STRING && v->len > 0);
    case H2T_LOG_PID:
        return integer_of(v, &number) && number >= 0;
    case H2T_LOG_IDLE:
        return v->kind == H2T_JSON_STRING ? h2t_stamp_duration(v->text, v->len, &number)
                                          : v->kind == H2T_JSON_INT;
    case H2T_LOG_REUSED:
    case H2T_LOG_WAS_IDLE:
    case H2T_LOG_TIMEOUT:
        return truth_of(v, &truth);
    case H2T_LOG_STATUS:
        return v->kind == H2T_JSON_INT || (v->kind == H2T_JSON_STRING && v->len >= 3);
    default:
        return v->kind == H2T_JSON_STRING;
    }
}

static void note(struct found *f, unsigned rank, const struct h2t_json_value *v)
{
    if (f->set && (rank > f->rank || (rank == f->rank && v->depth >= f->depth)))
        return;
    *f = (struct found){true, rank, v->depth, *v};
}

static void take_name(struct h2t_log *log, unsigned rank, const struct h2t_json_value *v)
{
    if (v->kind != H2T_JSON_STRING)
        return;
    log->has_name = true;
    note(&log->message, rank, v);
    enum h2t_event_kind kind = h2t_log_event(&log->words, text_of(v));
    struct found *f = &log->fields[H2T_LOG_NAME];
    bool better = !f->set || rank < f->rank;
    if (kind == H2T_EV_UNKNOWN || !better)
        return;
    log->kind = kind;
    note(f, rank, v);
}

static void take_end(struct h2t_log *log, struct h2t_text parent, struct h2t_text key,
                     enum h2t_log_field part, const struct h2t_json_value *v)
{
    enum h2t_log_field field;
    if (!h2t_log_end(&log->words, parent, key, &field))
        return;
    struct end *end = &log->ends[field == H2T_LOG_REMOTE];
    if (part == H2T_LOG_IP && v->kind == H2T_JSON_STRING)
        end->ip = text_of(v);
    else if (part == H2T_LOG_PORT && v->kind == H2T_JSON_INT)
        end->port = v->integer;
}

static bool is_word(struct h2t_text text, const char *word)
{
    return text.len == strlen(word) && !memcmp(text.at, word, text.len);
}

static void take_member(struct h2t_log *log, struct h2t_text key, const struct h2t_json_value *v)
{
    enum h2t_log_field field;
    unsigned rank;
    struct h2t_text parent = log->path[v->depth - 1];
    if (v->depth == 1) {
        log->says_event = log->says_event || is_word(key, "ev") || is_word(key, "hook");
        log->has_ts = log->has_ts || is_word(key, "ts");
        log->has_req = log->has_req || is_word(key, "req");
    }
    if (!h2t_log_field(&log->words, parent, key, &field, &rank))
        return;
    if (field == H2T_LOG_NAME)
        take_name(log, rank, v);
    else if (field == H2T_LOG_IP || field == H2T_LOG_PORT)
        take_end(log, parent, key, field, v);
    else if (is_usable(field, v))
        note(&log->fields[field], rank, v);
}

/* An array's elements stand for the array: of "value":["a"] the first counts. */
static bool visit(void *user, const struct h2t_json_value *v)
{
    struct h2t_log *log = user;
    struct h2t_text key = {v->key, v->key_len};
    if (v->depth > 0 && !key.at)
        key = log->path[v->depth - 1];
    switch (v->kind) {
    case H2T_JSON_OBJECT:
        log->is_object = log->is_object || v->depth == 0;
        log->path[v->depth] = key;
        break;
    case H2T_JSON_ARRAY:
        log->path[v->depth] = key;
        break;
    case H2T_JSON_END:
    case H2T_JSON_NULL:
        break;
    default:
        if (log->is_object && key.at)
            take_member(log, key, v);
    }
    return log->is_object; /* an object, or nothing at all */
}

/* ---- The event ------------------------------------------------------------------------------ */

static struct h2t_text text_in(const struct h2t_log *log, enum h2t_log_field field)
{
    const struct found *f = &log->fields[field];
    return f->set ? text_of(&f->value) : (struct h2t_text){0};
}

static struct h2t_truth truth_in(const struct h2t_log *log, enum h2t_log_field field)
{
    const struct found *f = &log->fields[field];
    struct h2t_truth truth = {.set = f->set};
    if (f->set)
        truth_of(&f->value, &truth.is);
    return truth;
}

static struct h2t_number number_in(const struct h2t_log *log, enum h2t_log_field field)
{
    const struct found *f = &log->fields[field];
    struct h2t_number number = {.set = f->set};
    if (f->set)
        integer_of(&f->value, &number.n);
    return number;
}

/* 200, "200", "200 OK". */
static struct h2t_number status_in(const struct h2t_log *log)
{
    const struct found *f = &log->fields[H2T_LOG_STATUS];
    struct h2t_json_value first = f->value;
    struct h2t_number status = {0};
    if (!f->set)
        return status;
    first.len = first.kind == H2T_JSON_STRING ? 3 : first.len;
    status.set = integer_of(&first, &status.n) && status.n >= 100 && status.n <= 999;
    return status;
}

static struct h2t_number idle_in(const struct h2t_log *log)
{
    const struct found *f = &log->fields[H2T_LOG_IDLE];
    struct h2t_number idle = {.n = f->value.integer};
    if (f->set && f->value.kind == H2T_JSON_STRING)
        idle.set = h2t_stamp_duration(f->value.text, f->value.len, &idle.n);
    else
        idle.set = f->set && idle.n >= LEAST_IDLE;
    return idle.set ? idle : (struct h2t_number){0};
}

static struct h2t_text req_in(struct h2t_log *log)
{
    const struct found *f = &log->fields[H2T_LOG_REQ];
    if (!f->set)
        return text_in(log, H2T_LOG_REQUEST_ID);
    if (f->value.kind == H2T_JSON_STRING)
        return text_of(&f->value);
    g_snprintf(log->req, sizeof log->req, "%" G_GINT64_FORMAT, f->value.integer);
    return (struct h2t_text){log->req, strlen(log->req)};
}

static struct h2t_text end_in(struct h2t_log *log, enum h2t_log_field field)
{
    struct end *end = &log->ends[field == H2T_LOG_REMOTE];
    if (log->fields[field].set || !end->ip.at || end->ip.len > 40)
        return text_in(log, field);
    bool v6 = memchr(end->ip.at, ':', end->ip.len) != NULL;
    g_snprintf(end->text, sizeof end->text, v6 ? "[%.*s]:%d" : "%.*s:%d", (int)end->ip.len,
               end->ip.at, end->port >= 0 && end->port <= UINT16_MAX ? (int)end->port : 0);
    return (struct h2t_text){end->text, strlen(end->text)};
}

static void fill(struct h2t_log *log, struct h2t_event *e)
{
    e->kind = log->kind;
    e->req = req_in(log);
    e->pid = number_in(log, H2T_LOG_PID);
    e->local = end_in(log, H2T_LOG_LOCAL);
    e->remote = end_in(log, H2T_LOG_REMOTE);
    e->reused = truth_in(log, H2T_LOG_REUSED);
    e->was_idle = truth_in(log, H2T_LOG_WAS_IDLE);
    e->idle_ns = idle_in(log);
    e->err = text_in(log, H2T_LOG_ERR);
    e->timeout = truth_in(log, H2T_LOG_TIMEOUT);
    e->host = text_in(log, H2T_LOG_HOST);
    e->addr = text_in(log, H2T_LOG_ADDR);
    e->network = text_in(log, H2T_LOG_NETWORK);
    e->method = text_in(log, H2T_LOG_METHOD);
    e->url = text_in(log, H2T_LOG_URL);
    e->status = status_in(log);
    e->key = text_in(log, H2T_LOG_KEY);
    e->value = text_in(log, H2T_LOG_VALUE);
    e->alpn = text_in(log, H2T_LOG_ALPN);
    e->tls = text_in(log, H2T_LOG_TLS);
    e->traceparent = text_in(log, H2T_LOG_TRACEPARENT);
    e->request_id = text_in(log, H2T_LOG_REQUEST_ID);
}

static const char no_time[] = "an event without a time that can be read";

static enum h2t_log_verdict bad(const char **why, const char *what)
{
    *why = what;
    return H2T_LOG_BAD;
}

static enum h2t_log_verdict unnamed(const struct h2t_log *log, struct h2t_event *e,
                                    const char **why)
{
    if (log->says_event)
        return H2T_LOG_EVENT; /* of a name that nobody knows */
    e->ns = H2T_NEVER;
    if (log->fields[H2T_LOG_TIME].set)
        time_of(&log->fields[H2T_LOG_TIME].value, &e->ns);
    e->message = log->message.set ? text_of(&log->message.value) : (struct h2t_text){0};
    e->pid = number_in(log, H2T_LOG_PID);
    return log->has_ts && log->has_req && !log->has_name ? bad(why, "no \"ev\"") : H2T_LOG_OTHER;
}

static void begin(struct h2t_log *log, struct h2t_event *event)
{
    memset(event, 0, offsetof(struct h2t_event, at));
    event->collected = H2T_NEVER;
    memset(log->fields, 0, sizeof log->fields);
    memset(log->ends, 0, sizeof log->ends);
    log->path[0] = (struct h2t_text){0};
    log->kind = H2T_EV_UNKNOWN;
    log->message.set = false;
    log->is_object = log->has_name = log->says_event = log->has_ts = log->has_req = false;
}

enum h2t_log_verdict h2t_log_read(struct h2t_log *log, const char *text, size_t len,
                                  struct h2t_event *event, const char **why)
{
    begin(log, event);
    const char *wrong = h2t_json_walk(log->json, text, len, visit, log);
    if (wrong || !log->is_object)
        return bad(why, wrong ? wrong : "not a JSON object");
    if (log->kind == H2T_EV_UNKNOWN)
        return unnamed(log, event, why);
    if (!log->fields[H2T_LOG_TIME].set)
        return bad(why, no_time);
    time_of(&log->fields[H2T_LOG_TIME].value, &event->ns);
    fill(log, event);
    return event->req.at ? H2T_LOG_EVENT : bad(why, "no \"req\"");
}

/* The line's own time, in a pair or before all of them. */
static bool take_time(const struct h2t_log *log, const struct h2t_line_stamp *stamp,
                      struct h2t_event *event)
{
    event->collected = stamp->collected;
    if (log->fields[H2T_LOG_TIME].set)
        return time_of(&log->fields[H2T_LOG_TIME].value, &event->ns);
    event->ns = stamp->ns;
    event->zoneless = stamp->zoneless;
    event->yearless = stamp->yearless;
    return event->ns != H2T_NEVER;
}

enum h2t_log_verdict h2t_log_read_pairs(struct h2t_log *log, const char *text, size_t len,
                                        struct h2t_event *event, const char **why)
{
    struct h2t_line_stamp stamp;
    begin(log, event);
    h2t_pairs_walk(&log->pairs, text, len, visit, log, &stamp);
    if (log->kind == H2T_EV_UNKNOWN)
        return H2T_LOG_OTHER;
    if (!take_time(log, &stamp, event))
        return bad(why, no_time);
    fill(log, event);
    event->nameless = !event->req.at;
    return H2T_LOG_EVENT;
}
