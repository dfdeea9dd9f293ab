/* SPDX-License-Identifier: MIT */
/*
 * 0-RTT (RFC 8446 section 2.3). The client sends early data before it knows whether the server
 * takes it, and sends it again if not; so it is held until EncryptedExtensions tell.
 */
#include "annotator/wire/tls_impl.h"

struct early_chunk {
    size_t len;
    struct h2t_mark mark;
};

/* Opens early records with `id`'s cipher, if it opens this one. */
static bool try_suite(struct tls *tls, uint16_t id, const uint8_t *secret, size_t len,
                      const struct record *record, uint8_t *buffer)
{
    struct opener *opener = opener_new_tls13(tls_suite_find(id), secret, len);
    struct opened content;

    if (!opener)
        return false;
    if (opener_open(opener, 0, record, buffer, &content)) {
        tls->side[H2T_CLIENT].keys.opener = opener;
        return true;
    }
    opener_free(&opener);
    return false;
}

void tls_early_start(struct tls *tls, const struct record *record, uint8_t *buffer)
{
    /* The suite is that of the earlier connection: the client does not say which. */
    static const uint16_t ids[] = {0x1301, 0x1302, 0x1303};
    const uint8_t *secret;
    size_t len;

    if (tls->early.tried)
        return;
    tls->early.tried = true;
    secret = keylog_find(tls->keylog, tls->client_random, SECRET_CLIENT_EARLY, &len);
    for (size_t i = 0; secret && i < G_N_ELEMENTS(ids); i++)
        if (try_suite(tls, ids[i], secret, len, record, buffer))
            return;
}

/* false: the limit on what is held is reached. */
static bool hold(struct tls *tls, const uint8_t *data, size_t len)
{
    struct early *early = &tls->early;
    struct early_chunk chunk = {len, tls->mark};

    if (!early->bytes) {
        early->bytes = g_byte_array_new();
        early->chunks = g_array_new(FALSE, FALSE, sizeof(struct early_chunk));
    }
    if (early->bytes->len + early->chunks->len * sizeof chunk + len > H2T_MAX_HANDSHAKE)
        return false;
    g_byte_array_append(early->bytes, data, (guint)len);
    g_array_append_val(early->chunks, chunk);
    return true;
}

void tls_early_data(struct tls *tls, const uint8_t *data, size_t len)
{
    struct early *early = &tls->early;

    if (early->refused || early->missing)
        return;
    if (early->accepted)
        tls_tell_plain(tls, H2T_CLIENT, data, len);
    else
        early->missing = !hold(tls, data, len);
}

static void release(struct tls *tls)
{
    struct early *early = &tls->early;
    struct h2t_mark now = tls->mark;
    size_t at = 0;

    for (guint i = 0; early->chunks && i < early->chunks->len; i++) {
        struct early_chunk chunk = g_array_index(early->chunks, struct early_chunk, i);
        tls->mark = chunk.mark;
        tls_tell_plain(tls, H2T_CLIENT, early->bytes->data + at, chunk.len);
        at += chunk.len;
    }
    tls->mark = now;
}

void tls_early_clear(struct early *early)
{
    g_clear_pointer(&early->bytes, g_byte_array_unref);
    g_clear_pointer(&early->chunks, g_array_unref);
}

void tls_early_verdict(struct tls *tls, bool accepted)
{
    if (tls->early.accepted || tls->early.refused)
        return;
    tls->early.accepted = accepted;
    tls->early.refused = !accepted;
    if (accepted)
        release(tls);
    tls_early_clear(&tls->early);
}

void tls_early_end(struct tls *tls)
{
    /* Without a verdict it is not known whether what is held was taken. */
    bool doubtful = tls->early.chunks != NULL && !tls->early.accepted;

    if (!tls->early.refused && (tls->early.missing || doubtful))
        tls_tell_gap(tls, H2T_CLIENT);
    tls_early_clear(&tls->early);
}
