/* SPDX-License-Identifier: MIT */
#include "core/line_stamp.h"

#include "core/stamp.h"

#include <string.h>

/* What stands before the message. */
struct before {
    const char *text;
    size_t len;
};

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

/* Where the stamp at `at` is over: behind its time of day. */
static size_t end_of(const struct before *b, const char *at)
{
    const char *end = b->text + b->len;
    while (at < end && *at != ':')
        at++;
    while (at < end && *at != ' ')
        at++;
    return (size_t)(at - b->text);
}

struct h2t_line_stamp h2t_line_stamp(const char *text, size_t len)
{
    struct before b = {text, len};
    struct h2t_line_stamp stamp = {.ns = H2T_NEVER, .collected = H2T_NEVER, .from = len, .to = len};
    int64_t ns;
    bool own = false;
    const char *collected = zoned_stamp(&b, &ns, &own);
    if (collected)
        *(own ? &stamp.ns : &stamp.collected) = ns;
    const char *at = own ? NULL : standard_stamp(&b, &ns);
    if (!at && !own) {
        at = klog_stamp(&b, &ns);
        stamp.yearless = at != NULL;
    }
    if (at) {
        stamp.ns = ns;
        stamp.zoneless = true;
    }
    const char *first = collected && (!at || collected < at) ? collected : at;
    const char *last = at ? at : collected;
    if (first)
        stamp.from = (size_t)(first - text);
    if (last)
        stamp.to = end_of(&b, last);
    return stamp;
}
