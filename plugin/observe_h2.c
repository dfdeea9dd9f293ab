/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/2: each http2.stream item covers the bytes of one frame, which tell all but the header
 * fields; those come decoded, each with the place of its code in the frame. */
#include "plugin/observe_impl.h"

#define HEAD 9     /* bytes of the frame header, RFC 9113 section 4.1 */
#define PREFACE 24 /* RFC 9113 section 3.4 */

enum { FLAG_END_STREAM = 0x1, FLAG_END_HEADERS = 0x4 };
enum { HEADERS = 1, PUSH_PROMISE = 5, CONTINUATION = 9 };

/* The packet's decoded header fields; `at` is the next one. */
struct headers {
    struct found items, names, values;
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

static bool has_name(const field_info *fi, const char *name)
{
    size_t len = strlen(name);
    return fi->length == (int)len && found_has(fi, 0, fi->length) &&
           !tvb_strneql(fi->ds_tvb, fi->start, name, len);
}

static void take_field(wmem_allocator_t *pool, const field_info *name, const field_info *value,
                       struct h2t_fields *out)
{
    const char **const targets[] = {&out->method, &out->path,       &out->authority,
                                    &out->scheme, &out->request_id, &out->traceparent};
    static const char *const names[] = {":method", ":path",        ":authority",
                                        ":scheme", "x-request-id", "traceparent"};
    if (has_name(name, ":status")) {
        out->status = (uint16_t)g_ascii_strtoull(found_bytes(pool, value, 3), NULL, 10);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (!*targets[i] && has_name(name, names[i]))
            *targets[i] = found_bytes(pool, value, (int)H2T_MAX_HEADER_BLOCK);
}

/* The fields of one block: those inside the frame, or, of a block that CONTINUATION put together,
 * those of a buffer of its own. */
static struct h2t_fields take_block(const struct look *l, struct headers *h, const struct raw *f)
{
    struct h2t_fields fields = {0};
    for (; h->at < h->items.n; h->at++) {
        const field_info *item = h->items.fi[h->at];
        bool ours =
            f->type == CONTINUATION ? item->ds_tvb != f->fi->ds_tvb : found_within(item, f->fi);
        if (!ours)
            break;
        fields.complete = true;
        take_field(l->pinfo->pool, h->names.fi[h->at], h->values.fi[h->at], &fields);
    }
    return fields;
}

static uint32_t word(const field_info *fi, int at)
{
    return found_has(fi, at, 4) ? tvb_get_ntohl(fi->ds_tvb, fi->start + at) : 0;
}

static void tell_block(struct look *l, struct headers *h, const struct raw *f)
{
    bool begins = f->type != CONTINUATION;
    if (begins) {
        l->c->pending[l->dir] = f->stream;
        l->c->pending_end[l->dir] = f->type == HEADERS && (f->flags & FLAG_END_STREAM);
    }
    if (!(f->flags & FLAG_END_HEADERS) || f->type == PUSH_PROMISE ||
        l->c->pending[l->dir] != f->stream)
        return;
    struct h2t_fields fields = take_block(l, h, f);
    look_tell(l, (struct h2t_frame){.kind = H2T_HEADERS,
                                    .dir = l->dir,
                                    .stream = f->stream,
                                    .len = f->len,
                                    .flags = f->flags,
                                    .end_stream = l->c->pending_end[l->dir],
                                    .fields = &fields});
}

static void tell_frame(struct look *l, struct headers *h, const struct raw *f)
{
    if (f->type == HEADERS || f->type == PUSH_PROMISE || f->type == CONTINUATION) {
        tell_block(l, h, f);
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
    } else if (frame.kind == H2T_RST_STREAM || frame.kind == H2T_WINDOW_UPDATE) {
        frame.code = word(f->fi, HEAD);
    }
    look_tell(l, frame);
}

static bool is_preface(const field_info *fi)
{
    return fi->length == PREFACE && found_has(fi, 0, PREFACE) &&
           !tvb_strneql(fi->ds_tvb, fi->start, "PRI ", 4);
}

static void take_frame(struct look *l, struct headers *h, const field_info *fi)
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
    tell_frame(l, h, &f);
}

void observe_h2(struct look *l)
{
    struct found frames = look_find(l, WANT_H2_FRAME);
    if (!frames.n)
        return;
    struct headers h = {.items = look_find(l, WANT_H2_HEADER),
                        .names = look_find(l, WANT_H2_NAME),
                        .values = look_find(l, WANT_H2_VALUE)};
    h.items.n = MIN(h.items.n, MIN(h.names.n, h.values.n));
    look_plain(l);
    for (unsigned i = 0; i < frames.n; i++)
        take_frame(l, &h, frames.fi[i]);
}
