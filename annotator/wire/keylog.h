/* SPDX-License-Identifier: MIT */
/*
 * TLS secrets by client random, from key log files (NSS format, RFC 9850) and Decryption Secrets
 * Blocks. Secrets are wiped when freed.
 */
#ifndef WIRE_KEYLOG_H
#define WIRE_KEYLOG_H

#include "core/base.h"

enum secret_kind {
    SECRET_MASTER, /* CLIENT_RANDOM: the TLS 1.2 master secret */
    SECRET_CLIENT_HANDSHAKE,
    SECRET_SERVER_HANDSHAKE,
    SECRET_CLIENT_TRAFFIC_0,
    SECRET_SERVER_TRAFFIC_0,
    SECRET_CLIENT_EARLY,
    N_SECRETS
};

struct keylog;
struct keylog *keylog_new(void);
void keylog_free(struct keylog **keylog);

/* Add the lines of a key log: whole text or DSB content. Comments, blank and unknown lines are
 * skipped; damaged ones counted. The number of secrets that were new. */
size_t keylog_add(struct keylog *keylog, const char *text, size_t len);
uint64_t keylog_bad_lines(const struct keylog *keylog);

/* The secret, or NULL. `len` 32 or 48. Marks its client random as used. */
const uint8_t *keylog_find(struct keylog *keylog, const uint8_t client_random[32],
                           enum secret_kind kind, size_t *len);

/* The lines of all client randoms that were used, for embedding, in a stable order. The caller
 * frees it (and wipes it). */
GString *keylog_used(const struct keylog *keylog);

#endif
