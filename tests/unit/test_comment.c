/* SPDX-License-Identifier: MIT */
#include "core/base.h"
#include "core/comment.h"

#include <string.h>

static void assert_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
    g_assert_cmpuint(a_len, ==, b_len);
    g_assert_true(!memcmp(a, b, a_len));
}

static bool is_ours(const char *text)
{
    bool variant;
    return h2t_comment_is_ours(text, strlen(text), &variant);
}

/* Text with the right check value, whatever else is wrong with it. docs/comment-format.md. */
static char *checked(const char *text)
{
    uint32_t crc = UINT32_MAX;
    for (const char *c = text; *c; c++) {
        crc ^= (uint8_t)*c;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return g_strdup_printf("%s ~%08x", text, ~crc);
}

static bool is_ours_checked(const char *text)
{
    g_autofree char *whole = checked(text);
    return is_ours(whole);
}

static GString *request(bool variant)
{
    GString *s = g_string_new("left from before");
    h2t_comment_begin(s, "request");
    h2t_comment_add(s, "req", "r1");
    h2t_comment_add_int(s, "conn", 1);
    h2t_comment_add(s, "url", "https://localhost:8443/a");
    h2t_comment_add_duration(s, "GotConn", -210000);
    h2t_comment_end(s, variant);
    return s;
}

/* Byte for byte: other programs read this, and earlier versions' comments must stay ours. */
static void test_written(void)
{
    GString *s = request(false);
    g_assert_cmpstr(s->str, ==,
                    "h2a request req=r1 conn=1 url=https://localhost:8443/a GotConn=-210us "
                    "~8a48833a");
    g_assert_true(is_ours(s->str));
    g_string_free(s, TRUE);
    s = request(true);
    g_assert_true(g_str_has_prefix(s->str, "h2a! request req=r1 "));
    g_string_free(s, TRUE);
}

/* The examples of docs/comment-format.md. */
static void test_documented(void)
{
    g_assert_true(is_ours("h2a request req=r1 attempt=1 conn=1 stream=1 reused=no "
                          "match=order+header method=GET url=https://localhost:8443/a "
                          "GotConn=-210us WroteHeaders=+204us ~56105df3"));
    g_assert_true(is_ours("h2a keys ~ce73b817"));
    g_assert_true(is_ours("h2a! end req=\"a b\\x0a\\u{e9}\" end=reset ~c3b2737b"));
}

static void test_variant(void)
{
    for (int variant = 0; variant < 2; variant++) {
        GString *s = request(variant);
        bool read = !variant;
        g_assert_true(h2t_comment_is_ours(s->str, s->len, &read));
        g_assert_cmpint(read, ==, variant);
        g_string_free(s, TRUE);
    }
    GString *varied = request(false), *wanted = request(true);
    h2t_comment_vary(varied);
    g_assert_cmpstr(varied->str, ==, wanted->str);
    g_string_free(varied, TRUE);
    g_string_free(wanted, TRUE);
}

static void test_read(void)
{
    static const char *const pairs[][2] = {
        {"req", "r1"}, {"conn", "1"}, {"url", "https://localhost:8443/a"}, {"GotConn", "-210us"}};
    GString *s = request(false);
    struct h2t_comment comment;
    struct h2t_comment_pair pair;
    g_assert_true(h2t_comment_parse(s->str, s->len, &comment));
    assert_bytes(comment.word, comment.word_len, "request", 7);
    g_assert_true(h2t_comment_find(&comment, "url", &pair));
    g_assert_false(h2t_comment_find(&comment, "ur", &pair));
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_assert_true(h2t_comment_next(&comment, &pair));
        assert_bytes(pair.key, pair.key_len, pairs[i][0], strlen(pairs[i][0]));
        assert_bytes(pair.value, pair.len, pairs[i][1], strlen(pairs[i][1]));
    }
    g_assert_false(h2t_comment_next(&comment, &pair));
    g_string_free(s, TRUE);
}

static void test_no_pairs(void)
{
    GString *s = g_string_new(NULL);
    struct h2t_comment comment;
    struct h2t_comment_pair pair;
    h2t_comment_begin(s, "keys");
    h2t_comment_end(s, false);
    g_assert_true(h2t_comment_parse(s->str, s->len, &comment));
    g_assert_false(h2t_comment_next(&comment, &pair));
    g_string_free(s, TRUE);
}

/* What `bytes` become between "v=" and the check, and that they come back. */
static char *written(const char *bytes, size_t len)
{
    GString *s = g_string_new(NULL), *back = g_string_new("old");
    struct h2t_comment comment;
    struct h2t_comment_pair pair;
    h2t_comment_begin(s, "end");
    h2t_comment_add_bytes(s, "v", bytes, len);
    h2t_comment_end(s, false);
    for (gsize i = 0; i < s->len; i++)
        g_assert_true(s->str[i] >= 0x20 && s->str[i] <= 0x7e);
    g_assert_true(h2t_comment_parse(s->str, s->len, &comment));
    g_assert_true(h2t_comment_find(&comment, "v", &pair));
    h2t_comment_value(&pair, back);
    assert_bytes(back->str, back->len, bytes, len);
    char *text = g_strndup(pair.value, pair.len);
    g_string_free(s, TRUE);
    g_string_free(back, TRUE);
    return text;
}

static void expect_written(const char *bytes, const char *wanted)
{
    g_autofree char *text = written(bytes, strlen(bytes));
    g_assert_cmpstr(text, ==, wanted);
}

static void test_values(void)
{
    expect_written("a=b~!'", "a=b~!'");
    expect_written("~1c9e77a5", "~1c9e77a5");
    expect_written("", "\"\"");
    expect_written("a b", "\"a b\"");
    expect_written(" ~1c9e77a5", "\" ~1c9e77a5\"");
    expect_written("a\"b\\c", "\"a\\\"b\\\\c\"");
    expect_written("\n\r\t\033[31m\x7f", "\"\\x0a\\x0d\\x09\\x1b[31m\\x7f\"");
    expect_written("\\x41\\u{41}", "\"\\\\x41\\\\u{41}\"");
    expect_written("\303\251", "\"\\u{e9}\"");
    expect_written("\342\200\256", "\"\\u{202e}\""); /* right-to-left override */
    expect_written("\302\205", "\"\\u{85}\"");       /* C1 control: next line */
    expect_written("\360\237\230\200", "\"\\u{1f600}\"");
    expect_written("\364\217\277\277", "\"\\u{10ffff}\"");
}

static void test_not_utf8(void)
{
    expect_written("\xff", "\"\\xff\"");
    expect_written("\303", "\"\\xc3\"");                   /* cut */
    expect_written("\303x", "\"\\xc3x\"");                 /* broken off */
    expect_written("\300\200", "\"\\xc0\\x80\"");          /* overlong */
    expect_written("\355\240\200", "\"\\xed\\xa0\\x80\""); /* surrogate */
    expect_written("\364\220\200\200", "\"\\xf4\\x90\\x80\\x80\"");
}

/* Every byte, every pair of bytes, and NUL among them. */
static void test_any_bytes(void)
{
    char bytes[2];
    g_free(written("a\0b", 3));
    for (int i = 0; i < 256; i++)
        for (int j = 0; j < 256; j += i < 128 ? 51 : 1) {
            bytes[0] = (char)i;
            bytes[1] = (char)j;
            g_free(written(bytes, 2));
        }
}

static void expect_cut(const char *value, size_t max, const char *wanted)
{
    GString *s = g_string_new(NULL);
    h2t_comment_begin(s, "end");
    h2t_comment_add_cut(s, "v", value, max);
    g_assert_cmpstr(s->str + strlen("h2a end v="), ==, wanted);
    h2t_comment_end(s, false);
    g_assert_true(is_ours(s->str));
    g_string_free(s, TRUE);
}

static void test_cut(void)
{
    expect_cut("abcdef", 6, "abcdef");
    expect_cut("abcdefg", 6, "abc...");
    expect_cut("abcd", 3, "...");
    expect_cut("abc", 3, "abc");
    expect_cut("a b c d", 6, "\"a b...\"");
    expect_cut("\303\251\303\251", 12, "\"\\u{e9}\\u{e9}\"");
    expect_cut("\303\251\303\251", 11, "\"\\u{e9}...\"");
    expect_cut("\303\251\303\251", 8, "\"...\"");
    expect_cut("", 3, "\"\"");
}

static void expect_duration(int64_t ns, const char *wanted, int64_t back)
{
    GString *s = g_string_new(NULL);
    struct h2t_comment comment;
    struct h2t_comment_pair pair;
    int64_t read = 0;
    h2t_comment_begin(s, "end");
    h2t_comment_add_duration(s, "v", ns);
    g_assert_cmpstr(s->str + strlen("h2a end v="), ==, wanted);
    h2t_comment_end(s, false);
    g_assert_true(h2t_comment_parse(s->str, s->len, &comment));
    g_assert_true(h2t_comment_next(&comment, &pair));
    g_assert_true(h2t_comment_duration(&pair, &read));
    g_assert_cmpint(read, ==, back);
    g_string_free(s, TRUE);
}

static void test_durations(void)
{
    expect_duration(0, "+0us", 0);
    expect_duration(499, "+0us", 0);
    expect_duration(-499, "+0us", 0);
    expect_duration(500, "+1us", 1000);
    expect_duration(-500, "-1us", -1000);
    expect_duration(204000, "+204us", 204000);
    expect_duration(999499, "+999us", 999000);
    expect_duration(999500, "+1ms", 1000000);
    expect_duration(-1200000, "-1.2ms", -1200000);
    expect_duration(1234567, "+1.235ms", 1235000);
    expect_duration(10001000, "+10.001ms", 10001000);
    expect_duration(999999499, "+999.999ms", 999999000);
    expect_duration(999999500, "+1s", 1000000000);
    expect_duration(3400000000, "+3.4s", 3400000000);
    expect_duration(3000001000, "+3.000001s", 3000001000);
    expect_duration(-10800000000000, "-10800s", -10800000000000);
    expect_duration(9223372036854775000, "+9223372036.854775s", 9223372036854775000);
}

static struct h2t_comment_pair raw(const char *value)
{
    return (struct h2t_comment_pair){.value = value, .len = strlen(value)};
}

static void test_duration_extremes(void)
{
    int64_t ns;
    struct h2t_comment_pair pair = raw("-9223372036.854776s");
    GString *s = g_string_new(NULL);
    h2t_comment_begin(s, "end");
    h2t_comment_add_duration(s, "v", INT64_MIN);
    g_assert_cmpstr(s->str, ==, "h2a end v=-9223372036.854776s");
    g_assert_false(h2t_comment_duration(&pair, &ns)); /* rounded past the range */
    g_string_free(s, TRUE);
}

static void test_not_durations(void)
{
    static const char *const values[] = {"",
                                         "1us",
                                         "+us",
                                         "+1",
                                         "+1m",
                                         "+1.s",
                                         "+1.us",
                                         "+1.5us",
                                         "+1.2345ms",
                                         "+1.1234567s",
                                         "+ 1s",
                                         "+1s ",
                                         "\"+1s\"",
                                         "+-1s",
                                         "+99999999999s",
                                         "+1.s",
                                         "+99999999999999999999us"};
    int64_t ns;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        struct h2t_comment_pair pair = raw(values[i]);
        if (h2t_comment_duration(&pair, &ns))
            g_error("%s taken", values[i]);
    }
}

static void expect_int(int64_t value)
{
    GString *s = g_string_new(NULL);
    int64_t back;
    h2t_comment_begin(s, "end");
    h2t_comment_add_int(s, "v", value);
    struct h2t_comment_pair pair = raw(s->str + strlen("h2a end v="));
    g_assert_true(h2t_comment_int(&pair, &back));
    g_assert_cmpint(back, ==, value);
    g_string_free(s, TRUE);
}

static void test_ints(void)
{
    static const char *const values[] = {"", "-", "+1", "1x", "0x1", "9223372036854775808"};
    int64_t n;
    expect_int(0);
    expect_int(INT64_MAX);
    expect_int(INT64_MIN);
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        struct h2t_comment_pair pair = raw(values[i]);
        g_assert_false(h2t_comment_int(&pair, &n));
    }
}

/* The check value is right, the grammar is not. */
static void test_not_grammar(void)
{
    static const char *const texts[] = {
        "h2a",
        "h2a ",
        "h2a!",
        "h2a! ",
        "h2b request",
        "H2a request",
        "h2a  request",
        "h2a Request",
        "h2a request ",
        "h2a request  a=b",
        "h2a -x",
        "h2a request a",
        "h2a request a=",
        "h2a request =b",
        "h2a request 1a=b",
        "h2a request a b=c",
        "h2a request a=b c",
        "h2a request a=b\"c",
        "h2a request a=b\\c",
        "h2a request a=\"b",
        "h2a request a=\"b\"c",
        "h2a request a=\"\\\"",
        "h2a request a=\"\\n\"",
        "h2a request a=\"\\x4\"",
        "h2a request a=\"\\xFF\"",
        "h2a request a=\"\\u{}\"",
        "h2a request a=\"\\u{41\"",
        "h2a request a=\"\\u{d800}\"",
        "h2a request a=\"\\u{110000}\"",
        "h2a request a=\"\\u{0000041}\"",
        "h2a request a=\"b\nc\"",
        "h2a request a=b\n",
        "h2a request a=\303\251",
        "h2a request a=\"\303\251\"",
        "h2a request a_\303=b",
        " h2a request",
        "h2a!! request",
        "h2a?request",
    };
    g_assert_true(is_ours_checked("h2a request"));
    g_assert_true(is_ours_checked("h2a! request-end a.b-c_D9=\"\\x00\\u{41}\" x=y"));
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        if (is_ours_checked(texts[i]))
            g_error("'%s' taken", texts[i]);
}

/* A stranger's comment that begins alike, and ours with any byte changed, cut or added. */
static void test_not_ours(void)
{
    g_assert_false(is_ours(""));
    g_assert_false(is_ours("h2a request req=r1"));
    g_assert_false(is_ours("h2a is my note tag"));
    g_assert_false(is_ours("h2a request ~00000000"));
    g_assert_false(is_ours("~00000000"));
    GString *s = request(false);
    for (gsize i = 0; i < s->len; i++) {
        char kept = s->str[i];
        for (int bit = 0; bit < 8; bit++) {
            s->str[i] = (char)(kept ^ 1 << bit);
            g_assert_false(is_ours(s->str));
        }
        s->str[i] = kept;
        bool variant;
        g_assert_false(h2t_comment_is_ours(s->str, i, &variant));
    }
    g_string_append_c(s, '\n');
    g_assert_false(is_ours(s->str));
    g_string_free(s, TRUE);
}

/* Upper-case hex digits are another text than the one that was written. */
static void test_check_case(void)
{
    GString *s = request(false);
    for (gsize i = s->len - 6; i < s->len; i++)
        s->str[i] = g_ascii_toupper(s->str[i]);
    g_assert_false(is_ours(s->str));
    g_string_free(s, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/comment/written", test_written);
    g_test_add_func("/comment/documented", test_documented);
    g_test_add_func("/comment/variant", test_variant);
    g_test_add_func("/comment/read", test_read);
    g_test_add_func("/comment/no-pairs", test_no_pairs);
    g_test_add_func("/comment/values", test_values);
    g_test_add_func("/comment/not-utf8", test_not_utf8);
    g_test_add_func("/comment/any-bytes", test_any_bytes);
    g_test_add_func("/comment/cut", test_cut);
    g_test_add_func("/comment/durations", test_durations);
    g_test_add_func("/comment/duration-extremes", test_duration_extremes);
    g_test_add_func("/comment/not-durations", test_not_durations);
    g_test_add_func("/comment/ints", test_ints);
    g_test_add_func("/comment/not-grammar", test_not_grammar);
    g_test_add_func("/comment/not-ours", test_not_ours);
    g_test_add_func("/comment/check-case", test_check_case);
    return g_test_run();
}
