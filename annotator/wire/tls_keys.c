/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tls_impl.h"

#include <string.h>

void tls_keys_clear(struct keys *keys)
{
    opener_free(&keys->opener);
    crypto_wipe(keys, sizeof *keys);
}

/* ---- TLS 1.2 -------------------------------------------------------------------------------- */

/* The client random of the session that is resumed, if its connection was seen. */
static bool resumed_random(const struct tls *tls, uint8_t *random)
{
    if (!tls->resumed)
        return false;
    return (tls->ticket && keylog_linked(tls->keylog, tls->ticket, random)) ||
           (tls->session_id && keylog_linked(tls->keylog, tls->session_id, random));
}

/* The client random under which this connection's master secret is logged. */
static bool master_random(const struct tls *tls, uint8_t *random)
{
    size_t len;

    if (!tls->client_hello)
        return false;
    memcpy(random, tls->client_random, KEYLOG_RANDOM_LEN);
    return keylog_find(tls->keylog, random, SECRET_MASTER, &len) || resumed_random(tls, random);
}

static struct opener *tls12_opener(const struct tls *tls, enum h2t_dir dir)
{
    struct master master = {.client_random = tls->client_random,
                            .server_random = tls->server_random,
                            .encrypt_then_mac = tls->encrypt_then_mac};
    uint8_t random[KEYLOG_RANDOM_LEN];

    if (!tls->suite || !master_random(tls, random))
        return NULL;
    master.secret = keylog_find(tls->keylog, random, SECRET_MASTER, &master.len);
    return master.secret ? opener_new_tls12(tls->suite, &master, dir) : NULL;
}

void tls_keys_remember_session(struct tls *tls)
{
    uint8_t random[KEYLOG_RANDOM_LEN];

    if (!master_random(tls, random))
        return;
    if (tls->new_session)
        keylog_link(tls->keylog, tls->new_session, random);
    if (tls->new_ticket)
        keylog_link(tls->keylog, tls->new_ticket, random);
}

/* ---- TLS 1.3 -------------------------------------------------------------------------------- */

static const uint8_t *logged_secret(const struct tls *tls, enum h2t_dir dir, enum epoch epoch,
                                    size_t *len)
{
    static const enum secret_kind kinds[][2] = {
        [EPOCH_HANDSHAKE] = {SECRET_CLIENT_HANDSHAKE, SECRET_SERVER_HANDSHAKE},
        [EPOCH_TRAFFIC] = {SECRET_CLIENT_TRAFFIC_0, SECRET_SERVER_TRAFFIC_0},
    };

    if (!tls->client_hello || !tls->suite)
        return NULL;
    return keylog_find(tls->keylog, tls->client_random, kinds[epoch][dir], len);
}

static void set_secret(const struct tls *tls, struct keys *keys, const uint8_t *secret, size_t len)
{
    keys->opener = opener_new_tls13(tls->suite, secret, len);
    if (!keys->opener)
        return;
    memcpy(keys->secret, secret, len);
    keys->secret_len = len;
}

/* The next generation of traffic keys, RFC 8446 section 7.2. */
static void set_updated_secret(const struct tls *tls, const struct keys *current, struct keys *keys)
{
    uint8_t secret[KEYLOG_MAX_SECRET];

    if (!current->opener)
        return;
    if (crypto_expand_label(tls->suite->hash, current->secret, "traffic upd", secret,
                            current->secret_len))
        set_secret(tls, keys, secret, current->secret_len);
    crypto_wipe(secret, sizeof secret);
}

static void set_logged_secret(const struct tls *tls, enum h2t_dir dir, struct keys *keys)
{
    size_t len;
    const uint8_t *secret = logged_secret(tls, dir, keys->epoch, &len);

    if (secret)
        set_secret(tls, keys, secret, len);
}

/* ---- Both ----------------------------------------------------------------------------------- */

bool tls_keys_next(struct tls *tls, enum h2t_dir dir, struct keys *out)
{
    const struct keys *current = &tls->side[dir].keys;

    *out = (struct keys){.epoch = EPOCH_TRAFFIC};
    if (tls->version == 0)
        return false;
    if (!is_tls13(tls)) {
        out->opener = current->epoch == EPOCH_PLAIN ? tls12_opener(tls, dir) : NULL;
        return current->epoch == EPOCH_PLAIN;
    }
    if (current->epoch == EPOCH_TRAFFIC) {
        set_updated_secret(tls, current, out);
        return true;
    }
    if (current->epoch < EPOCH_HANDSHAKE)
        out->epoch = EPOCH_HANDSHAKE;
    set_logged_secret(tls, dir, out);
    return true;
}

bool tls_keys_has_next(struct tls *tls, enum h2t_dir dir)
{
    struct keys next;
    bool has = tls_keys_next(tls, dir, &next) && next.opener;

    tls_keys_clear(&next);
    return has;
}

void tls_keys_adopt(struct tls *tls, enum h2t_dir dir, struct keys *next)
{
    struct side *side = &tls->side[dir];
    enum epoch before = side->keys.epoch;

    tls_keys_clear(&side->keys);
    side->keys = *next;
    side->seq = 0;
    crypto_wipe(next, sizeof *next);
    if (before == EPOCH_EARLY)
        tls_early_end(tls);
}

void tls_keys_advance(struct tls *tls, enum h2t_dir dir)
{
    struct keys next;

    if (tls_keys_next(tls, dir, &next))
        tls_keys_adopt(tls, dir, &next);
}
