/* SPDX-License-Identifier: MIT */
/* tcp and http1 on talks of which packets are lost at random: less may be told, nothing wrong. The
 * n-th request asks for /n and its response has status BASE + n. */
#include "annotator/wire/http1.h"
#include "annotator/wire/tcp.h"

#include <string.h>

#define N_REQUESTS 16
#define BASE 210 /* above 204, which has no body */
#define MAX_SEGMENT 60

struct side {
    struct h2t_addr addr;
    uint32_t seq;
};

struct talk {
    GRand *rand;
    double loss;
    struct tcp *tcp;
    struct http1 *http1;
    struct side side[2];
    uint32_t packet;
    uint32_t last[2][N_REQUESTS];   /* packet that completes the message */
    uint32_t asked[N_REQUESTS + 1]; /* what the stream asked for */
    uint32_t n_responses, n_ends;
};

/* ---- What is told must be true -------------------------------------------------------------- */

static void on_frame(void *user, const struct h2t_frame *f)
{
    struct talk *t = user;
    if (f->kind == H2T_GAP)
        return;
    g_assert_cmpuint(f->stream, >=, 1);
    g_assert_cmpuint(f->stream, <=, N_REQUESTS);
    uint32_t *asked = &t->asked[f->stream];
    if (f->kind == H2T_REQUEST)
        *asked = (uint32_t)atoi(f->fields->path + 1);
    if (f->kind == H2T_RESPONSE) {
        g_assert_cmpuint(f->fields->status, ==, BASE + *asked);
        t->n_responses++;
    }
    if (f->kind == H2T_MESSAGE_END) {
        g_assert_cmpuint(f->mark.packet, >=, t->last[f->dir][*asked]);
        t->n_ends++;
    }
}

static void *on_open(void *user, uint32_t conn, const struct h2t_tuple *tuple, struct h2t_mark mark)
{
    (void)conn, (void)tuple, (void)mark;
    return user;
}

static void on_packet(void *user, uint32_t conn, const struct segment *segment)
{
    (void)user, (void)conn, (void)segment;
}

static void on_control(void *user, void *state, const struct h2t_frame *f)
{
    struct talk *t = state;
    (void)user;
    if (f->kind == H2T_FIN)
        http1_fin(t->http1, f->dir, f->mark);
}

static void on_data(void *user, void *state, enum h2t_dir dir, const uint8_t *data, size_t len,
                    struct h2t_mark mark)
{
    struct talk *t = state;
    (void)user;
    http1_input(t->http1, dir, data, len, mark);
}

static void on_gap(void *user, void *state, enum h2t_dir dir, uint32_t len, struct h2t_mark mark)
{
    struct talk *t = state;
    (void)user, (void)mark;
    http1_gap(t->http1, dir, len);
}

static void on_close(void *user, void *state, bool overflow)
{
    struct talk *t = state;
    (void)user, (void)overflow;
    http1_fin(t->http1, H2T_CLIENT, (struct h2t_mark){.packet = t->packet});
}

/* ---- The talk ------------------------------------------------------------------------------- */

static void packet(struct talk *t, enum h2t_dir dir, uint8_t flags, const char *data, uint32_t len)
{
    struct side *from = &t->side[dir], *to = &t->side[!dir];
    g_autofree uint8_t *copy = g_memdup2(data, len);
    struct segment s = {.src = from->addr,
                        .dst = to->addr,
                        .seq = from->seq,
                        .ack = to->seq,
                        .flags = flags,
                        .data = copy,
                        .len = len,
                        .wire_len = len,
                        .mark = {.packet = ++t->packet, .ns = t->packet * INT64_C(10000000)}};
    from->seq += len + ((flags & (TCP_SYN | TCP_FIN)) != 0);
    if ((flags & TCP_SYN) || g_rand_double(t->rand) >= t->loss)
        tcp_input(t->tcp, &s, false);
}

static void message(struct talk *t, enum h2t_dir dir, uint32_t number, const GString *text)
{
    for (gsize at = 0, n; at < text->len; at += n) {
        n = MIN(text->len - at, MAX_SEGMENT);
        packet(t, dir, TCP_ACK, text->str + at, (uint32_t)n);
        t->last[dir][number] = t->packet;
        if (g_rand_boolean(t->rand))
            packet(t, !dir, TCP_ACK, "", 0);
    }
}

/* A body of up to some segments, in one of the framings. */
static void add_body(struct talk *t, GString *text, bool bodiless)
{
    uint32_t len = (uint32_t)g_rand_int_range(t->rand, 0, 4 * MAX_SEGMENT);
    g_autofree char *body = g_strnfill(len, 'b');
    if (bodiless)
        g_string_append_printf(text, "Content-Length: %u\r\n\r\n", len);
    else if (g_rand_boolean(t->rand))
        g_string_append_printf(text, "Content-Length: %u\r\n\r\n%s", len, body);
    else
        g_string_append_printf(text, "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%s", len, body,
                               len ? "0\r\n\r\n" : "");
}

static GString *request(struct talk *t, uint32_t number, const char *method)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s /%u HTTP/1.1\r\nHost: h\r\n", method, number);
    if (*method == 'P')
        add_body(t, text, false);
    else
        g_string_append(text, "\r\n");
    return text;
}

static GString *response(struct talk *t, uint32_t number, const char *method)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "HTTP/1.1 %u OK\r\n", BASE + number);
    add_body(t, text, *method == 'H');
    return text;
}

static void exchange(struct talk *t, uint32_t number)
{
    static const char *const methods[] = {"GET", "GET", "POST", "HEAD"};
    const char *method = methods[g_rand_int_range(t->rand, 0, G_N_ELEMENTS(methods))];
    GString *texts[] = {request(t, number, method), response(t, number, method)};
    message(t, H2T_CLIENT, number, texts[0]);
    message(t, H2T_SERVER, number, texts[1]);
    g_string_free(texts[0], TRUE);
    g_string_free(texts[1], TRUE);
}

static void talk(struct talk *t)
{
    static const struct tcp_callbacks callbacks = {.open = on_open,
                                                   .control = on_control,
                                                   .data = on_data,
                                                   .gap = on_gap,
                                                   .close = on_close,
                                                   .packet = on_packet};
    t->tcp = tcp_new(&callbacks, t);
    t->http1 = http1_new(on_frame, t);
    g_assert_true(h2t_addr_parse("10.0.0.1:4000", &t->side[H2T_CLIENT].addr));
    g_assert_true(h2t_addr_parse("10.0.0.2:80", &t->side[H2T_SERVER].addr));
    packet(t, H2T_CLIENT, TCP_SYN, "", 0);
    packet(t, H2T_SERVER, TCP_SYN | TCP_ACK, "", 0);
    for (uint32_t i = 0; i < N_REQUESTS; i++)
        exchange(t, i);
    if (g_rand_boolean(t->rand)) {
        packet(t, H2T_CLIENT, TCP_FIN | TCP_ACK, "", 0);
        packet(t, H2T_SERVER, TCP_FIN | TCP_ACK, "", 0);
    }
    tcp_free(&t->tcp);
    http1_free(&t->http1);
}

/* `share` of the responses must be told at least. */
static void test_loss(double loss, double share)
{
    enum { ROUNDS = 60 };
    GRand *rand = g_rand_new_with_seed(1);
    uint32_t n_responses = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct talk t = {.rand = rand, .loss = loss};
        talk(&t);
        n_responses += t.n_responses;
    }
    g_test_message("%u of %u", n_responses, ROUNDS * N_REQUESTS);
    g_assert_cmpfloat(n_responses, >=, share * ROUNDS * N_REQUESTS);
    g_rand_free(rand);
}

static void test_no_loss(void)
{
    test_loss(0, 1);
}

static void test_some_loss(void)
{
    test_loss(0.02, 0.7);
    test_loss(0.1, 0.3);
}

static void test_much_loss(void)
{
    test_loss(0.5, 0.001);
    test_loss(0.9, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http1/drops/none", test_no_loss);
    g_test_add_func("/http1/drops/some", test_some_loss);
    g_test_add_func("/http1/drops/much", test_much_loss);
    return g_test_run();
}
