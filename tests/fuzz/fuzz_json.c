/* SPDX-License-Identifier: MIT */
/* One JSON value: the walk is balanced, keeps its limits, gives UTF-8, and can be stopped. */
#include "core/json.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

struct walk {
    unsigned depth, n, stop; /* stop: after so many values, 0: never */
    bool in_object[H2T_MAX_JSON_DEPTH + 2];
};

static bool visit(void *user, const struct h2t_json_value *v)
{
    struct walk *w = user;
    w->n++;
    if (v->kind == H2T_JSON_END)
        w->depth--;
    else
        g_assert_true((v->key != NULL) == (w->depth > 0 && w->in_object[w->depth]));
    g_assert_cmpuint(v->depth, ==, w->depth);
    g_assert_cmpuint(v->depth, <=, H2T_MAX_JSON_DEPTH);
    if (v->key)
        g_assert_true(g_utf8_validate_len(v->key, v->key_len, NULL) ||
                      memchr(v->key, 0, v->key_len));
    if (v->kind == H2T_JSON_STRING)
        g_assert_true(g_utf8_validate_len(v->text, v->len, NULL) || memchr(v->text, 0, v->len));
    if (v->kind == H2T_JSON_OBJECT || v->kind == H2T_JSON_ARRAY)
        w->in_object[++w->depth] = v->kind == H2T_JSON_OBJECT;
    return w->n != w->stop;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct h2t_json *json; /* used again and again, as importers do */
    if (!json)
        json = h2t_json_new();
    struct walk all = {0};
    const char *why = h2t_json_walk(json, (const char *)data, size, visit, &all);
    g_assert_cmpuint(all.depth, ==, 0);
    if (why) {
        fuzz_assert_line(why);
        g_assert_cmpuint(all.n, ==, 0);
        return 0;
    }
    g_assert_cmpuint(all.n, >, 0);
    struct walk some = {.stop = all.n / 2 + 1};
    g_assert_null(h2t_json_walk(json, (const char *)data, size, visit, &some));
    g_assert_cmpuint(some.n, ==, some.stop);
    return 0;
}
