/* SPDX-License-Identifier: MIT */
/*
 * ClientHello, ServerHello and EncryptedExtensions (RFC 8446 section 4, RFC 5246 section 7.4.1):
 * what is shown of them and what the decryption needs. Pointers point into the message.
 */
#ifndef WIRE_TLS_HELLO_H
#define WIRE_TLS_HELLO_H

#include "core/base.h"

enum { TLS_RANDOM_LEN = 32, TLS_MAX_NAME = 256 };

struct tls_hello {
    const uint8_t *random;
    const uint8_t *session_id;
    size_t session_id_len;
    const uint8_t *ticket; /* ClientHello of TLS 1.2; NULL: none */
    size_t ticket_len;
    uint16_t version;      /* offered highest, or chosen */
    uint16_t cipher;       /* ServerHello: the chosen suite */
    uint8_t compression;   /* ServerHello: the chosen method */
    bool retry;            /* it is a HelloRetryRequest */
    bool early_data;       /* offered, or accepted */
    bool psk;              /* ServerHello: a pre-shared key was accepted */
    bool encrypt_then_mac; /* RFC 7366 */
    /* Server name, and the ALPN offers joined by "," or the choice; "" if absent. Bytes that are
     * not printable ASCII as '?'. A list too long is cut between two names. */
    char sni[TLS_MAX_NAME], alpn[TLS_MAX_NAME];
};

/* A message body, without its four bytes of header. false: it is damaged. */
bool tls_hello_client(const uint8_t *body, size_t len, struct tls_hello *out);
bool tls_hello_server(const uint8_t *body, size_t len, struct tls_hello *out);
bool tls_hello_encrypted_extensions(const uint8_t *body, size_t len, struct tls_hello *out);

/* The ticket of a TLS 1.2 NewSessionTicket (RFC 5077 section 3.3). false: damaged or empty. */
bool tls_hello_ticket(const uint8_t *body, size_t len, const uint8_t **ticket, size_t *ticket_len);

#endif
