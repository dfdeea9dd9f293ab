/* SPDX-License-Identifier: MIT */
#include "core/base.h"
#include "core/json.h"

#include <inttypes.h>
#include <string.h>

struct walk {
    GString *seen; /* one word for each visit */
    unsigned stop_after;
};

static const char *const marks[] = {"{", "[", "end"};

static void describe(GString *out, const struct h2t_json_value *v)
{
    g_string_append_printf(out, "%s%u:", out->len ? " " : "", v->depth);
    if (v->key)
        g_string_append_printf(out, "%.*s=", (int)v->key_len, v->key);
    switch (v->kind) {
    case H2T_JSON_STRING:
        g_string_append_printf(out, "'%.*s'", (int)v->len, v->text);
        break;
    case H2T_JSON_INT:
        g_string_append_printf(out, "%" PRId64, v->integer);
        break;
    case H2T_JSON_DOUBLE:
        g_string_append_printf(out, "%.9fd", v->number);
        break;
    case H2T_JSON_BOOL:
        g_string_append(out, v->integer ? "true" : "false");
        break;
    case H2T_JSON_NULL:
        g_string_append(out, "null");
        break;
    default:
        g_string_append(out, marks[v->kind]);
    }
}

static bool visit(void *user, const struct h2t_json_value *value)
{
    struct walk *w = user;
    describe(w->seen, value);
    return w->stop_after == 0 || --w->stop_after > 0;
}

static char *walk_len(const char *text, size_t len, const char **why)
{
    struct h2t_json *json = h2t_json_new();
    struct walk w = {.seen = g_string_new(NULL)};
    *why = h2t_json_walk(json, text, len, visit, &w);
    h2t_json_free(&json);
    g_assert_null(json);
    return g_string_free(w.seen, FALSE);
}

static void expect(const char *text, const char *wanted)
{
    const char *why;
    g_autofree char *seen = walk_len(text, strlen(text), &why);
    g_assert_cmpstr(why, ==, NULL);
    g_assert_cmpstr(seen, ==, wanted);
}

static void expect_bad_len(const char *text, size_t len, const char *wanted)
{
    const char *why;
    g_autofree char *seen = walk_len(text, len, &why);
    g_assert_cmpstr(why, ==, wanted);
    g_assert_cmpstr(seen, ==, "");
}

static void expect_bad(const char *text, const char *wanted)
{
    expect_bad_len(text, strlen(text), wanted);
}

static void test_scalars(void)
{
    expect("1", "0:1");
    expect(" \"a\" ", "0:'a'");
    expect("true", "0:true");
    expect("null", "0:null");
}

static void test_nesting(void)
{
    expect("{}", "0:{ 0:end");
    expect("[]", "0:[ 0:end");
    expect("{\"a\":1,\"b\":{\"c\":[true,false,null]},\"d\":\"x\"}",
           "0:{ 1:a=1 1:b={ 2:c=[ 3:true 3:false 3:null 2:end 1:end 1:d='x' 0:end");
    expect("[{\"a\":1},2]", "0:[ 1:{ 2:a=1 1:end 1:2 0:end");
    expect("{\"a\":1,\"a\":2}", "0:{ 1:a=1 1:a=2 0:end");
}

static void test_strings(void)
{
    expect("\"\\\"\\\\\\/\\u00e9\\ud83d\\ude00\"", "0:'\"\\/\303\251\360\237\230\200'");
    expect("{\"\\u0061\":\"\"}", "0:{ 1:a='' 0:end");
}

static bool check_nul(void *user, const struct h2t_json_value *value)
{
    *(bool *)user = value->len == 3 && !memcmp(value->text, "a\0b", 3);
    return true;
}

static void test_nul_in_string(void)
{
    struct h2t_json *json = h2t_json_new();
    const char text[] = "\"a\\u0000b\"";
    bool fine = false;
    g_assert_null(h2t_json_walk(json, text, strlen(text), check_nul, &fine));
    g_assert_true(fine);
    h2t_json_free(&json);
}

/* The number that get_number() of simdjson 3.0.1 makes 0, and integers that no double holds. */
static void test_numbers(void)
{
    expect("[1795448772.227142301]", "0:[ 1:1795448772.227142334d 0:end");
    expect("[1795448772227142301]", "0:[ 1:1795448772227142301 0:end");
    expect("[9223372036854775807,-9223372036854775808]",
           "0:[ 1:9223372036854775807 1:-9223372036854775808 0:end");
    expect("[9223372036854775808]", "0:[ 1:9223372036854775808.000000000d 0:end");
    expect("[-0.5,1e3]", "0:[ 1:-0.500000000d 1:1000.000000000d 0:end");
    const char *why; /* the reason depends on simdjson's version */
    const char large[] = "[123456789012345678901234567890]";
    g_autofree char *seen = walk_len(large, strlen(large), &why);
    g_assert_nonnull(why);
    g_assert_cmpstr(seen, ==, "");
}

static void test_damage(void)
{
    expect_bad("", "there is nothing");
    expect_bad("   ", "there is nothing");
    expect_bad("{\"a\":\"b", "a string has no end");
    expect_bad("{\"a\":1", "not one JSON value");
    expect_bad("{\"a\":1,}", "not one JSON value");
    expect_bad("{\"a\":nul}", "not one JSON value");
    expect_bad("{\"a\":tru}", "not one JSON value");
    expect_bad("{\"a\":1}}", "not one JSON value");
    expect_bad("{\"a\":1} {\"b\":2}", "not one JSON value");
    expect_bad("1 2", "not one JSON value");
    expect_bad("[1.]", "not a number where one begins");
    expect_bad("[01]", "not a number where one begins");
    expect_bad("[\"\\x\"]", "a wrong escape in a string");
    expect_bad("[\"\\ud800\"]", "a wrong escape in a string");
    expect_bad("[\"a\tb\"]", "a control character in a string");
    expect_bad("[\"\xff\"]", "not UTF-8");
    expect_bad_len("[1]\0", 4, "not one JSON value");
}

/* Deep in an object that nobody asks for: damage is seen all the same. */
static void test_damage_inside(void)
{
    expect_bad("{\"x\":{\"y\":[1,2,tru]},\"a\":1}", "not one JSON value");
    expect_bad("{\"x\":\"\\q\",\"a\":1}", "a wrong escape in a string");
}

/* `n` arrays in one another, the innermost empty or with a 1. */
static const char *walk_arrays(size_t n, bool empty)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        g_string_append_c(text, '[');
    if (!empty)
        g_string_append_c(text, '1');
    for (size_t i = 0; i < n; i++)
        g_string_append_c(text, ']');
    const char *why;
    g_free(walk_len(text->str, text->len, &why));
    g_string_free(text, TRUE);
    return why;
}

static void test_depth(void)
{
    g_assert_cmpstr(walk_arrays(H2T_MAX_JSON_DEPTH, false), ==, NULL);
    g_assert_cmpstr(walk_arrays(H2T_MAX_JSON_DEPTH + 1, true), ==, NULL);
    g_assert_cmpstr(walk_arrays(H2T_MAX_JSON_DEPTH + 1, false), ==, "nested too deeply");
    g_assert_cmpstr(walk_arrays(H2T_MAX_JSON_DEPTH + 2, true), ==, "nested too deeply");
    g_assert_cmpstr(walk_arrays(1000000, true), ==, "nested too deeply");
}

static void test_stop(void)
{
    struct h2t_json *json = h2t_json_new();
    struct walk w = {.seen = g_string_new(NULL), .stop_after = 3};
    const char text[] = "{\"a\":[1,2,3],\"b\":4}";
    g_assert_null(h2t_json_walk(json, text, strlen(text), visit, &w));
    g_assert_cmpstr(w.seen->str, ==, "0:{ 1:a=[ 2:1");
    g_string_free(w.seen, TRUE);
    h2t_json_free(&json);
}

/* One parser for values of all sizes, also after a damaged one; the text has no padding. */
static void test_reuse(void)
{
    struct h2t_json *json = h2t_json_new();
    for (size_t len = 2; len < 20000; len = len * 3 + 1) {
        char *text = g_malloc(len);
        memset(text, 'x', len);
        text[0] = text[len - 1] = '"';
        struct walk w = {.seen = g_string_new(NULL)};
        g_assert_null(h2t_json_walk(json, text, len, visit, &w));
        g_assert_cmpuint(w.seen->len, ==, len + 2);
        g_assert_nonnull(h2t_json_walk(json, text, len - 1, visit, &w));
        g_string_free(w.seen, TRUE);
        g_free(text);
    }
    h2t_json_free(&json);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/scalars", test_scalars);
    g_test_add_func("/json/nesting", test_nesting);
    g_test_add_func("/json/strings", test_strings);
    g_test_add_func("/json/nul-in-string", test_nul_in_string);
    g_test_add_func("/json/numbers", test_numbers);
    g_test_add_func("/json/damage", test_damage);
    g_test_add_func("/json/damage-inside", test_damage_inside);
    g_test_add_func("/json/depth", test_depth);
    g_test_add_func("/json/stop", test_stop);
    g_test_add_func("/json/reuse", test_reuse);
    return g_test_run();
}
