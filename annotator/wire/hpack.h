/* SPDX-License-Identifier: MIT */
/*
 * HPACK field blocks of one direction to the few fields we want (RFC 7541, through nghttp2's
 * inflater).
 *
 * An index counts from the newest table entry. So our table may hold more old entries than the
 * encoder's, which no conforming encoder asks for; and after lost context we begin with an empty
 * one: what is inserted from then on stands at its right index, and an index beyond it is known to
 * be unknown. Nothing is ever decoded from a table that may be wrong, and SETTINGS are not needed:
 * the encoder says in the block when it uses another table size (RFC 7541 section 6.3).
 */
#ifndef WIRE_HPACK_H
#define WIRE_HPACK_H

#include "core/base.h"

/* Bytes of a dynamic table, as RFC 7541 section 4.1 counts them. An encoder that uses more has its
 * oldest entries unknown to us. Browsers use 64 KiB; the default is 4096. */
#define HPACK_MAX_TABLE (64u << 10)
/* Bytes that one block may decode to, all names and values. One byte can stand for a whole table.
 */
#define HPACK_MAX_OUTPUT (4u << 20)

struct hpack {
    struct nghttp2_hd_inflater *inflater; /* NULL: nothing known yet, or any more */
    bool large;                           /* the encoder's table is larger than the default */
};

void hpack_init(struct hpack *hpack);
void hpack_fini(struct hpack *hpack);

/* Bytes of memory that the table takes, about: entries of a few bytes cost more than they count. */
size_t hpack_held(const struct hpack *hpack);

/* A block was missed: what the table held is not known any more. */
void hpack_forget(struct hpack *hpack);

/* Where hpack_decode puts values; the caller's. It need not be cleared. */
struct hpack_text {
    char value[6][H2T_MAX_STRING + 1];
};

enum hpack_result {
    HPACK_OK,
    HPACK_BAD,      /* not HPACK; `out` is empty and the context forgotten */
    HPACK_OVERFLOW, /* past HPACK_MAX_OUTPUT; the same */
};

/* One complete field block, which must be the next one of this direction. The strings in `out`
 * live in `text`. out->complete is false when any field of the block is not known; then each of the
 * fields that are NULL may have been there. Of a repeated field the first counts. */
enum hpack_result hpack_decode(struct hpack *hpack, const uint8_t *block, size_t len,
                               struct hpack_text *text, struct h2t_fields *out);

#endif
