/* SPDX-License-Identifier: MIT */
/*
 * Segments of a few connections in any order. Every byte of a stream is the low byte of its
 * sequence number, so whatever is delivered shows whether it stands at its place: bytes follow each
 * other, and a gap is as long as it says.
 */
#include "annotator/wire/bytes.h"
#include "annotator/wire/tcp.h"
#include "tests/fuzz/fuzz.h"

#define OP_LEN 8u
#define MAX_PAYLOAD 0xffffu

struct side {
    bool known, fin;
    uint8_t next;
};

struct conn {
    struct side sides[2];
    struct watch *watch;
};

struct watch {
    uint32_t packet;
    unsigned open;
};

static void *on_open(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark)
{
    struct conn *c = g_new0(struct conn, 1);
    (void)conn, (void)tuple;
    c->watch = user;
    c->watch->open++;
    g_assert_cmpuint(mark.packet, ==, c->watch->packet);
    return c;
}

static void on_control(void *user, void *state, const struct h2t_frame *frame)
{
    struct conn *c = state;
    (void)user;
    g_assert_cmpint(frame->kind, <=, H2T_RST);
    g_assert_cmpuint(frame->mark.packet, <=, c->watch->packet);
    if (frame->kind == H2T_FIN) {
        g_assert_false(c->sides[frame->dir].fin);
        c->sides[frame->dir].fin = true;
    }
}

static void on_data(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    struct conn *c = state;
    struct side *side = &c->sides[dir];
    (void)user;
    g_assert_cmpuint(len, >, 0);
    g_assert_cmpuint(mark.packet, <=, c->watch->packet);
    g_assert_false(side->fin);
    uint8_t next = side->known ? side->next : data[0];
    for (size_t i = 0; i < len; i++)
        g_assert_cmpuint(data[i], ==, next++);
    side->known = true;
    side->next = next;
}

static void on_gap(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    struct conn *c = state;
    struct side *side = &c->sides[dir];
    (void)user;
    g_assert_cmpuint(mark.packet, <=, c->watch->packet);
    g_assert_false(side->fin);
    side->next = (uint8_t)(side->next + len);
    side->known &= len > 0;
}

static void on_close(void *user, void *state, bool overflow)
{
    struct watch *watch = user;
    (void)overflow;
    g_assert_cmpuint(watch->open, >, 0);
    watch->open--;
    g_free(state);
}

static void on_packet(void *user, uint32_t conn, const struct segment *segment)
{
    struct watch *watch = user;
    (void)conn;
    g_assert_cmpuint(segment->mark.packet, ==, watch->packet);
}

/* Where the byte with the low byte of `seq` begins. */
static const uint8_t *payload(uint32_t seq)
{
    static uint8_t bytes[MAX_PAYLOAD + 0x200];
    if (!bytes[1])
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)i;
    return bytes + (seq & 0xff);
}

static struct h2t_addr address(unsigned pair, unsigned side)
{
    uint8_t ip[16] = {10, 0, 0, (uint8_t)(1 + side)};
    uint16_t port = side ? 443 : (uint16_t)(40000 + pair);
    return h2t_addr_make(pair & 2 ? 6 : 4, ip, port);
}

/* An operation: who and which connection, flags, sequence number, acknowledgement, length; all
 * small, around one of four places, one of which wraps around. */
static struct segment make(const uint8_t op[OP_LEN], uint32_t packet)
{
    static const uint32_t places[] = {1000, 0xffffff00u, 0x7ffffff0u, 5000};
    unsigned side = op[0] & 1, pair = op[0] >> 1 & 3;
    uint32_t mine = places[op[0] >> 3 & 3], others = places[op[0] >> 5 & 3];
    struct segment s = {.src = address(pair, side),
                        .dst = address(pair, !side),
                        .flags = op[1] & 0x1f,
                        .seq = mine + get16(op + 2),
                        .ack = others + get16(op + 4),
                        .len = op[1] & 0x20 ? (uint32_t)op[6] << 8 : op[6],
                        .mark = {.packet = packet, .ns = packet * INT64_C(100000) * op[7]}};
    s.data = payload(s.seq + (s.flags & TCP_SYN ? 1 : 0));
    s.wire_len = s.len + (op[1] & 0x40 ? 300 : 0);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tcp_callbacks callbacks = {on_open, on_control, on_data,
                                                   on_gap,  on_close,   on_packet};
    struct watch watch = {0};
    struct tcp *tcp = tcp_new(&callbacks, &watch);
    for (; size >= OP_LEN; data += OP_LEN, size -= OP_LEN) {
        watch.packet++;
        struct segment s = make(data, watch.packet);
        tcp_input(tcp, &s, data[1] & 0x80);
    }
    tcp_free(&tcp);
    g_assert_cmpuint(watch.open, ==, 0);
    return 0;
}
