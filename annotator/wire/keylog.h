/* SPDX-License-Identifier: MIT */
/*
 * TLS secrets by client random, from key log files (NSS format, RFC 9850) and Decryption Secrets
 * Blocks. Secrets are wiped when freed.
 *
 * Once all lines are added, several threads may use it at once.
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

enum { KEYLOG_RANDOM_LEN = 32, KEYLOG_MAX_SECRET = 48 };

struct keylog;
struct keylog *keylog_new(void);
/* The same with another limit than H2T_MAX_SESSIONS on client randoms. */
struct keylog *keylog_new_limited(size_t max_sessions);
void keylog_free(struct keylog **keylog);

/* Add the lines of a key log: whole text or DSB content. Comments, blank and unknown lines (RSA,
 * exporters, ECH) are skipped; damaged ones counted. Where two lines disagree the first wins. The
 * number of secrets that were new. */
size_t keylog_add(struct keylog *keylog, const char *text, size_t len);
uint64_t keylog_bad_lines(const struct keylog *keylog);
/* Secrets left out because the limit on client randoms was reached. */
uint64_t keylog_dropped(const struct keylog *keylog);

/* The secret, or NULL. `len` 32 or 48. Marks its client random as used. */
const uint8_t *keylog_find(struct keylog *keylog, const uint8_t client_random[KEYLOG_RANDOM_LEN],
                           enum secret_kind kind, size_t *len);

/* A TLS 1.2 session (h2t_hash of its identifier or ticket) goes on with the master secret that is
 * logged under this client random: Go logs it for the first connection only. Silently forgotten
 * past the limit. */
void keylog_link(struct keylog *keylog, uint64_t session,
                 const uint8_t client_random[KEYLOG_RANDOM_LEN]);
/* That client random; false: not known. */
bool keylog_linked(struct keylog *keylog, uint64_t session,
                   uint8_t client_random[KEYLOG_RANDOM_LEN]);

/* The lines of all client randoms that were used, for embedding, in the order of their first lines.
 * The caller frees it (and wipes it: no other copy of the text was left in memory). */
GString *keylog_used(const struct keylog *keylog);

#endif
