/* SPDX-License-Identifier: MIT */
/* Frames with IP fragments to segments. The putting together itself: test_fragments. */
#include "frames.h"

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/packet-fragments/whole", test_fragments);
    g_test_add_func("/packet-fragments/quoted", test_quoted_fragments);
    g_test_add_func("/packet-fragments/cut", test_cut_fragments);
    g_test_add_func("/packet-fragments/in-fragments", test_fragments_in_fragments);
    return g_test_run();
}
