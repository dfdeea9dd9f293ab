/* SPDX-License-Identifier: MIT */
/* The numbers of conversations, against tshark's. */
#include "annotator/wire/tcp_table.h"

#include <stdio.h>
#include <string.h>

/* tcp.stream as tshark 4.4.19 gives it to random segments of three 4-tuples, most of them odd. Each
 * is: the 4-tuple, its side a or b, flags:seq:ack=stream. With the flags also q, quoted in ICMP,
 * and m, header length malformed. */
static const char numbers[] =
    "2aSA:99:101=0 0aS:101:102=1 2bA:102:0=0 2aS:100:0=2 2bS:99:0=2 0aS:101:101=1 0bF:102:100=1 "
    "0bA:100:0=1 0aS:101:0=1 2aSR:100:0=2 0aA:101:0=1 2aS:99:100=3 0aSA:100:100=4 2aA:102:0=3 "
    "0bSA:101:101=5 1bSFA:101:102=6 0aSRAq:101:0=7 0aSA:100:102=7 1aSF:100:102=8 1aRq:102:101=8 "
    "1bSA:99:101=8 0bSA:100:101=9 0aA:102:100=9 1bRA:99:102=8 0bS:101:101=10 2aSFA:101:0=11 "
    "2bFA:100:100=11 0aA:101:100=10 1aFA:99:0=8 2aSF:100:101=12 1bS:100:100=13 0bSF:99:100=14 "
    "1bFA:99:101=13 2bA:100:0=12 2aFA:99:100=12 1bR:99:100=13 2a-:100:100=12 1aSA:101:100=15 "
    "1bAm:102:0=15 0aSA:99:102=14 1bS:101:102=16 2aSFA:99:101=17 0aSA:102:102=18 0bS:99:0=19 "
    "0bS:100:101=20 1aS:99:100=16 1bA:99:101=16 1bA:99:0=16 1bRA:101:0=16 0bSFA:99:0=21 "
    "0bFA:99:0=21 0aA:100:101=21 2aSA:101:102=22 2bS:100:100=23 2aSA:100:101=23 "
    "2bSFAm:101:102=24 0bSFA:100:101=25 0aFAq:102:101=25 1bA:100:101=16 0aSFAq:102:102=26 "
    "0bFAq:99:101=26 1a-:100:102=16 0aq:102:101=26 2bFA:100:101=24 0aS:99:100=26 0bS:102:101=26 "
    "1bA:102:0=16 2aAm:99:0=24 0bS:102:101=26 2bS:101:0=27 1aSR:100:102=28 1bSAq:100:0=28 "
    "2aR:102:100=27 1aSA:99:0=29 1bF:101:100=29 1aS:102:100=30 0bRA:102:100=26 0b-:101:101=26 "
    "1aRA:99:0=30 2aAq:99:102=27 1aA:99:0=30 0bS:101:101=31 1bSAm:100:101=32 0bFAq:100:101=31 "
    "1aS:101:0=33 2bFA:100:102=27 1aSq:100:101=34 0bA:102:0=31 0aq:99:102=31 0aS:101:101=35 "
    "1aSA:99:0=34 1a-:99:102=34 2aSA:101:0=36 1bRA:100:0=34 1bSF:101:101=37 2aR:102:101=36 "
    "1aS:100:102=37 1aA:102:101=37 2bFAq:99:102=36 1bA:101:101=37 0aFA:101:100=35 "
    "0aS:102:101=38 2bSF:101:100=39 0bS:99:101=38 0aA:100:0=38 0bFA:102:0=38 2bSA:101:100=39 "
    "1bSA:102:102=40 1aS:102:102=41 1bA:101:102=41 0bS:101:0=42 2aFA:100:100=39 1aR:100:0=41 "
    "0bS:102:100=43 1bFA:101:101=41 1aAq:102:102=41 2aA:102:101=39 0bSF:99:101=44 "
    "1aF:100:102=41 1aS:102:0=45 1a-:100:100=45 0bS:100:0=46 1aS:99:101=47 2aA:101:0=39 "
    "1aAq:100:100=47 2bSFA:102:100=48 0bS:99:101=49 1bA:99:0=47 2aS:100:100=50 1bSFA:102:0=51 "
    "0bA:100:101=49 2aA:101:102=50 1bSF:102:101=52 0bS:102:100=53 2a-:100:101=50 0a-:102:102=53 "
    "1bSRA:102:101=52 0aA:101:101=53 2aRA:100:101=50 0bA:101:100=53 2aA:102:102=50 "
    "2aSA:102:0=54 1aS:99:100=55 2aSA:99:100=56 2aFA:100:102=56 2aSA:100:100=57 0bS:102:101=53 "
    "1aSFq:99:102=55 2aA:101:102=57 2aRA:102:0=57 2bA:101:101=57 1aS:100:102=58 0bSF:99:0=59 "
    "0aFA:100:100=59 1bSm:101:100=58 0bS:101:102=60 0aS:100:102=60 0aSR:99:102=61 "
    "1aSF:100:100=58 0bFA:100:100=61 1bSq:99:100=62 2aR:101:0=57 1bSA:100:0=62 2bS:100:101=63 "
    "1aA:101:101=62 2bS:102:101=64 1bSA:101:100=65 1aS:102:101=66 1bS:99:100=66 2bSA:101:0=67 "
    "0bSA:102:101=68 0bR:101:102=68 1bSF:101:0=69 1bSm:100:102=70 2bS:101:100=67 2bA:102:102=67 "
    "0bS:101:101=71 2bS:102:0=72 2a-:99:100=72 0aS:100:100=71 1aSRm:101:0=70 1aS:101:102=70 "
    "0bA:102:101=71 1b-:102:0=70 0bS:101:0=71 2bSA:100:101=73 0bSq:99:101=74 0bS:99:101=74 "
    "0aFA:101:0=74 2aSA:102:0=75 2aS:102:101=75 0aSRm:100:101=76 1aSF:101:100=70 1aR:100:101=70 "
    "2bAm:99:0=75 2aSA:100:0=77 1aS:100:102=78 0bA:100:102=76 1aSA:100:0=78 2bSA:99:101=79 "
    "2bS:99:0=79 2aF:101:102=79 0bSA:102:102=80 1aFA:99:101=78 2aA:102:101=79 2bF:102:101=79 "
    "1bS:100:102=81 1aSFA:100:102=81 0bS:102:0=80 0aFA:99:101=80 2bSA:99:100=79 0bSA:100:0=82 "
    "1bAm:99:100=81 2bF:100:102=79 0bSm:101:102=83 0aF:99:102=83 0aFA:101:102=83 0bA:101:0=83 "
    "1aS:100:100=84 1aS:99:101=85 2bAm:100:100=79 1aS:100:102=86 2bSq:101:0=87 1aS:100:0=86 "
    "2bSA:99:101=87 2aR:99:102=87 ";

static struct h2t_addr addr(uint8_t family, uint8_t last, uint16_t port)
{
    const uint8_t ip6[16] = {0x20, 1, 0xd, 0xb8, [15] = last}, ip4[4] = {10, 0, 0, last};
    return h2t_addr_make(family, family == 4 ? ip4 : ip6, port);
}

static uint8_t flags_of(const char *text)
{
    return (uint8_t)((strchr(text, 'S') ? TCP_SYN : 0) | (strchr(text, 'F') ? TCP_FIN : 0) |
                     (strchr(text, 'R') ? TCP_RST : 0) | (strchr(text, 'A') ? TCP_ACK : 0));
}

/* The next segment of `numbers` and its stream; false at the end. */
static bool next(const char **at, uint8_t family, struct segment *s, unsigned *stream)
{
    unsigned conn;
    char side, flags[8];
    int used = 0;
    *s = (struct segment){.flags = 0};
    if (sscanf(*at, "%1u%c%7[SFRAqm-]:%u:%u=%u %n", &conn, &side, flags, &s->seq, &s->ack, stream,
               &used) != 6)
        return false;
    *at += used;
    const struct h2t_addr a = addr(family, 1, (uint16_t)(1000 + conn)), b = addr(family, 2, 80);
    s->src = side == 'a' ? a : b;
    s->dst = side == 'a' ? b : a;
    s->flags = flags_of(flags);
    s->quoted = strchr(flags, 'q');
    s->malformed = strchr(flags, 'm');
    return true;
}

static void test_numbers(gconstpointer data)
{
    struct tcp_table *table = tcp_table_new(1000, 1);
    const char *at = numbers;
    struct segment s;
    unsigned stream, side, n = 0;
    bool fresh;
    for (; next(&at, (uint8_t)GPOINTER_TO_UINT(data), &s, &stream); n++) {
        g_test_message("segment %u", n + 1);
        const uint32_t index = tcp_table_count(table, &s, &side, &fresh);
        g_assert_cmpuint(tcp_table_at(table, index)->conn, ==, stream);
    }
    g_assert_cmpuint(n, ==, 226);
    g_assert_cmpstr(at, ==, "");
    tcp_table_free(&table);
}

static struct segment syn_of(uint8_t family, uint32_t client, uint32_t seq)
{
    uint8_t ip[16] = {(uint8_t)(client >> 24), (uint8_t)(client >> 16), (uint8_t)(client >> 8),
                      (uint8_t)client};
    const uint8_t server[16] = {10, 0, 0, 2};
    return (struct segment){.src = h2t_addr_make(family, ip, 50000),
                            .dst = h2t_addr_make(family, server, 443),
                            .seq = seq,
                            .flags = TCP_SYN};
}

/* Past the limit: known 4-tuples keep their number until they are used again, new ones get none. */
static void test_number_limit(gconstpointer data)
{
    const uint8_t family = (uint8_t)GPOINTER_TO_UINT(data);
    struct tcp_table *table = tcp_table_new(3, 1);
    unsigned side;
    bool fresh;
    for (uint32_t i = 1; i <= 5; i++) {
        const struct segment s = syn_of(family, i, 7);
        const uint32_t index = tcp_table_count(table, &s, &side, &fresh);
        g_assert_cmpuint(index, ==, i <= 3 ? i - 1 : H2T_NONE);
    }
    const struct segment known = syn_of(family, 2, 7), reused = syn_of(family, 2, 8);
    g_assert_cmpuint(tcp_table_count(table, &known, &side, &fresh), ==, 1);
    g_assert_false(fresh);
    g_assert_cmpuint(tcp_table_at(table, 1)->conn, ==, 1);
    g_assert_cmpuint(tcp_table_count(table, &reused, &side, &fresh), ==, 1);
    g_assert_true(fresh);
    g_assert_cmpuint(tcp_table_at(table, 1)->conn, ==, H2T_NONE);
    tcp_table_free(&table);
}

/* An IPv6 packet with one mapped IPv4 address: not taken for an IPv4 one, whatever its bytes are.
 */
static void test_mixed(void)
{
    struct tcp_table *table = tcp_table_new(4, 1);
    const uint8_t zero[4] = {0}, small[16] = {[3] = 1}, other[16] = {0x20, 1};
    const struct h2t_addr server = h2t_addr_make(4, zero, 443);
    unsigned side;
    bool fresh;
    struct segment s = {.src = h2t_addr_make(6, other, 50000), .dst = server, .flags = TCP_SYN};
    g_assert_cmpuint(tcp_table_count(table, &s, &side, &fresh), ==, 0);
    s.src = h2t_addr_make(6, small, 50000);
    g_assert_cmpuint(tcp_table_count(table, &s, &side, &fresh), ==, 1);
    for (uint8_t last = 0; last < 2; last++) {
        const uint8_t ip[4] = {0, 0, 0, last};
        s.src = h2t_addr_make(4, ip, 50000);
        g_assert_cmpuint(tcp_table_count(table, &s, &side, &fresh), ==, 2u + last);
        g_assert_true(fresh);
    }
    tcp_table_free(&table);
}

static void test_table_size(gconstpointer data)
{
    const uint8_t family = (uint8_t)GPOINTER_TO_UINT(data);
    const uint32_t n = 200000;
    struct tcp_table *table = tcp_table_new(n, 1);
    unsigned side;
    bool fresh;
    for (uint32_t i = 0; i < n; i++) {
        const struct segment s = syn_of(family, i, 7);
        g_assert_cmpuint(tcp_table_count(table, &s, &side, &fresh), ==, i);
    }
    const size_t each = tcp_table_size(table) / n;
    g_test_message("IPv%u: %zu bytes an entry", family, each);
    g_assert_cmpuint(each, <=, family == 4 ? 70 : 110);
    tcp_table_free(&table);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/tcp-numbers/tshark/ipv4", GUINT_TO_POINTER(4), test_numbers);
    g_test_add_data_func("/tcp-numbers/tshark/ipv6", GUINT_TO_POINTER(6), test_numbers);
    g_test_add_data_func("/tcp-numbers/limit/ipv4", GUINT_TO_POINTER(4), test_number_limit);
    g_test_add_data_func("/tcp-numbers/limit/ipv6", GUINT_TO_POINTER(6), test_number_limit);
    g_test_add_func("/tcp-numbers/mixed", test_mixed);
    g_test_add_data_func("/tcp-numbers/size/ipv4", GUINT_TO_POINTER(4), test_table_size);
    g_test_add_data_func("/tcp-numbers/size/ipv6", GUINT_TO_POINTER(6), test_table_size);
    return g_test_run();
}
