/* SPDX-License-Identifier: MIT */
/*
 * Each direction is a small machine: preface, frame head, payload, and back to the head; or lost,
 * until a frame head is found again. A payload that arrives in one piece is read where it is.
 */
#include "h2.h"

#include "bytes.h"
#include "h2_block.h"
#include "hpack.h"

#include <string.h>

enum stage { STAGE_PREFACE, STAGE_HEAD, STAGE_PAYLOAD, STAGE_LOST, STAGE_FOREIGN };

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"; /* RFC 9113 section 3.4 */
enum {
    PREFACE_LEN = sizeof preface - 1,
    DEFAULT_FRAME_SIZE = 16384,
    LARGEST_FRAME = (1 << 24) - 1
};

struct side {
    enum stage stage;
    bool began;                 /* its first frame is behind us */
    uint8_t n_start;            /* bytes in `start` */
    uint8_t start[PREFACE_LEN]; /* of the preface or a frame head */
    struct h2_head head;
    uint32_t left;    /* payload bytes to come */
    GByteArray *kept; /* payload so far, NULL: nothing had to wait */
    uint32_t max_frame;
    struct h2_block block;
    struct hpack hpack;
};

struct h2 {
    h2t_frame_fn frame;
    void *user;
    uint32_t last_stream; /* the highest that the client opened */
    struct side side[2];
};

/* What is left of one h2_input. */
struct piece {
    const uint8_t *at;
    size_t len;
    bool whole; /* nothing of it is used yet */
    struct h2t_mark mark;
};

static void use(struct piece *in, size_t n)
{
    in->at += n;
    in->len -= n;
    in->whole = false;
}

static void drop_kept(struct side *side)
{
    g_clear_pointer(&side->kept, g_byte_array_unref);
}

/* ---- Lost and found ------------------------------------------------------------------------- */

/* The peer may send larger frames than we know of: our SETTINGS may be in the gap. */
static void lose(struct h2 *h2, enum h2t_dir dir)
{
    struct side *side = &h2->side[dir], *peer = &h2->side[!dir];
    drop_kept(side);
    h2_block_drop(&side->block);
    hpack_forget(&side->hpack);
    side->stage = STAGE_LOST;
    side->n_start = 0;
    peer->max_frame = MAX(peer->max_frame, H2_LATE_FRAME_SIZE);
}

static void lose_and_tell(struct h2 *h2, enum h2t_dir dir, struct h2t_mark mark)
{
    bool never_began = dir == H2T_SERVER && !h2->side[dir].began;
    lose(h2, dir);
    if (never_began)
        h2->side[dir].stage = STAGE_FOREIGN;
    else
        h2->frame(h2->user, &(struct h2t_frame){.kind = H2T_GAP, .dir = dir, .mark = mark});
}

/* Pieces in which no frame is sure to begin are passed over whole, nothing is held. */
static void seek(struct h2 *h2, enum h2t_dir dir, struct piece *in)
{
    struct side *side = &h2->side[dir];
    bool at_preface = dir == H2T_CLIENT && in->whole && in->len >= PREFACE_LEN &&
                      memcmp(in->at, preface, PREFACE_LEN) == 0;
    if (at_preface) {
        side->stage = STAGE_PREFACE;
        return;
    }
    struct h2_seek how = {
        .dir = dir,
        .max_len = side->max_frame,
        .max_stream = h2->last_stream ? h2->last_stream + H2_MAX_STREAM_JUMP : G_MAXINT32,
        .aligned = in->whole,
    };
    size_t at = h2_head_seek(&how, in->at, in->len);
    if (at < in->len) {
        side->stage = STAGE_HEAD;
        side->began = true;
    }
    use(in, at);
}

/* ---- Field blocks --------------------------------------------------------------------------- */

/* A frame of the open block is complete; `part` is what it has of the block. */
static void add_to_block(struct h2 *h2, enum h2t_dir dir, const uint8_t *part, size_t len,
                         struct h2t_mark mark)
{
    struct side *side = &h2->side[dir];
    struct h2_block *block = &side->block;
    struct hpack_text text;
    struct h2t_fields fields = {.complete = false};
    if (!h2_block_add(block, &side->head, &part, &len))
        return;
    if (block->lost)
        hpack_forget(&side->hpack);
    else
        hpack_decode(&side->hpack, part, len, &text, &fields);
    struct h2t_frame frame = h2_block_frame(block);
    frame.dir = dir;
    frame.mark = mark;
    frame.fields = &fields;
    h2_block_drop(block);
    h2->frame(h2->user, &frame);
}

/* A payload that was too long to keep has the length 0 here. */
static const uint8_t *kept(const struct side *side, const uint8_t *payload, size_t len)
{
    return len == side->head.len ? payload : NULL;
}

/* HEADERS or PUSH_PROMISE */
static void on_block(struct h2 *h2, enum h2t_dir dir, const uint8_t *payload, size_t len,
                     struct h2t_mark mark)
{
    struct side *side = &h2->side[dir];
    payload = kept(side, payload, len);
    h2_block_begin(&side->block, &side->head, &payload, &len);
    add_to_block(h2, dir, payload, len, mark);
}

static void on_continuation(struct h2 *h2, enum h2t_dir dir, const uint8_t *payload, size_t len,
                            struct h2t_mark mark)
{
    struct side *side = &h2->side[dir];
    if (!kept(side, payload, len))
        h2_block_lose(&side->block);
    add_to_block(h2, dir, payload, len, mark);
}

/* ---- Other frames --------------------------------------------------------------------------- */

static struct h2t_frame frame_of(const struct side *side, enum h2t_frame_kind kind,
                                 enum h2t_dir dir, struct h2t_mark mark)
{
    return (struct h2t_frame){
        .kind = kind,
        .dir = dir,
        .stream = side->head.stream,
        .mark = mark,
        .len = side->head.len,
        .flags = side->head.flags,
    };
}

/* The frames of which a number or a flag is all there is to tell. h2_head_possible saw to their
 * lengths. */
static void on_simple(struct h2 *h2, enum h2t_dir dir, const uint8_t *payload, size_t len,
                      struct h2t_mark mark)
{
    static const enum h2t_frame_kind kinds[] = {
        [H2_DATA] = H2T_DATA,     [H2_RST_STREAM] = H2T_RST_STREAM,       [H2_PING] = H2T_PING,
        [H2_GOAWAY] = H2T_GOAWAY, [H2_WINDOW_UPDATE] = H2T_WINDOW_UPDATE,
    };
    enum h2_type type = h2->side[dir].head.type;
    struct h2t_frame frame = frame_of(&h2->side[dir], kinds[type], dir, mark);
    if (type == H2_DATA)
        frame.end_stream = frame.flags & H2_FLAG_END_STREAM;
    if (len >= 4)
        frame.code = get32(payload);
    if (type == H2_WINDOW_UPDATE)
        frame.code &= 0x7fffffff;
    if (type == H2_PING && len == 8)
        frame.last_stream = get32(payload + 4);
    if (type == H2_GOAWAY) {
        g_assert(len == 8);
        frame.last_stream = get32(payload) & 0x7fffffff;
        frame.code = get32(payload + 4);
    }
    h2->frame(h2->user, &frame);
}

/* The peer may use a larger frame size at once, and may still do so when it was lowered again. */
static void allow_frame_size(struct side *peer, uint32_t size)
{
    peer->max_frame = MAX(peer->max_frame, MIN(size, LARGEST_FRAME));
}

static void on_settings(struct h2 *h2, enum h2t_dir dir, const uint8_t *payload, size_t len,
                        struct h2t_mark mark)
{
    enum { SETTINGS_MAX_FRAME_SIZE = 5 };
    struct h2t_setting settings[H2_MAX_SETTINGS];
    struct h2t_frame frame = frame_of(&h2->side[dir], H2T_SETTINGS, dir, mark);
    for (size_t at = 0; at + 6 <= len && frame.n_settings < H2_MAX_SETTINGS; at += 6) {
        struct h2t_setting *setting = &settings[frame.n_settings++];
        *setting = (struct h2t_setting){get16(payload + at), get32(payload + at + 2)};
        if (setting->id == SETTINGS_MAX_FRAME_SIZE)
            allow_frame_size(&h2->side[!dir], setting->value);
    }
    frame.settings = settings;
    h2->frame(h2->user, &frame);
}

/* ---- The machine ---------------------------------------------------------------------------- */

static const struct {
    void (*done)(struct h2 *h2, enum h2t_dir dir, const uint8_t *payload, size_t len,
                 struct h2t_mark mark);
    uint32_t keep; /* payload bytes it needs */
    bool all;      /* and no less than all of them */
} handlers[] = {
    [H2_DATA] = {on_simple, 0, false},
    [H2_HEADERS] = {on_block, H2T_MAX_HEADER_BLOCK, true},
    [H2_RST_STREAM] = {on_simple, 4, false},
    [H2_SETTINGS] = {on_settings, H2_MAX_SETTINGS * 6, false},
    [H2_PUSH_PROMISE] = {on_block, H2T_MAX_HEADER_BLOCK, true},
    [H2_PING] = {on_simple, 8, false},
    [H2_GOAWAY] = {on_simple, 8, false},
    [H2_WINDOW_UPDATE] = {on_simple, 4, false},
    [H2_CONTINUATION] = {on_continuation, H2T_MAX_HEADER_BLOCK, true},
};

/* How much of the payload has to be kept until it is complete. */
static uint32_t payload_wanted(const struct h2_head *head)
{
    if (head->type >= G_N_ELEMENTS(handlers))
        return 0;
    uint32_t keep = handlers[head->type].keep;
    if (head->len > keep && handlers[head->type].all)
        return 0;
    return MIN(head->len, keep);
}

static void finish_frame(struct h2 *h2, enum h2t_dir dir, const uint8_t *payload,
                         struct h2t_mark mark)
{
    struct side *side = &h2->side[dir];
    uint8_t type = side->head.type;
    side->stage = STAGE_HEAD;
    if (type < G_N_ELEMENTS(handlers) && handlers[type].done)
        handlers[type].done(h2, dir, payload, payload_wanted(&side->head), mark);
}

static void keep(struct side *side, const uint8_t *data, size_t len)
{
    if (!side->kept)
        side->kept = g_byte_array_new();
    g_byte_array_append(side->kept, data, (guint)len);
}

static void take_payload(struct h2 *h2, enum h2t_dir dir, struct piece *in)
{
    struct side *side = &h2->side[dir];
    size_t n = MIN(in->len, side->left), wanted = payload_wanted(&side->head);
    const uint8_t *payload = in->at;
    bool in_one_piece = n == side->head.len;
    size_t have = side->kept ? side->kept->len : 0;

    if (!in_one_piece && have < wanted)
        keep(side, in->at, MIN(n, wanted - have));
    use(in, n);
    side->left -= (uint32_t)n;
    if (side->left > 0)
        return;
    g_autoptr(GByteArray) whole = g_steal_pointer(&side->kept);
    finish_frame(h2, dir, whole ? whole->data : payload, in->mark);
}

/* Is this a frame that may come here? The first is SETTINGS (RFC 9113 section 3.4), though servers
 * that refuse a connection begin with GOAWAY, and broken ones with anything. Nothing comes between
 * a field block's frames (section 4.3). */
static bool acceptable(const struct side *side, enum h2t_dir dir)
{
    const struct h2_head *head = &side->head;
    if (!h2_head_possible(head, dir, side->max_frame))
        return false;
    if (!side->began)
        return head->type == H2_SETTINGS || (dir == H2T_SERVER && head->type < H2_CONTINUATION);
    if (side->block.open)
        return head->type == H2_CONTINUATION && head->stream == side->block.stream;
    return head->type != H2_CONTINUATION;
}

/* Collects `wanted` bytes in side->start; true when they are there. */
static bool collect(struct side *side, size_t wanted, struct piece *in)
{
    size_t n = MIN(in->len, wanted - side->n_start);
    memcpy(side->start + side->n_start, in->at, n);
    side->n_start = (uint8_t)(side->n_start + n);
    use(in, n);
    if (side->n_start < wanted)
        return false;
    side->n_start = 0;
    return true;
}

static void take_head(struct h2 *h2, enum h2t_dir dir, struct piece *in)
{
    struct side *side = &h2->side[dir];
    if (!collect(side, H2_HEAD_LEN, in))
        return;
    side->head = h2_head_read(side->start);
    if (!acceptable(side, dir)) {
        lose_and_tell(h2, dir, in->mark);
        return;
    }
    side->began = true;
    if (side->head.type == H2_HEADERS && side->head.stream % 2 == 1)
        h2->last_stream = MAX(h2->last_stream, side->head.stream);
    side->left = side->head.len;
    side->stage = STAGE_PAYLOAD;
    if (side->left == 0)
        finish_frame(h2, dir, in->at, in->mark);
}

static void take_preface(struct h2 *h2, enum h2t_dir dir, struct piece *in)
{
    struct side *side = &h2->side[dir];
    if (!collect(side, PREFACE_LEN, in))
        return;
    if (memcmp(side->start, preface, PREFACE_LEN) != 0) {
        lose_and_tell(h2, dir, in->mark);
        return;
    }
    side->stage = STAGE_HEAD;
    struct h2t_frame frame = {
        .kind = H2T_PREFACE, .dir = dir, .mark = in->mark, .len = PREFACE_LEN};
    h2->frame(h2->user, &frame);
}

/* It is another protocol. */
static void pass_over(struct h2 *h2, enum h2t_dir dir, struct piece *in)
{
    (void)h2, (void)dir;
    use(in, in->len);
}

void h2_input(struct h2 *h2, enum h2t_dir dir, const uint8_t *data, size_t len,
              struct h2t_mark mark)
{
    static void (*const stages[])(struct h2 *, enum h2t_dir, struct piece *) = {
        [STAGE_PREFACE] = take_preface, [STAGE_HEAD] = take_head,
        [STAGE_PAYLOAD] = take_payload, [STAGE_LOST] = seek,
        [STAGE_FOREIGN] = pass_over,
    };
    struct piece in = {.at = data, .len = len, .whole = true, .mark = mark};
    while (in.len > 0)
        stages[h2->side[dir].stage](h2, dir, &in);
}

void h2_gap(struct h2 *h2, enum h2t_dir dir, struct h2t_mark mark)
{
    (void)mark;
    lose(h2, dir);
}

bool h2_looks_like(const uint8_t *data, size_t len)
{
    return len >= 3 && memcmp(data, preface, MIN(len, PREFACE_LEN)) == 0;
}

struct h2 *h2_new(h2t_frame_fn frame, void *user)
{
    struct h2 *h2 = g_new0(struct h2, 1);
    h2->frame = frame;
    h2->user = user;
    for (int dir = H2T_CLIENT; dir <= H2T_SERVER; dir++) {
        h2->side[dir].stage = dir == H2T_CLIENT ? STAGE_PREFACE : STAGE_HEAD;
        h2->side[dir].max_frame = DEFAULT_FRAME_SIZE;
        hpack_init(&h2->side[dir].hpack);
    }
    return h2;
}

void h2_free(struct h2 **h2)
{
    if (!*h2)
        return;
    for (int dir = H2T_CLIENT; dir <= H2T_SERVER; dir++) {
        lose(*h2, (enum h2t_dir)dir);
        hpack_fini(&(*h2)->side[dir].hpack);
    }
    g_clear_pointer(h2, g_free);
}

size_t h2_held(const struct h2 *h2)
{
    size_t held = 0;
    for (int dir = H2T_CLIENT; dir <= H2T_SERVER; dir++) {
        const struct side *side = &h2->side[dir];
        held += side->kept ? side->kept->len : 0;
        held += h2_block_held(&side->block) + hpack_held(&side->hpack);
    }
    return held;
}
