/* SPDX-License-Identifier: MIT */
/*
 * seeds CAPTURE KEYS FOLDER NAME: what the fuzz targets begin with, from a real capture. Writes
 * FOLDER/TARGET/NAME* for the targets pcapng, packet, tls, h2 and http1, each cut to a few
 * kilobytes.
 */
#include "annotator/capture/capture.h"
#include "annotator/wire/h2.h"
#include "annotator/wire/http1.h"
#include "annotator/wire/link.h"
#include "annotator/wire/tcp.h"
#include "annotator/wire/tls.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#define MAX_SEED 6144u
enum { PORT_VXLAN = 4789, PORT_GENEVE = 6081 };
#define MAX_CONNS 4u /* seeds of a capture's first connections */

struct seeds {
    const char *folder, *name;
    struct bytes keys;
    unsigned n;
};

/* One connection. */
struct talk {
    struct seeds *seeds;
    struct keylog *keylog;
    struct tls *tls;
    GByteArray *raw, *plain;
    struct bytes begin; /* the client's first bytes, plain */
};

static void write_seed(const struct seeds *seeds, const char *target, unsigned number,
                       const GByteArray *content)
{
    g_autofree char *name = g_strdup_printf("%s-%u", seeds->name, number);
    g_autofree char *path = g_build_filename(seeds->folder, target, name, NULL);
    if (!g_file_set_contents(path, (const char *)content->data, content->len, NULL))
        g_printerr("%s: cannot write\n", path);
}

static void put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void add_piece(GByteArray *out, uint8_t control, const uint8_t *data, size_t len)
{
    const uint8_t head[] = {control, (uint8_t)(len >> 8), (uint8_t)len};
    if (len > UINT16_MAX || out->len + len > MAX_SEED)
        return;
    g_byte_array_append(out, head, sizeof head);
    g_byte_array_append(out, data, (guint)len);
}

static uint8_t control_of(enum h2t_dir dir)
{
    return dir == H2T_SERVER ? PIECE_SERVER : 0;
}

static void keep_begin(struct talk *talk, enum h2t_dir dir, const uint8_t *data, size_t len)
{
    if (dir == H2T_CLIENT && !talk->begin.data)
        talk->begin = (struct bytes){g_memdup2(data, len), len};
}

static void on_frame(void *user, const struct h2t_frame *frame)
{
    (void)user, (void)frame;
}

static void on_plain(void *user, enum h2t_dir dir, const uint8_t *data, size_t len,
                     struct h2t_mark mark)
{
    struct talk *talk = user;
    (void)mark;
    keep_begin(talk, dir, data, len);
    add_piece(talk->plain, control_of(dir), data, len);
}

static void on_plain_gap(void *user, enum h2t_dir dir, struct h2t_mark mark)
{
    (void)user, (void)dir, (void)mark;
}

static void *on_open(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark)
{
    struct talk *talk = g_new0(struct talk, 1);
    (void)conn, (void)tuple, (void)mark;
    talk->seeds = user;
    talk->keylog = keylog_new();
    keylog_add(talk->keylog, (const char *)talk->seeds->keys.data, talk->seeds->keys.len);
    talk->raw = g_byte_array_new();
    talk->plain = g_byte_array_new();
    return talk;
}

static void on_data(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    static const struct tls_callbacks callbacks = {on_frame, on_plain, on_plain_gap};
    struct talk *talk = state;
    (void)user;
    if (!talk->raw->len && tls_looks_like(data, len))
        talk->tls = tls_new(talk->keylog, &callbacks, talk);
    add_piece(talk->raw, control_of(dir), data, len);
    if (talk->tls)
        tls_input(talk->tls, dir, data, len, mark);
    else
        on_plain(talk, dir, data, len, mark);
}

static void write_talk(const struct talk *talk, unsigned number)
{
    if (talk->tls) {
        GString *keys = keylog_used(talk->keylog);
        GByteArray *seed = g_byte_array_new();
        g_byte_array_append(seed, (const uint8_t *)keys->str, (guint)keys->len);
        g_byte_array_append(seed, (const uint8_t *)FUZZ_PART, (guint)strlen(FUZZ_PART));
        g_byte_array_append(seed, talk->raw->data, talk->raw->len);
        write_seed(talk->seeds, "tls", number, seed);
        g_byte_array_unref(seed);
        g_string_free(keys, TRUE);
    }
    if (h2_looks_like(talk->begin.data, talk->begin.len))
        write_seed(talk->seeds, "h2", number, talk->plain);
    else if (http1_looks_like(talk->begin.data, talk->begin.len))
        write_seed(talk->seeds, "http1", number, talk->plain);
}

static void on_close(void *user, void *state, bool overflow)
{
    struct talk *talk = state;
    (void)user, (void)overflow;
    if (talk->raw->len && talk->seeds->n < MAX_CONNS)
        write_talk(talk, talk->seeds->n++);
    tls_free(&talk->tls);
    keylog_free(&talk->keylog);
    g_byte_array_unref(talk->raw);
    g_byte_array_unref(talk->plain);
    g_free((void *)talk->begin.data);
    g_free(talk);
}

static void on_control(void *user, void *state, const struct h2t_frame *frame)
{
    (void)user, (void)state, (void)frame;
}

static void on_gap(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    (void)user, (void)state, (void)dir, (void)len, (void)mark;
}

static void on_packet(void *user, uint32_t conn, const struct segment *segment)
{
    (void)user, (void)conn, (void)segment;
}

/* As fuzz_packet reads it. */
static uint8_t link_control(uint16_t link_type)
{
    static const uint16_t links[] = {LINK_ETHERNET, LINK_RAW, LINK_COOKED, LINK_COOKED2, LINK_NULL};
    for (uint8_t i = 0; i < G_N_ELEMENTS(links); i++)
        if (links[i] == link_type)
            return i;
    return 0;
}

/* An Ethernet frame in another one, behind the eight bytes of VXLAN or Geneve. */
static void add_tunnelled(GByteArray *out, uint16_t port, const uint8_t *frame, size_t len)
{
    uint8_t outer[50] = {[12] = 0x08, [14] = 0x45, [22] = 64,   [23] = 17,
                         [26] = 10,   [30] = 10,   [34] = 0x30, [42] = 8};
    size_t ip = sizeof outer - 14 + len, udp = ip - 20;
    put16(outer + 16, (uint16_t)ip);
    put16(outer + 36, port);
    put16(outer + 38, (uint16_t)udp);
    if (port == PORT_GENEVE)
        memcpy(outer + 42, "\0\0\x65\x58", 4); /* bridged Ethernet */
    g_autofree uint8_t *all = g_malloc(sizeof outer + len);
    memcpy(all, outer, sizeof outer);
    memcpy(all + sizeof outer, frame, len);
    add_piece(out, 0, all, sizeof outer + len);
}

/* The frames of a capture, the first ones also as tunnels have them. */
static void add_frame(GByteArray *frames, const struct block *block)
{
    add_piece(frames, link_control(block->link_type), block->bytes, block->caplen);
    if (block->link_type != LINK_ETHERNET || block->packet > 4)
        return;
    add_tunnelled(frames, PORT_VXLAN, block->bytes, block->caplen);
    add_tunnelled(frames, PORT_GENEVE, block->bytes, block->caplen);
}

static void walk(struct capture *capture, struct seeds *seeds)
{
    static const struct tcp_callbacks callbacks = {on_open, on_control, on_data,
                                                   on_gap,  on_close,   on_packet};
    GByteArray *blocks = g_byte_array_new(), *frames = g_byte_array_new();
    struct packet_parser *parser = packet_parser_new();
    struct tcp *tcp = tcp_new(&callbacks, seeds);
    struct block block;
    struct packet packet;
    while (capture_next(capture, &block, NULL)) {
        if (blocks->len + block.len <= MAX_SEED)
            g_byte_array_append(blocks, block.data, (guint)block.len);
        if (!block.is_packet)
            continue;
        struct h2t_mark mark = {.ns = block.ns, .packet = block.packet};
        add_frame(frames, &block);
        packet_parse(parser, block.link_type, block.bytes, block.caplen, block.wirelen, mark,
                     &packet);
        if (packet.kind == PACKET_TCP)
            tcp_input(tcp, &packet.segment, false);
    }
    tcp_free(&tcp);
    packet_parser_free(&parser);
    write_seed(seeds, "pcapng", 0, blocks);
    write_seed(seeds, "packet", 0, frames);
    g_byte_array_unref(blocks);
    g_byte_array_unref(frames);
}

int main(int argc, char **argv)
{
    g_autofree char *keys = NULL;
    gsize len = 0;
    GError *error = NULL;
    if (argc != 5)
        return 2;
    struct capture *capture = capture_open(argv[1], &error);
    if (!capture) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    g_file_get_contents(argv[2], &keys, &len, NULL);
    struct seeds seeds = {.folder = argv[3], .name = argv[4], .keys = {(const uint8_t *)keys, len}};
    walk(capture, &seeds);
    capture_close(&capture);
    return 0;
}
