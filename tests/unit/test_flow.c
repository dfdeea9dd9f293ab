/* SPDX-License-Identifier: MIT */
/* What waits in the decoders of all connections has a limit: who has held longest is given up. */
#include "annotator/wire/flow.h"

#include <string.h>

#define N_FLOWS 3u

/* A ClientHello of 16 KiB begins; a preface, SETTINGS, and a request for "/". */
static const uint8_t hello[] = {22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3};
static const uint8_t request[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                 "\0\0\0\4\0\0\0\0\0"
                                 "\0\0\3\1\5\0\0\0\1\x82\x86\x84";
/* The same with a value of 4,063 bytes for the HPACK table, which holds that for good. */
static const uint8_t large_head[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                    "\0\0\0\4\0\0\0\0\0"
                                    "\0\x0f\xe8\1\5\0\0\0\1\x82\x86\x84\x40\1x\x7f\xe0\x1e";

struct traffic {
    struct h2t_facts *facts;
    struct keylog *keylog;
    struct flow_budget budget;
    struct flow *flows[N_FLOWS];
};

static struct traffic *begin(void)
{
    struct traffic *t = g_new0(struct traffic, 1);
    t->facts = h2t_facts_new();
    t->keylog = keylog_new();
    for (uint32_t i = 0; i < N_FLOWS; i++) {
        struct h2t_mark mark = {.packet = i + 1};
        struct h2t_tuple tuple = {0};
        h2t_facts_open(t->facts, i, &tuple, mark);
        h2t_facts_packet(t->facts, i, mark);
        t->flows[i] = flow_new(i, t->keylog, t->facts, &t->budget);
    }
    return t;
}

static struct h2t_wire *end(struct traffic *t)
{
    for (uint32_t i = 0; i < N_FLOWS; i++)
        flow_free(&t->flows[i]);
    struct h2t_wire *wire = h2t_facts_finish(&t->facts);
    keylog_free(&t->keylog);
    g_free(t);
    return wire;
}

static void say(struct traffic *t, uint32_t i, const void *bytes, size_t len)
{
    flow_data(t->flows[i], H2T_CLIENT, bytes, len, (struct h2t_mark){.packet = 10});
}

static void say_large_head(struct traffic *t, uint32_t i)
{
    char value[4063];
    memset(value, 'x', sizeof value);
    say(t, i, large_head, sizeof large_head - 1);
    say(t, i, value, sizeof value);
}

static bool overflow(const struct h2t_wire *wire, uint32_t i)
{
    return g_array_index(wire->conns, struct h2t_conn, i).overflow;
}

/* What is held is counted, and is not any more when it is used or freed. */
static void test_counted(void)
{
    struct traffic *t = begin();
    say(t, 0, hello, sizeof hello);
    g_assert_cmpuint(t->budget.held, >=, 0x4000);
    g_assert_cmpuint(t->budget.holders.length, ==, 1);
    size_t before = t->budget.held;
    say(t, 1, request, sizeof request - 1);
    g_assert_cmpuint(t->budget.held, ==, before);
    say(t, 2, request, 30); /* into the head of a frame, which is no buffer */
    g_assert_cmpuint(t->budget.held, ==, before);
    flow_gap(t->flows[0], H2T_CLIENT, 0x4000, (struct h2t_mark){.packet = 11});
    g_assert_cmpuint(t->budget.held, ==, 0);
    g_assert_cmpuint(t->budget.holders.length, ==, 0);
    say_large_head(t, 0);
    g_assert_cmpuint(t->budget.held, ==, 0); /* it is TLS, and its place is lost */
    struct h2t_wire *wire = end(t);
    g_assert_false(overflow(wire, 0) || overflow(wire, 1) || overflow(wire, 2));
    h2t_wire_free(&wire);
}

/* The first holder goes, not the one that asks for more, and not one without anything. */
static void test_oldest(void)
{
    struct traffic *t = begin();
    t->budget.held = H2T_MAX_DECODERS - 0x6000; /* others, that have nothing left to give */
    say(t, 2, request, sizeof request - 1);
    say(t, 0, hello, sizeof hello);
    g_assert_cmpuint(t->budget.holders.length, ==, 1);
    say(t, 1, hello, sizeof hello);
    g_assert_cmpuint(t->budget.holders.length, ==, 1);
    g_assert_cmpuint(t->budget.held, <=, H2T_MAX_DECODERS);
    struct h2t_wire *wire = end(t);
    g_assert_true(overflow(wire, 0));
    g_assert_false(overflow(wire, 1) || overflow(wire, 2));
    g_assert_cmpuint(wire->streams->len, ==, 1);
    h2t_wire_free(&wire);
}

/* Tables count. The streams of who is given up end so, and what it says later is nothing. */
static void test_table(void)
{
    struct traffic *t = begin();
    t->budget.held = H2T_MAX_DECODERS - 0x2000;
    say_large_head(t, 0);
    g_assert_cmpuint(t->budget.holders.length, ==, 1);
    say_large_head(t, 1);
    g_assert_cmpuint(t->budget.holders.length, ==, 1);
    say(t, 0, request + sizeof request - 13, 12);
    struct h2t_wire *wire = end(t);
    g_assert_true(overflow(wire, 0) && !overflow(wire, 1));
    g_assert_cmpuint(wire->streams->len, ==, 2);
    g_assert_cmpint(g_array_index(wire->streams, struct h2t_stream, 0).end, ==, H2T_END_OVERFLOW);
    h2t_wire_free(&wire);
}

/* Who holds no more than its share stays, whatever is the sum. */
static void test_share(void)
{
    struct traffic *t = begin();
    t->budget.held = 2u * H2T_MAX_DECODERS;
    say(t, 0, "GET / HTTP/1.1\r\nHost: a", 23);
    g_assert_cmpuint(t->budget.held, >, 2u * H2T_MAX_DECODERS);
    say(t, 0, "\r\n\r\n", 4);
    g_assert_cmpuint(t->budget.held, ==, 2u * H2T_MAX_DECODERS);
    struct h2t_wire *wire = end(t);
    g_assert_false(overflow(wire, 0));
    g_assert_cmpuint(wire->streams->len, ==, 1);
    h2t_wire_free(&wire);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flow/counted", test_counted);
    g_test_add_func("/flow/oldest", test_oldest);
    g_test_add_func("/flow/table", test_table);
    g_test_add_func("/flow/share", test_share);
    return g_test_run();
}
