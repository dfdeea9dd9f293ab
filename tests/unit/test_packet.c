/* SPDX-License-Identifier: MIT */
/*
 * Frames to segments. Frames are made from a recipe, their layers from outside in, as
 * "eth/vlan/ip4/tcp": the innermost header goes from port 1000 to 443, every IP header from
 * 10.0.0.1 to 10.0.0.2 or from 2001:db8::1 to 2001:db8::2. What tshark 4.4.19 makes of all of these
 * was compared.
 */
#include "annotator/wire/packet.h"

#include <stdlib.h>
#include <string.h>

#include "annotator/wire/link.h"

/* ---- Making frames -------------------------------------------------------------------------- */

static const uint8_t ip4_addrs[8] = {10, 0, 0, 1, 10, 0, 0, 2};
static const uint8_t ip6_addrs[32] = {
    0x20, 1, 0xd, 0xb8, [15] = 1, [16] = 0x20, [17] = 1, 0xd, 0xb8, [31] = 2};

/* A frame that grows at its front. */
struct making {
    GByteArray *bytes;
    uint16_t type; /* what the bytes so far are, as an EtherType and as an IP protocol */
    uint8_t proto;
};

static void front(struct making *m, const void *header, guint len)
{
    g_byte_array_prepend(m->bytes, header, len);
}

static void front16(struct making *m, guint n)
{
    const uint8_t bytes[2] = {(uint8_t)(n >> 8), (uint8_t)n};
    front(m, bytes, 2);
}

static void front_zeros(struct making *m, guint len)
{
    const uint8_t zeros[64] = {0};
    front(m, zeros, len);
}

static void make_tcp(struct making *m, guint header)
{
    uint8_t tcp[60] = {0x03, 0xe8, 0x01, 0xbb, 0, 0, 0, 7, 0, 0, 0, 9, 0, TCP_PSH | TCP_ACK};
    tcp[12] = (uint8_t)(header / 4 << 4);
    front(m, tcp, MAX(header, 20));
    m->proto = 6;
}

static void make_udp(struct making *m, guint port)
{
    front16(m, 0);
    front16(m, m->bytes->len + 6);
    front16(m, port);
    front16(m, 1000);
    m->proto = 17;
}

static void make_ip4(struct making *m, uint8_t first, guint total)
{
    const uint8_t options[4] = {1, 1, 1, 0};
    if (first == 0x46)
        front(m, options, 4);
    front(m, ip4_addrs, 8);
    const uint8_t middle[8] = {0, 1, 0, 0, 64, m->proto};
    front(m, middle, 8);
    front16(m, total == 1 ? m->bytes->len + 4 : total);
    const uint8_t begin[2] = {first, 0};
    front(m, begin, 2);
    m->type = ETHER_IPV4;
    m->proto = 4;
}

static void make_ip6(struct making *m, guint len)
{
    const uint8_t next[2] = {m->proto, 64}, begin[4] = {0x60};
    len = len == 1 ? m->bytes->len : len;
    front(m, ip6_addrs, 32);
    front(m, next, 2);
    front16(m, len);
    front(m, begin, 4);
    m->type = ETHER_IPV6;
    m->proto = 41;
}

/* An IPv6 extension header of 16 bytes, an authentication header of 24. */
static void make_extension(struct making *m, uint8_t proto)
{
    front_zeros(m, proto == 51 ? 22 : 14);
    const uint8_t begin[2] = {m->proto, proto == 51 ? 4 : 1};
    front(m, begin, 2);
    m->proto = proto;
}

static void make_atomic_fragment(struct making *m)
{
    const uint8_t header[8] = {m->proto, 0, 0, 0, 1, 2, 3, 4};
    front(m, header, 8);
    m->proto = 44;
}

static void make_jumbo(struct making *m)
{
    const guint len = m->bytes->len + 8;
    front16(m, len & 0xffff);
    front16(m, len >> 16);
    const uint8_t begin[4] = {m->proto, 0, 0xc2, 4};
    front(m, begin, 4);
    m->proto = 0;
    make_ip6(m, 0);
}

static void make_icmp(struct making *m, uint8_t proto, uint8_t type)
{
    const uint8_t header[8] = {type};
    front(m, header, 8);
    m->proto = proto;
}

static void make_gre(struct making *m, guint flags, guint words)
{
    front_zeros(m, 4 * words);
    front16(m, m->type);
    front16(m, flags);
    m->proto = 47;
}

static void make_vxlan(struct making *m)
{
    const uint8_t header[8] = {8};
    front(m, header, 8);
    make_udp(m, 4789);
}

static void make_geneve(struct making *m, uint8_t words)
{
    front_zeros(m, 4u * words);
    front_zeros(m, 4);
    front16(m, m->type);
    front16(m, (guint)words << 8);
    make_udp(m, 6081);
}

static void make_vlan(struct making *m, uint16_t type)
{
    front16(m, m->type);
    front16(m, 5);
    m->type = type;
}

static void make_ethernet(struct making *m)
{
    front16(m, m->type);
    front_zeros(m, 12);
    m->type = ETHER_BRIDGED;
}

static void make_cooked(struct making *m)
{
    front16(m, m->type);
    front_zeros(m, 14);
}

static void make_cooked2(struct making *m)
{
    front_zeros(m, 18);
    front16(m, m->type);
}

/* The address family, in the byte order of a little or big endian machine. */
static void make_family(struct making *m, uint8_t ipv6, bool big)
{
    const uint8_t family = m->type == ETHER_IPV4 ? 2 : ipv6;
    const uint8_t bytes[4] = {big ? 0 : family, 0, 0, big ? family : 0};
    front(m, bytes, 4);
}

static bool make_link(struct making *m, const char *layer)
{
    if (g_str_equal(layer, "eth"))
        make_ethernet(m);
    else if (g_str_equal(layer, "cooked"))
        make_cooked(m);
    else if (g_str_equal(layer, "cooked2"))
        make_cooked2(m);
    else if (g_str_has_prefix(layer, "null"))
        make_family(m, (uint8_t)atoi(layer + 4), false);
    else if (g_str_has_prefix(layer, "loop"))
        make_family(m, (uint8_t)atoi(layer + 4), true);
    else if (g_str_has_prefix(layer, "vlan"))
        make_vlan(m, (uint16_t)strtoul(layer + 4, NULL, 16));
    else if (g_str_has_prefix(layer, "type"))
        m->type = (uint16_t)strtoul(layer + 4, NULL, 16);
    else
        return false;
    return true;
}

static bool make_tunnel(struct making *m, const char *layer)
{
    if (g_str_equal(layer, "gre"))
        make_gre(m, 0, 0);
    else if (g_str_equal(layer, "gre-all"))
        make_gre(m, 0xb000, 3);
    else if (g_str_equal(layer, "gre-routing"))
        make_gre(m, 0x4000, 0);
    else if (g_str_equal(layer, "gre-pptp"))
        make_gre(m, 0x0001, 0);
    else if (g_str_equal(layer, "vxlan"))
        make_vxlan(m);
    else if (g_str_has_prefix(layer, "geneve"))
        make_geneve(m, (uint8_t)atoi(layer + 6));
    else
        return false;
    return true;
}

static bool make_ip(struct making *m, const char *layer)
{
    if (g_str_equal(layer, "ip4"))
        make_ip4(m, 0x45, 1);
    else if (g_str_equal(layer, "ip4-options"))
        make_ip4(m, 0x46, 1);
    else if (g_str_equal(layer, "ip4-short-header"))
        make_ip4(m, 0x44, 1);
    else if (g_str_equal(layer, "ip4-version-5"))
        make_ip4(m, 0x55, 1);
    else if (g_str_has_prefix(layer, "ip4-total"))
        make_ip4(m, 0x45, (guint)atoi(layer + 9));
    else if (g_str_equal(layer, "ip6"))
        make_ip6(m, 1);
    else if (g_str_has_prefix(layer, "ip6-len"))
        make_ip6(m, (guint)atoi(layer + 7));
    else if (g_str_equal(layer, "ip6-jumbo"))
        make_jumbo(m);
    else
        return false;
    return true;
}

static void make_payload(struct making *m, const char *layer)
{
    if (g_str_has_prefix(layer, "tcp"))
        make_tcp(m, layer[3] ? (guint)atoi(layer + 3) : 20);
    else if (g_str_has_prefix(layer, "udp"))
        make_udp(m, (guint)atoi(layer + 3));
    else if (g_str_has_prefix(layer, "ext"))
        make_extension(m, (uint8_t)atoi(layer + 3));
    else if (g_str_equal(layer, "atomic"))
        make_atomic_fragment(m);
    else if (g_str_has_prefix(layer, "icmp6-"))
        make_icmp(m, 58, (uint8_t)atoi(layer + 6));
    else if (g_str_has_prefix(layer, "icmp"))
        make_icmp(m, 1, (uint8_t)atoi(layer + 4));
    else
        g_error("no such layer: %s", layer);
}

static GByteArray *make_frame(const char *recipe, const char *payload)
{
    struct making m = {.bytes = g_byte_array_new()};
    g_byte_array_append(m.bytes, (const uint8_t *)payload, (guint)strlen(payload));
    char **layers = g_strsplit(recipe, "/", -1);
    for (guint i = g_strv_length(layers); i-- > 0;)
        if (!make_link(&m, layers[i]) && !make_tunnel(&m, layers[i]) && !make_ip(&m, layers[i]))
            make_payload(&m, layers[i]);
    g_strfreev(layers);
    return m.bytes;
}

/* ---- Whole frames --------------------------------------------------------------------------- */

static const struct {
    uint16_t link;
    const char *recipe;
    enum packet_kind want;
} recipes[] = {
    {1, "eth/ip4/tcp", PACKET_TCP},
    {1, "eth/ip6/tcp", PACKET_TCP},
    {1, "eth/ip4/tcp40", PACKET_TCP},
    {1, "eth/ip4-options/tcp60", PACKET_TCP},
    {1, "eth/vlan8100/ip4/tcp", PACKET_TCP},
    {1, "eth/vlan88a8/vlan8100/ip6/tcp", PACKET_TCP},
    {1, "eth/vlan9100/ip4/tcp", PACKET_TCP},
    {1, "eth/vlan9999/ip4/tcp", PACKET_OTHER},
    {113, "cooked/ip4/tcp", PACKET_TCP},
    {113, "cooked/ip6/tcp", PACKET_TCP},
    {113, "cooked/vlan8100/ip4/tcp", PACKET_TCP},
    {276, "cooked2/ip4/tcp", PACKET_TCP},
    {276, "cooked2/ip6/tcp", PACKET_TCP},
    {276, "cooked2/vlan8100/ip4/tcp", PACKET_TCP},
    {0, "null/ip4/tcp", PACKET_TCP},
    {0, "loop/ip4/tcp", PACKET_TCP},
    {0, "null10/ip6/tcp", PACKET_TCP},
    {0, "null24/ip6/tcp", PACKET_TCP},
    {0, "null30/ip6/tcp", PACKET_TCP},
    {0, "null99/ip6/tcp", PACKET_OTHER},
    {108, "loop28/ip6/tcp", PACKET_TCP},
    {101, "ip4/tcp", PACKET_TCP},
    {101, "ip6/tcp", PACKET_TCP},
    {12, "ip4/tcp", PACKET_TCP},
    {14, "ip6/tcp", PACKET_TCP},
    {228, "ip4/tcp", PACKET_TCP},
    {229, "ip6/tcp", PACKET_TCP},
    {105, "eth/ip4/tcp", PACKET_UNKNOWN_LINK},
    /* IP headers that are odd */
    {1, "eth/ip4-total0/tcp", PACKET_TCP},
    {1, "eth/ip4-total500/tcp", PACKET_TCP},
    {1, "eth/ip4-total19/tcp", PACKET_OTHER},
    {1, "eth/ip4-total30/tcp", PACKET_OTHER},
    {1, "eth/ip4-short-header/tcp", PACKET_OTHER},
    {1, "eth/ip4-version-5/tcp", PACKET_OTHER},
    {1, "eth/ip6-len0/tcp", PACKET_OTHER},
    {1, "eth/type0800/ip6/tcp", PACKET_TCP},
    {1, "eth/type86dd/ip4/tcp", PACKET_OTHER},
    {1, "eth/type8847/ip4/tcp", PACKET_OTHER},
    {1, "eth/ip4/ext255/tcp", PACKET_OTHER},
    /* Extension headers */
    {1, "eth/ip6/ext0/tcp", PACKET_TCP},
    {1, "eth/ip6/ext43/tcp", PACKET_TCP},
    {1, "eth/ip6/ext60/tcp", PACKET_TCP},
    {1, "eth/ip6/ext140/tcp", PACKET_TCP},
    {1, "eth/ip6/ext51/tcp", PACKET_TCP},
    {1, "eth/ip4/ext51/tcp", PACKET_TCP},
    {1, "eth/ip6/ext0/ext60/ext43/ext51/ext60/tcp", PACKET_TCP},
    {1, "eth/ip6/ext135/tcp", PACKET_OTHER},
    {1, "eth/ip6/ext50/tcp", PACKET_OTHER},
    {1, "eth/ip6/ext59/tcp", PACKET_OTHER},
    {1, "eth/ip6/atomic/tcp", PACKET_TCP},
    {1, "eth/ip6/ext0/atomic/ext60/tcp", PACKET_TCP},
    {1, "eth/ip6-len0/ext0/tcp", PACKET_OTHER},
    /* Tunnels */
    {1, "eth/ip4/ip4/tcp", PACKET_TCP},
    {1, "eth/ip4/ip6/tcp", PACKET_TCP},
    {1, "eth/ip6/ip4/tcp", PACKET_TCP},
    {1, "eth/ip6/ip6/tcp", PACKET_TCP},
    {1, "eth/ip4/gre/ip4/tcp", PACKET_TCP},
    {1, "eth/ip4/gre-all/ip6/tcp", PACKET_TCP},
    {1, "eth/ip4/gre/eth/ip4/tcp", PACKET_TCP},
    {1, "eth/ip4/gre-routing/ip4/tcp", PACKET_OTHER},
    {1, "eth/ip4/gre-pptp/ip4/tcp", PACKET_OTHER},
    {1, "eth/ip4/vxlan/eth/ip4/tcp", PACKET_TCP},
    {1, "eth/ip4/vxlan/eth/vlan8100/ip6/tcp", PACKET_TCP},
    {1, "eth/ip4/geneve/eth/ip4/tcp", PACKET_TCP},
    {1, "eth/ip4/geneve3/eth/ip4/tcp", PACKET_TCP},
    {1, "eth/ip4/geneve/ip4/tcp", PACKET_TCP},
    {1, "eth/ip4/vxlan/eth/ip4/udp53", PACKET_UDP},
    {1, "eth/ip4/udp4790/eth/ip4/tcp", PACKET_UDP},
    {1, "eth/ip4/ip4/ip4/ip4/ip4/ip4/ip4/ip4/tcp", PACKET_TCP},
    {1, "eth/ip4/ip4/ip4/ip4/ip4/ip4/ip4/ip4/ip4/tcp", PACKET_OTHER},
    {1, "eth/ip6/atomic/atomic/atomic/atomic/atomic/atomic/atomic/tcp", PACKET_TCP},
    {1, "eth/ip6/atomic/atomic/atomic/atomic/atomic/atomic/atomic/atomic/tcp", PACKET_OTHER},
    /* UDP, and quotes in ICMP */
    {1, "eth/ip4/udp53", PACKET_UDP},
    {1, "eth/ip6/udp53", PACKET_UDP},
    {1, "eth/ip4/icmp3/ip4/tcp", PACKET_TCP_QUOTED},
    {1, "eth/ip4/icmp4/ip4/tcp", PACKET_TCP_QUOTED},
    {1, "eth/ip4/icmp11/ip4/tcp", PACKET_TCP_QUOTED},
    {1, "eth/ip4/icmp12/ip4-options/tcp", PACKET_TCP_QUOTED},
    {1, "eth/ip4/icmp5/ip4/tcp", PACKET_OTHER},
    {1, "eth/ip4/icmp8/ip4/tcp", PACKET_OTHER},
    {1, "eth/ip4/icmp3/ip4/udp53", PACKET_OTHER},
    {1, "eth/ip4/icmp3/ip4/icmp3/ip4/tcp", PACKET_OTHER},
    {1, "eth/ip6/icmp6-1/ip6/tcp", PACKET_TCP_QUOTED},
    {1, "eth/ip6/icmp6-2/ip6/ext60/tcp", PACKET_TCP_QUOTED},
    {1, "eth/ip6/icmp6-4/ip6/tcp", PACKET_TCP_QUOTED},
    {1, "eth/ip6/icmp6-5/ip6/tcp", PACKET_OTHER},
    {1, "eth/ip6/icmp6-128/ip6/tcp", PACKET_OTHER},
};

static const struct h2t_mark mark = {.ns = 5, .packet = 3};

/* Parse a copy of exact size, so that a sanitizer sees what is read behind it. */
static void parse(struct packet_parser *parser, uint16_t link, const GByteArray *frame,
                  guint captured, struct packet *out, uint8_t **copy)
{
    *copy = g_memdup2(frame->data, captured);
    packet_parse(parser, link, *copy, captured, frame->len, mark, out);
}

static void check_addr(const struct h2t_addr *a, uint8_t last, uint16_t port)
{
    char text[H2T_ADDR_LEN], want[H2T_ADDR_LEN];
    g_snprintf(want, sizeof want, a->family == 4 ? "10.0.0.%u:%u" : "[2001:db8::%u]:%u", last,
               port);
    g_assert_cmpstr(h2t_addr_text(a, text), ==, want);
}

static void check_hello(const uint8_t *data, uint32_t len)
{
    g_assert_cmpuint(len, ==, 5);
    g_assert_true(memcmp(data, "hello", 5) == 0);
}

static void check_segment(const struct segment *s, bool quoted)
{
    check_addr(&s->src, 1, 1000);
    check_addr(&s->dst, 2, 443);
    g_assert_cmpuint(s->seq, ==, 7);
    g_assert_cmpuint(s->ack, ==, 9);
    g_assert_cmpuint(s->flags, ==, TCP_PSH | TCP_ACK);
    g_assert_cmpuint(s->mark.packet, ==, 3);
    g_assert_cmpint(s->quoted, ==, quoted);
    g_assert_false(s->malformed);
    g_assert_cmpuint(s->wire_len, ==, quoted ? 0 : 5);
    if (!quoted)
        check_hello(s->data, s->len);
}

static void check_datagram(const struct datagram *d)
{
    check_addr(&d->src, 1, 1000);
    g_assert_cmpuint(d->mark.packet, ==, 3);
    if (d->dst.port == 53)
        check_hello(d->data, d->len);
}

static void test_recipe(gconstpointer data)
{
    const guint i = GPOINTER_TO_UINT(data);
    struct packet_parser *parser = packet_parser_new();
    GByteArray *frame = make_frame(recipes[i].recipe, "hello");
    struct packet packet;
    g_autofree uint8_t *copy = NULL;
    parse(parser, recipes[i].link, frame, frame->len, &packet, &copy);
    g_assert_cmpint(packet.kind, ==, recipes[i].want);
    if (packet.kind == PACKET_TCP || packet.kind == PACKET_TCP_QUOTED)
        check_segment(&packet.segment, packet.kind == PACKET_TCP_QUOTED);
    if (packet.kind == PACKET_UDP)
        check_datagram(&packet.datagram);
    g_byte_array_unref(frame);
    packet_parser_free(&parser);
    g_assert_null(parser);
}

/* Cut anywhere: nothing is read behind the end, and a TCP header of 16 bytes is enough. */
static void test_cut(gconstpointer data)
{
    const guint i = GPOINTER_TO_UINT(data);
    struct packet_parser *parser = packet_parser_new();
    GByteArray *frame = make_frame(recipes[i].recipe, "hello");
    for (guint n = 0; n <= frame->len; n++) {
        struct packet packet;
        g_autofree uint8_t *copy = NULL;
        parse(parser, recipes[i].link, frame, n, &packet, &copy);
        if (packet.kind != PACKET_TCP)
            continue;
        g_assert_cmpuint(packet.segment.seq, ==, 7);
        g_assert_cmpuint(packet.segment.wire_len, ==, 5);
        g_assert_cmpuint(packet.segment.len, ==, n + 5 > frame->len ? n + 5 - frame->len : 0);
    }
    g_byte_array_unref(frame);
    packet_parser_free(&parser);
}

static void test_snap_length(void)
{
    struct packet_parser *parser = packet_parser_new();
    GByteArray *frame = make_frame("eth/ip4/tcp", "hello");
    static const struct {
        guint captured;
        enum packet_kind want;
        uint32_t len;
    } cases[] = {{49, PACKET_OTHER, 0},
                 {50, PACKET_TCP, 0},
                 {54, PACKET_TCP, 0},
                 {57, PACKET_TCP, 3},
                 {59, PACKET_TCP, 5}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct packet packet;
        g_autofree uint8_t *copy = NULL;
        parse(parser, 1, frame, cases[i].captured, &packet, &copy);
        g_assert_cmpint(packet.kind, ==, cases[i].want);
        if (packet.kind == PACKET_TCP)
            g_assert_cmpuint(packet.segment.len, ==, cases[i].len);
    }
    g_byte_array_unref(frame);
    packet_parser_free(&parser);
}

/* What Ethernet fills up to 60 bytes is not payload. */
static void test_padding(void)
{
    static const char *const padded[] = {"eth/ip4/tcp", "eth/ip6/tcp", "eth/ip4/udp53"};
    for (guint i = 0; i < G_N_ELEMENTS(padded); i++) {
        struct packet_parser *parser = packet_parser_new();
        GByteArray *frame = make_frame(padded[i], "hello");
        g_byte_array_append(frame, (const uint8_t *)"\0\0\0\0\0\0\0", 7);
        struct packet packet;
        g_autofree uint8_t *copy = NULL;
        parse(parser, 1, frame, frame->len, &packet, &copy);
        if (packet.kind == PACKET_UDP)
            check_datagram(&packet.datagram);
        else
            check_segment(&packet.segment, false);
        g_byte_array_unref(frame);
        packet_parser_free(&parser);
    }
}

static void test_tcp_header_length(void)
{
    static const struct {
        uint8_t words;
        bool malformed;
        uint32_t len;
    } cases[] = {{0, true, 0},  {4, true, 0},  {5, false, 8}, {6, false, 4},
                 {7, false, 0}, {8, false, 0}, {15, false, 0}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct packet_parser *parser = packet_parser_new();
        GByteArray *frame = make_frame("ip4/tcp", "12345678");
        frame->data[20 + 12] = (uint8_t)(cases[i].words << 4);
        struct packet packet;
        g_autofree uint8_t *copy = NULL;
        parse(parser, LINK_RAW, frame, frame->len, &packet, &copy);
        g_assert_cmpint(packet.kind, ==, PACKET_TCP);
        g_assert_cmpint(packet.segment.malformed, ==, cases[i].malformed);
        g_assert_cmpuint(packet.segment.len, ==, cases[i].len);
        g_assert_cmpuint(packet.segment.wire_len, ==, cases[i].len);
        g_byte_array_unref(frame);
        packet_parser_free(&parser);
    }
}

/* Its own length counts, when it has one and it fits. */
static void test_udp_length(void)
{
    static const struct {
        uint8_t field;
        uint32_t len;
    } cases[] = {{0, 5}, {7, 5}, {8, 0}, {10, 2}, {13, 5}, {200, 5}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct packet_parser *parser = packet_parser_new();
        GByteArray *frame = make_frame("ip4/udp53", "hello");
        frame->data[20 + 5] = cases[i].field;
        struct packet packet;
        g_autofree uint8_t *copy = NULL;
        parse(parser, LINK_RAW, frame, frame->len, &packet, &copy);
        g_assert_cmpint(packet.kind, ==, PACKET_UDP);
        g_assert_cmpuint(packet.datagram.len, ==, cases[i].len);
        g_byte_array_unref(frame);
        packet_parser_free(&parser);
    }
}

/* RFC 2675: more than 65535 bytes, else it is none. */
static void test_jumbo(void)
{
    struct packet_parser *parser = packet_parser_new();
    for (guint len = 65507; len <= 65508; len++) {
        g_autofree char *payload = g_strnfill(len, 'x');
        GByteArray *frame = make_frame("ip6-jumbo/tcp", payload);
        struct packet packet;
        g_autofree uint8_t *copy = NULL;
        parse(parser, LINK_RAW, frame, frame->len, &packet, &copy);
        g_assert_cmpint(packet.kind, ==, len == 65508 ? PACKET_TCP : PACKET_OTHER);
        if (packet.kind == PACKET_TCP)
            g_assert_cmpuint(packet.segment.len, ==, len);
        g_byte_array_unref(frame);
    }
    packet_parser_free(&parser);
}

/* ---- Fragments ------------------------------------------------------------------------------ */

/* Bytes `from` to `to` of an IPv4 packet's payload as a fragment, in an Ethernet frame. */
static GByteArray *fragment4(const GByteArray *whole, guint from, guint to)
{
    const guint total = 20 + to - from;
    const guint where = from / 8 | (to + 20 < whole->len ? 0x2000 : 0);
    GByteArray *frame = g_byte_array_new();
    g_byte_array_append(frame, (const uint8_t[14]){[12] = 8}, 14);
    g_byte_array_append(frame, whole->data, 20);
    frame->data[16] = (uint8_t)(total >> 8);
    frame->data[17] = (uint8_t)total;
    frame->data[20] = (uint8_t)(where >> 8);
    frame->data[21] = (uint8_t)where;
    g_byte_array_append(frame, whole->data + 20 + from, to - from);
    return frame;
}

/* The same of an IPv6 packet; what is before `whole`'s payload is its header only. */
static GByteArray *fragment6(const GByteArray *whole, guint from, guint to)
{
    const guint len = 8 + to - from;
    const guint where = from | (to + 40 < whole->len ? 1 : 0);
    const uint8_t header[8] = {whole->data[6], 0, (uint8_t)(where >> 8), (uint8_t)where, 1, 2, 3};
    GByteArray *frame = g_byte_array_new();
    g_byte_array_append(frame, (const uint8_t[14]){[12] = 0x86, 0xdd}, 14);
    g_byte_array_append(frame, whole->data, 40);
    frame->data[14 + 4] = (uint8_t)(len >> 8);
    frame->data[14 + 5] = (uint8_t)len;
    frame->data[14 + 6] = 44;
    g_byte_array_append(frame, header, 8);
    g_byte_array_append(frame, whole->data + 40 + from, to - from);
    return frame;
}

static enum packet_kind feed(struct packet_parser *parser, GByteArray *frame, guint captured,
                             struct packet *packet)
{
    g_autofree uint8_t *copy = NULL;
    parse(parser, LINK_ETHERNET, frame, MIN(captured, frame->len), packet, &copy);
    g_byte_array_unref(frame);
    return packet->kind;
}

static void test_fragments(void)
{
    struct packet_parser *parser = packet_parser_new();
    GByteArray *v4 = make_frame("ip4/tcp", "hello"), *v6 = make_frame("ip6/tcp", "hello");
    GByteArray *extended = make_frame("ip6/ext60/tcp", "hello");
    struct packet packet;
    g_assert_cmpint(feed(parser, fragment4(v4, 0, 16), 999, &packet), ==, PACKET_OTHER);
    g_assert_cmpint(feed(parser, fragment6(v6, 16, 25), 999, &packet), ==, PACKET_OTHER);
    g_assert_cmpint(feed(parser, fragment4(v4, 16, 25), 999, &packet), ==, PACKET_TCP);
    check_segment(&packet.segment, false);
    g_assert_cmpint(feed(parser, fragment6(v6, 0, 16), 999, &packet), ==, PACKET_TCP);
    check_segment(&packet.segment, false);
    g_assert_cmpint(feed(parser, fragment6(extended, 0, 8), 999, &packet), ==, PACKET_OTHER);
    g_assert_cmpint(feed(parser, fragment6(extended, 8, 41), 999, &packet), ==, PACKET_TCP);
    check_segment(&packet.segment, false);
    g_byte_array_unref(v4);
    g_byte_array_unref(v6);
    g_byte_array_unref(extended);
    packet_parser_free(&parser);
}

/* Fragments that ICMP quotes are not put together with real ones. */
static void test_quoted_fragments(void)
{
    struct packet_parser *parser = packet_parser_new();
    GByteArray *whole = make_frame("ip4/tcp", "hello"), *part = fragment4(whole, 0, 16);
    GByteArray *error = make_frame("eth/ip4-total0/icmp3", "");
    struct packet packet;
    g_byte_array_append(error, part->data + 14, part->len - 14);
    g_assert_cmpint(feed(parser, error, 999, &packet), ==, PACKET_OTHER);
    g_assert_cmpint(feed(parser, fragment4(whole, 16, 25), 999, &packet), ==, PACKET_OTHER);
    g_byte_array_unref(part);
    g_byte_array_unref(whole);
    packet_parser_free(&parser);
}

/* What the snap length cut is not put together: the first fragment counts for what it has. */
static void test_cut_fragments(void)
{
    struct packet_parser *parser = packet_parser_new();
    GByteArray *whole = make_frame("ip4/tcp", "hello");
    struct packet packet;
    g_assert_cmpint(feed(parser, fragment4(whole, 0, 24), 57, &packet), ==, PACKET_TCP);
    g_assert_cmpuint(packet.segment.len, ==, 3);
    g_assert_cmpuint(packet.segment.wire_len, ==, 4);
    g_assert_cmpint(feed(parser, fragment4(whole, 16, 25), 40, &packet), ==, PACKET_OTHER);
    g_assert_cmpint(feed(parser, fragment4(whole, 16, 25), 999, &packet), ==, PACKET_OTHER);
    g_byte_array_unref(whole);
    packet_parser_free(&parser);
}

/* A fragmented tunnel whose inner packet is fragmented too: the inner addresses come from a buffer
 * that the second reassembly makes anew. */
static void test_fragments_in_fragments(void)
{
    struct packet_parser *parser = packet_parser_new();
    GByteArray *inner = make_frame("ip4/tcp", "hello");
    struct packet packet;
    for (guint from = 0; from < 25; from += 16) {
        GByteArray *part = fragment4(inner, from, MIN(from + 16, 25));
        g_byte_array_remove_range(part, 0, 14);
        GByteArray *outer = make_frame("ip4/icmp0", ""); /* a header to put before it */
        g_byte_array_set_size(outer, 20);
        outer->data[9] = 4;
        outer->data[5] = (uint8_t)from;
        g_byte_array_append(outer, part->data, part->len);
        feed(parser, fragment4(outer, 0, 8), 999, &packet);
        feed(parser, fragment4(outer, 8, part->len), 999, &packet);
        g_byte_array_unref(part);
        g_byte_array_unref(outer);
    }
    g_assert_cmpint(packet.kind, ==, PACKET_TCP);
    check_segment(&packet.segment, false);
    g_byte_array_unref(inner);
    packet_parser_free(&parser);
}

/* ---- Noise ---------------------------------------------------------------------------------- */

/* Frames with some bytes changed, all through one parser. Only a sanitizer or an assertion can fail
 * here, and what is told must lie inside. */
static void test_noise(void)
{
    struct packet_parser *parser = packet_parser_new();
    GRand *rand = g_rand_new_with_seed(7);
    for (guint i = 0; i < 30000; i++) {
        const guint k = (guint)g_rand_int_range(rand, 0, G_N_ELEMENTS(recipes));
        GByteArray *frame = make_frame(recipes[k].recipe, "hello");
        for (gint32 n = g_rand_int_range(rand, 0, 4); n > 0; n--)
            frame->data[g_rand_int_range(rand, 0, (gint32)frame->len)] ^=
                (uint8_t)(1 << g_rand_int_range(rand, 0, 8));
        const guint captured = (guint)g_rand_int_range(rand, 0, (gint32)frame->len + 1);
        struct packet packet;
        g_autofree uint8_t *copy = NULL;
        parse(parser, recipes[k].link, frame, captured, &packet, &copy);
        if (packet.kind == PACKET_TCP) {
            g_assert_cmpuint(packet.segment.len, <=, frame->len);
            g_assert_cmpuint(packet.segment.len, <=, packet.segment.wire_len);
        }
        g_byte_array_unref(frame);
    }
    g_rand_free(rand);
    packet_parser_free(&parser);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(recipes); i++) {
        g_autofree char *whole =
            g_strdup_printf("/packet/whole/%u/%s", recipes[i].link, recipes[i].recipe);
        g_autofree char *cut =
            g_strdup_printf("/packet/cut/%u/%s", recipes[i].link, recipes[i].recipe);
        g_test_add_data_func(g_strdelimit(whole + 14, "/", ':') - 14, GUINT_TO_POINTER(i),
                             test_recipe);
        if (recipes[i].want == PACKET_TCP && !strstr(recipes[i].recipe, "total"))
            g_test_add_data_func(g_strdelimit(cut + 12, "/", ':') - 12, GUINT_TO_POINTER(i),
                                 test_cut);
    }
    g_test_add_func("/packet/snap-length", test_snap_length);
    g_test_add_func("/packet/padding", test_padding);
    g_test_add_func("/packet/tcp-header-length", test_tcp_header_length);
    g_test_add_func("/packet/udp-length", test_udp_length);
    g_test_add_func("/packet/jumbo", test_jumbo);
    g_test_add_func("/packet/fragments", test_fragments);
    g_test_add_func("/packet/fragments/quoted", test_quoted_fragments);
    g_test_add_func("/packet/fragments/cut", test_cut_fragments);
    g_test_add_func("/packet/fragments/in-fragments", test_fragments_in_fragments);
    g_test_add_func("/packet/noise", test_noise);
    return g_test_run();
}
