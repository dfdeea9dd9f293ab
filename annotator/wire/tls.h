/* SPDX-License-Identifier: MIT */
/*
 * TLS 1.2 and 1.3 records of one connection to plain bytes (RFC 8446, RFC 5246). Bytes and marks
 * in, callbacks out.
 *
 * Without a key the handshake milestones that are visible are still told: the hellos, and in TLS
 * 1.2 each side's Finished. A connection whose hello is not in the capture cannot be decrypted.
 * After a gap the record sequence number is found again by trial, where the tag proves it.
 */
#ifndef WIRE_TLS_H
#define WIRE_TLS_H

#include "annotator/wire/keylog.h"

struct tls_callbacks {
    /* CLIENT_HELLO, SERVER_HELLO (again when EncryptedExtensions tell the ALPN choice: hello->alpn
     * set), HANDSHAKE_DONE, ALERT (never one that could not be read). A HelloRetryRequest and the
     * ClientHello after it are not told. `conn` is not filled in. */
    h2t_frame_fn frame;
    /* Decrypted application data of a direction. Early data comes once the server has accepted it,
     * with the marks of its own packets; refused early data never comes. */
    void (*plain)(void *user, enum h2t_dir dir, const uint8_t *data, size_t len,
                  struct h2t_mark mark);
    /* Plain bytes of a direction are missing: a gap, or a record that no key opened after some did.
     * Told when the loss is seen, once until bytes come again (which may be never). */
    void (*gap)(void *user, enum h2t_dir dir, struct h2t_mark mark);
};

/* `keylog` must outlive it; keys are looked up when the first protected record comes. */
struct tls;
struct tls *tls_new(struct keylog *keylog, const struct tls_callbacks *callbacks, void *user);
void tls_free(struct tls **tls);

/* Bytes of records, handshake messages and early data that wait in it. */
size_t tls_held(const struct tls *tls);

/* The callbacks' `mark` is that of the input that completes a record. */
void tls_input(struct tls *tls, enum h2t_dir dir, const uint8_t *data, size_t len,
               struct h2t_mark mark);
void tls_gap(struct tls *tls, enum h2t_dir dir, struct h2t_mark mark);

/* Application data was decrypted, in any direction. */
bool tls_decrypted(const struct tls *tls);
/* Protected records came, in any direction, that nothing opened: the key is missing or wrong, the
 * hello is not in the capture, or the suite is not supported. A direction that a gap cut off before
 * its first protected record does not count. */
bool tls_no_keys(const struct tls *tls);

/* Do these first bytes of a client look like TLS? (handshake record, version 3.x, ClientHello).
 * Needs 6 bytes; false with fewer. */
bool tls_looks_like(const uint8_t *data, size_t len);

#endif
