/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tls_record.h"

#include "core/base.h"

#include <string.h>

enum { MAX_TOTAL = RECORD_HEADER_LEN + H2T_MAX_TLS_RECORD };

void record_reader_reset(struct record_reader *reader)
{
    g_free(reader->held);
    *reader = (struct record_reader){0};
}

void record_reader_idle(struct record_reader *reader)
{
    if (reader->start == reader->end)
        record_reader_reset(reader);
}

static bool header_is_sane(const uint8_t *p)
{
    return p[0] >= RECORD_CCS && p[0] <= RECORD_HEARTBEAT && p[1] == 3 &&
           get16(p + 3) <= H2T_MAX_TLS_RECORD;
}

static void fill_record(const uint8_t *p, struct record *out)
{
    out->type = p[0];
    out->version = get16(p + 1);
    out->header = p;
    out->body = p + RECORD_HEADER_LEN;
    out->len = get16(p + 3);
}

/* Makes room for `n` bytes from `start` on. */
static void make_room(struct record_reader *reader, size_t n)
{
    g_assert(n <= MAX_TOTAL);
    if (reader->start + n <= reader->size)
        return;
    if (reader->start) {
        memmove(reader->held, reader->held + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->start = 0;
    }
    if (n > reader->size) {
        reader->held = g_realloc(reader->held, n);
        reader->size = n;
    }
}

/* Moves input to what is held until that is `n` bytes. false: there is not enough. */
static bool top_up(struct record_reader *reader, struct cursor *in, size_t n)
{
    size_t held = reader->end - reader->start, missing;

    if (held >= n)
        return true;
    missing = MIN(n - held, in->left);
    if (missing == 0)
        return false;
    make_room(reader, n);
    memcpy(reader->held + reader->end, cursor_take(in, missing), missing);
    reader->end += missing;
    return held + missing == n;
}

/* Straight from the input, without a copy. */
static bool take_whole(struct cursor *in, struct record *out)
{
    if (in->left < RECORD_HEADER_LEN || !header_is_sane(in->p) ||
        in->left < RECORD_HEADER_LEN + (size_t)get16(in->p + 3))
        return false;
    fill_record(in->p, out);
    cursor_take(in, RECORD_HEADER_LEN + out->len);
    return true;
}

enum record_status record_next(struct record_reader *reader, struct cursor *in, struct record *out)
{
    if (reader->start == reader->end && take_whole(in, out))
        return RECORD_READY;
    if (!top_up(reader, in, RECORD_HEADER_LEN))
        return RECORD_MORE;
    if (!header_is_sane(reader->held + reader->start))
        return RECORD_BAD;
    if (!top_up(reader, in, RECORD_HEADER_LEN + (size_t)get16(reader->held + reader->start + 3)))
        return RECORD_MORE;
    fill_record(reader->held + reader->start, out);
    reader->start += RECORD_HEADER_LEN + out->len;
    return RECORD_READY;
}

/* Could a wanted record begin with these `n` bytes (at most a header's)? */
static bool may_begin(const uint8_t *p, size_t n, const struct record_wanted *wanted)
{
    if (p[0] < wanted->first_type || p[0] > wanted->last_type)
        return false;
    if ((n > 1 && p[1] != 3) || (n > 2 && p[2] != 3))
        return false;
    if (n < RECORD_HEADER_LEN)
        return true;
    if (p[0] == RECORD_CCS)
        return get16(p + 3) == 1;
    return get16(p + 3) >= wanted->min_len && get16(p + 3) <= H2T_MAX_TLS_RECORD;
}

static void skip_to_header(struct record_reader *reader, const struct record_wanted *wanted)
{
    while (reader->start < reader->end) {
        size_t n = MIN(reader->end - reader->start, RECORD_HEADER_LEN);
        if (may_begin(reader->held + reader->start, n, wanted))
            return;
        reader->start++;
    }
}

enum record_status record_seek(struct record_reader *reader, struct cursor *in,
                               const struct record_wanted *wanted, struct record *out)
{
    for (;;) {
        size_t held;
        top_up(reader, in, MAX_TOTAL);
        skip_to_header(reader, wanted);
        held = reader->end - reader->start;
        if (held >= RECORD_HEADER_LEN &&
            held >= RECORD_HEADER_LEN + (size_t)get16(reader->held + reader->start + 3))
            break;
        if (in->left == 0)
            return RECORD_MORE;
    }
    fill_record(reader->held + reader->start, out);
    reader->start += RECORD_HEADER_LEN + out->len;
    return RECORD_READY;
}

void record_reject(struct record_reader *reader, const struct record *guess)
{
    g_assert(guess->header >= reader->held && guess->header < reader->held + reader->end);
    reader->start = (size_t)(guess->header - reader->held) + 1;
}
