/* SPDX-License-Identifier: MIT */
#include "annotator/wire/crypto.h"

#include <glib.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { MAX_LABEL = 128 };

static const struct {
    const char *name;
    const EVP_MD *(*md)(void);
    size_t len;
} hashes[] = {
    [CRYPTO_SHA1] = {"SHA1", EVP_sha1, 20},
    [CRYPTO_SHA256] = {"SHA256", EVP_sha256, 32},
    [CRYPTO_SHA384] = {"SHA384", EVP_sha384, 48},
};

static const struct {
    const EVP_CIPHER *(*cipher)(void);
    size_t key_len, block_len;
} ciphers[] = {
    [CRYPTO_AES_128_GCM] = {EVP_aes_128_gcm, 16, 0},
    [CRYPTO_AES_256_GCM] = {EVP_aes_256_gcm, 32, 0},
    [CRYPTO_CHACHA20_POLY1305] = {EVP_chacha20_poly1305, 32, 0},
    [CRYPTO_AES_128_CBC] = {EVP_aes_128_cbc, 16, 16},
    [CRYPTO_AES_256_CBC] = {EVP_aes_256_cbc, 32, 16},
    [CRYPTO_3DES_CBC] = {EVP_des_ede3_cbc, 24, 8},
};

size_t crypto_hash_len(enum crypto_hash hash)
{
    return hashes[hash].len;
}

size_t crypto_key_len(enum crypto_cipher cipher)
{
    return ciphers[cipher].key_len;
}

size_t crypto_block_len(enum crypto_cipher cipher)
{
    return ciphers[cipher].block_len;
}

void crypto_wipe(void *data, size_t len)
{
    OPENSSL_cleanse(data, len);
}

/* ---- Keys from secrets ---------------------------------------------------------------------- */

static bool hmac(enum crypto_hash hash, const uint8_t *key, size_t key_len, const uint8_t *data,
                 size_t len, uint8_t *out)
{
    return HMAC(hashes[hash].md(), key, (int)key_len, data, len, out, NULL) != NULL;
}

/* The HkdfLabel structure, and the counter byte of HKDF-Expand's first block (RFC 5869) after it.
 */
static size_t put_hkdf_label(uint8_t *info, const char *label, size_t out_len)
{
    static const char prefix[] = "tls13 ";
    size_t label_len = strlen(label), prefix_len = sizeof prefix - 1, n = 0;

    info[n++] = (uint8_t)(out_len >> 8);
    info[n++] = (uint8_t)out_len;
    info[n++] = (uint8_t)(prefix_len + label_len);
    memcpy(info + n, prefix, prefix_len);
    n += prefix_len;
    memcpy(info + n, label, label_len);
    n += label_len;
    info[n++] = 0; /* empty context */
    info[n++] = 1;
    return n;
}

bool crypto_expand_label(enum crypto_hash hash, const uint8_t *secret, const char *label,
                         uint8_t *out, size_t out_len)
{
    uint8_t info[MAX_LABEL], block[CRYPTO_MAX_HASH];
    size_t hash_len = hashes[hash].len;
    bool ok;

    g_assert(strlen(label) < MAX_LABEL - 16 && out_len <= hash_len);
    ok = hmac(hash, secret, hash_len, info, put_hkdf_label(info, label, out_len), block);
    if (ok)
        memcpy(out, block, out_len);
    crypto_wipe(block, sizeof block);
    return ok;
}

bool crypto_prf(enum crypto_hash hash, const uint8_t *secret, size_t secret_len, const char *label,
                const uint8_t *seed, size_t seed_len, uint8_t *out, size_t out_len)
{
    /* P_hash: `chain` is A(i), followed by the label and the seed in one buffer. */
    uint8_t chain[CRYPTO_MAX_HASH + MAX_LABEL], block[CRYPTO_MAX_HASH];
    size_t hash_len = hashes[hash].len, label_len = strlen(label), tail = label_len + seed_len;
    bool ok;

    g_assert(tail <= MAX_LABEL);
    memcpy(chain + hash_len, label, label_len);
    memcpy(chain + hash_len + label_len, seed, seed_len);
    ok = hmac(hash, secret, secret_len, chain + hash_len, tail, block);
    while (ok && out_len) {
        size_t n = MIN(out_len, hash_len);
        memcpy(chain, block, hash_len);
        ok = hmac(hash, secret, secret_len, chain, hash_len + tail, block);
        memcpy(out, block, n);
        out += n;
        out_len -= n;
        ok = ok && hmac(hash, secret, secret_len, chain, hash_len, block);
    }
    crypto_wipe(chain, sizeof chain);
    crypto_wipe(block, sizeof block);
    return ok;
}

/* ---- AEAD ----------------------------------------------------------------------------------- */

struct crypto_aead {
    EVP_CIPHER_CTX *ctx;
};

static EVP_CIPHER_CTX *cipher_new(enum crypto_cipher cipher, const uint8_t *key)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (!ctx || EVP_DecryptInit_ex(ctx, ciphers[cipher].cipher(), NULL, key, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(ctx, 0) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        ERR_clear_error();
        return NULL;
    }
    return ctx;
}

struct crypto_aead *crypto_aead_new(enum crypto_cipher cipher, const uint8_t *key)
{
    EVP_CIPHER_CTX *ctx = cipher_new(cipher, key);
    struct crypto_aead *aead;

    if (!ctx)
        return NULL;
    aead = g_new0(struct crypto_aead, 1);
    aead->ctx = ctx;
    return aead;
}

void crypto_aead_free(struct crypto_aead **aead)
{
    if (!*aead)
        return;
    EVP_CIPHER_CTX_free((*aead)->ctx); /* wipes the key schedule */
    g_free(*aead);
    *aead = NULL;
}

bool crypto_aead_open(struct crypto_aead *aead, const uint8_t nonce[CRYPTO_NONCE_LEN],
                      const uint8_t *aad, size_t aad_len, const uint8_t *in, size_t len,
                      uint8_t *out)
{
    uint8_t tag[CRYPTO_TAG_LEN];
    int n;

    if (len < CRYPTO_TAG_LEN || len > INT_MAX)
        return false;
    len -= CRYPTO_TAG_LEN;
    memcpy(tag, in + len, sizeof tag);
    return EVP_DecryptInit_ex(aead->ctx, NULL, NULL, NULL, nonce) == 1 &&
           EVP_CIPHER_CTX_ctrl(aead->ctx, EVP_CTRL_AEAD_SET_TAG, CRYPTO_TAG_LEN, tag) == 1 &&
           EVP_DecryptUpdate(aead->ctx, NULL, &n, aad, (int)aad_len) == 1 &&
           EVP_DecryptUpdate(aead->ctx, out, &n, in, (int)len) == 1 &&
           EVP_DecryptFinal_ex(aead->ctx, out + n, &n) == 1;
}

/* ---- CBC and HMAC --------------------------------------------------------------------------- */

struct crypto_cbc {
    EVP_CIPHER_CTX *ctx;
    EVP_MAC_CTX *mac;
    size_t block_len, mac_len;
};

static EVP_MAC_CTX *mac_new(enum crypto_hash hash, const uint8_t *key)
{
    char name[16]; /* OSSL_PARAM wants it writable */
    OSSL_PARAM params[2];
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;

    EVP_MAC_free(mac);
    g_strlcpy(name, hashes[hash].name, sizeof name);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
    params[1] = OSSL_PARAM_construct_end();
    if (!ctx || EVP_MAC_init(ctx, key, hashes[hash].len, params) != 1) {
        EVP_MAC_CTX_free(ctx);
        ERR_clear_error();
        return NULL;
    }
    return ctx;
}

struct crypto_cbc *crypto_cbc_new(enum crypto_cipher cipher, const uint8_t *key,
                                  enum crypto_hash hash, const uint8_t *mac_key)
{
    struct crypto_cbc *cbc = g_new0(struct crypto_cbc, 1);

    g_assert(ciphers[cipher].block_len);
    cbc->ctx = cipher_new(cipher, key);
    cbc->mac = mac_new(hash, mac_key);
    cbc->block_len = ciphers[cipher].block_len;
    cbc->mac_len = hashes[hash].len;
    if (!cbc->ctx || !cbc->mac)
        crypto_cbc_free(&cbc);
    return cbc;
}

void crypto_cbc_free(struct crypto_cbc **cbc)
{
    if (!*cbc)
        return;
    EVP_CIPHER_CTX_free((*cbc)->ctx);
    EVP_MAC_CTX_free((*cbc)->mac);
    g_free(*cbc);
    *cbc = NULL;
}

/* Does `mac` fit the header and `len` bytes of data? */
static bool mac_fits(struct crypto_cbc *cbc, uint8_t *header, const uint8_t *data, size_t len,
                     const uint8_t *mac)
{
    uint8_t wanted[CRYPTO_MAX_HASH];
    size_t n;

    header[CRYPTO_MAC_HEADER_LEN - 2] = (uint8_t)(len >> 8);
    header[CRYPTO_MAC_HEADER_LEN - 1] = (uint8_t)len;
    return EVP_MAC_init(cbc->mac, NULL, 0, NULL) == 1 &&
           EVP_MAC_update(cbc->mac, header, CRYPTO_MAC_HEADER_LEN) == 1 &&
           EVP_MAC_update(cbc->mac, data, len) == 1 &&
           EVP_MAC_final(cbc->mac, wanted, &n, sizeof wanted) == 1 && n == cbc->mac_len &&
           memcmp(wanted, mac, n) == 0;
}

/* IV and ciphertext to `out`; the length without padding into `out_len`. */
static bool cbc_decrypt(struct crypto_cbc *cbc, const uint8_t *in, size_t len, uint8_t *out,
                        size_t *out_len)
{
    size_t n = len - cbc->block_len, padding;
    int written;

    if (len < 2 * cbc->block_len || len % cbc->block_len || len > INT_MAX ||
        EVP_DecryptInit_ex(cbc->ctx, NULL, NULL, NULL, in) != 1 ||
        EVP_DecryptUpdate(cbc->ctx, out, &written, in + cbc->block_len, (int)n) != 1)
        return false;
    padding = out[n - 1] + 1u; /* and its length byte, which has the same value as each of them */
    if (padding > n)
        return false;
    for (size_t i = n - padding; i < n; i++)
        if (out[i] != padding - 1)
            return false;
    *out_len = n - padding;
    return true;
}

bool crypto_cbc_open(struct crypto_cbc *cbc, bool encrypt_then_mac,
                     uint8_t header[CRYPTO_MAC_HEADER_LEN], const uint8_t *in, size_t len,
                     uint8_t *out, size_t *out_len)
{
    if (len < cbc->mac_len)
        return false;
    if (encrypt_then_mac) {
        len -= cbc->mac_len;
        return mac_fits(cbc, header, in, len, in + len) && cbc_decrypt(cbc, in, len, out, out_len);
    }
    if (!cbc_decrypt(cbc, in, len, out, out_len) || *out_len < cbc->mac_len)
        return false;
    *out_len -= cbc->mac_len;
    return mac_fits(cbc, header, out, *out_len, out + *out_len);
}
