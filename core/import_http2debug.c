/* SPDX-License-Identifier: MIT */
#include "core/import_http2debug.h"

#include "core/go_quote.h"
#include "core/line_stamp.h"

#include <string.h>

#define MAX_BEFORE 1024u /* bytes before the message in which its time is looked for */

struct h2t_debug {
    GString *unquoted;
};

struct h2t_debug *h2t_debug_new(void)
{
    struct h2t_debug *debug = g_new0(struct h2t_debug, 1);
    debug->unquoted = g_string_new(NULL);
    return debug;
}

void h2t_debug_free(struct h2t_debug **debug)
{
    if (!*debug)
        return;
    g_string_free((*debug)->unquoted, TRUE);
    g_clear_pointer(debug, g_free);
}

/* Where the message begins. All that http2 writes begins with one of these. */
static const char *find_message(const char *text, size_t len)
{
    static const char *const beginnings[] = {"http2: ", "RoundTrip ", "transport got GOAWAY with",
                                             "GOAWAY close timer fired", "Unhandled Setting: ["};
    const char *first = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        const char *found = memmem(text, len, beginnings[i], strlen(beginnings[i]));
        if (found && (!first || found < first))
            first = found;
    }
    return first;
}

/* "RoundTrip " alone may be anybody's. */
static bool is_message(struct h2t_text m)
{
    static const char *const known[] = {
        "http2: Framer 0x",
        "http2: Transport ",
        "http2: decoded hpack field ",
        "http2: server",
        "RoundTrip failure: ",
        "RoundTrip retrying after failure: ",
        "transport got GOAWAY ",
        "GOAWAY close timer fired; ",
        "Unhandled Setting: [",
        "http2: no cached connec",
        "http2: header list too ",
        "http2: 1xx informational",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (m.len >= strlen(known[i]) && !memcmp(m.at, known[i], strlen(known[i])))
            return true;
    return false;
}

/* ---- The message ---------------------------------------------------------------------------- */

/* In slog's text the message is quoted once more. */
static bool unquote(struct h2t_debug *debug, const char *quote, size_t len, struct h2t_text *m)
{
    if (!h2t_go_unquote(quote, len, debug->unquoted))
        return false;
    *m = (struct h2t_text){debug->unquoted->str, debug->unquoted->len};
    return true;
}

static size_t trimmed(const char *text, size_t len)
{
    while (len > 0 && g_ascii_isspace(text[len - 1]))
        len--;
    return len;
}

bool h2t_debug_read(struct h2t_debug *debug, const char *text, size_t len, struct h2t_event *e,
                    size_t *prefix)
{
    const char *at = find_message(text, len);
    if (!at)
        return false;
    size_t before = (size_t)(at - text);
    struct h2t_text m = {at, trimmed(at, len - before)};
    if (before && text[before - 1] == '"')
        unquote(debug, at - 1, len - before + 1, &m);
    if (!is_message(m))
        return false;
    size_t skipped = before > MAX_BEFORE ? before - MAX_BEFORE : 0;
    struct h2t_line_stamp stamp = h2t_line_stamp(text + skipped, before - skipped);
    memset(e, 0, offsetof(struct h2t_event, at));
    e->kind = H2T_EV_DEBUG;
    e->ns = stamp.ns;
    e->collected = stamp.collected;
    e->zoneless = stamp.zoneless;
    e->yearless = stamp.yearless;
    e->message = m;
    *prefix = skipped + stamp.from;
    return true;
}
