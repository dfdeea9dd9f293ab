/* SPDX-License-Identifier: MIT */
/*
 * For the TLS tests: two libssl ends talk to each other over memory, what they send is kept as a
 * tape with its key log, and the tape is played into our decoder, whole, in pieces or with parts
 * missing.
 */
#ifndef TESTS_TLS_TALK_H
#define TESTS_TLS_TALK_H

#include "annotator/wire/tls.h"

#include <openssl/ssl.h>
#include <string.h>

/* ---- The talk ------------------------------------------------------------------------------- */

struct flight {
    enum h2t_dir dir;
    GByteArray *bytes;
};

struct talk {
    SSL_CTX *ctx[2]; /* by h2t_dir */
    SSL *ssl[2];
    SSL_SESSION *session; /* the last one that the client got */
    GArray *tape;         /* struct flight, in the order sent */
    GString *keys;
    GString *said[2]; /* application data */
};

static inline void talk_keep_keys(const SSL *ssl, const char *line)
{
    struct talk *talk = SSL_get_app_data(ssl);
    g_string_append_printf(talk->keys, "%s\n", line);
}

static inline int talk_keep_session(SSL *ssl, SSL_SESSION *session)
{
    struct talk *talk = SSL_get_app_data(ssl);
    SSL_SESSION_free(talk->session);
    talk->session = session;
    return 1;
}

static inline int talk_choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                                   const unsigned char *in, unsigned in_len, void *user)
{
    (void)ssl, (void)user;
    if (in_len < 3 || memcmp(in, "\x02h2", 3) != 0)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = in + 1;
    *out_len = 2;
    return SSL_TLSEXT_ERR_OK;
}

static inline void talk_make_certificate(SSL_CTX *ctx)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();

    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    g_assert_true(X509_sign(cert, key, EVP_sha256()));
    g_assert_true(SSL_CTX_use_certificate(ctx, cert) == 1);
    g_assert_true(SSL_CTX_use_PrivateKey(ctx, key) == 1);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static inline void talk_init(struct talk *talk)
{
    *talk = (struct talk){.keys = g_string_new(NULL)};
    talk->tape = g_array_new(FALSE, FALSE, sizeof(struct flight));
    talk->ctx[H2T_CLIENT] = SSL_CTX_new(TLS_client_method());
    talk->ctx[H2T_SERVER] = SSL_CTX_new(TLS_server_method());
    for (int dir = 0; dir < 2; dir++)
        talk->said[dir] = g_string_new(NULL);
    talk_make_certificate(talk->ctx[H2T_SERVER]);
    SSL_CTX_set_alpn_select_cb(talk->ctx[H2T_SERVER], talk_choose_alpn, NULL);
    SSL_CTX_set_keylog_callback(talk->ctx[H2T_CLIENT], talk_keep_keys);
    SSL_CTX_set_session_cache_mode(talk->ctx[H2T_CLIENT], SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(talk->ctx[H2T_CLIENT], talk_keep_session);
    SSL_CTX_set_session_id_context(talk->ctx[H2T_SERVER], (const unsigned char *)"t", 1);
}

static inline void talk_clear_tape(struct talk *talk)
{
    for (guint i = 0; i < talk->tape->len; i++)
        g_byte_array_unref(g_array_index(talk->tape, struct flight, i).bytes);
    g_array_set_size(talk->tape, 0);
    for (int dir = 0; dir < 2; dir++)
        g_string_truncate(talk->said[dir], 0);
}

/* Both ends, not yet talking. `version` is TLS1_2_VERSION or TLS1_3_VERSION. */
static inline void talk_open(struct talk *talk, int version, const char *cipher)
{
    for (int dir = 0; dir < 2; dir++) {
        SSL_CTX_set_min_proto_version(talk->ctx[dir], version);
        SSL_CTX_set_max_proto_version(talk->ctx[dir], version);
        if (cipher)
            g_assert_true(version == TLS1_3_VERSION
                              ? SSL_CTX_set_ciphersuites(talk->ctx[dir], cipher)
                              : SSL_CTX_set_cipher_list(talk->ctx[dir], cipher));
        talk->ssl[dir] = SSL_new(talk->ctx[dir]);
        SSL_set_app_data(talk->ssl[dir], (char *)talk);
        SSL_set_bio(talk->ssl[dir], BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    }
    SSL_set_connect_state(talk->ssl[H2T_CLIENT]);
    SSL_set_accept_state(talk->ssl[H2T_SERVER]);
    SSL_set_tlsext_host_name(talk->ssl[H2T_CLIENT], "go.example");
    SSL_set_alpn_protos(talk->ssl[H2T_CLIENT], (const unsigned char *)"\x02h2\x08http/1.1", 12);
}

static inline void talk_close(struct talk *talk)
{
    for (int dir = 0; dir < 2; dir++) {
        if (talk->ssl[dir]) /* else libssl takes it for a failure and drops the session */
            SSL_set_shutdown(talk->ssl[dir], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        g_clear_pointer(&talk->ssl[dir], SSL_free);
    }
}

static inline void talk_fini(struct talk *talk)
{
    talk_close(talk);
    talk_clear_tape(talk);
    g_array_unref(talk->tape);
    g_string_free(talk->keys, TRUE);
    SSL_SESSION_free(talk->session);
    for (int dir = 0; dir < 2; dir++) {
        SSL_CTX_free(talk->ctx[dir]);
        g_string_free(talk->said[dir], TRUE);
    }
}

/* Carries what `dir` has sent to its peer, and onto the tape. */
static inline bool talk_carry(struct talk *talk, enum h2t_dir dir)
{
    struct flight flight = {dir, NULL};
    char *bytes;
    long len = BIO_get_mem_data(SSL_get_wbio(talk->ssl[dir]), &bytes);

    if (len <= 0)
        return false;
    flight.bytes = g_byte_array_append(g_byte_array_new(), (uint8_t *)bytes, (guint)len);
    g_array_append_val(talk->tape, flight);
    BIO_write(SSL_get_rbio(talk->ssl[!dir]), bytes, (int)len);
    BIO_reset(SSL_get_wbio(talk->ssl[dir]));
    return true;
}

/* Reads what came; nobody else wants it. */
static inline void talk_listen(struct talk *talk, enum h2t_dir dir)
{
    char buffer[20000];
    while (SSL_read(talk->ssl[dir], buffer, sizeof buffer) > 0)
        continue;
}

static inline void talk_settle(struct talk *talk)
{
    bool moved = true;
    while (moved) {
        talk_listen(talk, H2T_CLIENT);
        moved = talk_carry(talk, H2T_CLIENT);
        talk_listen(talk, H2T_SERVER);
        moved |= talk_carry(talk, H2T_SERVER);
    }
}

static inline void talk_shake_hands(struct talk *talk)
{
    for (int i = 0; i < 6; i++) {
        SSL_do_handshake(talk->ssl[H2T_CLIENT]);
        talk_carry(talk, H2T_CLIENT);
        SSL_do_handshake(talk->ssl[H2T_SERVER]);
        talk_carry(talk, H2T_SERVER);
    }
    talk_settle(talk);
    g_assert_true(SSL_is_init_finished(talk->ssl[H2T_CLIENT]));
    g_assert_true(SSL_is_init_finished(talk->ssl[H2T_SERVER]));
}

/* Bytes that differ from place to place, so that a lost or doubled part shows. */
static inline void talk_text(GString *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        g_string_append_c(out, (char)('a' + (out->len * 7 + out->len / 251) % 26));
}

/* `dir` says `len` bytes, one flight. */
static inline void talk_say(struct talk *talk, enum h2t_dir dir, size_t len)
{
    size_t at = talk->said[dir]->len;

    talk_text(talk->said[dir], len);
    g_assert_cmpint(SSL_write(talk->ssl[dir], talk->said[dir]->str + at, (int)len), ==, (int)len);
    talk_carry(talk, dir);
    talk_listen(talk, !dir);
}

static inline void talk_usual(struct talk *talk)
{
    talk_say(talk, H2T_CLIENT, 24);
    talk_say(talk, H2T_SERVER, 40000);
    talk_say(talk, H2T_CLIENT, 1);
    talk_say(talk, H2T_SERVER, 3000);
    talk_say(talk, H2T_CLIENT, 20000);
}

/* ---- What our decoder tells ----------------------------------------------------------------- */

struct heard {
    struct keylog *keylog;
    struct tls *tls;
    GString *log; /* everything but the data: one word each */
    GString *plain[2];
    uint32_t packet; /* of the last input, counting from 1 */
    uint32_t last_mark;
};

static inline void heard_hello(struct heard *heard, const struct h2t_frame *frame)
{
    const struct h2t_hello *hello = frame->hello;
    g_string_append_printf(
        heard->log, "%s:%04x%s%s%s%s%s ", frame->kind == H2T_CLIENT_HELLO ? "CH" : "SH",
        hello->version, hello->sni ? "/" : "", hello->sni ? hello->sni : "", hello->alpn ? "/" : "",
        hello->alpn ? hello->alpn : "", hello->resumed ? "/resumed" : "");
}

static inline void heard_frame(void *user, const struct h2t_frame *frame)
{
    struct heard *heard = user;
    char side = frame->dir == H2T_CLIENT ? 'c' : 's';

    heard->last_mark = frame->mark.packet;
    if (frame->kind == H2T_CLIENT_HELLO || frame->kind == H2T_SERVER_HELLO)
        heard_hello(heard, frame);
    else if (frame->kind == H2T_HANDSHAKE_DONE)
        g_string_append_printf(heard->log, "%c:done ", side);
    else if (frame->kind == H2T_ALERT)
        g_string_append_printf(heard->log, "%c:alert:%u ", side, frame->code);
    else
        g_assert_not_reached();
}

static inline void heard_plain(void *user, enum h2t_dir dir, const uint8_t *data, size_t len,
                               struct h2t_mark mark)
{
    struct heard *heard = user;

    g_assert_cmpuint(len, >, 0);
    g_string_append_len(heard->plain[dir], (const char *)data, (gssize)len);
    heard->last_mark = mark.packet;
}

static inline void heard_gap(void *user, enum h2t_dir dir, struct h2t_mark mark)
{
    struct heard *heard = user;

    g_string_append_printf(heard->log, "%c:gap@%u ", dir == H2T_CLIENT ? 'c' : 's',
                           (unsigned)heard->plain[dir]->len);
    heard->last_mark = mark.packet;
}

static inline void heard_init(struct heard *heard, const char *keys)
{
    static const struct tls_callbacks callbacks = {heard_frame, heard_plain, heard_gap};

    *heard = (struct heard){.keylog = keylog_new(), .log = g_string_new(NULL)};
    heard->plain[H2T_CLIENT] = g_string_new(NULL);
    heard->plain[H2T_SERVER] = g_string_new(NULL);
    keylog_add(heard->keylog, keys, strlen(keys));
    heard->tls = tls_new(heard->keylog, &callbacks, heard);
}

static inline void heard_fini(struct heard *heard)
{
    tls_free(&heard->tls);
    g_assert_null(heard->tls);
    keylog_free(&heard->keylog);
    g_string_free(heard->log, TRUE);
    g_string_free(heard->plain[H2T_CLIENT], TRUE);
    g_string_free(heard->plain[H2T_SERVER], TRUE);
}

/* The same keys, another connection. */
static inline void heard_next(struct heard *heard, const char *more_keys)
{
    static const struct tls_callbacks callbacks = {heard_frame, heard_plain, heard_gap};

    tls_free(&heard->tls);
    heard->tls = tls_new(heard->keylog, &callbacks, heard);
    keylog_add(heard->keylog, more_keys, strlen(more_keys));
    g_string_truncate(heard->log, 0);
    g_string_truncate(heard->plain[H2T_CLIENT], 0);
    g_string_truncate(heard->plain[H2T_SERVER], 0);
}

/* Exactly sized copies, so that AddressSanitizer sees a byte too far. */
static inline void heard_bytes(struct heard *heard, enum h2t_dir dir, const uint8_t *bytes,
                               size_t len, size_t piece)
{
    for (size_t at = 0; at < len; at += piece) {
        size_t n = MIN(piece, len - at);
        uint8_t *copy = g_memdup2(bytes + at, n);
        struct h2t_mark mark = {.ns = ++heard->packet, .packet = heard->packet};
        tls_input(heard->tls, dir, copy, n, mark);
        g_free(copy);
    }
}

static inline void heard_gap_at(struct heard *heard, enum h2t_dir dir)
{
    heard->packet++;
    tls_gap(heard->tls, dir, (struct h2t_mark){.packet = heard->packet});
}

static inline void heard_tape(struct heard *heard, const struct talk *talk, guint from, guint to,
                              size_t piece)
{
    for (guint i = from; i < MIN(to, talk->tape->len); i++) {
        struct flight *flight = &g_array_index(talk->tape, struct flight, i);
        heard_bytes(heard, flight->dir, flight->bytes->data, flight->bytes->len, piece);
    }
}

static inline void assert_same_text(const GString *a, const GString *b)
{
    g_assert_true(g_string_equal(a, b));
}

static inline void assert_all_heard(const struct heard *heard, const struct talk *talk)
{
    assert_same_text(heard->plain[H2T_CLIENT], talk->said[H2T_CLIENT]);
    assert_same_text(heard->plain[H2T_SERVER], talk->said[H2T_SERVER]);
    g_assert_true(tls_decrypted(heard->tls));
    g_assert_false(tls_no_keys(heard->tls));
}

#endif
