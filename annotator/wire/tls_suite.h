/* SPDX-License-Identifier: MIT */
/* What a cipher suite number means for its records. */
#ifndef WIRE_TLS_SUITE_H
#define WIRE_TLS_SUITE_H

#include "annotator/wire/crypto.h"

struct tls_suite {
    uint16_t id;
    uint8_t cipher; /* enum crypto_cipher */
    uint8_t hash;   /* enum crypto_hash: of HKDF (TLS 1.3) or the PRF (TLS 1.2) */
    uint8_t mac;    /* enum crypto_hash: CBC suites only */
    bool tls13;
};

/* NULL: not one whose records we can open. */
const struct tls_suite *tls_suite_find(uint16_t id);

#endif
