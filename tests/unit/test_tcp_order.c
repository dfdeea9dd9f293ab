/* SPDX-License-Identifier: MIT */
/*
 * Streams cut into random segments that come late, twice, overlapping or never: what is told is
 * every byte once and in its place, or a gap of the right length.
 */
#include "annotator/wire/tcp.h"

#include <string.h>

#define LEN 3000u

struct stream {
    uint8_t bytes[LEN];
    uint32_t told, missing;
};

static void *on_open(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark)
{
    (void)conn;
    (void)tuple;
    (void)mark;
    return user;
}

static void on_control(void *user, void *state, const struct h2t_frame *frame)
{
    (void)user;
    const struct stream *stream = state;
    if (frame->kind == H2T_FIN)
        g_assert_cmpuint(stream->told, ==, LEN);
}

static void on_data(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    (void)user;
    (void)mark;
    struct stream *stream = state;
    g_assert_cmpint(dir, ==, H2T_CLIENT);
    g_assert_cmpuint(stream->told + len, <=, LEN);
    g_assert_true(memcmp(data, stream->bytes + stream->told, len) == 0);
    stream->told += (uint32_t)len;
}

static void on_gap(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    (void)user;
    (void)dir;
    (void)mark;
    struct stream *stream = state;
    stream->told += len;
    stream->missing += len;
}

static void on_close(void *user, void *state, bool overflow)
{
    (void)user;
    (void)state;
    g_assert_false(overflow);
}

static void on_packet(void *user, uint32_t conn, const struct segment *segment)
{
    (void)user;
    (void)segment;
    g_assert_cmpuint(conn, ==, 0);
}

static const struct tcp_callbacks callbacks = {on_open, on_control, on_data,
                                               on_gap,  on_close,   on_packet};

struct cut {
    uint32_t at, len;
    gint32 place; /* in the order of arrival */
};

static gint by_place(gconstpointer a, gconstpointer b)
{
    return ((const struct cut *)a)->place - ((const struct cut *)b)->place;
}

/* Cuts of all of the stream, some of them overlapping, and most near their place. */
static GArray *cuts_of(GRand *rand)
{
    GArray *cuts = g_array_new(FALSE, FALSE, sizeof(struct cut));
    const gint32 disorder = g_rand_int_range(rand, 1, 40);
    uint32_t end = 0;
    for (gint32 i = 0; end < LEN; i++) {
        const uint32_t back = (uint32_t)g_rand_int_range(rand, 0, 60);
        const uint32_t at = g_rand_boolean(rand) || back > end ? end : end - back;
        const uint32_t wanted = (uint32_t)g_rand_int_range(rand, 1, 100);
        const uint32_t len = MIN(wanted, LEN - at);
        const struct cut cut = {at, len, i + g_rand_int_range(rand, 0, disorder)};
        g_array_append_val(cuts, cut);
        if (g_rand_int_range(rand, 0, 8) == 0)
            g_array_append_val(cuts, cut);
        end = MAX(end, at + len);
    }
    g_array_sort(cuts, by_place);
    return cuts;
}

static void feed(struct tcp *tcp, uint32_t seq, uint8_t flags, const uint8_t *data, uint32_t len)
{
    static const uint8_t ip[4] = {10, 0, 0, 1};
    const struct segment s = {.src = h2t_addr_make(4, ip, 50000),
                              .dst = h2t_addr_make(4, ip, 443),
                              .seq = seq,
                              .flags = flags,
                              .data = data,
                              .len = len,
                              .wire_len = len};
    tcp_input(tcp, &s, false);
}

/* The server acknowledges what it has, most often less than what was sent. */
static void feed_ack(struct tcp *tcp, uint32_t ack)
{
    static const uint8_t ip[4] = {10, 0, 0, 1};
    const struct segment s = {.src = h2t_addr_make(4, ip, 443),
                              .dst = h2t_addr_make(4, ip, 50000),
                              .ack = ack,
                              .flags = TCP_ACK};
    tcp_input(tcp, &s, false);
}

/* One stream of random cuts; of `loss` in 100 the capture knows nothing. */
static void run(GRand *rand, gint32 loss)
{
    struct stream stream = {.told = 0};
    for (uint32_t i = 0; i < LEN; i++)
        stream.bytes[i] = (uint8_t)g_rand_int(rand);
    struct tcp *tcp = tcp_new(&callbacks, &stream);
    const uint32_t first = g_rand_boolean(rand) ? 0 - LEN / 2 : g_rand_int(rand);
    feed(tcp, first - 1, TCP_SYN, NULL, 0);
    GArray *cuts = cuts_of(rand);
    for (guint i = 0; i < cuts->len; i++) {
        const struct cut *cut = &g_array_index(cuts, struct cut, i);
        if (g_rand_int_range(rand, 0, 100) >= loss)
            feed(tcp, first + cut->at, TCP_ACK, stream.bytes + cut->at, cut->len);
        if (loss > 0 && g_rand_int_range(rand, 0, 10) == 0)
            feed_ack(tcp, first + cut->at);
    }
    feed(tcp, first + LEN, TCP_FIN | TCP_ACK, NULL, 0);
    tcp_free(&tcp);
    g_assert_cmpuint(stream.told, ==, LEN);
    if (loss == 0)
        g_assert_cmpuint(stream.missing, ==, 0);
    g_array_unref(cuts);
}

static void test_order(gconstpointer loss)
{
    GRand *rand = g_rand_new_with_seed(4711);
    for (unsigned i = 0; i < 150; i++)
        run(rand, GPOINTER_TO_INT(loss));
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/tcp-order/lossless", GINT_TO_POINTER(0), test_order);
    g_test_add_data_func("/tcp-order/lossy", GINT_TO_POINTER(10), test_order);
    g_test_add_data_func("/tcp-order/very-lossy", GINT_TO_POINTER(60), test_order);
    return g_test_run();
}
