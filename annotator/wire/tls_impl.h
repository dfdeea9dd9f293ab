/* SPDX-License-Identifier: MIT */
/*
 * What tls.c, tls_handshake.c, tls_keys.c, tls_early.c and tls_resync.c share; nobody else includes
 * it.
 *
 * Each direction goes through epochs. Its keys are those of its current epoch; the next epoch's are
 * made when a message says so, or when a record opens with them and not with the current ones.
 */
#ifndef WIRE_TLS_IMPL_H
#define WIRE_TLS_IMPL_H

#include "annotator/wire/tls.h"
#include "annotator/wire/tls_hello.h"
#include "annotator/wire/tls_message.h"
#include "annotator/wire/tls_opener.h"

/* Limits on work. What is spent on trials is counted in bytes decrypted, and grows with the bytes
 * that were opened for good: a hostile capture costs a fixed multiple of its size. */
enum {
    TLS_MAX_EARLY_SKIPPED = 1024, /* early records without their key, before the handshake's */
    TLS_MAX_SKIPPED = 64,         /* handshake records without their key, before traffic's */
    TLS_MAX_GUESSES = 4,          /* places taken for a record header, after a loss */
    TLS_TRIAL_START = 8 << 20,    /* bytes that a new direction may spend on trials */
    TLS_TRIAL_MAX = 128 << 20,    /* and the most it can save up */
    TLS_TRIAL_PER_BYTE = 64,      /* saved for each byte opened */
    TLS_TRIAL_OVERHEAD = 256,     /* what opening costs besides its bytes, counted in bytes */
};

enum epoch { EPOCH_PLAIN, EPOCH_EARLY, EPOCH_HANDSHAKE, EPOCH_TRAFFIC };

struct keys {
    enum epoch epoch;
    struct opener *opener;             /* NULL: no protection, or no key */
    uint8_t secret[KEYLOG_MAX_SECRET]; /* TLS 1.3: for the next KeyUpdate */
    size_t secret_len;
};

struct side {
    struct record_reader records;
    struct message_reader messages;
    struct keys keys;
    uint64_t seq;     /* of the next record under `keys` */
    uint64_t trial;   /* bytes that trials may still cost */
    unsigned skipped; /* records left out because their key is not known */
    unsigned guesses; /* left until a lost direction is given up */
    bool dead;        /* nothing more is told of it */
    bool lost;        /* the place of the next record is sought */
    bool gap_told;    /* and no application data since */
    bool mid_message; /* after a loss: the next record may begin inside a handshake message */
    bool opened;      /* a record was, under any keys */
    bool plain;       /* application data was told */
    bool early_ccs;   /* a change_cipher_spec came before the version was known */
    bool finished;    /* TLS 1.2: its Finished was told */
};

/* Early data that waits for the server's verdict. */
struct early {
    GByteArray *bytes;
    GArray *chunks; /* struct early_chunk: cuts `bytes` by packet */
    bool offered, accepted, refused;
    bool missing; /* some of it could not be opened or held */
    bool tried;   /* its key was sought */
};

struct tls {
    struct keylog *keylog;
    struct tls_callbacks callbacks;
    void *user;
    struct h2t_mark mark; /* of the input that is being worked on */
    struct side side[2];
    const struct tls_suite *suite; /* NULL: not known yet, or not one we can open */
    uint8_t client_random[TLS_RANDOM_LEN], server_random[TLS_RANDOM_LEN];
    uint16_t version, cipher;         /* chosen; 0 until the ServerHello */
    uint64_t session_id, ticket;      /* h2t_hash of what the client offered; 0: none */
    uint64_t new_session, new_ticket; /* of what the server gave */
    struct early early;
    bool client_hello, retry, resumed, encrypt_then_mac; /* seen, chosen */
    bool decrypted, no_keys;
};

static inline bool is_tls13(const struct tls *tls)
{
    return tls->version == 0x0304;
}

/* tls.c */
void tls_tell(struct tls *tls, enum h2t_dir dir, const struct h2t_frame *frame);
void tls_tell_gap(struct tls *tls, enum h2t_dir dir);
void tls_tell_plain(struct tls *tls, enum h2t_dir dir, const uint8_t *data, size_t len);
/* Nothing more of this direction; its memory and keys are freed. */
void tls_give_up(struct tls *tls, enum h2t_dir dir);
/* What a record held, now that it is open. */
void tls_content(struct tls *tls, enum h2t_dir dir, const struct opened *content);
void tls_change_cipher_spec(struct tls *tls, enum h2t_dir dir);
/* TLS 1.2: the first protected handshake record of a side is its Finished. */
void tls_note_finished(struct tls *tls, enum h2t_dir dir, const struct record *record);

/* tls_handshake.c */
void tls_handshake(struct tls *tls, enum h2t_dir dir, const uint8_t *data, size_t len);

/* tls_keys.c */
/* The keys of the epoch after the current one. The opener is NULL if the secret is not known; the
 * caller owns it. false: no epoch follows. */
bool tls_keys_next(struct tls *tls, enum h2t_dir dir, struct keys *out);
/* Could tls_keys_next give an opener? */
bool tls_keys_has_next(struct tls *tls, enum h2t_dir dir);
/* Makes `next` the current keys; takes over its opener. */
void tls_keys_adopt(struct tls *tls, enum h2t_dir dir, struct keys *next);
void tls_keys_advance(struct tls *tls, enum h2t_dir dir);
void tls_keys_clear(struct keys *keys);
/* Lets later connections that resume this TLS 1.2 session find its master secret. */
void tls_keys_remember_session(struct tls *tls);

/* tls_early.c */
/* Finds the key that opens the first early record, if there is one. */
void tls_early_start(struct tls *tls, const struct record *record, uint8_t *buffer);
void tls_early_data(struct tls *tls, const uint8_t *data, size_t len);
void tls_early_verdict(struct tls *tls, bool accepted);
/* The client goes on with other keys. */
void tls_early_end(struct tls *tls);
void tls_early_clear(struct early *early);

/* tls_resync.c */
/* The place in this direction is lost; what the record reader holds is still looked through. */
void tls_lost(struct tls *tls, enum h2t_dir dir);
/* Goes on seeking it. false: more input is needed, or it was given up. */
bool tls_resync(struct tls *tls, enum h2t_dir dir, struct cursor *in);

#endif
