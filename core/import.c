/* SPDX-License-Identifier: MIT */
/* The recorder's lines are tried first and cost nothing more than before there were others. What
 * they are not is looked at again, and once more inside. */
#include "core/import.h"

#include "core/import_http2debug.h"
#include "core/import_log.h"
#include "core/import_native.h"
#include "core/import_plain.h"
#include "core/import_spans.h"
#include "core/unwrap.h"
#include "core/zones.h"

#include <string.h>

#define MAX_WRAPPERS 4u /* one inside the other */
#define MAX_WRITER 256u /* bytes of a prefix that names who wrote a line */

struct h2t_import {
    h2t_import_fn fn;
    void *user;
    struct h2t_native *native;
    struct h2t_log *log;
    struct h2t_debug *debug;
    struct h2t_spans *spans;
    struct h2t_unwrap levels[MAX_WRAPPERS];
    struct h2t_event event, logged, debugged;
    uint64_t n_lines; /* of text that were of use */
};

/* What the wrappers around a text tell. */
struct around {
    unsigned level;
    uint64_t source;
    struct h2t_number pid;
    int64_t collected;
    bool shuffled;
};

struct h2t_import *h2t_import_new(h2t_import_fn fn, void *user)
{
    struct h2t_import *import = g_new0(struct h2t_import, 1);
    import->fn = fn;
    import->user = user;
    import->native = h2t_native_new();
    import->log = h2t_log_new();
    import->debug = h2t_debug_new();
    import->spans = h2t_spans_new();
    for (unsigned i = 0; i < MAX_WRAPPERS; i++)
        h2t_unwrap_init(&import->levels[i]);
    return import;
}

void h2t_import_free(struct h2t_import **import)
{
    if (!*import)
        return;
    h2t_native_free(&(*import)->native);
    h2t_log_free(&(*import)->log);
    h2t_debug_free(&(*import)->debug);
    h2t_spans_free(&(*import)->spans);
    for (unsigned i = 0; i < MAX_WRAPPERS; i++)
        h2t_unwrap_fini(&(*import)->levels[i]);
    g_clear_pointer(import, g_free);
}

static void give(struct h2t_import *import, const struct around *around, struct h2t_event *e,
                 bool *used)
{
    e->source = around->source;
    e->shuffled = around->shuffled;
    if (!e->pid.set)
        e->pid = around->pid;
    *used = *used || e->kind != H2T_EV_UNKNOWN;
    import->fn(import->user, e);
}

/* One that is like the recorder's, with other words for the addresses. */
static void complete(struct h2t_event *e, const struct h2t_event *logged)
{
    e->local = logged->local;
    e->remote = e->remote.at ? e->remote : logged->remote;
    e->reused = e->reused.set ? e->reused : logged->reused;
    e->was_idle = e->was_idle.set ? e->was_idle : logged->was_idle;
}

/* "web-1  | {…}" and "[pod/web-1/app] {…}" name the writer; others, as the time of a container's
 * log, do not. */
static uint64_t source_of(const char *prefix, size_t len)
{
    while (len > 0 && prefix[len - 1] == ' ')
        len--;
    if (len < 2 || (prefix[len - 1] != '|' && prefix[len - 1] != ']'))
        return 0;
    return memchr(prefix, ':', len) ? 0 : h2t_hash(prefix, len);
}

/* One of the text forms, whose zone the collector's time may tell. */
static void give_line(struct h2t_import *import, const struct around *around, struct h2t_event *e,
                      const char *text, size_t prefix, bool *used)
{
    struct around in = *around;
    if (e->collected == H2T_NEVER)
        e->collected = around->collected;
    if (e->kind != H2T_EV_DEBUG)
        h2t_zones_settle(e);
    in.source ^= source_of(text, prefix);
    import->n_lines++;
    give(import, &in, e, used);
}

/* Where what the program wrote begins, behind who it is. */
static size_t writer_len(const char *text, size_t len)
{
    const char *bar = memmem(text, MIN(len, MAX_WRITER), " | ", 3);
    const char *bracket = *text == '[' ? memchr(text, ']', MIN(len, MAX_WRITER)) : NULL;
    return bar ? (size_t)(bar + 3 - text) : bracket ? (size_t)(bracket + 1 - text) : 0;
}

/* Text that is not JSON. NULL, or what is wrong with it. */
static const char *read_line(struct h2t_import *import, const struct around *around,
                             const char *text, size_t len, const char *why, bool *used)
{
    struct h2t_event *debugged = &import->debugged, *logged = &import->logged;
    size_t prefix;
    if (h2t_debug_read(import->debug, text, len, debugged, &prefix)) {
        give_line(import, around, debugged, text, prefix, used);
        return NULL;
    }
    if (!len || *text == '{')
        return why; /* a damaged object, or what stands behind a time that is still to be seen */
    prefix = writer_len(text, len);
    enum h2t_log_verdict verdict =
        h2t_log_read_pairs(import->log, text + prefix, len - prefix, logged, &why);
    bool event = verdict == H2T_LOG_EVENT;
    if (event && logged->nameless) /* perhaps more plain than it seems */
        event = logged->reused.set || logged->host.at || logged->kind != H2T_EV_GOT_CONN;
    if (verdict != H2T_LOG_BAD && (event || h2t_plain_read(text, len, logged))) {
        give_line(import, around, logged, text, prefix, used);
        return NULL;
    }
    return why;
}

/* The message of a structured log, whose time is the message's if that has none of its own. */
static void read_message(struct h2t_import *import, const struct around *around, bool *used)
{
    const struct h2t_event *logged = &import->logged;
    struct h2t_event *e = &import->debugged;
    size_t prefix;
    struct h2t_text m = logged->message;
    if (!m.at || (!h2t_debug_read(import->debug, m.at, m.len, e, &prefix) &&
                  !h2t_plain_read(m.at, m.len, e)))
        return;
    *(e->ns == H2T_NEVER ? &e->ns : &e->collected) = logged->ns;
    e->pid = logged->pid;
    give(import, around, e, used);
}

/* `why` is what is wrong with it as a recorder's line, NULL if only something is missing. */
static const char *read_log(struct h2t_import *import, const struct around *around,
                            const char *text, size_t len, const char *why, bool *used)
{
    const char *wrong = NULL;
    enum h2t_log_verdict verdict = h2t_log_read(import->log, text, len, &import->logged, &wrong);
    bool native = !why && import->event.kind != H2T_EV_UNKNOWN;
    if (native) {
        if (verdict == H2T_LOG_EVENT)
            complete(&import->event, &import->logged);
        give(import, around, &import->event, used);
        return NULL;
    }
    if (verdict == H2T_LOG_EVENT)
        give(import, around, &import->logged, used);
    if (verdict == H2T_LOG_OTHER)
        read_message(import, around, used);
    if (verdict != H2T_LOG_BAD)
        return NULL;
    return why && import->event.kind != H2T_EV_UNKNOWN ? why : wrong;
}

static const char *read_text(struct h2t_import *import, const struct around *around,
                             const char *text, size_t len, bool *used);

/* Of what is wrapped, only objects and http2's lines can be ours. */
static const char *read_inner(struct h2t_import *import, const struct around *around, bool *used)
{
    const struct h2t_unwrap *unwrap = &import->levels[around->level];
    const char *first_wrong = NULL;
    for (guint i = 0; i < unwrap->inner->len; i++) {
        const struct h2t_inner *inner = &g_array_index(unwrap->inner, struct h2t_inner, i);
        const char *text = (const char *)unwrap->text->data + inner->at;
        struct around in = *around;
        in.level++;
        in.source ^= inner->source;
        in.pid = inner->pid.set ? inner->pid : around->pid;
        in.collected = inner->collected;
        in.shuffled = around->shuffled || inner->shuffled;
        if (!memchr(text, '{', inner->len)) {
            read_line(import, &in, text, inner->len, NULL, used);
            continue;
        }
        const char *wrong = read_text(import, &in, text, inner->len, used);
        if (*text == '{' && !first_wrong)
            first_wrong = wrong;
    }
    return first_wrong;
}

/* An object behind a prefix counts only if it is of use: it may as well be the rest of a damaged
 * line, and then has quotes before it. */
static const char *read_behind(struct h2t_import *import, const struct around *around,
                               const char *text, size_t len, const char *why, bool *used)
{
    const char *brace = memchr(text, '{', len);
    size_t prefix = brace ? (size_t)(brace - text) : 0;
    struct around in = *around;
    bool used_here = false;
    const char *wrong = why;
    if (prefix && !memchr(text, '"', prefix) && around->level < MAX_WRAPPERS) {
        in.level++;
        in.source ^= source_of(text, prefix);
        wrong = read_text(import, &in, brace, len - prefix, &used_here);
    }
    *used = *used || used_here;
    if (used_here)
        return wrong;
    return read_line(import, around, text, len, why, used);
}

static const char *read_foreign(struct h2t_import *import, const struct around *around,
                                const char *text, size_t len, const char *why, bool *used)
{
    if (around->level == MAX_WRAPPERS)
        return why ? why : read_log(import, around, text, len, why, used);
    switch (h2t_unwrap(&import->levels[around->level], text, len)) {
    case H2T_SHAPE_BROKEN:
        return read_behind(import, around, text, len, why, used);
    case H2T_SHAPE_WRAPPED:
        return read_inner(import, around, used);
    case H2T_SHAPE_SPANS:
        return h2t_spans_read(import->spans, text, len, used);
    case H2T_SHAPE_PLAIN:
        break;
    }
    return read_log(import, around, text, len, why, used);
}

static const char *read_text(struct h2t_import *import, const struct around *around,
                             const char *text, size_t len, bool *used)
{
    const char *why = h2t_native_read(import->native, text, len, &import->event);
    if (why || !h2t_native_is_complete(&import->event))
        return read_foreign(import, around, text, len, why, used);
    give(import, around, &import->event, used);
    return NULL;
}

static const struct around nothing = {.collected = H2T_NEVER};

const char *h2t_import_text(struct h2t_import *import, const char *text, size_t len, bool *used)
{
    return read_text(import, &nothing, text, len, used);
}

void h2t_import_event(struct h2t_import *import, struct h2t_event *event, bool *used)
{
    give(import, &nothing, event, used);
}

uint64_t h2t_import_n_lines(const struct h2t_import *import)
{
    return import->n_lines;
}

void h2t_import_finish(struct h2t_import *import)
{
    h2t_spans_finish(import->spans, import->fn, import->user);
}
