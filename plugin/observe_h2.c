/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/2: each http2.stream item covers the bytes of one frame, which tell all but the header
 * fields; those come decoded, in a buffer for each block. */
#include "plugin/observe_impl.h"

#include "core/grpc.h"

#include <string.h>

#define LENGTH 4   /* bytes of a string's length in a decoded block */
#define HEAD 9     /* bytes of the frame header, RFC 9113 section 4.1 */
#define PREFACE 24 /* RFC 9113 section 3.4 */
#define SETTING 6  /* bytes, RFC 9113 section 6.5.1 */
#define MAX_SETTINGS 64

enum { FLAG_END_STREAM = 0x1, FLAG_END_HEADERS = 0x4 };
enum { HEADERS = 1, SETTINGS = 4, PUSH_PROMISE = 5, CONTINUATION = 9 };

/* The packet's decoded field blocks; `at` is the next one. */
struct blocks {
    struct found found;
    unsigned at;
};

struct raw {
    const field_info *fi;
    uint32_t len, stream;
    uint8_t type, flags;
};

static const enum h2t_frame_kind kinds[] = {
    H2T_DATA,         H2T_HEADERS, 0,          H2T_RST_STREAM,    H2T_SETTINGS,
    H2T_PUSH_PROMISE, H2T_PING,    H2T_GOAWAY, H2T_WINDOW_UPDATE,
};

/* A string of a block, and what is left of the block behind it. */
struct text {
    const char *at;
    size_t len;
};

/* Its length, then its bytes. */
static bool next_text(struct text *left, struct text *out)
{
    uint32_t len;
    if (left->len < LENGTH)
        return false;
    memcpy(&len, left->at, LENGTH);
    len = g_ntohl(len);
    if (len > left->len - LENGTH)
        return false;
    *out = (struct text){left->at + LENGTH, len};
    *left = (struct text){out->at + len, left->len - LENGTH - len};
    return true;
}

static bool is(const struct text *name, const char *wanted)
{
    return name->len == strlen(wanted) && !memcmp(name->at, wanted, name->len);
}

static const char *copy(wmem_allocator_t *pool, const struct text *text)
{
    return wmem_strndup(pool, text->at, text->len);
}

static void take_field(wmem_allocator_t *pool, const struct text *name, const struct text *value,
                       struct h2t_fields *out)
{
    const struct {
        const char *name, **to;
    } wanted[] = {{":method", &out->method},          {":path", &out->path},
                  {":authority", &out->authority},    {":scheme", &out->scheme},
                  {"x-request-id", &out->request_id}, {"traceparent", &out->traceparent}};
    if (is(name, ":status")) {
        out->status = (uint16_t)g_ascii_strtoull(copy(pool, value), NULL, 10);
        return;
    }
    if (is(name, "grpc-status"))
        out->grpc = h2t_grpc_read((struct h2t_text){value->at, value->len});
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (!*wanted[i].to && is(name, wanted[i].name))
            *wanted[i].to = copy(pool, value);
}

/* Wireshark puts decoded fields behind one another: length of name, name, length of value, value.
 * The buffer is made of many pieces, in which each look-up is a search: so only one. */
static struct h2t_fields take_block(const struct look *l, const field_info *block)
{
    struct h2t_fields fields = {0};
    struct text name, value;
    int len = tvb_captured_length_remaining(block->ds_tvb, block->start);
    if (len <= 0)
        return fields;
    struct text left = {(const char *)tvb_get_ptr(block->ds_tvb, block->start, len), (size_t)len};
    while (next_text(&left, &name) && next_text(&left, &value))
        take_field(l->pinfo->pool, &name, &value, &fields);
    fields.complete = left.len < (size_t)len;
    return fields;
}

static uint32_t word(const field_info *fi, int at)
{
    return found_has(fi, at, 4) ? tvb_get_ntohl(fi->ds_tvb, fi->start + at) : 0;
}

static void tell_block(struct look *l, struct blocks *b, const struct raw *f)
{
    bool begins = f->type != CONTINUATION;
    if (begins) {
        l->c->pending[l->dir] = f->stream;
        l->c->pending_len[l->dir] = 0;
        l->c->pending_end[l->dir] = f->type == HEADERS && (f->flags & FLAG_END_STREAM);
    }
    l->c->pending_len[l->dir] += f->len;
    if (!(f->flags & FLAG_END_HEADERS))
        return;
    struct h2t_fields fields = {0};
    if (b->at < b->found.n)
        fields = take_block(l, b->found.fi[b->at]);
    b->at++;
    if (f->type == PUSH_PROMISE)
        look_tell(l, (struct h2t_frame){.kind = H2T_PUSH_PROMISE, .dir = l->dir});
    if (f->type == PUSH_PROMISE || l->c->pending[l->dir] != f->stream)
        return;
    look_tell(l, (struct h2t_frame){.kind = H2T_HEADERS,
                                    .dir = l->dir,
                                    .stream = f->stream,
                                    .len = l->c->pending_len[l->dir],
                                    .flags = f->flags,
                                    .end_stream = l->c->pending_end[l->dir],
                                    .fields = &fields});
}

/* RFC 9113 section 6.5.1: an identifier and a value, again and again. */
static void tell_settings(const struct look *l, const struct raw *f)
{
    struct h2t_setting settings[MAX_SETTINGS];
    struct h2t_frame frame = {.kind = H2T_SETTINGS,
                              .dir = l->dir,
                              .len = f->len,
                              .flags = f->flags,
                              .settings = settings};
    for (uint32_t at = 0; at + SETTING <= f->len && frame.n_settings < MAX_SETTINGS; at += SETTING)
        settings[frame.n_settings++] = (struct h2t_setting){
            (uint16_t)(word(f->fi, HEAD + (int)at) >> 16), word(f->fi, HEAD + (int)at + 2)};
    look_tell(l, frame);
}

static void tell_frame(struct look *l, struct blocks *b, const struct raw *f)
{
    if (f->type == HEADERS || f->type == PUSH_PROMISE || f->type == CONTINUATION) {
        tell_block(l, b, f);
        return;
    }
    if (f->type == SETTINGS) {
        tell_settings(l, f);
        return;
    }
    if (f->type >= G_N_ELEMENTS(kinds) || !kinds[f->type])
        if (f->type != 0)
            return;
    struct h2t_frame frame = {.kind = kinds[f->type],
                              .dir = l->dir,
                              .stream = f->stream,
                              .len = f->len,
                              .flags = f->flags};
    frame.end_stream = frame.kind == H2T_DATA && (f->flags & FLAG_END_STREAM);
    if (frame.kind == H2T_GOAWAY) {
        frame.last_stream = word(f->fi, HEAD) & 0x7fffffff;
        frame.code = word(f->fi, HEAD + 4);
    } else if (frame.kind == H2T_PING) {
        frame.code = word(f->fi, HEAD);
        frame.last_stream = word(f->fi, HEAD + 4);
    } else if (frame.kind == H2T_RST_STREAM) {
        frame.code = word(f->fi, HEAD);
    } else if (frame.kind == H2T_WINDOW_UPDATE) {
        frame.code = word(f->fi, HEAD) & 0x7fffffff;
    }
    look_tell(l, frame);
}

static bool is_preface(const field_info *fi)
{
    return fi->length == PREFACE && found_has(fi, 0, PREFACE) &&
           !tvb_strneql(fi->ds_tvb, fi->start, "PRI ", 4);
}

static void take_frame(struct look *l, struct blocks *b, const field_info *fi)
{
    if (is_preface(fi)) {
        look_is_client(l, true);
        look_tell(l, (struct h2t_frame){.kind = H2T_PREFACE, .dir = l->dir});
        return;
    }
    if (!found_has(fi, 0, HEAD))
        return;
    struct raw f = {.fi = fi,
                    .len = tvb_get_ntoh24(fi->ds_tvb, fi->start),
                    .stream = tvb_get_ntohl(fi->ds_tvb, fi->start + 5) & 0x7fffffff,
                    .type = (uint8_t)(word(fi, 3) >> 24),
                    .flags = (uint8_t)(word(fi, 4) >> 24)};
    tell_frame(l, b, &f);
    look_at_stream(l, fi, f.stream);
}

/* How many frames of the packet complete a block. */
static unsigned count_blocks(struct found frames)
{
    unsigned n = 0;
    for (unsigned i = 0; i < frames.n; i++) {
        const field_info *fi = frames.fi[i];
        uint32_t head = word(fi, 3), type = head >> 24;
        bool has_block = type == HEADERS || type == PUSH_PROMISE || type == CONTINUATION;
        n += has_block && (head >> 16 & FLAG_END_HEADERS) && !is_preface(fi);
    }
    return n;
}

void observe_h2(struct look *l)
{
    struct found frames = look_find(l, WANT_H2_FRAME);
    if (!frames.n)
        return;
    struct blocks b = {.found = look_find(l, WANT_H2_BLOCK)};
    if (b.found.n != count_blocks(frames))
        b.found.n = 0; /* some could not be decoded: it is not to be known which */
    look_plain(l);
    for (unsigned i = 0; i < frames.n; i++)
        take_frame(l, &b, frames.fi[i]);
}
