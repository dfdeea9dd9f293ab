/* SPDX-License-Identifier: MIT */
/*
 * Frames from a recipe, their layers from outside in, as "eth/vlan8100/ip4/tcp": the innermost
 * header goes from port 1000 to 443, every IP header from 10.0.0.1 to 10.0.0.2 or from 2001:db8::1
 * to 2001:db8::2. And what a segment of such a frame with payload "hello" must be.
 */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

#include <stdlib.h>
#include <string.h>

#include "annotator/wire/link.h"
#include "annotator/wire/packet.h"

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

#endif
