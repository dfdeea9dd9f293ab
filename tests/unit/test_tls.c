/* SPDX-License-Identifier: MIT */
/* Whole connections, as libssl talks them: what is told and decrypted when nothing is missing. */
#include "tls_talk.h"

#include "annotator/wire/tls_impl.h"

#define WHOLE SIZE_MAX
#define HELLO13 "CH:0304/go.example/h2,http/1.1 SH:0304 SH:0304/h2 s:done c:done "
#define HELLO12 "CH:0303/go.example/h2,http/1.1 SH:0303/h2 c:done s:done "

/* A connection that rests holds no buffers. */
static void assert_small(const struct tls *tls)
{
    for (int dir = 0; dir < 2; dir++) {
        g_assert_null(tls->side[dir].records.held);
        g_assert_null(tls->side[dir].messages.held);
    }
}

/* Plays the whole tape in pieces of each size. */
static void check_tape(const struct talk *talk, const char *log)
{
    static const size_t pieces[] = {WHOLE, 1448, 7, 1};

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        struct heard heard;
        heard_init(&heard, talk->keys->str);
        heard_tape(&heard, talk, 0, G_MAXUINT, MIN(pieces[i], 1u << 20));
        g_assert_cmpstr(heard.log->str, ==, log);
        assert_all_heard(&heard, talk);
        assert_small(heard.tls);
        heard_fini(&heard);
    }
}

struct suite_case {
    int version;
    const char *cipher;
    bool no_etm;
};

static void test_suite(gconstpointer data)
{
    const struct suite_case *c = data;
    struct talk talk;

    talk_init(&talk);
    if (c->no_etm)
        SSL_CTX_set_options(talk.ctx[H2T_CLIENT], SSL_OP_NO_ENCRYPT_THEN_MAC);
    talk_open(&talk, c->version, c->cipher);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    SSL_shutdown(talk.ssl[H2T_CLIENT]);
    talk_carry(&talk, H2T_CLIENT);
    check_tape(&talk, c->version == TLS1_3_VERSION ? HELLO13 "c:alert:0 " : HELLO12 "c:alert:0 ");
    talk_fini(&talk);
}

static const struct suite_case suites[] = {
    {TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", false},
    {TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384", false},
    {TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256", false},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", false},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384", false},
    {TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", false},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA", false},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA", true},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA", false},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", false},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", true},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA384", false},
    {TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA384", true},
};

/* ---- Marks ---------------------------------------------------------------------------------- */

static void test_mark(void)
{
    struct talk talk;
    struct heard heard;
    struct flight *last;

    talk_init(&talk);
    talk_open(&talk, TLS1_3_VERSION, NULL);
    talk_shake_hands(&talk);
    heard_init(&heard, talk.keys->str);
    heard_tape(&heard, &talk, 0, G_MAXUINT, WHOLE / 2);
    talk_say(&talk, H2T_CLIENT, 100);
    last = &g_array_index(talk.tape, struct flight, talk.tape->len - 1);
    heard_bytes(&heard, H2T_CLIENT, last->bytes->data, last->bytes->len - 1, 1);
    g_assert_cmpuint(heard.plain[H2T_CLIENT]->len, ==, 0);
    heard_bytes(&heard, H2T_CLIENT, last->bytes->data + last->bytes->len - 1, 1, 1);
    g_assert_cmpuint(heard.plain[H2T_CLIENT]->len, ==, 100);
    g_assert_cmpuint(heard.last_mark, ==, heard.packet);
    heard_fini(&heard);
    talk_fini(&talk);
}

/* ---- Resumption ----------------------------------------------------------------------------- */

/* A first connection, and a second one that resumes it; the second one's tape and keys remain.
 * `first` hears the first one. */
static void resume(struct talk *talk, struct heard *first, int version)
{
    talk_open(talk, version, NULL);
    talk_shake_hands(talk);
    talk_usual(talk);
    heard_init(first, talk->keys->str);
    heard_tape(first, talk, 0, G_MAXUINT, 1448);
    assert_all_heard(first, talk);
    talk_close(talk);
    talk_clear_tape(talk);
    g_string_truncate(talk->keys, 0);
    g_assert_nonnull(talk->session);
    talk_open(talk, version, NULL);
    SSL_set_session(talk->ssl[H2T_CLIENT], talk->session);
    talk_shake_hands(talk);
    g_assert_true(SSL_session_reused(talk->ssl[H2T_CLIENT]));
    talk_usual(talk);
}

/* A key log that has the lines of each connection; in TLS 1.2 the server finishes first. */
static void test_resumed(gconstpointer data)
{
    int version = GPOINTER_TO_INT(data);
    struct talk talk;
    struct heard heard;

    talk_init(&talk);
    resume(&talk, &heard, version);
    if (version == TLS1_3_VERSION)
        check_tape(&talk, "CH:0304/go.example/h2,http/1.1 SH:0304/resumed SH:0304/h2/resumed "
                          "s:done c:done ");
    else
        check_tape(&talk, "CH:0303/go.example/h2,http/1.1 SH:0303/h2/resumed s:done c:done ");
    heard_fini(&heard);
    talk_fini(&talk);
}

/* Go logs a TLS 1.2 master secret for the first connection only. */
static void test_resumed_unlogged(gconstpointer data)
{
    struct talk talk;
    struct heard heard;

    talk_init(&talk);
    if (GPOINTER_TO_INT(data))
        SSL_CTX_set_options(talk.ctx[H2T_SERVER], SSL_OP_NO_TICKET);
    resume(&talk, &heard, TLS1_2_VERSION);
    heard_next(&heard, "");
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    assert_all_heard(&heard, &talk);
    heard_fini(&heard);

    heard_init(&heard, ""); /* but not without the first connection */
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    g_assert_false(tls_decrypted(heard.tls));
    g_assert_true(tls_no_keys(heard.tls));
    heard_fini(&heard);
    talk_fini(&talk);
}

/* ---- TLS 1.3 -------------------------------------------------------------------------------- */

static void test_retry(void)
{
    struct talk talk;

    talk_init(&talk);
    talk_open(&talk, TLS1_3_VERSION, NULL);
    SSL_set1_groups_list(talk.ssl[H2T_CLIENT], "X25519:P-256");
    SSL_set1_groups_list(talk.ssl[H2T_SERVER], "P-256");
    talk_shake_hands(&talk);
    talk_usual(&talk);
    check_tape(&talk, HELLO13);
    talk_fini(&talk);
}

static void test_key_update(void)
{
    struct talk talk;

    talk_init(&talk);
    talk_open(&talk, TLS1_3_VERSION, NULL);
    talk_shake_hands(&talk);
    for (int i = 0; i < 3; i++) {
        talk_usual(&talk);
        SSL_key_update(talk.ssl[H2T_CLIENT], SSL_KEY_UPDATE_REQUESTED);
        talk_usual(&talk);
        SSL_key_update(talk.ssl[H2T_SERVER], SSL_KEY_UPDATE_NOT_REQUESTED);
    }
    talk_usual(&talk);
    check_tape(&talk, HELLO13);
    talk_fini(&talk);
}

static size_t pad(SSL *ssl, int type, size_t len, void *user)
{
    (void)ssl, (void)type, (void)user;
    return len % 300;
}

static void test_padding(void)
{
    struct talk talk;

    talk_init(&talk);
    SSL_CTX_set_record_padding_callback(talk.ctx[H2T_CLIENT], pad);
    SSL_CTX_set_record_padding_callback(talk.ctx[H2T_SERVER], pad);
    talk_open(&talk, TLS1_3_VERSION, NULL);
    talk_shake_hands(&talk);
    for (size_t len = 1; len < 2000; len += 99)
        talk_say(&talk, len % 2, len);
    check_tape(&talk, HELLO13);
    talk_fini(&talk);
}

/* Messages in records of 512 bytes; the ClientHello does not fit in one. */
static void test_fragments(gconstpointer data)
{
    GByteArray *alpn = g_byte_array_new();
    struct talk talk;
    struct heard heard;

    g_byte_array_append(alpn, (const uint8_t *)"\x02h2", 3);
    for (int i = 0; i < 20; i++)
        g_byte_array_append(alpn,
                            (const uint8_t *)"\x1e"
                                             "abcdefghijklmnopqrstuvwxyz0123",
                            31);
    talk_init(&talk);
    talk_open(&talk, GPOINTER_TO_INT(data), NULL);
    SSL_set_alpn_protos(talk.ssl[H2T_CLIENT], alpn->data, alpn->len);
    SSL_set_max_send_fragment(talk.ssl[H2T_CLIENT], 512);
    SSL_set_max_send_fragment(talk.ssl[H2T_SERVER], 512);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    for (size_t piece = 1; piece < 3000; piece = piece * 7 + 3) {
        heard_init(&heard, talk.keys->str);
        heard_tape(&heard, &talk, 0, G_MAXUINT, piece);
        assert_all_heard(&heard, &talk);
        g_assert_nonnull(strstr(heard.log->str, "go.example/h2,abc"));
        heard_fini(&heard);
    }
    g_byte_array_unref(alpn);
    talk_fini(&talk);
}

/* ---- Without the right keys ----------------------------------------------------------------- */

/* Milestones that can be seen are told, others are not, and nothing is decrypted. */
static void check_blind(const struct talk *talk, const char *keys, const char *log)
{
    struct heard heard;

    heard_init(&heard, keys);
    heard_tape(&heard, talk, 0, G_MAXUINT, 1448);
    g_assert_cmpstr(heard.log->str, ==, log);
    g_assert_cmpuint(heard.plain[H2T_CLIENT]->len, ==, 0);
    g_assert_cmpuint(heard.plain[H2T_SERVER]->len, ==, 0);
    g_assert_false(tls_decrypted(heard.tls));
    g_assert_true(tls_no_keys(heard.tls));
    heard_fini(&heard);
}

/* The same lines with other secrets. */
static char *spoil(const char *keys)
{
    char *wrong = g_strdup(keys);
    for (char *p = wrong; (p = strchr(p, '\n')); p++)
        p[-1] = p[-1] == '0' ? '1' : '0';
    return wrong;
}

static void test_blind(gconstpointer data)
{
    int version = GPOINTER_TO_INT(data);
    const char *log =
        version == TLS1_3_VERSION ? "CH:0304/go.example/h2,http/1.1 SH:0304 " : HELLO12;
    struct talk talk;
    char *wrong;

    talk_init(&talk);
    talk_open(&talk, version, NULL);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    SSL_shutdown(talk.ssl[H2T_CLIENT]);
    talk_carry(&talk, H2T_CLIENT);
    wrong = spoil(talk.keys->str);
    check_blind(&talk, "", log);
    check_blind(&talk, wrong, log);
    g_free(wrong);
    talk_fini(&talk);
}

/* Lines of one kind left out. */
static char *without(const char *keys, const char *label)
{
    char **lines = g_strsplit(keys, "\n", -1);
    GString *out = g_string_new(NULL);

    for (char **line = lines; *line; line++)
        if (!g_str_has_prefix(*line, label))
            g_string_append_printf(out, "%s\n", *line);
    g_strfreev(lines);
    return g_string_free(out, FALSE);
}

/* Only the secrets of application data: the handshake stays dark. */
static void test_traffic_secrets_only(void)
{
    struct talk talk;
    struct heard heard;
    char *keys, *fewer;

    talk_init(&talk);
    talk_open(&talk, TLS1_3_VERSION, NULL);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    fewer = without(talk.keys->str, "CLIENT_HANDSHAKE");
    keys = without(fewer, "SERVER_HANDSHAKE");
    heard_init(&heard, keys);
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    g_assert_cmpstr(heard.log->str, ==, "CH:0304/go.example/h2,http/1.1 SH:0304 ");
    assert_all_heard(&heard, &talk);
    heard_fini(&heard);
    g_free(keys);
    g_free(fewer);
    talk_fini(&talk);
}

/* A long chain makes many records in the dark: past TLS_MAX_SKIPPED (64) the server is given up. */
static bool opens_behind_chain(int certificates)
{
    struct talk talk;
    struct heard heard;
    char *keys;
    bool opened;

    talk_init(&talk);
    for (int i = 0; i < certificates; i++)
        SSL_CTX_add1_chain_cert(talk.ctx[H2T_SERVER],
                                SSL_CTX_get0_certificate(talk.ctx[H2T_SERVER]));
    talk_open(&talk, TLS1_3_VERSION, NULL);
    SSL_set_max_send_fragment(talk.ssl[H2T_SERVER], 512);
    talk_shake_hands(&talk);
    talk_say(&talk, H2T_SERVER, 100);
    keys = without(talk.keys->str, "SERVER_HANDSHAKE");
    heard_init(&heard, keys);
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    opened = heard.plain[H2T_SERVER]->len == 100;
    g_assert_cmpint(tls_no_keys(heard.tls), ==, !opened);
    heard_fini(&heard);
    g_free(keys);
    talk_fini(&talk);
    return opened;
}

static void test_skip_limit(void)
{
    g_assert_true(opens_behind_chain(20));
    g_assert_false(opens_behind_chain(200));
}

/* Only one direction's secrets: the other one is not decrypted. */
static void test_one_side(void)
{
    struct talk talk;
    struct heard heard;
    char *keys;

    talk_init(&talk);
    talk_open(&talk, TLS1_3_VERSION, NULL);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    keys = without(talk.keys->str, "SERVER_");
    heard_init(&heard, keys);
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    assert_same_text(heard.plain[H2T_CLIENT], talk.said[H2T_CLIENT]);
    g_assert_cmpuint(heard.plain[H2T_SERVER]->len, ==, 0);
    g_assert_true(tls_decrypted(heard.tls));
    g_assert_true(tls_no_keys(heard.tls));
    heard_fini(&heard);
    g_free(keys);
    talk_fini(&talk);
}

/* ---- Alerts, and ends ----------------------------------------------------------------------- */

static void test_plain_alert(gconstpointer data)
{
    struct talk talk;
    struct heard heard;

    talk_init(&talk);
    talk_open(&talk, GPOINTER_TO_INT(data), NULL);
    SSL_set_alpn_protos(talk.ssl[H2T_CLIENT], (const unsigned char *)"\x02xx", 3);
    SSL_do_handshake(talk.ssl[H2T_CLIENT]);
    talk_carry(&talk, H2T_CLIENT);
    SSL_do_handshake(talk.ssl[H2T_SERVER]);
    talk_carry(&talk, H2T_SERVER);
    heard_init(&heard, "");
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1);
    g_assert_true(g_str_has_suffix(heard.log->str, " s:alert:120 ")); /* no_application_protocol */
    g_assert_false(tls_no_keys(heard.tls));
    heard_fini(&heard);
    talk_fini(&talk);
}

/* A client that cannot use the server's keys says so in plain (RFC 8446 section 6.2). */
static void test_plain_alert_later(void)
{
    static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 51};
    struct talk talk;
    struct heard heard;

    talk_init(&talk);
    talk_open(&talk, TLS1_3_VERSION, NULL);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    heard_init(&heard, talk.keys->str);
    heard_tape(&heard, &talk, 0, 4, 1448);
    heard_bytes(&heard, H2T_CLIENT, alert, sizeof alert, 3);
    heard_tape(&heard, &talk, 4, G_MAXUINT, 1448);
    g_assert_cmpstr(heard.log->str, ==, HELLO13 "c:alert:51 ");
    assert_all_heard(&heard, &talk);
    heard_fini(&heard);
    talk_fini(&talk);
}

/* The decoder stops at new keys; what came before was told. */
static void test_renegotiation(void)
{
    struct talk talk;
    struct heard heard;
    GString *before[2];

    talk_init(&talk);
    SSL_CTX_clear_options(talk.ctx[H2T_SERVER], SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_options(talk.ctx[H2T_SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    talk_open(&talk, TLS1_2_VERSION, NULL);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    for (int dir = 0; dir < 2; dir++)
        before[dir] = g_string_new(talk.said[dir]->str);
    g_assert_cmpint(SSL_renegotiate(talk.ssl[H2T_CLIENT]), ==, 1);
    talk_shake_hands(&talk);
    talk_usual(&talk);
    heard_init(&heard, talk.keys->str);
    heard_tape(&heard, &talk, 0, G_MAXUINT, 1448);
    g_assert_true(g_str_has_prefix(heard.log->str, HELLO12 "c:gap@"));
    g_assert_nonnull(strstr(heard.log->str, "s:gap@"));
    for (int dir = 0; dir < 2; dir++) {
        assert_same_text(heard.plain[dir], before[dir]);
        g_string_free(before[dir], TRUE);
    }
    heard_fini(&heard);
    talk_fini(&talk);
}

static void test_looks_like(void)
{
    g_assert_true(tls_looks_like((const uint8_t *)"\x16\x03\x01\x02\x00\x01", 6));
    g_assert_true(tls_looks_like((const uint8_t *)"\x16\x03\x03\x00\x40\x01\x00", 7));
    g_assert_false(tls_looks_like((const uint8_t *)"\x16\x03\x01\x02\x00", 5));
    g_assert_false(tls_looks_like((const uint8_t *)"\x16\x03\x01\x02\x00\x02", 6));
    g_assert_false(tls_looks_like((const uint8_t *)"\x17\x03\x03\x02\x00\x01", 6));
    g_assert_false(tls_looks_like((const uint8_t *)"PRI * ", 6));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(suites); i++) {
        char *path = g_strdup_printf("/tls/suite/%s%s", suites[i].cipher,
                                     suites[i].no_etm ? "/mac-then-encrypt" : "");
        g_test_add_data_func(path, &suites[i], test_suite);
        g_free(path);
    }
    gpointer tls12 = GINT_TO_POINTER(TLS1_2_VERSION), tls13 = GINT_TO_POINTER(TLS1_3_VERSION);
    g_test_add_func("/tls/mark", test_mark);
    g_test_add_data_func("/tls/resumed/1.2", tls12, test_resumed);
    g_test_add_data_func("/tls/resumed/1.3", tls13, test_resumed);
    g_test_add_data_func("/tls/resumed/unlogged/ticket", NULL, test_resumed_unlogged);
    g_test_add_data_func("/tls/resumed/unlogged/id", GINT_TO_POINTER(1), test_resumed_unlogged);
    g_test_add_func("/tls/retry", test_retry);
    g_test_add_func("/tls/key-update", test_key_update);
    g_test_add_func("/tls/padding", test_padding);
    g_test_add_data_func("/tls/fragments/1.2", tls12, test_fragments);
    g_test_add_data_func("/tls/fragments/1.3", tls13, test_fragments);
    g_test_add_data_func("/tls/blind/1.2", tls12, test_blind);
    g_test_add_data_func("/tls/blind/1.3", tls13, test_blind);
    g_test_add_func("/tls/traffic-secrets-only", test_traffic_secrets_only);
    g_test_add_func("/tls/skip-limit", test_skip_limit);
    g_test_add_func("/tls/one-side", test_one_side);
    g_test_add_data_func("/tls/plain-alert/1.2", tls12, test_plain_alert);
    g_test_add_data_func("/tls/plain-alert/1.3", tls13, test_plain_alert);
    g_test_add_func("/tls/plain-alert/later", test_plain_alert_later);
    g_test_add_func("/tls/renegotiation", test_renegotiation);
    g_test_add_func("/tls/looks-like", test_looks_like);
    return g_test_run();
}
