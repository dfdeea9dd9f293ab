/* SPDX-License-Identifier: MIT */
/* Frames to segments. What tshark 4.4.19 makes of nearly all of these frames was compared. */
#include "frames.h"

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
    g_test_add_func("/packet/noise", test_noise);
    return g_test_run();
}
