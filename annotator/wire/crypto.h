/* SPDX-License-Identifier: MIT */
/*
 * The cryptography that TLS 1.2 and 1.3 records need, for reading only. The only includer of
 * OpenSSL. Keys are wiped when their object is freed.
 */
#ifndef WIRE_CRYPTO_H
#define WIRE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum crypto_hash { CRYPTO_SHA1, CRYPTO_SHA256, CRYPTO_SHA384 };

enum crypto_cipher {
    CRYPTO_AES_128_GCM,
    CRYPTO_AES_256_GCM,
    CRYPTO_CHACHA20_POLY1305,
    CRYPTO_AES_128_CBC,
    CRYPTO_AES_256_CBC,
    CRYPTO_3DES_CBC,
};

enum {
    CRYPTO_MAX_HASH = 48,
    CRYPTO_MAX_KEY = 32,
    CRYPTO_NONCE_LEN = 12,
    CRYPTO_TAG_LEN = 16,
    CRYPTO_MAC_HEADER_LEN = 13, /* sequence number, type, version, length */
};

size_t crypto_hash_len(enum crypto_hash hash);
size_t crypto_key_len(enum crypto_cipher cipher);
size_t crypto_block_len(enum crypto_cipher cipher); /* 0: not a CBC cipher */

void crypto_wipe(void *data, size_t len);

/* HKDF-Expand-Label with an empty context (RFC 8446 section 7.1). `secret` has the length of the
 * hash, `out_len` is at most that. false: OpenSSL refuses. */
bool crypto_expand_label(enum crypto_hash hash, const uint8_t *secret, const char *label,
                         uint8_t *out, size_t out_len);

/* The TLS 1.2 PRF (RFC 5246 section 5). `label` and `seed` together have at most 128 bytes. */
bool crypto_prf(enum crypto_hash hash, const uint8_t *secret, size_t secret_len, const char *label,
                const uint8_t *seed, size_t seed_len, uint8_t *out, size_t out_len);

/* NULL: OpenSSL does not have the cipher. */
struct crypto_aead;
struct crypto_aead *crypto_aead_new(enum crypto_cipher cipher, const uint8_t *key);
void crypto_aead_free(struct crypto_aead **aead);
/* `in` is ciphertext and tag, `len` at most INT_MAX. Writes len - CRYPTO_TAG_LEN bytes to `out`,
 * garbage if the tag does not fit (false). */
bool crypto_aead_open(struct crypto_aead *aead, const uint8_t nonce[CRYPTO_NONCE_LEN],
                      const uint8_t *aad, size_t aad_len, const uint8_t *in, size_t len,
                      uint8_t *out);

/* NULL: OpenSSL does not have the cipher or the hash. */
struct crypto_cbc;
struct crypto_cbc *crypto_cbc_new(enum crypto_cipher cipher, const uint8_t *key,
                                  enum crypto_hash hash, const uint8_t *mac_key);
void crypto_cbc_free(struct crypto_cbc **cbc);
/* One TLS 1.2 record body: IV, then MAC-then-encrypt (RFC 5246 section 6.2.3.2) or encrypt-then-MAC
 * (RFC 7366 section 3). `header` is what the MAC covers first; its length field is filled in here.
 * `out` has room for `len` bytes. false: MAC or padding do not fit. */
bool crypto_cbc_open(struct crypto_cbc *cbc, bool encrypt_then_mac,
                     uint8_t header[CRYPTO_MAC_HEADER_LEN], const uint8_t *in, size_t len,
                     uint8_t *out, size_t *out_len);

#endif
