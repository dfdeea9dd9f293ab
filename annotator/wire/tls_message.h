/* SPDX-License-Identifier: MIT */
/*
 * Handshake bytes of one direction to messages (RFC 8446 section 4), which may share a record or
 * span several. Bodies that nobody reads (certificates) are skipped without being held.
 */
#ifndef WIRE_TLS_MESSAGE_H
#define WIRE_TLS_MESSAGE_H

#include "annotator/wire/tls_cursor.h"

enum message_type {
    MESSAGE_CLIENT_HELLO = 1,
    MESSAGE_SERVER_HELLO = 2,
    MESSAGE_NEW_SESSION_TICKET = 4,
    MESSAGE_END_OF_EARLY_DATA = 5,
    MESSAGE_ENCRYPTED_EXTENSIONS = 8,
    MESSAGE_FINISHED = 20,
    MESSAGE_KEY_UPDATE = 24,
};

struct message {
    uint8_t type;
    const uint8_t *body; /* until the next call; NULL: skipped */
    size_t len;
};

struct message_reader {
    uint8_t header[4];
    uint8_t n_header;  /* bytes of it that are there */
    bool bad;          /* a message was longer than H2T_MAX_HANDSHAKE; nothing more comes */
    uint32_t len, got; /* of the body: in all, and seen */
    uint8_t *held;     /* of a body that is read and did not come at once */
    size_t size;
};

void message_reader_reset(struct message_reader *reader);

/* The next complete message; false when the input is used up. */
bool message_next(struct message_reader *reader, struct cursor *in, struct message *out);

#endif
