/* SPDX-License-Identifier: MIT */
#include "core/ahead.h"

#include "core/import_native.h"

#include <string.h>

#define N_LINES 20000u /* many batches */
#define LONG_LEN (100u << 10)

/* What was handed on so far, held against what was added. */
struct seen {
    unsigned n, n_events;
    struct h2t_native *native;
};

/* The kind of line changes with its number, unless all are to be another program's. */
static GString *line_text(unsigned i, bool others)
{
    GString *text = g_string_new(NULL);
    if (others)
        g_string_printf(text, "{\"time\":\"2026-11-23T15:46:12Z\",\"msg\":\"GotConn\",\"id\":%u}",
                        i);
    else if (i % 5 == 1) /* GotConn without addresses says too little */
        g_string_printf(text, "{\"ts\":%u,\"ev\":\"GotConn\",\"req\":\"r%u\"}", i, i);
    else if (i % 7 == 2)
        g_string_printf(text, "{\"ts\":%u,\"ev\":\"GetConn\",\"req\":\"r%u", i, i);
    else
        g_string_printf(
            text, "{\"ts\":%u,\"ev\":\"GetConn\",\"req\":\"r\\u0041%u\",\"err\":\"e%u\"}", i, i, i);
    while (i % 4000 == 5 && text->len < LONG_LEN)
        g_string_append_c(text, ' ');
    return text;
}

static enum h2t_lines_state line_state(unsigned i)
{
    if (i % 3000 == 7)
        return H2T_LINE_TOO_LONG;
    return i == N_LINES - 1 ? H2T_LINE_LAST : H2T_LINE_WHOLE;
}

static void assert_same_text(struct h2t_text a, struct h2t_text b)
{
    g_assert_cmpuint(a.len, ==, b.len);
    g_assert_true(!a.at == !b.at && (!a.len || !memcmp(a.at, b.at, a.len)));
}

static void assert_event(struct seen *seen, const char *text, size_t len,
                         const struct h2t_event *event)
{
    struct h2t_event wanted;
    g_assert_null(h2t_native_read(seen->native, text, len, &wanted));
    g_assert_cmpint(event->kind, ==, wanted.kind);
    g_assert_cmpint(event->ns, ==, wanted.ns);
    assert_same_text(event->req, wanted.req);
    assert_same_text(event->err, wanted.err);
    assert_same_text(event->url, wanted.url);
    seen->n_events++;
}

static void take(void *user, const char *text, size_t len, uint64_t line,
                 enum h2t_lines_state state, struct h2t_event *event)
{
    struct seen *seen = user;
    g_autoptr(GString) plain = line_text(seen->n, false), other = line_text(seen->n, true);
    g_assert_cmpuint(line, ==, seen->n + 1);
    g_assert_cmpint(state, ==, line_state(seen->n));
    if (state != H2T_LINE_TOO_LONG)
        g_assert_true((len == plain->len && !memcmp(text, plain->str, len)) ||
                      (len == other->len && !memcmp(text, other->str, len)));
    if (event)
        assert_event(seen, text, len, event);
    seen->n++;
}

static struct seen add_all(unsigned threads, bool others)
{
    struct seen seen = {.native = h2t_native_new()};
    struct h2t_ahead *ahead = h2t_ahead_new(threads, take, &seen);
    for (unsigned i = 0; i < N_LINES; i++) {
        g_autoptr(GString) text = line_text(i, others);
        bool given = line_state(i) != H2T_LINE_TOO_LONG;
        h2t_ahead_add(ahead, text->str, given ? text->len : 0, i + 1, line_state(i));
    }
    h2t_ahead_drain(ahead);
    g_assert_cmpuint(seen.n, ==, N_LINES);
    h2t_ahead_free(&ahead);
    h2t_native_free(&seen.native);
    return seen;
}

static void test_order(void)
{
    for (unsigned threads = 1; threads <= 4; threads++)
        g_assert_cmpuint(add_all(threads, false).n_events, >, N_LINES / 2);
}

static void test_others(void)
{
    g_assert_cmpuint(add_all(2, true).n_events, ==, 0);
}

/* Lines of one byte, more of them than a batch has place for. */
static void count(void *user, const char *text, size_t len, uint64_t line,
                  enum h2t_lines_state state, struct h2t_event *event)
{
    uint64_t *n = user;
    g_assert_true(len == 1 && *text == '1' && state == H2T_LINE_WHOLE && !event);
    g_assert_cmpuint(line, ==, ++*n);
}

static void test_short(void)
{
    uint64_t n = 0;
    struct h2t_ahead *ahead = h2t_ahead_new(2, count, &n);
    h2t_ahead_drain(ahead);
    for (unsigned i = 1; i <= N_LINES; i++)
        h2t_ahead_add(ahead, "1", 1, i, H2T_LINE_WHOLE);
    h2t_ahead_drain(ahead);
    g_assert_cmpuint(n, ==, N_LINES);
    h2t_ahead_free(&ahead);
}

/* Freed with lines under way. */
static void test_abandoned(void)
{
    struct seen seen = {.native = h2t_native_new()};
    struct h2t_ahead *ahead = h2t_ahead_new(3, take, &seen);
    for (unsigned i = 0; i < 5; i++) {
        g_autoptr(GString) text = line_text(i, false);
        h2t_ahead_add(ahead, text->str, text->len, i + 1, line_state(i));
    }
    h2t_ahead_free(&ahead);
    g_assert_null(ahead);
    h2t_ahead_free(&ahead);
    h2t_native_free(&seen.native);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ahead/order", test_order);
    g_test_add_func("/ahead/others", test_others);
    g_test_add_func("/ahead/short", test_short);
    g_test_add_func("/ahead/abandoned", test_abandoned);
    return g_test_run();
}
