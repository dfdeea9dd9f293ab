/* SPDX-License-Identifier: MIT */
#include "annotator/wire/packet.h"

#include <string.h>

#include "annotator/wire/bytes.h"
#include "annotator/wire/fragments.h"
#include "annotator/wire/link.h"
#include "annotator/wire/view.h"

/* IP and fragment headers in one frame: tunnels in tunnels. Bounds the recursion. */
#define MAX_DEPTH 8

enum { /* IANA protocol numbers */
       PROTO_HOP_BY_HOP = 0,
       PROTO_ICMP = 1,
       PROTO_IPV4 = 4,
       PROTO_TCP = 6,
       PROTO_UDP = 17,
       PROTO_IPV6 = 41,
       PROTO_ROUTING = 43,
       PROTO_FRAGMENT = 44,
       PROTO_GRE = 47,
       PROTO_AH = 51,
       PROTO_ICMPV6 = 58,
       PROTO_DESTINATION = 60,
       PROTO_SHIM6 = 140,
};

enum { PORT_VXLAN = 4789, PORT_GENEVE = 6081 };

struct packet_parser {
    struct fragments *fragments;
};

/* One way down through the headers of one frame. */
struct walk {
    struct fragments *fragments;
    struct packet *out;
    struct h2t_mark mark;
    unsigned depth;
    bool quoted;              /* inside an ICMP error */
    bool cut;                 /* the innermost IP packet is not all here */
    uint8_t family;           /* of the innermost IP header so far */
    uint8_t src[16], dst[16]; /* copies: the header may be in a buffer of `fragments` */
};

static void walk_ether(struct walk *w, uint16_t type, struct view v);
static void walk_ip(struct walk *w, struct view v);
static void walk_ip6_fragment(struct walk *w, struct view v);

static void walk_tcp(struct walk *w, struct view v)
{
    const uint8_t *p = v.p;
    if (!view_has(&v, 16))
        return;
    w->out->kind = w->quoted ? PACKET_TCP_QUOTED : PACKET_TCP;
    struct segment *s = &w->out->segment;
    const uint32_t header = (uint32_t)(p[12] >> 4) * 4;
    *s = (struct segment){
        .src = h2t_addr_make(w->family, w->src, get16(p)),
        .dst = h2t_addr_make(w->family, w->dst, get16(p + 2)),
        .seq = get32(p + 4),
        .ack = get32(p + 8),
        .flags = p[13] & (TCP_FIN | TCP_SYN | TCP_RST | TCP_PSH | TCP_ACK),
        .quoted = w->quoted,
        .malformed = header < 20,
        .mark = w->mark,
    };
    if (s->quoted || s->malformed)
        return;
    s->wire_len = v.wire > header ? v.wire - header : 0;
    if (view_skip(&v, header)) {
        s->data = v.p;
        s->len = v.len;
    }
}

static void walk_vxlan(struct walk *w, struct view v)
{
    if (view_skip(&v, 8))
        walk_ether(w, link_strip(LINK_ETHERNET, &v), v);
}

/* RFC 8926 section 3.4, and RFC 2784: an EtherType, and what to take off before its payload. */
static void walk_typed(struct walk *w, uint16_t type, uint32_t header, struct view v)
{
    if (!view_skip(&v, header))
        return;
    if (type == ETHER_BRIDGED)
        type = link_strip(LINK_ETHERNET, &v);
    walk_ether(w, type, v);
}

static void walk_geneve(struct walk *w, struct view v)
{
    if (view_has(&v, 8) && v.p[0] >> 6 == 0)
        walk_typed(w, get16(v.p + 2), 8 + 4u * (v.p[0] & 0x3f), v);
}

static void walk_gre(struct walk *w, struct view v)
{
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, VERSION = 7 };
    if (!view_has(&v, 4))
        return;
    const uint16_t flags = get16(v.p);
    if (flags & (ROUTING | VERSION))
        return;
    const uint32_t words = 1u + !!(flags & CHECKSUM) + !!(flags & KEY) + !!(flags & SEQUENCE);
    walk_typed(w, get16(v.p + 2), 4 * words, v);
}

static void walk_udp(struct walk *w, struct view v)
{
    const uint8_t *p = v.p;
    if (w->quoted || !view_skip(&v, 8))
        return;
    const uint16_t len = get16(p + 4); /* 0: more than fits, RFC 2675 section 4 */
    if (len >= 8)
        view_limit(&v, len - 8u);
    w->out->kind = PACKET_UDP;
    w->out->datagram = (struct datagram){
        .src = h2t_addr_make(w->family, w->src, get16(p)),
        .dst = h2t_addr_make(w->family, w->dst, get16(p + 2)),
        .data = v.p,
        .len = v.len,
        .mark = w->mark,
    };
    if (get16(p + 2) == PORT_VXLAN)
        walk_vxlan(w, v);
    else if (get16(p + 2) == PORT_GENEVE)
        walk_geneve(w, v);
}

/* ICMP types that quote the packet they are about: RFC 792, RFC 4443 section 3. Not the redirect
 * (5): Wireshark looks at 8 bytes of its quoted payload, so that it takes no number. */
static bool is_icmp_error(uint8_t proto, uint8_t type)
{
    if (proto == PROTO_ICMPV6)
        return type >= 1 && type <= 4;
    return type == 3 || type == 4 || type == 11 || type == 12;
}

static void walk_icmp(struct walk *w, uint8_t proto, struct view v)
{
    const uint8_t *p = v.p;
    if (w->quoted || !view_skip(&v, 8) || !is_icmp_error(proto, p[0]))
        return;
    w->quoted = true;
    walk_ip(w, v);
}

static void walk_proto(struct walk *w, uint8_t proto, struct view v)
{
    switch (proto) {
    case PROTO_TCP:
        walk_tcp(w, v);
        return;
    case PROTO_UDP:
        walk_udp(w, v);
        return;
    case PROTO_ICMP:
    case PROTO_ICMPV6:
        walk_icmp(w, proto, v);
        return;
    case PROTO_IPV4:
    case PROTO_IPV6:
        walk_ip(w, v);
        return;
    case PROTO_GRE:
        walk_gre(w, v);
        return;
    }
}

static bool is_extension(uint8_t proto)
{
    switch (proto) {
    case PROTO_HOP_BY_HOP:
    case PROTO_ROUTING:
    case PROTO_AH:
    case PROTO_DESTINATION:
    case PROTO_SHIM6:
        return true;
    default:
        return false;
    }
}

/* IPv6 extension headers, RFC 8200 section 4; the length of an Authentication Header counts
 * differently, RFC 4302, and can follow IPv4 too. */
static void walk_payload(struct walk *w, uint8_t proto, struct view v)
{
    while (is_extension(proto)) {
        const uint8_t *p = v.p;
        if (!view_has(&v, 2) ||
            !view_skip(&v, proto == PROTO_AH ? 4u * (p[1] + 2u) : 8u * (p[1] + 1u)))
            return;
        proto = p[0];
    }
    if (proto == PROTO_FRAGMENT)
        walk_ip6_fragment(w, v);
    else
        walk_proto(w, proto, v);
}

/* `f` has everything but addresses and data. What the snap length or an ICMP error cut cannot be
 * put together: then the first fragment counts for what it has. What ICMP quotes was seen before,
 * or did not pass here. */
static void walk_fragment(struct walk *w, struct fragment *f, struct view v)
{
    if (w->cut && f->offset == 0)
        walk_payload(w, f->proto, v);
    if (w->cut || w->quoted)
        return;
    memcpy(f->src, w->src, sizeof f->src);
    memcpy(f->dst, w->dst, sizeof f->dst);
    f->family = w->family;
    f->data = v.p;
    f->len = v.len;
    struct view whole;
    uint8_t proto;
    if (fragments_add(w->fragments, f, &whole, &proto))
        walk_payload(w, proto, whole);
}

static void set_addresses(struct walk *w, uint8_t family, const uint8_t *src, const uint8_t *dst,
                          size_t len)
{
    w->family = family;
    memset(w->src, 0, sizeof w->src);
    memset(w->dst, 0, sizeof w->dst);
    memcpy(w->src, src, len);
    memcpy(w->dst, dst, len);
}

/* The IP header says that there are `n` bytes from here. */
static void limit(struct walk *w, struct view *v, uint32_t n)
{
    w->cut = v->len < n;
    view_limit(v, n);
}

static void walk_ip4(struct walk *w, struct view v)
{
    const uint8_t *p = v.p;
    const uint32_t header = view_has(&v, 20) ? 4u * (p[0] & 15) : 0;
    if (header < 20)
        return;
    const uint16_t total = get16(p + 2); /* 0: to be filled in by segmentation offload */
    limit(w, &v, total != 0 ? total : v.wire);
    if (!view_skip(&v, header))
        return;
    set_addresses(w, 4, p + 12, p + 16, 4);
    const uint16_t where = get16(p + 6);
    struct fragment f = {
        .id = get16(p + 4), .proto = p[9], .offset = 8u * (where & 0x1fff), .more = where & 0x2000};
    if (f.more || f.offset > 0)
        walk_fragment(w, &f, v);
    else
        walk_payload(w, p[9], v);
}

static void walk_ip6_fragment(struct walk *w, struct view v)
{
    const uint8_t *p = v.p;
    if (w->depth++ >= MAX_DEPTH || !view_skip(&v, 8))
        return;
    const uint16_t where = get16(p + 2);
    struct fragment f = {
        .id = get32(p + 4), .proto = p[0], .offset = where & 0xfff8u, .more = where & 1};
    if (f.more || f.offset > 0)
        walk_fragment(w, &f, v);
    else /* an atomic fragment, RFC 6946 */
        walk_payload(w, p[0], v);
}

/* RFC 2675 section 2: the length is in a hop-by-hop option. Large segmentation offload uses it too.
 */
static uint32_t jumbo_len(struct view v)
{
    enum { PAD1 = 0, JUMBO = 0xc2 };
    if (!view_has(&v, 2))
        return 0;
    view_limit(&v, 8u * (v.p[1] + 1u));
    view_skip(&v, 2);
    while (view_has(&v, 2) && v.p[0] != JUMBO)
        if (!view_skip(&v, v.p[0] == PAD1 ? 1 : 2u + v.p[1]))
            return 0;
    const uint32_t len = view_has(&v, 6) && v.p[1] == 4 ? get32(v.p + 2) : 0;
    return len > 0xffff ? len : 0;
}

static void walk_ip6(struct walk *w, struct view v)
{
    const uint8_t *p = v.p;
    if (!view_skip(&v, 40))
        return;
    const uint16_t len = get16(p + 4);
    limit(w, &v, len == 0 && p[6] == PROTO_HOP_BY_HOP ? jumbo_len(v) : len);
    set_addresses(w, 6, p + 8, p + 24, 16);
    walk_payload(w, p[6], v);
}

static void walk_ip(struct walk *w, struct view v)
{
    if (w->depth++ >= MAX_DEPTH || !view_has(&v, 1))
        return;
    if (v.p[0] >> 4 == 4)
        walk_ip4(w, v);
    else if (v.p[0] >> 4 == 6)
        walk_ip6(w, v);
}

static void walk_ether(struct walk *w, uint16_t type, struct view v)
{
    const bool wrong_version = type == ETHER_IPV6 && view_has(&v, 1) && v.p[0] >> 4 != 6;
    if ((type == ETHER_IPV4 || type == ETHER_IPV6) && !wrong_version)
        walk_ip(w, v);
}

struct packet_parser *packet_parser_new(void)
{
    struct packet_parser *parser = g_new0(struct packet_parser, 1);
    parser->fragments = fragments_new();
    return parser;
}

void packet_parser_free(struct packet_parser **parser)
{
    if (!*parser)
        return;
    fragments_free(&(*parser)->fragments);
    g_free(*parser);
    *parser = NULL;
}

void packet_parse(struct packet_parser *parser, uint16_t link_type, const uint8_t *bytes,
                  uint32_t caplen, uint32_t wirelen, struct h2t_mark mark, struct packet *out)
{
    out->kind = PACKET_OTHER;
    if (!link_known(link_type)) {
        out->kind = PACKET_UNKNOWN_LINK;
        return;
    }
    struct walk w = {.fragments = parser->fragments, .out = out, .mark = mark};
    struct view v = view_make(bytes, caplen, wirelen);
    const uint16_t type = link_strip(link_type, &v);
    walk_ether(&w, type, v);
}
