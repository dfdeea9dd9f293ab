/* SPDX-License-Identifier: MIT */
/* Connections at their limits: each is crossed, and what is kept stays right. */
#include "annotator/wire/tcp.h"

struct counts {
    uint64_t open, closed, overflow, packets, data, bytes, gaps, gap_bytes, controls;
};

static void *count_open(void *user, uint32_t conn, const struct h2t_tuple *tuple,
                        struct h2t_mark mark)
{
    (void)conn;
    (void)tuple;
    (void)mark;
    ((struct counts *)user)->open++;
    return NULL;
}

static void count_control(void *user, void *state, const struct h2t_frame *f)
{
    (void)state;
    (void)f;
    ((struct counts *)user)->controls++;
}

static void count_data(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                       struct h2t_mark mark)
{
    (void)state;
    (void)dir;
    (void)data;
    (void)mark;
    ((struct counts *)user)->data++;
    ((struct counts *)user)->bytes += len;
}

static void count_gap(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    (void)state;
    (void)dir;
    (void)mark;
    ((struct counts *)user)->gaps++;
    ((struct counts *)user)->gap_bytes += len;
}

static void count_close(void *user, void *state, bool overflow)
{
    (void)state;
    ((struct counts *)user)->closed++;
    ((struct counts *)user)->overflow += overflow;
}

static void count_packet(void *user, uint32_t conn, const struct segment *segment)
{
    (void)conn;
    (void)segment;
    ((struct counts *)user)->packets++;
}

static const struct tcp_callbacks counting = {count_open, count_control, count_data,
                                              count_gap,  count_close,   count_packet};

static struct segment syn_of(uint32_t client, uint32_t seq)
{
    uint8_t ip[16] = {(uint8_t)(client >> 24), (uint8_t)(client >> 16), (uint8_t)(client >> 8),
                      (uint8_t)client};
    const uint8_t server[16] = {10, 0, 0, 2};
    return (struct segment){.src = h2t_addr_make(4, ip, 50000),
                            .dst = h2t_addr_make(4, server, 443),
                            .seq = seq,
                            .flags = TCP_SYN};
}

static struct segment bytes_of(uint32_t client, uint32_t seq, uint32_t len)
{
    static const uint8_t zeros[65536];
    struct segment s = syn_of(client, seq);
    s.flags = TCP_ACK;
    s.data = zeros;
    s.len = s.wire_len = len;
    return s;
}

/* With -m slow it also crosses H2T_MAX_CONNS. */
static void test_syn_flood(void)
{
    const uint32_t n = g_test_slow() ? H2T_MAX_CONNS : 250000;
    struct counts counts = {0};
    struct tcp *tcp = tcp_new(&counting, &counts);
    for (uint32_t i = 0; i < n; i++) {
        const struct segment s = syn_of(i * 2654435761u, i);
        g_assert_cmpuint(tcp_input(tcp, &s, false), ==, i);
        g_assert_cmpuint(counts.open - counts.closed, <=, H2T_MAX_OPEN_CONNS);
    }
    if (n == H2T_MAX_CONNS) {
        const struct segment s = syn_of(n * 2654435761u, 7);
        g_assert_cmpuint(tcp_input(tcp, &s, false), ==, H2T_NONE);
    }
    g_assert_cmpuint(counts.overflow, ==, n - H2T_MAX_OPEN_CONNS);
    g_assert_cmpuint(tcp_stats(tcp)->overflows, ==, n - H2T_MAX_OPEN_CONNS);
    tcp_free(&tcp);
    g_assert_cmpuint(counts.closed, ==, n);
    g_assert_cmpuint(counts.packets, ==, n);
}

/* Who was silent longest goes first; what comes after is only counted. */
static void test_open_limit(void)
{
    struct counts counts = {0};
    struct tcp *tcp = tcp_new(&counting, &counts);
    for (uint32_t i = 0; i < H2T_MAX_OPEN_CONNS; i++) {
        const struct segment s = syn_of(i, 99);
        tcp_input(tcp, &s, false);
    }
    const struct segment first = bytes_of(0, 100, 10), second = bytes_of(1, 100, 10);
    const struct segment more = syn_of(H2T_MAX_OPEN_CONNS, 99);
    tcp_input(tcp, &first, false);
    g_assert_cmpuint(counts.overflow, ==, 0);
    tcp_input(tcp, &more, false);
    g_assert_cmpuint(counts.overflow, ==, 1);
    const uint64_t bytes = counts.bytes, packets = counts.packets;
    g_assert_cmpuint(tcp_input(tcp, &second, false), ==, 1);
    g_assert_cmpuint(counts.bytes, ==, bytes);
    g_assert_cmpuint(counts.packets, ==, packets + 1);
    const struct segment again = bytes_of(0, 110, 10);
    tcp_input(tcp, &again, false);
    g_assert_cmpuint(counts.bytes, ==, bytes + 10);
    tcp_free(&tcp);
}

/* Ended connections make room before others, and more than 1024 of them are not kept. */
static void test_ended_go_first(void)
{
    struct counts counts = {0};
    struct tcp *tcp = tcp_new(&counting, &counts);
    for (uint32_t i = 0; i < H2T_MAX_OPEN_CONNS; i++) {
        struct segment s = syn_of(i, 99);
        tcp_input(tcp, &s, false);
        s.flags = TCP_RST;
        if (i >= 10 && i < 12)
            tcp_input(tcp, &s, false);
    }
    for (uint32_t i = 0; i < 3; i++) {
        const struct segment s = syn_of(H2T_MAX_OPEN_CONNS + i, 99);
        tcp_input(tcp, &s, false);
        g_assert_cmpuint(counts.closed, ==, i + 1);
        g_assert_cmpuint(counts.overflow, ==, i < 2 ? 0 : 1);
    }
    tcp_free(&tcp);
}

static void test_ended_kept(void)
{
    struct counts counts = {0};
    struct tcp *tcp = tcp_new(&counting, &counts);
    for (uint32_t i = 0; i < 1030; i++) {
        struct segment s = syn_of(i, 99);
        tcp_input(tcp, &s, false);
        s.flags = TCP_RST;
        tcp_input(tcp, &s, false);
    }
    g_assert_cmpuint(counts.closed, ==, 6);
    g_assert_cmpuint(counts.overflow, ==, 0);
    g_assert_cmpuint(counts.controls, ==, 2 * 1030);
    tcp_free(&tcp);
}

/* Past H2T_MAX_TCP_HELD behind one hole, the hole is given up. */
static void test_held_limit(void)
{
    struct counts counts = {0};
    struct tcp *tcp = tcp_new(&counting, &counts);
    const struct segment syn = syn_of(1, 99);
    tcp_input(tcp, &syn, false);
    uint32_t seq = 1100, n = 0;
    for (; counts.gaps == 0; n++, seq += 65536) {
        const struct segment s = bytes_of(1, seq, 65536);
        g_assert_cmpuint(n, <=, H2T_MAX_TCP_HELD / 65536);
        tcp_input(tcp, &s, false);
    }
    g_assert_cmpuint(n, ==, H2T_MAX_TCP_HELD / 65536);
    g_assert_cmpuint(counts.gap_bytes, ==, 1000);
    g_assert_cmpuint(counts.bytes, ==, n * 65536);
    g_assert_cmpuint(tcp_stats(tcp)->overflows, ==, 1);
    g_assert_cmpuint(tcp_stats(tcp)->gap_bytes, ==, 1000);
    const struct segment more = bytes_of(1, seq, 10);
    tcp_input(tcp, &more, false);
    g_assert_cmpuint(counts.bytes, ==, n * 65536 + 10);
    tcp_free(&tcp);
}

/* Tiny segments behind a hole cost more than their bytes, so there cannot be very many. Backwards
 * is the slowest way to sort them in. */
static void test_held_tiny(void)
{
    struct counts counts = {0};
    struct tcp *tcp = tcp_new(&counting, &counts);
    const struct segment syn = syn_of(1, 99);
    tcp_input(tcp, &syn, false);
    uint32_t n = 0;
    for (; counts.gaps == 0; n++) {
        const struct segment s = bytes_of(1, 1000000 - 2 * n, 1);
        g_assert_cmpuint(n, <, 20000);
        tcp_input(tcp, &s, false);
    }
    g_assert_cmpuint(n, >, 10000);
    g_assert_cmpuint(counts.data, ==, n);
    tcp_free(&tcp);
}

/* Past H2T_MAX_TCP_HELD_ALL, who began to hold first gives up. */
static void test_held_all_limit(void)
{
    struct counts counts = {0};
    struct tcp *tcp = tcp_new(&counting, &counts);
    const uint32_t each = 30, n = H2T_MAX_TCP_HELD_ALL / (each * (65536 + 256)) + 1;
    for (uint32_t i = 0; i < n; i++) {
        const struct segment syn = syn_of(i, 99);
        tcp_input(tcp, &syn, false);
        for (uint32_t k = 0; k < each; k++) {
            const struct segment s = bytes_of(i, 101 + k * 65536, 65536);
            tcp_input(tcp, &s, false);
        }
    }
    g_assert_cmpuint(counts.gaps, ==, 1);
    g_assert_cmpuint(counts.gap_bytes, ==, 1);
    g_assert_cmpuint(counts.bytes, ==, each * 65536);
    const struct segment late = bytes_of(0, 100, 1), in_time = bytes_of(1, 100, 1);
    tcp_input(tcp, &late, false);
    g_assert_cmpuint(counts.bytes, ==, each * 65536);
    tcp_input(tcp, &in_time, false);
    g_assert_cmpuint(counts.bytes, ==, 2 * each * 65536 + 1);
    tcp_free(&tcp);
}

/* More than 4 GB in one direction: numbers go round, and so do acknowledgements that are old. */
static void test_more_than_4_gb(void)
{
    struct counts counts = {0};
    struct tcp *tcp = tcp_new(&counting, &counts);
    const struct segment syn = syn_of(1, 99);
    tcp_input(tcp, &syn, false);
    struct segment ack = bytes_of(1, 1, 0);
    ack.src = syn.dst;
    ack.dst = syn.src;
    ack.ack = 100;
    tcp_input(tcp, &ack, false);
    const uint32_t n = 65536 + 100;
    for (uint32_t i = 0; i < n; i++) {
        const struct segment s = bytes_of(1, 100 + i * 65536, 65536);
        tcp_input(tcp, &s, false);
        if (i % 997 == 0) { /* one that waits, and is not taken for acknowledged */
            const struct segment second = bytes_of(1, 100 + (i + 2) * 65536, 65536);
            tcp_input(tcp, &second, false);
        }
    }
    g_assert_cmpuint(counts.gaps, ==, 0);
    g_assert_cmpuint(counts.bytes, ==, n * UINT64_C(65536) + (n % 997 == 1 ? 65536u : 0u));
    tcp_free(&tcp);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcp-limits/syn-flood", test_syn_flood);
    g_test_add_func("/tcp-limits/open-limit", test_open_limit);
    g_test_add_func("/tcp-limits/ended-go-first", test_ended_go_first);
    g_test_add_func("/tcp-limits/ended-kept", test_ended_kept);
    g_test_add_func("/tcp-limits/held-limit", test_held_limit);
    g_test_add_func("/tcp-limits/held-tiny", test_held_tiny);
    g_test_add_func("/tcp-limits/held-all-limit", test_held_all_limit);
    g_test_add_func("/tcp-limits/more-than-4-gb", test_more_than_4_gb);
    return g_test_run();
}
