/* SPDX-License-Identifier: MIT */
/* Frames of any link type to segments and datagrams, and on into TCP and DNS. The control byte of a
 * piece is the link type (low bits), and whether the frame was cut and filtered out. */
#include "annotator/wire/dns.h"
#include "annotator/wire/link.h"
#include "annotator/wire/tcp.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { CUT = 0x80, FILTERED = 0x40 };

static const uint16_t links[] = {LINK_ETHERNET, LINK_RAW,         LINK_COOKED, LINK_COOKED2,
                                 LINK_NULL,     LINK_LOOP,        LINK_IPV4,   LINK_IPV6,
                                 LINK_RAW_BSD,  LINK_RAW_OPENBSD, 147};

static void *on_open(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark)
{
    unsigned *open = user;
    (void)conn, (void)mark;
    g_assert_true(tuple->client.family && tuple->server.family);
    ++*open;
    return NULL;
}

static void on_control(void *user, void *state, const struct h2t_frame *frame)
{
    (void)user, (void)state;
    g_assert_cmpint(frame->kind, <=, H2T_RST);
}

static void on_data(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    (void)user, (void)state, (void)dir, (void)mark;
    fuzz_touch(data, len);
}

static void on_gap(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    (void)user, (void)state, (void)dir, (void)len, (void)mark;
}

static void on_close(void *user, void *state, bool overflow)
{
    unsigned *open = user;
    (void)state, (void)overflow;
    g_assert_cmpuint(*open, >, 0);
    --*open;
}

static void on_packet(void *user, uint32_t conn, const struct segment *segment)
{
    (void)user, (void)conn, (void)segment;
}

static void on_datagram(const struct datagram *datagram)
{
    struct dns_message message;
    g_autofree uint8_t *copy = g_malloc(MAX(datagram->len, 1));
    memcpy(copy, datagram->data, datagram->len);
    if (!dns_parse(copy, datagram->len, &message))
        return;
    for (const char *c = message.name; *c; c++)
        g_assert_true(*c > ' ' && *c < 0x7f && !g_ascii_isupper(*c));
}

static void on_frame(struct packet_parser *parser, struct tcp *tcp, const struct piece *piece,
                     uint32_t number)
{
    uint32_t len = (uint32_t)piece->len, wire = len + (piece->control & CUT ? 1000 : 0);
    struct h2t_mark mark = {.ns = number * INT64_C(1000000), .packet = number};
    struct packet packet;
    packet_parse(parser, links[(piece->control & 0x3f) % G_N_ELEMENTS(links)], piece->data, len,
                 wire, mark, &packet);
    if (packet.kind == PACKET_UDP)
        on_datagram(&packet.datagram);
    if (packet.kind != PACKET_TCP && packet.kind != PACKET_TCP_QUOTED)
        return;
    bool quoted = packet.kind == PACKET_TCP_QUOTED;
    if (!quoted) {
        fuzz_touch(packet.segment.data, packet.segment.len);
        g_assert_cmpuint(packet.segment.len, <=, packet.segment.wire_len);
    }
    tcp_input(tcp, &packet.segment, quoted || piece->control & FILTERED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tcp_callbacks callbacks = {on_open, on_control, on_data,
                                                   on_gap,  on_close,   on_packet};
    struct pieces pieces = {.rest = {data, size}};
    unsigned open = 0;
    struct packet_parser *parser = packet_parser_new();
    struct tcp *tcp = tcp_new(&callbacks, &open);
    for (uint32_t number = 1; pieces_next(&pieces); number++)
        on_frame(parser, tcp, &pieces.now, number);
    tcp_free(&tcp);
    g_assert_cmpuint(open, ==, 0);
    packet_parser_free(&parser);
    return 0;
}
