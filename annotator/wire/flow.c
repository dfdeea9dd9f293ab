/* SPDX-License-Identifier: MIT */
#include "annotator/wire/flow.h"

#include "annotator/wire/h2.h"
#include "annotator/wire/http1.h"
#include "annotator/wire/tls.h"

#include <string.h>

#define PREFACE_LEN 24u /* RFC 9113 section 3.4; the longest beginning that is looked at */

/* A place where the protocol of the bytes is found out: directly above TCP, or inside TLS. */
enum layer {
    LAYER_UNKNOWN, /* no byte of the client yet, or too few */
    LAYER_TLS,
    LAYER_H2,
    LAYER_H1,
    LAYER_OPAQUE, /* nothing of ours */
};

struct flow {
    struct h2t_facts *facts;
    struct keylog *keylog;
    struct flow_budget *budget;
    size_t held;  /* its part of that */
    GList holder; /* its place among the budget's, while it has one */
    uint32_t conn;
    enum layer outer, inner; /* inner: what is in TLS */
    bool turned;             /* TCP took the server for the client */
    bool late;               /* the capture lacks the beginning of the connection */
    bool decrypted, alpn_h2;
    uint8_t n_first; /* client bytes that wait until there are enough to tell */
    uint8_t first[PREFACE_LEN];
    struct tls *tls;
    struct h2 *h2;
    struct http1 *http1;
};

static void emit(void *user, const struct h2t_frame *frame)
{
    struct flow *flow = user;
    struct h2t_frame told = *frame;
    told.conn = flow->conn;
    if (frame->kind == H2T_SERVER_HELLO && frame->hello->alpn)
        flow->alpn_h2 = !strcmp(frame->hello->alpn, "h2");
    h2t_facts_frame(flow->facts, &told);
}

struct flow *flow_new(uint32_t conn, struct keylog *keylog, struct h2t_facts *facts,
                      struct flow_budget *budget)
{
    struct flow *flow = g_new0(struct flow, 1);
    flow->conn = conn;
    flow->keylog = keylog;
    flow->facts = facts;
    flow->budget = budget;
    flow->holder.data = flow;
    return flow;
}

/* ---- What waits ----------------------------------------------------------------------------- */

static size_t held_by(const struct flow *flow)
{
    return (flow->tls ? tls_held(flow->tls) : 0) + (flow->h2 ? h2_held(flow->h2) : 0) +
           (flow->http1 ? http1_held(flow->http1) : 0);
}

static void count_held(struct flow *flow)
{
    size_t before = flow->held, now = held_by(flow);
    flow->budget->held += now - before;
    flow->held = now;
    if (now > H2T_DECODER_SHARE && before <= H2T_DECODER_SHARE)
        g_queue_push_tail_link(&flow->budget->holders, &flow->holder);
    if (now <= H2T_DECODER_SHARE && before > H2T_DECODER_SHARE)
        g_queue_unlink(&flow->budget->holders, &flow->holder);
}

static void free_decoders(struct flow *flow)
{
    if (flow->tls && tls_no_keys(flow->tls))
        h2t_facts_no_keys(flow->facts, flow->conn);
    tls_free(&flow->tls);
    h2_free(&flow->h2);
    http1_free(&flow->http1);
    count_held(flow);
}

static void give_up(struct flow *flow)
{
    free_decoders(flow);
    flow->outer = flow->inner = LAYER_OPAQUE;
    h2t_facts_overflow(flow->facts, flow->conn);
}

static void limit_held(struct flow *flow)
{
    struct flow_budget *budget = flow->budget;
    count_held(flow);
    while (budget->held > H2T_MAX_DECODERS && budget->holders.length)
        give_up(g_queue_peek_head(&budget->holders));
}

void flow_free(struct flow **flow)
{
    if (!*flow)
        return;
    if ((*flow)->http1) /* TCP has told what is missing at the client's end */
        http1_fin((*flow)->http1, H2T_CLIENT, (struct h2t_mark){.ns = H2T_NEVER});
    free_decoders(*flow);
    g_clear_pointer(flow, g_free);
}

static enum h2t_dir turn(const struct flow *flow, enum h2t_dir dir)
{
    return flow->turned ? (dir == H2T_CLIENT ? H2T_SERVER : H2T_CLIENT) : dir;
}

/* ---- HTTP ----------------------------------------------------------------------------------- */

static void start_h2(struct flow *flow, struct h2t_mark mark)
{
    flow->h2 = h2_new(emit, flow);
    if (!flow->late)
        return;
    h2_gap(flow->h2, H2T_CLIENT, mark);
    h2_gap(flow->h2, H2T_SERVER, mark);
}

/* HTTP/2 or HTTP/1.1? LAYER_UNKNOWN: the bytes are too few to tell. */
static enum layer http_layer(const uint8_t *data, size_t len)
{
    if (h2_looks_like(data, len))
        return LAYER_H2;
    if (http1_looks_like(data, len))
        return LAYER_H1;
    return len < PREFACE_LEN ? LAYER_UNKNOWN : LAYER_OPAQUE;
}

/* RFC 7540 section 3.2: what follows the 101 is HTTP/2; the upgraded request is its stream 1. */
static void switch_to_h2(struct flow *flow, enum layer *layer, struct h2t_mark mark)
{
    http1_free(&flow->http1);
    *layer = LAYER_H2;
    start_h2(flow, mark);
}

/* What goes through a proxy's tunnel begins like a connection of its own: with its client. */
static void enter_tunnel(struct flow *flow)
{
    http1_free(&flow->http1);
    flow->outer = LAYER_UNKNOWN;
    flow->n_first = 0;
}

static void http_input(struct flow *flow, enum layer *layer, enum h2t_dir dir, const uint8_t *data,
                       size_t len, struct h2t_mark mark)
{
    if (*layer == LAYER_H1) {
        size_t used = http1_input(flow->http1, dir, data, len, mark);
        if (http1_is_tunnel(flow->http1) && layer == &flow->outer)
            enter_tunnel(flow);
        if (!flow->http1 || !http1_is_h2c(flow->http1))
            return;
        switch_to_h2(flow, layer, mark);
        data += used;
        len -= used;
    }
    if (*layer == LAYER_H2 && len)
        h2_input(flow->h2, dir, data, len, mark);
}

static void start_http(struct flow *flow, enum layer *layer, enum layer found, struct h2t_mark mark)
{
    *layer = found;
    if (found == LAYER_H2)
        start_h2(flow, mark);
    else if (found == LAYER_H1)
        flow->http1 = http1_new(emit, flow);
}

/* ---- TLS ------------------------------------------------------------------------------------ */

static void plain(void *user, enum h2t_dir dir, const uint8_t *data, size_t len,
                  struct h2t_mark mark)
{
    struct flow *flow = user;
    if (!flow->decrypted) {
        flow->decrypted = true;
        h2t_facts_decrypted(flow->facts, flow->conn);
    }
    if (flow->inner == LAYER_UNKNOWN && flow->alpn_h2)
        start_http(flow, &flow->inner, LAYER_H2, mark); /* the server's SETTINGS may come first */
    if (flow->inner == LAYER_UNKNOWN && dir == H2T_CLIENT)
        start_http(flow, &flow->inner, http_layer(data, len), mark);
    http_input(flow, &flow->inner, dir, data, len, mark);
}

static void lost(struct flow *flow, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    struct h2t_frame gap = {
        .kind = H2T_GAP, .dir = dir, .conn = flow->conn, .mark = mark, .len = len};
    h2t_facts_frame(flow->facts, &gap);
}

static void http_gap(struct flow *flow, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    if (flow->h2)
        h2_gap(flow->h2, dir, mark);
    if (flow->http1)
        http1_gap(flow->http1, dir, len);
}

static void plain_gap(void *user, enum h2t_dir dir, struct h2t_mark mark)
{
    struct flow *flow = user;
    lost(flow, dir, 0, mark);
    http_gap(flow, dir, 0, mark);
}

static void start_tls(struct flow *flow)
{
    static const struct tls_callbacks callbacks = {.frame = emit, .plain = plain, .gap = plain_gap};
    flow->outer = LAYER_TLS;
    flow->tls = tls_new(flow->keylog, &callbacks, flow);
}

/* ---- The first bytes ------------------------------------------------------------------------ */

/* A record of a TLS connection whose hello the capture lacks. */
static bool looks_like_tls_record(const uint8_t *data, size_t len)
{
    return len >= 3 && data[0] >= 20 && data[0] <= 23 && data[1] == 3 && data[2] <= 4;
}

static bool looks_like_client(const uint8_t *data, size_t len)
{
    return tls_looks_like(data, len) || (len >= PREFACE_LEN && h2_looks_like(data, len)) ||
           http1_looks_like(data, len);
}

/* The beginning is missing and nothing tells the protocol: HTTP/2 is tried, because it is only
 * believed where frame after frame fits. */
static enum layer late_layer(const uint8_t *data, size_t len)
{
    if (looks_like_tls_record(data, len))
        return LAYER_OPAQUE;
    return http1_looks_like(data, len) ? LAYER_H1 : LAYER_H2;
}

static void find_layer(struct flow *flow, const uint8_t *data, size_t len, struct h2t_mark mark)
{
    enum layer found = http_layer(data, len);
    bool tls = tls_looks_like(data, len);
    if (tls || (found == LAYER_H2 && len >= PREFACE_LEN))
        flow->late = false; /* what comes first is here, be the SYN missing or not */
    if (tls)
        start_tls(flow);
    else if (flow->late && found != LAYER_H2)
        start_http(flow, &flow->outer, late_layer(data, len), mark);
    else
        start_http(flow, &flow->outer, found, mark);
}

static void forward(struct flow *flow, enum h2t_dir dir, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    if (flow->outer == LAYER_TLS)
        tls_input(flow->tls, dir, data, len, mark);
    else
        http_input(flow, &flow->outer, dir, data, len, mark);
}

/* Client bytes until they tell what they are. */
static void first_bytes(struct flow *flow, const uint8_t *data, size_t len, struct h2t_mark mark)
{
    if (!flow->n_first) {
        find_layer(flow, data, len, mark);
        if (flow->outer != LAYER_UNKNOWN) {
            forward(flow, H2T_CLIENT, data, len, mark);
            return;
        }
    }
    size_t n = MIN(len, PREFACE_LEN - flow->n_first);
    memcpy(flow->first + flow->n_first, data, n);
    flow->n_first = (uint8_t)(flow->n_first + n);
    find_layer(flow, flow->first, flow->n_first, mark);
    if (flow->outer == LAYER_UNKNOWN)
        return;
    forward(flow, H2T_CLIENT, flow->first, flow->n_first, mark);
    forward(flow, H2T_CLIENT, data + n, len - n, mark);
}

static void take_bytes(struct flow *flow, enum h2t_dir dir, const uint8_t *data, size_t len,
                       struct h2t_mark mark)
{
    if (flow->outer != LAYER_UNKNOWN) {
        forward(flow, dir, data, len, mark);
        return;
    }
    if (dir == H2T_SERVER && flow->late && looks_like_client(data, len)) {
        flow->turned = !flow->turned;
        h2t_facts_swap(flow->facts, flow->conn);
        dir = H2T_CLIENT;
    }
    if (dir == H2T_CLIENT)
        first_bytes(flow, data, len, mark);
    else if (flow->late && looks_like_tls_record(data, len))
        flow->outer = LAYER_OPAQUE;
}

void flow_data(struct flow *flow, enum h2t_dir dir, const uint8_t *data, size_t len,
               struct h2t_mark mark)
{
    take_bytes(flow, turn(flow, dir), data, len, mark);
    limit_held(flow);
}

static void take_gap(struct flow *flow, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    flow->late |= flow->outer == LAYER_UNKNOWN;
    if (flow->tls) {
        tls_gap(flow->tls, dir, mark); /* plain_gap tells it, if plain bytes are lost with it */
        return;
    }
    lost(flow, dir, len, mark);
    http_gap(flow, dir, len, mark);
}

void flow_gap(struct flow *flow, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    take_gap(flow, turn(flow, dir), len, mark);
    limit_held(flow);
}

void flow_control(struct flow *flow, const struct h2t_frame *frame)
{
    struct h2t_frame told = *frame;
    told.dir = turn(flow, frame->dir);
    if (told.kind == H2T_FIN && flow->http1)
        http1_fin(flow->http1, told.dir, told.mark);
    h2t_facts_frame(flow->facts, &told);
}

uint32_t flow_conn(const struct flow *flow)
{
    return flow->conn;
}
