/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tls_opener.h"

#include <string.h>

enum { SALT_LEN = 4, EXPLICIT_LEN = 8 }; /* a GCM nonce of TLS 1.2, RFC 5288 section 3 */

struct opener {
    const struct tls_suite *suite;
    struct crypto_aead *aead; /* one of the two */
    struct crypto_cbc *cbc;
    uint8_t iv[CRYPTO_NONCE_LEN];
    bool encrypt_then_mac;
    uint64_t last_explicit; /* of the last record that was opened; one before zero at first */
};

/* The key block of RFC 5246 section 6.3, cut for one direction. */
struct key_block {
    uint8_t bytes[2 * (CRYPTO_MAX_HASH + CRYPTO_MAX_KEY + CRYPTO_NONCE_LEN)];
    const uint8_t *mac_key, *key, *iv;
};

static size_t iv_len(const struct tls_suite *suite)
{
    if (crypto_block_len(suite->cipher))
        return 0; /* in each record */
    return suite->cipher == CRYPTO_CHACHA20_POLY1305 ? CRYPTO_NONCE_LEN : SALT_LEN;
}

static bool key_block_make(struct key_block *block, const struct tls_suite *suite,
                           const struct master *master, enum h2t_dir dir)
{
    uint8_t seed[64];
    size_t key = crypto_key_len(suite->cipher), iv = iv_len(suite);
    size_t mac = crypto_block_len(suite->cipher) ? crypto_hash_len(suite->mac) : 0;

    memcpy(seed, master->server_random, 32);
    memcpy(seed + 32, master->client_random, 32);
    block->mac_key = block->bytes + dir * mac;
    block->key = block->bytes + 2 * mac + dir * key;
    block->iv = block->bytes + 2 * (mac + key) + dir * iv;
    return crypto_prf(suite->hash, master->secret, master->len, "key expansion", seed, sizeof seed,
                      block->bytes, 2 * (mac + key + iv));
}

static void use_key_block(struct opener *opener, const struct key_block *block)
{
    const struct tls_suite *suite = opener->suite;

    memcpy(opener->iv, block->iv, iv_len(suite));
    if (crypto_block_len(suite->cipher))
        opener->cbc = crypto_cbc_new(suite->cipher, block->key, suite->mac, block->mac_key);
    else
        opener->aead = crypto_aead_new(suite->cipher, block->key);
}

struct opener *opener_new_tls12(const struct tls_suite *suite, const struct master *master,
                                enum h2t_dir dir)
{
    struct opener *opener;
    struct key_block block;

    if (master->len != KEYLOG_MAX_SECRET)
        return NULL;
    opener = g_new0(struct opener, 1);
    opener->suite = suite;
    opener->encrypt_then_mac = master->encrypt_then_mac;
    opener->last_explicit = UINT64_MAX;
    if (key_block_make(&block, suite, master, dir))
        use_key_block(opener, &block);
    crypto_wipe(&block, sizeof block);
    if (!opener->aead && !opener->cbc)
        opener_free(&opener);
    return opener;
}

struct opener *opener_new_tls13(const struct tls_suite *suite, const uint8_t *secret, size_t len)
{
    uint8_t key[CRYPTO_MAX_KEY];
    struct opener *opener;

    if (len != crypto_hash_len(suite->hash))
        return NULL;
    opener = g_new0(struct opener, 1);
    opener->suite = suite;
    if (crypto_expand_label(suite->hash, secret, "key", key, crypto_key_len(suite->cipher)) &&
        crypto_expand_label(suite->hash, secret, "iv", opener->iv, sizeof opener->iv))
        opener->aead = crypto_aead_new(suite->cipher, key);
    crypto_wipe(key, sizeof key);
    if (!opener->aead)
        opener_free(&opener);
    return opener;
}

void opener_free(struct opener **opener)
{
    if (!*opener)
        return;
    crypto_aead_free(&(*opener)->aead);
    crypto_cbc_free(&(*opener)->cbc);
    crypto_wipe(*opener, sizeof **opener);
    g_free(*opener);
    *opener = NULL;
}

static void put64(uint8_t *p, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(value >> (56 - 8 * i));
}

/* The static IV xor the sequence number (RFC 8446 section 5.3, RFC 7905 section 2). */
static void put_nonce(uint8_t *nonce, const struct opener *opener, uint64_t seq)
{
    uint8_t number[8];

    put64(number, seq);
    memcpy(nonce, opener->iv, CRYPTO_NONCE_LEN);
    for (int i = 0; i < 8; i++)
        nonce[CRYPTO_NONCE_LEN - 8 + i] ^= number[i];
}

/* What TLS 1.2 authenticates before the content: number, type, version, length of the content. */
static void put_mac_header(uint8_t *header, uint64_t seq, const struct record *record, size_t len)
{
    put64(header, seq);
    memcpy(header + 8, record->header, 3);
    header[11] = (uint8_t)(len >> 8);
    header[12] = (uint8_t)len;
}

static bool open_tls13(struct opener *opener, uint64_t seq, const struct record *record,
                       uint8_t *buffer, struct opened *out)
{
    uint8_t nonce[CRYPTO_NONCE_LEN];
    size_t len = record->len - CRYPTO_TAG_LEN;

    put_nonce(nonce, opener, seq);
    if (record->type != RECORD_DATA ||
        !crypto_aead_open(opener->aead, nonce, record->header, RECORD_HEADER_LEN, record->body,
                          record->len, buffer))
        return false;
    while (len && buffer[len - 1] == 0) /* padding, behind the true type (section 5.4) */
        len--;
    *out = (struct opened){len ? buffer[len - 1] : 0, buffer, len ? len - 1 : 0};
    return true;
}

static bool open_aead12(struct opener *opener, uint64_t seq, const struct record *record,
                        uint8_t *buffer, struct opened *out)
{
    uint8_t nonce[CRYPTO_NONCE_LEN], header[CRYPTO_MAC_HEADER_LEN];
    size_t explicit = opener->suite->cipher == CRYPTO_CHACHA20_POLY1305 ? 0 : EXPLICIT_LEN;
    size_t len;

    if (record->len < explicit + CRYPTO_TAG_LEN)
        return false;
    len = record->len - explicit - CRYPTO_TAG_LEN;
    put_mac_header(header, seq, record, len);
    put_nonce(nonce, opener, seq);
    if (explicit)
        memcpy(nonce + SALT_LEN, record->body, EXPLICIT_LEN);
    if (!crypto_aead_open(opener->aead, nonce, header, sizeof header, record->body + explicit,
                          record->len - explicit, buffer))
        return false;
    if (explicit)
        opener->last_explicit = get64(record->body);
    *out = (struct opened){record->type, buffer, len};
    return true;
}

static bool open_cbc(struct opener *opener, uint64_t seq, const struct record *record,
                     uint8_t *buffer, struct opened *out)
{
    uint8_t header[CRYPTO_MAC_HEADER_LEN];

    put_mac_header(header, seq, record, 0);
    *out = (struct opened){.type = record->type, .data = buffer};
    return crypto_cbc_open(opener->cbc, opener->encrypt_then_mac, header, record->body, record->len,
                           buffer, &out->len);
}

bool opener_open(struct opener *opener, uint64_t seq, const struct record *record,
                 uint8_t buffer[H2T_MAX_TLS_RECORD], struct opened *out)
{
    if (record->len < CRYPTO_TAG_LEN)
        return false;
    if (opener->suite->tls13)
        return open_tls13(opener, seq, record, buffer, out);
    if (opener->cbc)
        return open_cbc(opener, seq, record, buffer, out);
    return open_aead12(opener, seq, record, buffer, out);
}

uint64_t opener_guess(const struct opener *opener, uint64_t next, const struct record *record)
{
    uint64_t ahead;

    if (opener->suite->tls13 || opener->cbc || opener->suite->cipher == CRYPTO_CHACHA20_POLY1305 ||
        record->len < EXPLICIT_LEN)
        return next;
    ahead = get64(record->body) - opener->last_explicit - 1;
    return ahead <= UINT32_MAX ? next + ahead : next;
}
