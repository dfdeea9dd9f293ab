/* SPDX-License-Identifier: MIT */
/* TLS with bytes missing or damaged: what is found again, and what is given up. */
#include "tls_talk.h"

#define HELLO13 "CH:0304/go.example/h2,http/1.1 SH:0304 SH:0304/h2 s:done c:done "
#define HELLO12 "CH:0303/go.example/h2,http/1.1 SH:0303/h2 c:done s:done "
#define BIG (1u << 20)

struct suite_case {
    int version;
    const char *cipher;
};

static const struct suite_case suites[] = {
    {TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256"},
    {TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256"},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256"},
};

static const char *hello_log(int version)
{
    return version == TLS1_3_VERSION ? HELLO13 : HELLO12;
}

/* A connection after its handshake, which was heard. */
static void start(struct talk *talk, struct heard *heard, const struct suite_case *suite)
{
    talk_init(talk);
    talk_open(talk, suite->version, suite->cipher);
    talk_shake_hands(talk);
    heard_init(heard, talk->keys->str);
    heard_tape(heard, talk, 0, G_MAXUINT, 1448);
}

static void finish(struct talk *talk, struct heard *heard)
{
    heard_fini(heard);
    talk_fini(talk);
}

static GByteArray *last_flight(const struct talk *talk)
{
    return g_array_index(talk->tape, struct flight, talk->tape->len - 1).bytes;
}

/* The server says `len` bytes and they are heard, in pieces. */
static void say(struct talk *talk, struct heard *heard, size_t len, size_t piece)
{
    talk_say(talk, H2T_SERVER, len);
    heard_bytes(heard, H2T_SERVER, last_flight(talk)->data, last_flight(talk)->len, piece);
}

/* The server says `len` bytes and all of them are lost, and not expected to be heard. */
static void say_lost(struct talk *talk, size_t len)
{
    size_t before = talk->said[H2T_SERVER]->len;

    talk_say(talk, H2T_SERVER, len);
    g_string_truncate(talk->said[H2T_SERVER], before);
}

static void test_records_lost(gconstpointer data)
{
    const struct suite_case *suite = data;
    struct talk talk;
    struct heard heard;
    char *log = g_strdup_printf("%ss:gap@40000 s:gap@40300 ", hello_log(suite->version));

    start(&talk, &heard, suite);
    say(&talk, &heard, 40000, 1448);
    for (int i = 0; i < 50; i++)
        say_lost(&talk, 500);
    heard_gap_at(&heard, H2T_SERVER);
    say(&talk, &heard, 300, 1);
    say_lost(&talk, 500);
    heard_gap_at(&heard, H2T_SERVER);
    heard_gap_at(&heard, H2T_SERVER); /* lost twice, told once */
    say(&talk, &heard, 40000, 1448);
    g_assert_cmpstr(heard.log->str, ==, log);
    assert_all_heard(&heard, &talk);
    g_free(log);
    finish(&talk, &heard);
}

/* From the middle of a record to the middle of another. */
static void test_bytes_lost(gconstpointer data)
{
    const struct suite_case *suite = data;
    struct talk talk;
    struct heard heard;
    GByteArray *flight;

    start(&talk, &heard, suite);
    talk_say(&talk, H2T_SERVER, 5 * 16384);
    flight = last_flight(&talk);
    heard_bytes(&heard, H2T_SERVER, flight->data, 20000, 1448);
    heard_gap_at(&heard, H2T_SERVER);
    heard_bytes(&heard, H2T_SERVER, flight->data + 40000, flight->len - 40000, 1448);
    /* The first record, and the last two. */
    g_string_erase(talk.said[H2T_SERVER], 16384, 2 * 16384);
    say(&talk, &heard, 10, BIG);
    assert_all_heard(&heard, &talk);
    finish(&talk, &heard);
}

static void test_key_update_lost(void)
{
    struct talk talk;
    struct heard heard;

    start(&talk, &heard, &suites[0]);
    say(&talk, &heard, 1000, BIG);
    SSL_key_update(talk.ssl[H2T_SERVER], SSL_KEY_UPDATE_NOT_REQUESTED);
    say_lost(&talk, 1000);
    say_lost(&talk, 1000);
    heard_gap_at(&heard, H2T_SERVER);
    say(&talk, &heard, 1000, BIG);
    SSL_key_update(talk.ssl[H2T_SERVER], SSL_KEY_UPDATE_NOT_REQUESTED);
    say(&talk, &heard, 1000, BIG);
    g_assert_cmpstr(heard.log->str, ==, HELLO13 "s:gap@1000 ");
    assert_all_heard(&heard, &talk);
    finish(&talk, &heard);
}

/* ---- Loss in the handshake ------------------------------------------------------------------ */

/* The server's flight without some bytes of its certificate. */
static void play_handshake_with_gap(struct talk *talk, struct heard *heard, size_t from, size_t len)
{
    bool done = false;

    for (guint i = 0; i < talk->tape->len; i++) {
        struct flight *flight = &g_array_index(talk->tape, struct flight, i);
        size_t cut = !done && flight->dir == H2T_SERVER ? from : flight->bytes->len;
        heard_bytes(heard, flight->dir, flight->bytes->data, cut, BIG);
        if (cut == flight->bytes->len)
            continue;
        done = true;
        heard_gap_at(heard, flight->dir);
        heard_bytes(heard, flight->dir, flight->bytes->data + from + len,
                    flight->bytes->len - from - len, BIG);
    }
    g_assert_true(done);
}

static void test_handshake_gap(gconstpointer data)
{
    const struct suite_case *suite = data;
    struct talk talk;
    struct heard heard;

    talk_init(&talk);
    talk_open(&talk, suite->version, suite->cipher);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    heard_init(&heard, talk.keys->str);
    play_handshake_with_gap(&talk, &heard, 250, 100);
    if (suite->version == TLS1_2_VERSION) /* in TLS 1.3 it is one record with the ALPN choice */
        g_assert_cmpstr(heard.log->str, ==, HELLO12);
    assert_all_heard(&heard, &talk);
    finish(&talk, &heard);
}

/* A flight of many small records, with a gap anywhere behind the ServerHello. Nothing of the
 * application data is missing, and nothing is told that was not there. */
static void test_handshake_gaps(gconstpointer data)
{
    const struct suite_case *suite = data;
    struct talk talk;
    size_t len;

    talk_init(&talk);
    for (int i = 0; i < 8; i++)
        SSL_CTX_add1_chain_cert(talk.ctx[H2T_SERVER],
                                SSL_CTX_get0_certificate(talk.ctx[H2T_SERVER]));
    talk_open(&talk, suite->version, suite->cipher);
    SSL_set_max_send_fragment(talk.ssl[H2T_SERVER], 512);
    talk_shake_hands(&talk);
    talk_say(&talk, H2T_SERVER, 20000);
    talk_say(&talk, H2T_CLIENT, 700);
    len = g_array_index(talk.tape, struct flight, 1).bytes->len;
    g_assert_cmpuint(len, >, 1800);
    for (size_t from = 210; from + 150 < len; from += 111) {
        struct heard heard;
        heard_init(&heard, talk.keys->str);
        play_handshake_with_gap(&talk, &heard, from, 150);
        g_assert_null(strstr(heard.log->str, "gap"));
        g_assert_null(strstr(heard.log->str, "alert"));
        g_assert_nonnull(strstr(heard.log->str, "c:done"));
        g_assert_true(from + 350 > len || strstr(heard.log->str, "s:done")); /* it is at the end */
        assert_all_heard(&heard, &talk);
        heard_fini(&heard);
    }
    talk_fini(&talk);
}

/* The end of the server's part is lost; with `first`, also its first application data. */
static void lose_end_of_handshake(const struct suite_case *suite, bool first)
{
    struct talk talk;
    struct heard heard;
    struct flight *last;
    guint n;

    talk_init(&talk);
    talk_open(&talk, suite->version, suite->cipher);
    SSL_set_num_tickets(talk.ssl[H2T_SERVER], 0);
    talk_shake_hands(&talk);
    heard_init(&heard, talk.keys->str);
    n = talk.tape->len - (suite->version == TLS1_3_VERSION ? 1 : 0);
    last = &g_array_index(talk.tape, struct flight, suite->version == TLS1_3_VERSION ? 1 : n - 1);
    g_assert_cmpint(last->dir, ==, H2T_SERVER);
    heard_tape(&heard, &talk, 0, suite->version == TLS1_3_VERSION ? 1 : n - 1, BIG);
    heard_bytes(&heard, H2T_SERVER, last->bytes->data, last->bytes->len - 60, BIG);
    if (suite->version == TLS1_2_VERSION)
        g_assert_cmpuint(last->bytes->len, >, 60);
    if (first)
        say_lost(&talk, 500);
    heard_gap_at(&heard, H2T_SERVER);
    say(&talk, &heard, 500, BIG);
    g_assert_cmpint(strstr(heard.log->str, "s:gap@0") != NULL, ==, first);
    g_assert_null(strstr(heard.log->str, "s:done"));
    assert_same_text(heard.plain[H2T_SERVER], talk.said[H2T_SERVER]);
    finish(&talk, &heard);
}

static void test_end_of_handshake_lost(gconstpointer data)
{
    lose_end_of_handshake(data, false);
    lose_end_of_handshake(data, true);
}

/* The first thing after a loss is an alert. */
static void test_alert_after_loss(gconstpointer data)
{
    const struct suite_case *suite = data;
    struct talk talk;
    struct heard heard;
    char *log = g_strdup_printf("%ss:gap@100 s:alert:0 ", hello_log(suite->version));

    start(&talk, &heard, suite);
    say(&talk, &heard, 100, BIG);
    say_lost(&talk, 100);
    heard_gap_at(&heard, H2T_SERVER);
    SSL_shutdown(talk.ssl[H2T_SERVER]);
    talk_carry(&talk, H2T_SERVER);
    heard_bytes(&heard, H2T_SERVER, last_flight(&talk)->data, last_flight(&talk)->len, BIG);
    g_assert_cmpstr(heard.log->str, ==, log);
    g_free(log);
    finish(&talk, &heard);
}

/* What follows a lost ServerHello is not taken for plain messages, whatever it looks like. */
static void test_not_plain(void)
{
    static const uint8_t bytes[] = {20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 5, 1, 0xff, 0xff, 0xff, 0};
    struct talk talk;
    struct heard heard;

    talk_init(&talk);
    talk_open(&talk, TLS1_2_VERSION, NULL);
    talk_shake_hands(&talk);
    heard_init(&heard, talk.keys->str);
    heard_tape(&heard, &talk, 0, 1, BIG);
    heard_bytes(&heard, H2T_CLIENT, bytes, sizeof bytes, 1);
    g_assert_true(tls_no_keys(heard.tls));
    finish(&talk, &heard);
}

/* Without the ServerHello nothing can be decrypted. */
static void test_no_server_hello(gconstpointer data)
{
    const struct suite_case *suite = data;
    struct talk talk;
    struct heard heard;

    talk_init(&talk);
    talk_open(&talk, suite->version, suite->cipher);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    heard_init(&heard, talk.keys->str);
    play_handshake_with_gap(&talk, &heard, 40, 100);
    g_assert_false(tls_decrypted(heard.tls));
    g_assert_true(tls_no_keys(heard.tls));
    g_assert_true(g_str_has_prefix(heard.log->str, "CH:"));
    g_assert_null(strchr(heard.log->str, ' ')[1] ? heard.log->str : NULL);
    finish(&talk, &heard);
}

/* The capture begins after the handshake. */
static void test_late(gconstpointer data)
{
    const struct suite_case *suite = data;
    struct talk talk;
    struct heard heard;

    talk_init(&talk);
    talk_open(&talk, suite->version, suite->cipher);
    talk_shake_hands(&talk);
    talk_clear_tape(&talk);
    talk_usual(&talk);
    heard_init(&heard, talk.keys->str);
    heard_gap_at(&heard, H2T_CLIENT);
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    g_assert_cmpstr(heard.log->str, ==, "");
    g_assert_false(tls_decrypted(heard.tls));
    g_assert_true(tls_no_keys(heard.tls));
    finish(&talk, &heard);
}

/* ---- Damage --------------------------------------------------------------------------------- */

/* `n` records damaged at `at`, and then good ones. true: these were heard. (Ciphertext may look
 * like a header: few bytes are looked through, and what follows is long enough to end a wrong
 * guess.) */
static bool survives(const struct suite_case *suite, int n, size_t at)
{
    struct talk talk;
    struct heard heard;
    bool survived;
    char *log;

    start(&talk, &heard, suite);
    say(&talk, &heard, 100, BIG);
    for (int i = 0; i < n; i++) {
        say_lost(&talk, 30);
        last_flight(&talk)->data[at] ^= 0x80;
        heard_bytes(&heard, H2T_SERVER, last_flight(&talk)->data, last_flight(&talk)->len, 27);
    }
    say(&talk, &heard, 20000, BIG);
    survived = heard.plain[H2T_SERVER]->len == 20100;
    log = g_strdup_printf("%ss:gap@100 ", hello_log(suite->version)); /* told once */
    g_assert_cmpstr(heard.log->str, ==, log);
    g_assert_cmpuint(heard.plain[H2T_SERVER]->len, ==, survived ? 20100 : 100);
    g_free(log);
    finish(&talk, &heard);
    return survived;
}

static void test_damage(gconstpointer data)
{
    const struct suite_case *suite = data;

    g_assert_true(survives(suite, 1, 20));  /* content */
    g_assert_true(survives(suite, 1, 0));   /* type */
    g_assert_true(survives(suite, 1, 1));   /* version */
    g_assert_true(survives(suite, 1, 3));   /* length: far too long */
    g_assert_true(survives(suite, 4, 20));  /* four guesses are made */
    g_assert_false(survives(suite, 5, 20)); /* no fifth */
}

/* ---- Limits --------------------------------------------------------------------------------- */

/* Does a record open after `n` small ones were lost? */
static bool finds_after(const struct suite_case *suite, int n)
{
    struct talk talk;
    struct heard heard;
    bool found;

    start(&talk, &heard, suite);
    say(&talk, &heard, 100, BIG);
    for (int i = 0; i < n; i++)
        say_lost(&talk, 1);
    talk_clear_tape(&talk);
    heard_gap_at(&heard, H2T_SERVER);
    for (int i = 0; i < 6; i++)
        say(&talk, &heard, 1, BIG);
    found = heard.plain[H2T_SERVER]->len == 106;
    g_assert_cmpuint(heard.plain[H2T_SERVER]->len, ==, found ? 106 : 100);
    finish(&talk, &heard);
    return found;
}

static void test_trial_limit(void)
{
    g_assert_true(finds_after(&suites[0], 7000));
    g_assert_false(finds_after(&suites[0], 8000)); /* TLS_TRIAL_START / 4 / (19 + 256) = 7,626 */
    g_assert_true(finds_after(&suites[2], 8000));  /* the counter in the record tells */
}

/* ---- Anything at all ------------------------------------------------------------------------ */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* The tape with some bytes changed and some flights missing. */
static void play_spoiled(const struct talk *talk, struct heard *heard, uint32_t *state)
{
    for (guint i = 0; i < talk->tape->len; i++) {
        struct flight *flight = &g_array_index(talk->tape, struct flight, i);
        GByteArray *bytes =
            g_byte_array_append(g_byte_array_new(), flight->bytes->data, flight->bytes->len);
        for (uint32_t n = next_random(state) % 3; n > 0; n--)
            bytes->data[next_random(state) % MIN(bytes->len, 400)] ^= (uint8_t)next_random(state);
        if (next_random(state) % 8 == 0)
            heard_gap_at(heard, flight->dir);
        else
            heard_bytes(heard, flight->dir, bytes->data, bytes->len, 1 + next_random(state) % 2000);
        g_byte_array_unref(bytes);
    }
}

static void test_spoiled(gconstpointer data)
{
    const struct suite_case *suite = data;
    struct talk talk;
    uint32_t state = 1;

    talk_init(&talk);
    talk_open(&talk, suite->version, suite->cipher);
    talk_shake_hands(&talk);
    for (int i = 0; i < 5; i++) {
        talk_say(&talk, H2T_CLIENT, 100);
        talk_say(&talk, H2T_SERVER, 700);
    }
    for (int i = 0; i < 12; i++) {
        struct heard heard;
        heard_init(&heard, talk.keys->str);
        play_spoiled(&talk, &heard, &state);
        g_assert_cmpuint(heard.plain[H2T_CLIENT]->len, <=, talk.said[H2T_CLIENT]->len);
        g_assert_cmpuint(heard.plain[H2T_SERVER]->len, <=, talk.said[H2T_SERVER]->len);
        heard_fini(&heard);
    }
    talk_fini(&talk);
}

static void add(const char *name, const struct suite_case *suite, GTestDataFunc test)
{
    char *path = g_strdup_printf("/tls-loss/%s/%s", name, suite->cipher);
    g_test_add_data_func(path, suite, test);
    g_free(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(suites); i++) {
        add("records", &suites[i], test_records_lost);
        add("bytes", &suites[i], test_bytes_lost);
        add("handshake", &suites[i], test_handshake_gap);
        add("handshake-anywhere", &suites[i], test_handshake_gaps);
        add("end-of-handshake", &suites[i], test_end_of_handshake_lost);
        add("alert", &suites[i], test_alert_after_loss);
        add("no-server-hello", &suites[i], test_no_server_hello);
        add("late", &suites[i], test_late);
        add("damage", &suites[i], test_damage);
        add("spoiled", &suites[i], test_spoiled);
    }
    g_test_add_func("/tls-loss/key-update", test_key_update_lost);
    g_test_add_func("/tls-loss/not-plain", test_not_plain);
    g_test_add_func("/tls-loss/trial-limit", test_trial_limit);
    return g_test_run();
}
