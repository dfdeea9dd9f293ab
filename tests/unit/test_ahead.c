/* SPDX-License-Identifier: MIT */
#include "core/ahead.h"

#include "core/import_native.h"

#include <string.h>

#define N_LINES 20000u /* many batches */
#define LONG_LEN (100u << 10)

/* A file that is pulled, and what was handed on of it so far, held against it. */
struct seen {
    GString *text;
    gsize pulled, fails_at; /* 0: it does not fail */
    unsigned n, n_events;
    bool others;
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
    g_autoptr(GString) wanted = line_text(seen->n, seen->others);
    g_assert_cmpuint(line, ==, seen->n + 1);
    g_assert_cmpint(state, ==, line == N_LINES ? H2T_LINE_LAST : H2T_LINE_WHOLE);
    g_assert_true(len == wanted->len && !memcmp(text, wanted->str, len));
    if (event)
        assert_event(seen, text, len, event);
    seen->n++;
}

/* In pieces of many lengths. */
static ssize_t pull(void *user, void *buf, size_t len, GError **error)
{
    struct seen *seen = user;
    if (seen->fails_at && seen->pulled >= seen->fails_at) {
        g_set_error_literal(error, H2T_ERROR, H2T_ERROR_FILE, "no more");
        return -1;
    }
    gsize n = MIN(MIN(len, seen->text->len - seen->pulled), 1 + seen->pulled * 7 % 60000);
    memcpy(buf, seen->text->str + seen->pulled, n);
    seen->pulled += n;
    return (ssize_t)n;
}

static struct seen seen_new(bool others)
{
    struct seen seen = {.text = g_string_new(NULL), .others = others, .native = h2t_native_new()};
    for (unsigned i = 0; i < N_LINES; i++) {
        g_autoptr(GString) line = line_text(i, others);
        g_string_append_printf(seen.text, "%s%s", line->str, i + 1 < N_LINES ? "\n" : "");
    }
    return seen;
}

static void seen_fini(struct seen *seen)
{
    g_string_free(seen->text, true);
    h2t_native_free(&seen->native);
}

static unsigned n_events(unsigned threads, bool others)
{
    struct seen seen = seen_new(others);
    struct h2t_ahead_file file = {pull, &seen, take, &seen};
    GError *error = NULL;
    g_assert_true(h2t_ahead_read(&file, threads, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(seen.n, ==, N_LINES);
    seen_fini(&seen);
    return seen.n_events;
}

static void test_order(void)
{
    for (unsigned threads = 1; threads <= 3; threads++)
        g_assert_cmpuint(n_events(threads, false), >, N_LINES / 2);
    g_assert_cmpuint(n_events(0, false), ==, 0); /* alone it would be for nothing */
}

static void test_others(void)
{
    g_assert_cmpuint(n_events(1, true), ==, 0);
}

/* What came before is handed on. */
static void test_failed(void)
{
    for (unsigned threads = 0; threads <= 3; threads++) {
        struct seen seen = seen_new(false);
        struct h2t_ahead_file file = {pull, &seen, take, &seen};
        GError *error = NULL;
        seen.fails_at = seen.text->len / 2;
        g_assert_false(h2t_ahead_read(&file, threads, &error));
        g_assert_error(error, H2T_ERROR, H2T_ERROR_FILE);
        g_error_free(error);
        unsigned n = 0;
        for (gsize i = 0; i < seen.pulled; i++)
            n += seen.text->str[i] == '\n';
        g_assert_cmpuint(seen.n, ==, n);
        seen_fini(&seen);
    }
}

struct counts {
    unsigned n_left, n; /* bytes to be pulled; lines */
};

static ssize_t pull_ones(void *user, void *buf, size_t len, GError **error)
{
    struct counts *counts = user;
    (void)error;
    size_t n = MIN(len, counts->n_left);
    for (size_t i = 0; i < n; i++)
        ((char *)buf)[i] = i % 2 ? '\n' : '1';
    counts->n_left -= (unsigned)n;
    return (ssize_t)n;
}

static void count(void *user, const char *text, size_t len, uint64_t line,
                  enum h2t_lines_state state, struct h2t_event *event)
{
    struct counts *counts = user;
    g_assert_true(len == 1 && *text == '1' && state == H2T_LINE_WHOLE && !event);
    g_assert_cmpuint(line, ==, ++counts->n);
}

/* As many lines as a piece can have. */
static void test_short(void)
{
    struct counts counts = {.n_left = 1 << 20};
    struct h2t_ahead_file file = {pull_ones, &counts, count, &counts};
    g_assert_true(h2t_ahead_read(&file, 2, NULL));
    g_assert_cmpuint(counts.n, ==, 1 << 19);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ahead/order", test_order);
    g_test_add_func("/ahead/others", test_others);
    g_test_add_func("/ahead/short", test_short);
    g_test_add_func("/ahead/failed", test_failed);
    return g_test_run();
}
