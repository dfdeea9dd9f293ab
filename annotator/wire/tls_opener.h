/* SPDX-License-Identifier: MIT */
/*
 * The keys of one direction and epoch: opens protected records (RFC 8446 section 5.2, RFC 5246
 * section 6.2.3, RFC 5288, RFC 7905, RFC 7366). Owns its keys; wiped when freed.
 */
#ifndef WIRE_TLS_OPENER_H
#define WIRE_TLS_OPENER_H

#include "annotator/wire/keylog.h"
#include "annotator/wire/tls_record.h"
#include "annotator/wire/tls_suite.h"

/* What the keys of a TLS 1.2 connection are made of. */
struct master {
    const uint8_t *secret;
    size_t len;
    const uint8_t *client_random, *server_random;
    bool encrypt_then_mac;
};

struct opener;
/* NULL: the secret does not have the suite's length, or OpenSSL lacks the cipher. */
struct opener *opener_new_tls13(const struct tls_suite *suite, const uint8_t *secret, size_t len);
struct opener *opener_new_tls12(const struct tls_suite *suite, const struct master *master,
                                enum h2t_dir dir);
void opener_free(struct opener **opener);

/* What was in a record. */
struct opened {
    uint8_t type; /* enum record_type; 0: nothing but padding */
    const uint8_t *data;
    size_t len;
};

/* Opens `record` as number `seq` into `buffer`. false: it is not that, or damaged. */
bool opener_open(struct opener *opener, uint64_t seq, const struct record *record,
                 uint8_t buffer[H2T_MAX_TLS_RECORD], struct opened *out);

/* A first guess at the number of a record after lost ones, given the number of the one that would
 * be next: TLS 1.2 with GCM shows a counter (RFC 5288 section 3). `next` where nothing tells. */
uint64_t opener_guess(const struct opener *opener, uint64_t next, const struct record *record);

#endif
