/* SPDX-License-Identifier: MIT */
/*
 * Bytes of one direction to whole TLS records (RFC 8446 section 5.1). Holds at most one record and
 * what came with it; holds nothing between records.
 */
#ifndef WIRE_TLS_RECORD_H
#define WIRE_TLS_RECORD_H

#include "annotator/wire/tls_cursor.h"

enum record_type { RECORD_CCS = 20, RECORD_ALERT, RECORD_HANDSHAKE, RECORD_DATA, RECORD_HEARTBEAT };

enum { RECORD_HEADER_LEN = 5 };

struct record {
    uint8_t type;
    uint16_t version;
    const uint8_t *header;
    const uint8_t *body;
    size_t len; /* of body */
};

enum record_status {
    RECORD_MORE,  /* the rest is not there yet */
    RECORD_READY, /* `out` is a record, until the next call */
    RECORD_BAD,   /* the next bytes are not a record's header; they stay */
};

struct record_reader {
    uint8_t *held; /* from `start` to `end`: not handed out yet, comes before the input */
    size_t start, end, size;
};

void record_reader_reset(struct record_reader *reader); /* forgets and frees what is held */
/* Frees the memory if it holds nothing: call it when the input is used up. */
void record_reader_idle(struct record_reader *reader);

enum record_status record_next(struct record_reader *reader, struct cursor *in, struct record *out);

/* What a header must look like to be believed while the place of the next one is not known. */
struct record_wanted {
    uint8_t first_type, last_type;
    size_t min_len;
};

/* The next thing that looks like a whole record, skipping what does not. RECORD_READY hands out a
 * guess: keep it by going on with record_next, or take it back with record_reject. Never
 * RECORD_BAD. */
enum record_status record_seek(struct record_reader *reader, struct cursor *in,
                               const struct record_wanted *wanted, struct record *out);
void record_reject(struct record_reader *reader, const struct record *guess);

#endif
