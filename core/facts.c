/* SPDX-License-Identifier: MIT */
/*
 * In: frames, packet by packet. Out: struct h2t_wire.
 *
 * Only streams that are open have state beyond the model (open_streams.h).
 */
#include "core/facts_impl.h"

static struct h2t_wire *wire_new(void)
{
    struct h2t_wire *wire = g_new0(struct h2t_wire, 1);
    wire->conns = g_array_new(false, false, sizeof(struct h2t_conn));
    wire->streams = g_array_new(false, false, sizeof(struct h2t_stream));
    wire->queries = g_array_new(false, false, sizeof(struct h2t_query));
    wire->talks = g_array_new(false, false, sizeof(struct h2t_talk));
    wire->uploads = g_array_new(false, false, sizeof(struct h2t_upload));
    wire->strings = h2t_strings_new();
    return wire;
}

void h2t_wire_free(struct h2t_wire **wire)
{
    if (!*wire)
        return;
    g_array_unref((*wire)->conns);
    g_array_unref((*wire)->streams);
    g_array_unref((*wire)->queries);
    g_array_unref((*wire)->talks);
    g_array_unref((*wire)->uploads);
    if ((*wire)->files)
        g_array_unref((*wire)->files);
    if ((*wire)->ledgers)
        g_ptr_array_unref((*wire)->ledgers);
    h2t_strings_free(&(*wire)->strings);
    g_clear_pointer(wire, g_free);
}

struct h2t_facts *h2t_facts_new(void)
{
    struct h2t_facts *facts = g_new0(struct h2t_facts, 1);
    facts->wire = wire_new();
    facts->open = h2t_open_streams_new();
    facts->queries = h2t_queries_new();
    return facts;
}

void h2t_facts_free(struct h2t_facts **facts)
{
    if (!*facts)
        return;
    h2t_wire_free(&(*facts)->wire);
    h2t_open_streams_free(&(*facts)->open);
    h2t_queries_free(&(*facts)->queries);
    g_clear_pointer(facts, g_free);
}

void h2t_facts_keep_ledgers(struct h2t_facts *facts)
{
    h2t_ledgers_init(&facts->ledgers, facts->wire);
}

void h2t_facts_drop_ledgers(struct h2t_facts *facts)
{
    g_clear_pointer(&facts->wire->ledgers, g_ptr_array_unref);
    facts->ledgers = (struct h2t_ledgers){0};
}

/* ---- Connections ---------------------------------------------------------------------------- */

void h2t_facts_open(struct h2t_facts *facts, uint32_t conn, const struct h2t_tuple *tuple,
                    struct h2t_mark mark)
{
    static const struct h2t_conn blank = {.first_stream = H2T_NONE,
                                          .last_stream = H2T_NONE,
                                          .talk = H2T_NONE,
                                          .tconn = H2T_NONE,
                                          .dial = H2T_NONE,
                                          .copy_of = H2T_NONE};
    if (conn >= H2T_MAX_CONNS)
        return;
    while (facts->wire->conns->len <= conn)
        g_array_append_val(facts->wire->conns, blank);
    h2t_open_streams_reserve(facts->open, facts->wire->conns->len);
    struct h2t_conn *c = facts_conn(facts, conn);
    c->tuple = *tuple;
    c->first = c->last = mark;
}

void h2t_facts_packet(struct h2t_facts *facts, uint32_t conn, struct h2t_mark mark)
{
    struct h2t_conn *c = facts_conn(facts, conn);
    facts->wire->last = mark;
    if (c)
        c->last = mark;
}

void h2t_facts_segment(struct h2t_facts *facts, uint32_t conn, const struct h2t_segment *segment)
{
    struct h2t_conn *c = facts_conn(facts, conn);
    if (c)
        h2t_talk_segment(facts->wire, c, segment);
}

void h2t_facts_decrypted(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_conn *c = facts_conn(facts, conn);
    if (c)
        c->decrypted = true;
}

void h2t_facts_no_keys(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_conn *c = facts_conn(facts, conn);
    if (c)
        c->no_keys = true;
}

static void swap_marks(struct h2t_mark marks[2])
{
    struct h2t_mark first = marks[0];
    marks[0] = marks[1];
    marks[1] = first;
}

void h2t_facts_swap(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_conn *c = facts_conn(facts, conn);
    if (!c)
        return;
    c->tuple = (struct h2t_tuple){.client = c->tuple.server, .server = c->tuple.client};
    swap_marks(c->fin);
    swap_marks(c->rst);
    swap_marks(c->gap);
    c->client_gaps = c->gap[H2T_CLIENT].packet ? 1 : 0;
    if (c->talk != H2T_NONE)
        h2t_talk_swap(h2t_talk_of(facts->wire, c));
    if (facts->ledgers.all)
        h2t_ledgers_swap(&facts->ledgers, conn);
}

void h2t_facts_overflow(struct h2t_facts *facts, uint32_t conn)
{
    struct h2t_conn *c = facts_conn(facts, conn);
    if (!c)
        return;
    c->overflow = true;
    facts_finish_all(facts, conn, H2T_END_OVERFLOW, (struct h2t_mark){.ns = H2T_NEVER});
}

/* ---- Frames, but for those of streams ------------------------------------------------------- */

/* Frames about the connection. */
static void control(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_talk *t = h2t_talk_begin(facts->wire, facts_conn(facts, f->conn));
    uint32_t window = t->initial_window;
    h2t_talk_frame(t, f);
    h2t_upload_resize(facts->wire, t, h2t_open_list(facts->open, f->conn), window);
}

static void first_mark(struct h2t_mark *mark, struct h2t_mark seen)
{
    if (!mark->packet)
        *mark = seen;
}

static void tcp_frame(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = facts_conn(facts, f->conn);
    switch (f->kind) {
    case H2T_SYN:
        first_mark(&c->syn, f->mark);
        break;
    case H2T_SYN_ACK:
        first_mark(&c->syn_ack, f->mark);
        break;
    case H2T_FIN:
        first_mark(&c->fin[f->dir], f->mark);
        if (c->talk != H2T_NONE)
            h2t_talk_cut(h2t_talk_of(facts->wire, c), f->dir, f->mark);
        facts_finish_all(facts, f->conn, H2T_END_CLOSE, f->mark);
        break;
    case H2T_RST:
        first_mark(&c->rst[f->dir], f->mark);
        facts_finish_all(facts, f->conn, H2T_END_CLOSE, f->mark);
        break;
    default: /* H2T_GAP: the last one counts, it is the one that may hide an end */
        c->gap[f->dir] = f->mark;
        h2t_open_list(facts->open, f->conn)->n_gaps++;
        if (f->dir == H2T_CLIENT && c->client_gaps < UINT16_MAX)
            c->client_gaps++;
        break;
    }
}

/* RFC 8446 section 6: 0 is close_notify. */
static void alert(struct h2t_facts *facts, struct h2t_conn *c, const struct h2t_frame *f)
{
    struct h2t_talk *t = h2t_talk_begin(facts->wire, c);
    if (f->code == 0) {
        first_mark(&c->close_notify[f->dir], f->mark);
        h2t_talk_cut(t, f->dir, f->mark);
    } else if (!t->alert[f->dir].packet) {
        t->alert[f->dir] = f->mark;
        t->alert_code[f->dir] = (uint8_t)f->code;
    }
}

static void tls_frame(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = facts_conn(facts, f->conn);
    switch (f->kind) {
    case H2T_CLIENT_HELLO:
        first_mark(&c->client_hello, f->mark);
        c->sni = facts_keep(facts, f->hello->sni);
        c->alpn_offered = facts_keep(facts, f->hello->alpn);
        break;
    case H2T_SERVER_HELLO:
        first_mark(&c->server_hello, f->mark);
        c->tls_version = f->hello->version;
        c->cipher = f->hello->cipher;
        if (f->hello->alpn)
            c->alpn = facts_keep(facts, f->hello->alpn);
        break;
    case H2T_HANDSHAKE_DONE:
        first_mark(&c->finished[f->dir], f->mark);
        break;
    default: /* H2T_ALERT */
        alert(facts, c, f);
        break;
    }
}

void h2t_facts_frame(struct h2t_facts *facts, const struct h2t_frame *f)
{
    struct h2t_conn *c = facts_conn(facts, f->conn);
    if (!c)
        return;
    if (facts->ledgers.all)
        h2t_ledgers_frame(&facts->ledgers, f);
    if (f->kind <= H2T_GAP) {
        tcp_frame(facts, f);
        return;
    }
    h2t_talk_begin(facts->wire, c); /* whoever told of no payload: there was some */
    if (f->kind <= H2T_ALERT) {
        tls_frame(facts, f);
        return;
    }
    c->proto = f->kind < H2T_REQUEST ? H2T_PROTO_H2 : H2T_PROTO_H1;
    switch (f->kind) {
    case H2T_PREFACE:
        c->preface = f->mark;
        c->client_gaps = 0; /* nothing of HTTP/2 can be missing before it */
        break;
    case H2T_HEADERS:
    case H2T_REQUEST:
    case H2T_RESPONSE:
        facts_headers(facts, f);
        break;
    case H2T_DATA:
        facts_data(facts, f);
        break;
    case H2T_MESSAGE_END:
        facts_message_end(facts, f);
        break;
    case H2T_RST_STREAM:
        control(facts, f);
        facts_rst_stream(facts, f);
        break;
    case H2T_GOAWAY:
        facts_goaway(facts, f);
        break;
    case H2T_WINDOW_UPDATE:
        facts_window_update(facts, f);
        break;
    default: /* SETTINGS, PING, PUSH_PROMISE */
        control(facts, f);
        break;
    }
}

/* ---- The whole ------------------------------------------------------------------------------ */

void h2t_facts_dns(struct h2t_facts *facts, const struct h2t_dns *dns)
{
    h2t_queries_input(facts->queries, facts->wire, dns);
}

struct h2t_wire *h2t_facts_wire(struct h2t_facts *facts)
{
    return facts->wire;
}

uint32_t h2t_facts_open_stream(struct h2t_facts *facts, uint32_t conn, uint32_t id)
{
    const struct h2t_open *open = h2t_open_find(facts->open, conn, id);
    return open ? open->stream : H2T_NONE;
}

static void settle(void *user, const struct h2t_open *open)
{
    struct h2t_facts *facts = user;
    bool missed = h2t_open_missed(facts->open, open);
    facts_take_stock(facts, open);
    facts_stream(facts, open->stream)->end = missed ? H2T_END_GAP : H2T_END_EOF;
}

void h2t_facts_settle(struct h2t_facts *facts)
{
    h2t_open_foreach(facts->open, settle, facts);
}

struct h2t_wire *h2t_facts_finish(struct h2t_facts **facts)
{
    struct h2t_wire *wire = (*facts)->wire;
    for (uint32_t conn = 0; conn < wire->conns->len; conn++)
        facts_finish_all(*facts, conn, H2T_END_EOF, (struct h2t_mark){.ns = H2T_NEVER});
    (*facts)->wire = NULL;
    h2t_facts_free(facts);
    return wire;
}
