/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets and TCP: who speaks to whom, begin and end of connections, missing bytes. */
#include "plugin/observe_impl.h"

#define TCP_HEADER 20 /* bytes without options, RFC 9293 section 3.1 */

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

struct segment {
    uint32_t seq, ack, len, cut;
    int payload; /* where it is in the header's buffer */
    uint8_t flags;
};

void observe_init(struct observe *o, struct session *session)
{
    o->session = session;
    o->conns = g_array_new(FALSE, TRUE, sizeof(struct observed));
}

void observe_fini(struct observe *o)
{
    if (!o->conns)
        return;
    for (guint i = 0; i < o->conns->len; i++)
        for (enum h2t_dir dir = H2T_CLIENT; dir <= H2T_SERVER; dir++)
            sequence_fini(&g_array_index(o->conns, struct observed, i).side[dir]);
    g_array_unref(o->conns);
    o->conns = NULL;
}

void look_tell(const struct look *l, struct h2t_frame frame)
{
    frame.conn = l->conn;
    if (!frame.mark.packet)
        frame.mark = l->mark;
    session_frame(l->o->session, &frame);
}

void look_plain(struct look *l)
{
    l->decoded = true;
    if (!l->c->tls || l->c->decrypted)
        return;
    l->c->decrypted = true;
    h2t_facts_decrypted(l->o->session->facts, l->conn);
}

/* ---- Who is who ----------------------------------------------------------------------------- */

struct h2t_addr observe_addr(const address *a, uint32_t port)
{
    bool v4 = a->type == AT_IPv4, v6 = a->type == AT_IPv6;
    if (!v4 && !v6)
        return (struct h2t_addr){0};
    return h2t_addr_make(v4 ? 4 : 6, a->data, (uint16_t)port);
}

void look_is_client(struct look *l, bool client)
{
    struct observed *c = l->c;
    if (c->settled || client == (l->dir == H2T_CLIENT)) {
        c->settled = true;
        return;
    }
    struct sequence first = c->side[0];
    c->settled = true;
    c->tuple = (struct h2t_tuple){.client = c->tuple.server, .server = c->tuple.client};
    c->side[0] = c->side[1];
    c->side[1] = first;
    l->dir = client ? H2T_CLIENT : H2T_SERVER;
    h2t_facts_swap(l->o->session->facts, l->conn);
}

static void open_conn(struct look *l, const struct h2t_addr *src, const struct h2t_addr *dst,
                      uint8_t flags)
{
    bool from_server = (flags & TCP_SYN) && (flags & TCP_ACK);
    l->c->opened = true;
    l->c->settled = flags & TCP_SYN;
    l->c->tuple = from_server ? (struct h2t_tuple){.client = *dst, .server = *src}
                              : (struct h2t_tuple){.client = *src, .server = *dst};
    h2t_facts_open(l->o->session->facts, l->conn, &l->c->tuple, l->mark);
}

/* ---- TCP ------------------------------------------------------------------------------------ */

static bool read_segment(const struct look *l, struct segment *s)
{
    struct found header = look_find(l, WANT_TCP_STREAM);
    uint32_t len = 0;
    if (!header.n || !found_has(header.fi[0], 0, TCP_HEADER))
        return false;
    tvbuff_t *tvb = header.fi[0]->ds_tvb;
    int at = header.fi[0]->start;
    wanted_uint(l->tree, l->o->ids[WANT_TCP_LEN], &len);
    uint32_t missing = l->pinfo->fd->pkt_len - MIN(l->pinfo->fd->cap_len, l->pinfo->fd->pkt_len);
    *s = (struct segment){.seq = tvb_get_ntohl(tvb, at + 4),
                          .ack = tvb_get_ntohl(tvb, at + 8),
                          .len = len,
                          .cut = MIN(missing, len),
                          .payload = at + 4 * (tvb_get_ntohs(tvb, at + 12) >> 12),
                          .flags = (uint8_t)tvb_get_ntohs(tvb, at + 12)};
    return true;
}

static void tell_news(const struct look *l, enum h2t_dir dir, struct sequence_news news)
{
    if (news.late)
        look_tell(l, (struct h2t_frame){.kind = H2T_GAP, .dir = dir});
    l->c->blind[dir] |= news.lost > 0;
    if (news.lost)
        look_tell(l, (struct h2t_frame){.kind = H2T_GAP, .dir = dir, .len = news.lost});
}

static void tell_fin(const struct look *l, enum h2t_dir dir)
{
    look_tell(l, (struct h2t_frame){.kind = H2T_FIN, .dir = dir, .mark = l->c->side[dir].fin});
}

static enum h2t_dir other(enum h2t_dir dir)
{
    return dir == H2T_CLIENT ? H2T_SERVER : H2T_CLIENT;
}

static void observe_syn(const struct look *l, const struct segment *s)
{
    bool ack = s->flags & TCP_ACK;
    sequence_start(&l->c->side[l->dir], s->seq + 1);
    if (ack)
        sequence_start(&l->c->side[other(l->dir)], s->ack);
    look_tell(l, (struct h2t_frame){.kind = ack ? H2T_SYN_ACK : H2T_SYN, .dir = l->dir});
}

/* Numbers before the bytes are looked at: what is missing comes before what is there. */
static struct sequence_news observe_numbers(const struct look *l, const struct segment *s)
{
    struct sequence *ours = &l->c->side[l->dir];
    uint32_t seq = s->flags & TCP_SYN ? s->seq + 1 : s->seq;
    if (s->flags & TCP_ACK) {
        struct sequence_news theirs = sequence_acked(&l->c->side[other(l->dir)], s->ack);
        tell_news(l, other(l->dir), theirs);
        if (theirs.fin)
            tell_fin(l, other(l->dir));
    }
    if (s->flags & TCP_FIN)
        sequence_fin(ours, seq + s->len, l->mark);
    struct sequence_news news = sequence_data(ours, seq, s->len, s->cut);
    tell_news(l, l->dir, news);
    return news;
}

/* Behind a loss Wireshark may never find back into the bytes; what it does not show is missing. */
static void observe_content(struct look *l, const struct segment *s)
{
    observe_tls(l, s->len);
    observe_h2(l);
    observe_http1(l);
    observe_http1_begun(l, s->payload, (int)s->len);
    observe_parts(l);
    if (s->len && l->c->blind[l->dir] && !l->decoded)
        look_tell(l, (struct h2t_frame){.kind = H2T_GAP, .dir = l->dir});
}

static void observe_tcp(struct look *l, const struct segment *s)
{
    if (s->flags & TCP_RST) { /* its bytes are a message for people, RFC 9293 section 3.5.3 */
        look_tell(l, (struct h2t_frame){.kind = H2T_RST, .dir = l->dir});
        return;
    }
    if (s->flags & TCP_SYN)
        observe_syn(l, s);
    struct sequence_news news = observe_numbers(l, s);
    observe_content(l, s);
    if (news.fin)
        tell_fin(l, l->dir);
}

/* ---- Packets -------------------------------------------------------------------------------- */

/* A Simple Packet Block has no time, and a file may say one past 64 bits. */
static int64_t time_of(const packet_info *pinfo)
{
    int64_t ns;
    bool known = pinfo->presence_flags & PINFO_HAS_TS &&
                 !__builtin_mul_overflow((int64_t)pinfo->abs_ts.secs, 1000000000, &ns) &&
                 !__builtin_add_overflow(ns, pinfo->abs_ts.nsecs, &ns);
    return known ? ns : H2T_NEVER;
}

static struct h2t_mark mark_of(const packet_info *pinfo)
{
    return (struct h2t_mark){.ns = time_of(pinfo), .packet = pinfo->num};
}

/* A TCP header that ICMP quotes is not of this packet. */
static bool is_quoted(const struct look *l)
{
    return look_find(l, WANT_ICMP).n || look_find(l, WANT_ICMPV6).n;
}

static void look_at_conn(struct look *l)
{
    struct h2t_addr src = observe_addr(&l->pinfo->src, l->pinfo->srcport);
    struct h2t_addr dst = observe_addr(&l->pinfo->dst, l->pinfo->destport);
    struct segment s;
    if (!src.family || !dst.family || is_quoted(l) || !read_segment(l, &s))
        return;
    if (l->conn >= l->o->conns->len)
        g_array_set_size(l->o->conns, l->conn + 1);
    l->c = &g_array_index(l->o->conns, struct observed, l->conn);
    if (!l->c->opened)
        open_conn(l, &src, &dst, s.flags);
    l->dir = h2t_addr_cmp(&src, &l->c->tuple.client) ? H2T_SERVER : H2T_CLIENT;
    places_packet(&l->o->session->places, l->mark, l->conn);
    struct h2t_segment told = {.src = src,
                               .seq = s.seq,
                               .ack = s.ack,
                               .len = s.len,
                               .has_ack = s.flags & TCP_ACK,
                               .rst = s.flags & TCP_RST,
                               .mark = l->mark};
    h2t_facts_packet(l->o->session->facts, l->conn, l->mark);
    h2t_facts_segment(l->o->session->facts, l->conn, &told);
    observe_tcp(l, &s);
}

void observe_packet(struct observe *o, packet_info *pinfo, proto_tree *tree)
{
    struct look l = {.o = o, .pinfo = pinfo, .tree = tree, .mark = mark_of(pinfo)};
    if (wanted_uint(tree, o->ids[WANT_TCP_STREAM], &l.conn)) {
        if (l.conn < H2T_MAX_CONNS)
            look_at_conn(&l);
        return;
    }
    observe_dns(o, pinfo, tree, l.mark);
}

static void flush_conn(struct observe *o, uint32_t conn)
{
    struct observed *c = &g_array_index(o->conns, struct observed, conn);
    struct look l = {.o = o, .c = c, .conn = conn};
    for (enum h2t_dir dir = H2T_CLIENT; dir <= H2T_SERVER; dir++) {
        struct sequence_news news = sequence_flush(&c->side[dir]);
        l.mark = c->side[dir].fin;
        tell_news(&l, dir, news);
        if (news.fin)
            tell_fin(&l, dir);
    }
}

void observe_flush(struct observe *o)
{
    for (uint32_t conn = 0; conn < o->conns->len; conn++)
        flush_conn(o, conn);
}
