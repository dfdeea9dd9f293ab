/* SPDX-License-Identifier: MIT */
/*
 * Two measures for a frame header. Where we follow the frames, only what ends a connection counts
 * against it, as for a receiver. Where we look for the frames, everything does.
 */
#include "h2_head.h"

#include "bytes.h"

enum place { ON_CONNECTION, ON_STREAM, ON_EITHER };
enum sender { BY_BOTH, BY_CLIENT, BY_SERVER };

struct rule {
    uint8_t flags; /* the ones that the type defines */
    enum place place;
    enum sender sender;
    uint32_t min_len, max_len;
};

#define ANY H2T_MAX_HTTP2_FRAME

static const struct rule rules[] = {
    [H2_DATA] = {H2_FLAG_END_STREAM | H2_FLAG_PADDED, ON_STREAM, BY_BOTH, 0, ANY},
    [H2_HEADERS] = {H2_FLAG_END_STREAM | H2_FLAG_END_HEADERS | H2_FLAG_PADDED | H2_FLAG_PRIORITY,
                    ON_STREAM, BY_BOTH, 0, ANY},
    [H2_PRIORITY] = {0, ON_STREAM, BY_BOTH, 5, 5},
    [H2_RST_STREAM] = {0, ON_STREAM, BY_BOTH, 4, 4},
    [H2_SETTINGS] = {H2_FLAG_ACK, ON_CONNECTION, BY_BOTH, 0, ANY},
    [H2_PUSH_PROMISE] = {H2_FLAG_END_HEADERS | H2_FLAG_PADDED, ON_STREAM, BY_SERVER, 4, ANY},
    [H2_PING] = {H2_FLAG_ACK, ON_CONNECTION, BY_BOTH, 8, 8},
    [H2_GOAWAY] = {0, ON_CONNECTION, BY_BOTH, 8, ANY},
    [H2_WINDOW_UPDATE] = {0, ON_EITHER, BY_BOTH, 4, 4},
    [H2_CONTINUATION] = {H2_FLAG_END_HEADERS, ON_STREAM, BY_BOTH, 0, ANY},
    [H2_ALTSVC] = {0, ON_EITHER, BY_SERVER, 2, ANY},
    [H2_ORIGIN] = {0, ON_CONNECTION, BY_SERVER, 0, ANY},
    [H2_PRIORITY_UPDATE] = {0, ON_CONNECTION, BY_CLIENT, 4, ANY},
};

struct h2_head h2_head_read(const uint8_t bytes[H2_HEAD_LEN])
{
    return (struct h2_head){
        .len = get24(bytes),
        .type = bytes[3],
        .flags = bytes[4],
        .reserved = bytes[5] & 0x80,
        .stream = get32(bytes + 5) & 0x7fffffff,
    };
}

/* The unused numbers between the types have no length that fits. */
static bool known_type(uint8_t type)
{
    return type < G_N_ELEMENTS(rules) && rules[type].max_len > 0;
}

static bool length_fits(const struct h2_head *head)
{
    if (head->type == H2_SETTINGS)
        return head->len % 6 == 0 && !(head->flags & H2_FLAG_ACK && head->len > 0);
    return head->len >= rules[head->type].min_len && head->len <= rules[head->type].max_len;
}

static bool place_fits(const struct h2_head *head)
{
    enum place place = rules[head->type].place;
    return place == ON_EITHER || (place == ON_CONNECTION) == (head->stream == 0);
}

static bool sender_fits(const struct h2_head *head, enum h2t_dir dir)
{
    enum sender sender = rules[head->type].sender;
    return sender == BY_BOTH || (sender == BY_CLIENT) == (dir == H2T_CLIENT);
}

bool h2_head_possible(const struct h2_head *head, enum h2t_dir dir, uint32_t max_len)
{
    if (head->len > max_len)
        return false;
    if (head->type > H2_CONTINUATION) /* extensions may be anything, section 5.5 */
        return true;
    /* A PRIORITY of another length is an error of the stream only, section 6.3. */
    bool length_ok = head->type == H2_PRIORITY || length_fits(head);
    return length_ok && place_fits(head) && sender_fits(head, dir);
}

/* Pushed streams, with their even numbers, are not worth the weaker test. */
static bool stream_likely(const struct h2_head *head, uint32_t max_stream)
{
    return head->stream == 0 || (head->stream % 2 == 1 && head->stream <= max_stream);
}

static bool likely(const struct h2_head *head, const struct h2_seek *seek)
{
    if (!h2_head_possible(head, seek->dir, seek->max_len))
        return false;
    if (!known_type(head->type) || head->reserved || head->flags & ~rules[head->type].flags)
        return false;
    /* Zeros look like it, and nobody sends it. */
    bool idle = head->type == H2_DATA && head->len == 0 && head->flags != H2_FLAG_END_STREAM;
    return !idle && length_fits(head) && place_fits(head) && sender_fits(head, seek->dir) &&
           stream_likely(head, seek->max_stream);
}

/* CONTINUATION follows its HEADERS and nothing else does, section 4.3. */
static bool follows(const struct h2_head *head, const struct h2_head *before)
{
    bool open = before &&
                (before->type == H2_HEADERS || before->type == H2_PUSH_PROMISE ||
                 before->type == H2_CONTINUATION) &&
                !(before->flags & H2_FLAG_END_HEADERS);
    if (!open)
        return head->type != H2_CONTINUATION;
    return head->type == H2_CONTINUATION && head->stream == before->stream;
}

/* Is there a chain of frames at `data`? It is followed for three frames at most: hostile bytes
 * must not cost more than their length. */
static bool sure(const struct h2_seek *seek, bool aligned, const uint8_t *data, size_t len)
{
    enum { ENOUGH = 3 };
    struct h2_head before = {0}, head;
    size_t at = 0;
    unsigned n = 0;
    while (n < ENOUGH && len - at >= H2_HEAD_LEN) {
        head = h2_head_read(data + at);
        if (!likely(&head, seek) || !follows(&head, n ? &before : NULL))
            return false;
        n++;
        if (head.len > len - at - H2_HEAD_LEN)
            return n + aligned >= ENOUGH;
        at += H2_HEAD_LEN + head.len;
        before = head;
    }
    bool exact = at == len;
    return n + exact + aligned >= ENOUGH;
}

/* What almost all bytes of a body fail at, zeros too. */
static inline bool worth_a_look(const struct h2_seek *seek, const uint8_t *data)
{
    uint8_t type = data[3];
    bool stream_odd = data[H2_HEAD_LEN - 1] & 1;
    return type < G_N_ELEMENTS(rules) && (type != H2_DATA || stream_odd) &&
           get24(data) <= seek->max_len;
}

size_t h2_head_seek(const struct h2_seek *seek, const uint8_t *data, size_t len)
{
    for (size_t at = 0; at + H2_HEAD_LEN <= len; at++) {
        if (!worth_a_look(seek, data + at))
            continue;
        if (sure(seek, seek->aligned && at == 0, data + at, len - at))
            return at;
    }
    return len;
}
