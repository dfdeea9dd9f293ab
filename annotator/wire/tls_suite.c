/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tls_suite.h"

#define TLS13(id, cipher, hash)                                                                    \
    {                                                                                              \
        id, CRYPTO_##cipher, CRYPTO_##hash, 0, true                                                \
    }
#define AEAD(id, cipher, hash)                                                                     \
    {                                                                                              \
        id, CRYPTO_##cipher, CRYPTO_##hash, 0, false                                               \
    }
/* The PRF's hash is SHA-256 unless the suite has SHA-384 (RFC 5289 section 3.1). */
#define CBC(id, cipher, hash, mac)                                                                 \
    {                                                                                              \
        id, CRYPTO_##cipher, CRYPTO_##hash, CRYPTO_##mac, false                                    \
    }

/* By number. How the master secret was agreed makes no difference here. */
static const struct tls_suite suites[] = {
    /* RFC 5246 appendix A.5 */
    CBC(0x000a, 3DES_CBC, SHA256, SHA1),
    CBC(0x000d, 3DES_CBC, SHA256, SHA1),
    CBC(0x0010, 3DES_CBC, SHA256, SHA1),
    CBC(0x0013, 3DES_CBC, SHA256, SHA1),
    CBC(0x0016, 3DES_CBC, SHA256, SHA1),
    CBC(0x001b, 3DES_CBC, SHA256, SHA1),
    CBC(0x002f, AES_128_CBC, SHA256, SHA1),
    CBC(0x0030, AES_128_CBC, SHA256, SHA1),
    CBC(0x0031, AES_128_CBC, SHA256, SHA1),
    CBC(0x0032, AES_128_CBC, SHA256, SHA1),
    CBC(0x0033, AES_128_CBC, SHA256, SHA1),
    CBC(0x0034, AES_128_CBC, SHA256, SHA1),
    CBC(0x0035, AES_256_CBC, SHA256, SHA1),
    CBC(0x0036, AES_256_CBC, SHA256, SHA1),
    CBC(0x0037, AES_256_CBC, SHA256, SHA1),
    CBC(0x0038, AES_256_CBC, SHA256, SHA1),
    CBC(0x0039, AES_256_CBC, SHA256, SHA1),
    CBC(0x003a, AES_256_CBC, SHA256, SHA1),
    CBC(0x003c, AES_128_CBC, SHA256, SHA256),
    CBC(0x003d, AES_256_CBC, SHA256, SHA256),
    CBC(0x003e, AES_128_CBC, SHA256, SHA256),
    CBC(0x003f, AES_128_CBC, SHA256, SHA256),
    CBC(0x0040, AES_128_CBC, SHA256, SHA256),
    CBC(0x0067, AES_128_CBC, SHA256, SHA256),
    CBC(0x0068, AES_256_CBC, SHA256, SHA256),
    CBC(0x0069, AES_256_CBC, SHA256, SHA256),
    CBC(0x006a, AES_256_CBC, SHA256, SHA256),
    CBC(0x006b, AES_256_CBC, SHA256, SHA256),
    CBC(0x006c, AES_128_CBC, SHA256, SHA256),
    CBC(0x006d, AES_256_CBC, SHA256, SHA256),
    /* RFC 5288, RFC 5487 */
    AEAD(0x009c, AES_128_GCM, SHA256),
    AEAD(0x009d, AES_256_GCM, SHA384),
    AEAD(0x009e, AES_128_GCM, SHA256),
    AEAD(0x009f, AES_256_GCM, SHA384),
    AEAD(0x00a0, AES_128_GCM, SHA256),
    AEAD(0x00a1, AES_256_GCM, SHA384),
    AEAD(0x00a2, AES_128_GCM, SHA256),
    AEAD(0x00a3, AES_256_GCM, SHA384),
    AEAD(0x00a4, AES_128_GCM, SHA256),
    AEAD(0x00a5, AES_256_GCM, SHA384),
    AEAD(0x00a6, AES_128_GCM, SHA256),
    AEAD(0x00a7, AES_256_GCM, SHA384),
    AEAD(0x00a8, AES_128_GCM, SHA256),
    AEAD(0x00a9, AES_256_GCM, SHA384),
    AEAD(0x00aa, AES_128_GCM, SHA256),
    AEAD(0x00ab, AES_256_GCM, SHA384),
    AEAD(0x00ac, AES_128_GCM, SHA256),
    AEAD(0x00ad, AES_256_GCM, SHA384),
    /* RFC 8446 appendix B.4 */
    TLS13(0x1301, AES_128_GCM, SHA256),
    TLS13(0x1302, AES_256_GCM, SHA384),
    TLS13(0x1303, CHACHA20_POLY1305, SHA256),
    /* RFC 8422 section 6 */
    CBC(0xc003, 3DES_CBC, SHA256, SHA1),
    CBC(0xc004, AES_128_CBC, SHA256, SHA1),
    CBC(0xc005, AES_256_CBC, SHA256, SHA1),
    CBC(0xc008, 3DES_CBC, SHA256, SHA1),
    CBC(0xc009, AES_128_CBC, SHA256, SHA1),
    CBC(0xc00a, AES_256_CBC, SHA256, SHA1),
    CBC(0xc00d, 3DES_CBC, SHA256, SHA1),
    CBC(0xc00e, AES_128_CBC, SHA256, SHA1),
    CBC(0xc00f, AES_256_CBC, SHA256, SHA1),
    CBC(0xc012, 3DES_CBC, SHA256, SHA1),
    CBC(0xc013, AES_128_CBC, SHA256, SHA1),
    CBC(0xc014, AES_256_CBC, SHA256, SHA1),
    CBC(0xc017, 3DES_CBC, SHA256, SHA1),
    CBC(0xc018, AES_128_CBC, SHA256, SHA1),
    CBC(0xc019, AES_256_CBC, SHA256, SHA1),
    /* RFC 5289 */
    CBC(0xc023, AES_128_CBC, SHA256, SHA256),
    CBC(0xc024, AES_256_CBC, SHA384, SHA384),
    CBC(0xc025, AES_128_CBC, SHA256, SHA256),
    CBC(0xc026, AES_256_CBC, SHA384, SHA384),
    CBC(0xc027, AES_128_CBC, SHA256, SHA256),
    CBC(0xc028, AES_256_CBC, SHA384, SHA384),
    CBC(0xc029, AES_128_CBC, SHA256, SHA256),
    CBC(0xc02a, AES_256_CBC, SHA384, SHA384),
    AEAD(0xc02b, AES_128_GCM, SHA256),
    AEAD(0xc02c, AES_256_GCM, SHA384),
    AEAD(0xc02d, AES_128_GCM, SHA256),
    AEAD(0xc02e, AES_256_GCM, SHA384),
    AEAD(0xc02f, AES_128_GCM, SHA256),
    AEAD(0xc030, AES_256_GCM, SHA384),
    AEAD(0xc031, AES_128_GCM, SHA256),
    AEAD(0xc032, AES_256_GCM, SHA384),
    /* RFC 7905 */
    AEAD(0xcca8, CHACHA20_POLY1305, SHA256),
    AEAD(0xcca9, CHACHA20_POLY1305, SHA256),
    AEAD(0xccaa, CHACHA20_POLY1305, SHA256),
    AEAD(0xccab, CHACHA20_POLY1305, SHA256),
    AEAD(0xccac, CHACHA20_POLY1305, SHA256),
    AEAD(0xccad, CHACHA20_POLY1305, SHA256),
    AEAD(0xccae, CHACHA20_POLY1305, SHA256),
    /* RFC 8442 */
    AEAD(0xd001, AES_128_GCM, SHA256),
    AEAD(0xd002, AES_256_GCM, SHA384),
};

const struct tls_suite *tls_suite_find(uint16_t id)
{
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (suites[i].id == id)
            return &suites[i];
    return NULL;
}
