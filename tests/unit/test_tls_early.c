/* SPDX-License-Identifier: MIT */
/* TLS 1.3 early data: taken, refused, without its key; and the limits around it. */
#include "tls_talk.h"

#define BIG (1u << 20)

/* A first connection gives the session; the second one is opened with early data allowed. */
static void open_second(struct talk *talk, const char *cipher)
{
    talk_init(talk);
    for (int dir = 0; dir < 2; dir++) {
        SSL_CTX_set_max_early_data(talk->ctx[dir], 1u << 20);
        SSL_CTX_set_recv_max_early_data(talk->ctx[dir], 1u << 20);
    }
    SSL_CTX_set_options(talk->ctx[H2T_SERVER], SSL_OP_NO_ANTI_REPLAY);
    talk_open(talk, TLS1_3_VERSION, cipher);
    talk_shake_hands(talk);
    talk_close(talk);
    talk_clear_tape(talk);
    g_string_truncate(talk->keys, 0);
    talk_open(talk, TLS1_3_VERSION, NULL);
    SSL_set_session(talk->ssl[H2T_CLIENT], talk->session);
}

static void say_early(struct talk *talk, size_t len)
{
    size_t at = talk->said[H2T_CLIENT]->len, written;

    talk_text(talk->said[H2T_CLIENT], len);
    g_assert_cmpint(SSL_write_early_data(talk->ssl[H2T_CLIENT], talk->said[H2T_CLIENT]->str + at,
                                         len, &written),
                    ==, 1);
    talk_carry(talk, H2T_CLIENT);
}

static void listen_early(struct talk *talk)
{
    char buffer[20000];
    size_t len;

    while (SSL_read_early_data(talk->ssl[H2T_SERVER], buffer, sizeof buffer, &len) ==
           SSL_READ_EARLY_DATA_SUCCESS)
        continue;
    talk_carry(talk, H2T_SERVER);
}

/* A tape with two early records before the server's flight, and one after it. */
static void talk_early(struct talk *talk, const char *cipher)
{
    open_second(talk, cipher);
    say_early(talk, 1000);
    say_early(talk, 30);
    listen_early(talk);
    say_early(talk, 500);
    listen_early(talk);
    talk_shake_hands(talk);
    talk_usual(talk);
    g_assert_cmpint(SSL_get_early_data_status(talk->ssl[H2T_SERVER]), ==, SSL_EARLY_DATA_ACCEPTED);
}

static char *without(const struct talk *talk, const char *label)
{
    char *keys = g_strdup(talk->keys->str), *line = strstr(keys, label);

    g_assert_nonnull(line);
    line[0] = '#';
    return keys;
}

#define HELLO "CH:0304/go.example/h2,http/1.1 SH:0304/resumed SH:0304/h2/resumed s:done "

static void test_accepted(gconstpointer cipher)
{
    struct talk talk;
    struct heard heard;

    talk_early(&talk, cipher);
    for (size_t piece = 1; piece < 3000; piece = piece * 7 + 3) {
        heard_init(&heard, talk.keys->str);
        heard_tape(&heard, &talk, 0, G_MAXUINT, piece);
        g_assert_cmpstr(heard.log->str, ==, HELLO "c:done ");
        assert_all_heard(&heard, &talk);
        heard_fini(&heard);
    }
    talk_fini(&talk);
}

/* Its bytes are missing, what follows is not. */
static void test_no_early_key(void)
{
    struct talk talk;
    struct heard heard;
    char *keys;

    talk_early(&talk, NULL);
    keys = without(&talk, "CLIENT_EARLY");
    heard_init(&heard, keys);
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    g_assert_cmpstr(heard.log->str, ==, HELLO "c:gap@0 c:done ");
    g_string_erase(talk.said[H2T_CLIENT], 0, 1530);
    assert_all_heard(&heard, &talk);
    heard_fini(&heard);
    g_free(keys);
    talk_fini(&talk);
}

/* The first flights of a client whose early data is refused, as it is when `retry` also makes the
 * server ask for another hello. */
static void talk_refused(struct talk *talk, bool retry)
{
    open_second(talk, NULL);
    if (retry) {
        SSL_set1_groups_list(talk->ssl[H2T_CLIENT], "X25519:P-256");
        SSL_set1_groups_list(talk->ssl[H2T_SERVER], "P-256");
    } else {
        SSL_set_max_early_data(talk->ssl[H2T_SERVER], 0);
        SSL_set_recv_max_early_data(talk->ssl[H2T_SERVER], 1u << 20);
    }
    say_early(talk, 1000);
    say_early(talk, 30);
    SSL_do_handshake(talk->ssl[H2T_SERVER]);
    g_assert_true(talk_carry(talk, H2T_SERVER));
    say_early(talk, 500); /* the client has not read the refusal yet */
    g_string_truncate(talk->said[H2T_CLIENT], 0);
    talk_shake_hands(talk);
    g_assert_cmpint(SSL_get_early_data_status(talk->ssl[H2T_CLIENT]), ==, SSL_EARLY_DATA_REJECTED);
    talk_usual(talk);
}

/* Refused early data is not heard, whether its key is there or not. */
static void test_refused(gconstpointer data)
{
    struct talk talk;
    struct heard heard;
    char *keys;

    talk_refused(&talk, GPOINTER_TO_INT(data));
    keys = without(&talk, "CLIENT_EARLY");
    for (int i = 0; i < 2; i++) {
        heard_init(&heard, i ? keys : talk.keys->str);
        heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
        g_assert_cmpstr(heard.log->str, ==, HELLO "c:done ");
        assert_all_heard(&heard, &talk);
        heard_fini(&heard);
    }
    g_free(keys);
    talk_fini(&talk);
}

/* The server's verdict cannot be read: early data is not told, and the doubt is. */
static void test_doubtful(void)
{
    struct talk talk;
    struct heard heard;
    char *keys;

    talk_refused(&talk, false);
    keys = without(&talk, "SERVER_HANDSHAKE");
    heard_init(&heard, keys);
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    g_assert_nonnull(strstr(heard.log->str, "c:gap@0 c:done "));
    assert_all_heard(&heard, &talk);
    heard_fini(&heard);
    g_free(keys);
    talk_fini(&talk);
}

/* ---- Limits --------------------------------------------------------------------------------- */

/* Plays a tape of `n` early records of `len` bytes, and the rest of the connection. */
static void play_many(struct talk *talk, struct heard *heard, int n, size_t len, bool with_key)
{
    char *keys;

    open_second(talk, NULL);
    for (int i = 0; i < n; i++)
        say_early(talk, len);
    listen_early(talk);
    talk_shake_hands(talk);
    talk_say(talk, H2T_CLIENT, 10);
    keys = with_key ? g_strdup(talk->keys->str) : without(talk, "CLIENT_EARLY");
    heard_init(heard, keys);
    heard_tape(heard, talk, 0, G_MAXUINT, BIG);
    g_free(keys);
}

static void test_held_limit(void)
{
    struct talk talk;
    struct heard heard;

    play_many(&talk, &heard, 17, 15000, true); /* 255,000 bytes < H2T_MAX_HANDSHAKE */
    assert_all_heard(&heard, &talk);
    heard_fini(&heard);
    talk_fini(&talk);

    play_many(&talk, &heard, 18, 15000, true); /* the last one is left out, and that is told */
    g_assert_cmpuint(heard.plain[H2T_CLIENT]->len, ==, 17 * 15000 + 10);
    g_assert_nonnull(strstr(heard.log->str, "c:gap@255000 c:done "));
    heard_fini(&heard);
    talk_fini(&talk);
}

static void test_skip_limit(void)
{
    struct talk talk;
    struct heard heard;

    play_many(&talk, &heard, 1023, 1, false); /* and EndOfEarlyData */
    g_assert_cmpuint(heard.plain[H2T_CLIENT]->len, ==, 10);
    heard_fini(&heard);
    talk_fini(&talk);

    play_many(&talk, &heard, 1024, 1, false);
    g_assert_cmpuint(heard.plain[H2T_CLIENT]->len, ==, 0);
    g_assert_true(tls_no_keys(heard.tls));
    heard_fini(&heard);
    talk_fini(&talk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/tls-early/accepted/aes128", "TLS_AES_128_GCM_SHA256", test_accepted);
    g_test_add_data_func("/tls-early/accepted/aes256", "TLS_AES_256_GCM_SHA384", test_accepted);
    g_test_add_data_func("/tls-early/accepted/chacha", "TLS_CHACHA20_POLY1305_SHA256",
                         test_accepted);
    g_test_add_func("/tls-early/no-key", test_no_early_key);
    g_test_add_data_func("/tls-early/refused/plain", NULL, test_refused);
    g_test_add_data_func("/tls-early/refused/retry", GINT_TO_POINTER(1), test_refused);
    g_test_add_func("/tls-early/doubtful", test_doubtful);
    g_test_add_func("/tls-early/held-limit", test_held_limit);
    g_test_add_func("/tls-early/skip-limit", test_skip_limit);
    return g_test_run();
}
