/* SPDX-License-Identifier: MIT */
#include "core/import_http2debug.h"

#include "core/go_quote.h"
#include "core/stamp.h"

#include <string.h>

#define MAX_BEFORE 1024u /* bytes before the message in which its time is looked for */

struct h2t_debug {
    GString *unquoted;
};

/* What stands before the message. */
struct before {
    const char *text;
    size_t len;
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

/* ---- Times ---------------------------------------------------------------------------------- */

/* Does the text have the shape? 'd' is a digit, the rest stands for itself. */
static bool has_shape(const char *text, size_t len, const char *shape)
{
    size_t n = strlen(shape);
    for (size_t i = 0; i < n; i++)
        if (i >= len || (shape[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i]))
            return false;
    return true;
}

/* The last place where the shape stands, as a word of its own. */
static const char *find_last(const struct before *b, const char *shape)
{
    for (size_t i = b->len; i-- > 0;)
        if (has_shape(b->text + i, b->len - i, shape) &&
            (i == 0 || !g_ascii_isdigit(b->text[i - 1])))
            return b->text + i;
    return NULL;
}

/* RFC 3339 made of a stamp without zone: `date` as it stands there. */
static bool read_zoneless(const char *date, const char *clock, size_t len, int64_t *ns)
{
    char text[48];
    size_t n = strlen("15:44:00"), digits = 0;
    if (len > n && clock[n] == '.')
        while (n + 1 + digits < len && digits < 9 && g_ascii_isdigit(clock[n + 1 + digits]))
            digits++;
    n += digits ? digits + 1 : 0;
    g_snprintf(text, sizeof text, "%sT%.*sZ", date, (int)n, clock);
    return h2t_stamp_text(text, strlen(text), ns);
}

/* Package log: "2026/11/23 15:44:00.123456 ". */
static const char *standard_stamp(const struct before *b, int64_t *ns)
{
    const char *at = find_last(b, "dddd/dd/dd dd:dd:dd");
    char date[11];
    if (!at)
        return NULL;
    g_snprintf(date, sizeof date, "%.4s-%.2s-%.2s", at, at + 5, at + 8);
    return read_zoneless(date, at + 11, (size_t)(b->text + b->len - at) - 11, ns) ? at : NULL;
}

/* klog: "I1123 15:44:00.123456 ". A year that has all days stands for the one that is missing. */
static const char *klog_stamp(const struct before *b, int64_t *ns)
{
    const char *at = find_last(b, "dddd dd:dd:dd.dddddd");
    char date[11];
    if (!at || at == b->text || !strchr("IWEF", at[-1]))
        return NULL;
    g_snprintf(date, sizeof date, "2000-%.2s-%.2s", at, at + 2);
    return read_zoneless(date, at + 5, (size_t)(b->text + b->len - at) - 5, ns) ? at - 1 : NULL;
}

static size_t stamp_len(const char *at, size_t len)
{
    size_t n = 0;
    while (n < len && n < 40 && (g_ascii_isdigit(at[n]) || strchr("-+:.TtZz", at[n])))
        n++;
    return n;
}

/* A level between the time and the message says that the logger wrote both. */
static bool has_level(const char *from, const char *to)
{
    static const char *const levels[] = {"INFO", "DEBUG", "WARN", "ERROR", "info", "debug", "warn"};
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (memmem(from, (size_t)(to - from), levels[i], strlen(levels[i])))
            return true;
    return false;
}

static bool is_key_before(const struct before *b, const char *at)
{
    return at - b->text >= 2 && at[-1] == '=' && g_ascii_isalpha(at[-2]);
}

/* RFC 3339 with its zone. `own`: it is of the line, not of who collected it. */
static const char *zoned_stamp(const struct before *b, int64_t *ns, bool *own)
{
    const char *at = find_last(b, "dddd-dd-ddTdd:dd:dd"), *end = b->text + b->len;
    if (!at)
        return NULL;
    size_t len = stamp_len(at, (size_t)(end - at));
    if (!h2t_stamp_text(at, len, ns))
        return NULL;
    *own = is_key_before(b, at) || has_level(at + len, end);
    return at;
}

static void take_time(const struct before *b, struct h2t_event *e, size_t *prefix)
{
    int64_t ns;
    bool own = false;
    const char *collected = zoned_stamp(b, &ns, &own);
    if (collected)
        *(own ? &e->ns : &e->collected) = ns;
    const char *at = own ? NULL : standard_stamp(b, &ns);
    if (!at && !own) {
        at = klog_stamp(b, &ns);
        e->yearless = at != NULL;
    }
    if (at) {
        e->ns = ns;
        e->zoneless = true;
    }
    if (collected && (!at || collected < at))
        at = collected;
    *prefix = at ? (size_t)(at - b->text) : b->len;
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
    struct before b = {text + skipped, before - skipped};
    memset(e, 0, offsetof(struct h2t_event, at));
    e->kind = H2T_EV_DEBUG;
    e->ns = e->collected = H2T_NEVER;
    e->message = m;
    take_time(&b, e, prefix);
    *prefix += skipped;
    return true;
}
