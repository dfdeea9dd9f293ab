/* SPDX-License-Identifier: MIT */
/*
 * TLS 1.2 and 1.3 records of one connection to plain bytes (RFC 8446, RFC 5246). Bytes and marks
 * in, callbacks out.
 *
 * Without a key the handshake milestones that are visible are still told. A connection whose hello
 * is not in the capture cannot be decrypted. After a gap the record sequence number is found again
 * by trial, where AEAD proves it.
 */
#ifndef WIRE_TLS_H
#define WIRE_TLS_H

#include "annotator/wire/keylog.h"

struct tls_callbacks {
    /* CLIENT_HELLO, SERVER_HELLO (again when EncryptedExtensions tell the ALPN choice: hello->alpn
     * set), HANDSHAKE_DONE, ALERT. `conn` is not filled in. */
    h2t_frame_fn frame;
    /* Decrypted application data of a direction. */
    void (*plain)(void *user, enum h2t_dir dir, const uint8_t *data, size_t len,
                  struct h2t_mark mark);
    /* Plain bytes of a direction are missing: a gap, or a record that no key opened after some did.
     */
    void (*gap)(void *user, enum h2t_dir dir, struct h2t_mark mark);
};

struct tls;
struct tls *tls_new(struct keylog *keylog, const struct tls_callbacks *callbacks, void *user);
void tls_free(struct tls **tls);

void tls_input(struct tls *tls, enum h2t_dir dir, const uint8_t *data, size_t len,
               struct h2t_mark mark);
void tls_gap(struct tls *tls, enum h2t_dir dir, struct h2t_mark mark);

/* Do these first bytes of a client look like TLS? (handshake record, version 3.x, ClientHello).
 * Needs 6 bytes; false with fewer. */
bool tls_looks_like(const uint8_t *data, size_t len);

#endif
