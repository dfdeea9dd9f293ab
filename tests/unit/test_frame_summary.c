/* SPDX-License-Identifier: MIT */
/* Frames as http2debug writes them, real lines among them. */
#include "core/frame_summary.h"
#include "core/go_quote.h"
#include "core/ledger.h"

#include <string.h>

static bool read_text(const char *text, struct h2t_summary *s)
{
    return h2t_summary_read((struct h2t_text){text, strlen(text)}, s);
}

static void expect(const char *text, enum h2t_frame_kind kind, uint32_t stream, uint32_t len,
                   uint32_t code, uint32_t last)
{
    struct h2t_summary s;
    g_assert_true(read_text(text, &s));
    g_assert_true(s.told);
    g_assert_cmpint(s.kind, ==, kind);
    g_assert_cmpuint(s.stream, ==, stream);
    g_assert_cmpuint(s.len, ==, len);
    g_assert_cmpuint(s.detail, ==, h2t_ledger_detail(kind, code, last));
}

static void test_types(void)
{
    expect("DATA flags=END_STREAM stream=1 len=15 data=\"HTTP/2.0 GET /\\n\"", H2T_DATA, 1, 15, 0,
           0);
    expect("DATA stream=1 len=1024 data=\"x\" (768 bytes omitted)", H2T_DATA, 1, 1024, 0, 0);
    expect("HEADERS flags=END_STREAM|END_HEADERS stream=1 len=96", H2T_HEADERS, 1, 96, 0, 0);
    expect("HEADERS flags=END_HEADERS|0x40 stream=3 len=9", H2T_HEADERS, 3, 9, 0, 0);
    expect("RST_STREAM stream=3 len=4 ErrCode=CANCEL", H2T_RST_STREAM, 3, 4, 8, 0);
    expect("RST_STREAM stream=3 len=4 ErrCode=unknown error code 0x64", H2T_RST_STREAM, 3, 4, 0x64,
           0);
    expect("GOAWAY len=22 LastStreamID=5 ErrCode=ENHANCE_YOUR_CALM Debug=\"too_many_pings\"",
           H2T_GOAWAY, 0, 22, 11, 5);
    expect("WINDOW_UPDATE len=4 (conn) incr=1073741824", H2T_WINDOW_UPDATE, 0, 4, 1073741824, 0);
    expect("WINDOW_UPDATE stream=3 len=4 incr=2147483647", H2T_WINDOW_UPDATE, 3, 4, 2147483647, 0);
    expect("PING len=8 ping=\"\\x8e\\x1f\\x00\\n\\\"abc\"", H2T_PING, 0, 8, 0x8e1f000a, 0x22616263);
    expect("PING flags=ACK len=8 ping=\"12345678\"", H2T_PING, 0, 8, 0x31323334, 0x35363738);
}

static void test_settings(void)
{
    struct h2t_summary s;
    expect("SETTINGS flags=ACK len=0", H2T_SETTINGS, 0, 0, 0, 0);
    g_assert_true(read_text("SETTINGS flags=ACK len=0", &s) && s.ack && !s.enable_push);
    g_assert_true(read_text("SETTINGS len=12, settings: ENABLE_PUSH=0, UNKNOWN_SETTING_9=1", &s));
    g_assert_true(s.enable_push && !s.only_a_window && s.n_settings == 2);
    g_assert_true(read_text("SETTINGS len=6, settings: INITIAL_WINDOW_SIZE=65535", &s));
    g_assert_true(s.only_a_window);
    g_assert_true(
        read_text("SETTINGS len=12, settings: INITIAL_WINDOW_SIZE=1, MAX_FRAME_SIZE=2", &s));
    g_assert_false(s.only_a_window);
}

static void test_continuation(void)
{
    struct h2t_summary s;
    g_assert_true(read_text("CONTINUATION flags=END_HEADERS stream=1 len=7", &s));
    g_assert_true(s.continuation && s.end_headers);
    g_assert_cmpint(s.kind, ==, H2T_HEADERS);
}

/* The wire side does not tell of these: they are passed over. */
static void test_untold(void)
{
    static const char *const texts[] = {"UNKNOWN_FRAME_TYPE_12 len=3", "PRIORITY stream=3 len=5",
                                        "PUSH_PROMISE flags=END_HEADERS stream=1 len=9",
                                        "PRIORITY_UPDATE len=6"};
    struct h2t_summary s;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_true(read_text(texts[i], &s) && !s.told);
}

static void test_no_frame(void)
{
    static const char *const texts[] = {"",
                                        "HEADERS",
                                        "HEADERS stream=1",
                                        "HEADERS stream= len=1",
                                        "DATA len=",
                                        "header field",
                                        "DATA len=99999999999",
                                        "SETTINGSlen=0",
                                        "DATA len=x",
                                        "HEADERS stream=99999999999 len=1"};
    struct h2t_summary s;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_false(read_text(texts[i], &s));
}

static void test_quotes(void)
{
    static const struct {
        const char *text, *wanted; /* NULL: refused */
    } cases[] = {
        {"\"\"", ""},
        {"\"a\\tb\" and more", "a\tb"},
        {"\"\\u00e9\\U0001f600\"", "\xc3\xa9\xf0\x9f\x98\x80"},
        {"\"\\101\\x41\\\\\\\"\"", "AA\\\""},
        {"\"open", NULL},
        {"a\"", NULL},
        {"\"\\q\"", NULL},
        {"\"\\ud800\"", NULL},
        {"\"\\x4\"", NULL},
        {"\"\\777\"", NULL},
        {"\"\\", NULL},
        {"", NULL},
    };
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool good = h2t_go_unquote(cases[i].text, strlen(cases[i].text), out);
        g_assert_cmpint(good, ==, cases[i].wanted != NULL);
        if (good)
            g_assert_cmpstr(out->str, ==, cases[i].wanted);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/frame_summary/types", test_types);
    g_test_add_func("/frame_summary/settings", test_settings);
    g_test_add_func("/frame_summary/continuation", test_continuation);
    g_test_add_func("/frame_summary/untold", test_untold);
    g_test_add_func("/frame_summary/no_frame", test_no_frame);
    g_test_add_func("/frame_summary/quotes", test_quotes);
    return g_test_run();
}
