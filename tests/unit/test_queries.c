/* SPDX-License-Identifier: MIT */
/* DNS questions and answers in, pairs out. */
#include "core/queries.h"

#include <stdlib.h>

struct script {
    struct h2t_facts *facts;
    uint32_t packet;
};

static struct h2t_mark mark(uint32_t packet)
{
    return (struct h2t_mark){.packet = packet, .ns = packet};
}

/* "?7" question with id 7, "!7" its answer; "a" before it: of another client, "t" of another type,
 * "n" for another name. */
static void dns(struct script *s, const char *word)
{
    struct h2t_dns d = {.name = "a.example", .type = 1, .mark = mark(++s->packet)};
    g_assert_true(h2t_addr_parse("10.0.0.1:5353", &d.client));
    for (; *word != '?' && *word != '!'; word++) {
        d.client.port = (uint16_t)(*word == 'a' ? 5354 : d.client.port);
        d.type = *word == 't' ? 28 : d.type;
        d.name = *word == 'n' ? "b.example" : d.name;
    }
    d.response = *word == '!';
    d.rcode = d.response ? 3 : 0;
    d.id = (uint16_t)atoi(word + 1);
    h2t_facts_dns(s->facts, &d);
}

static void test_pairs(void)
{
    static const struct {
        const char *messages, *queries; /* question@packet>answer's packet */
    } dns_cases[] = {
        {"?1 !1", "1@1>2"},
        {"?1 ?1 !1", "1@1>3"},       /* retransmitted */
        {"?1 !1 !1", "1@1>2"},       /* answered twice */
        {"?1 !1 ?1", "1@1>2 1@3>0"}, /* asked again later */
        {"?1 !1 ?1 !1", "1@1>2 1@3>4"},
        {"!1 ?1", "1@2>0"}, /* the capture lacks the question */
        {"?1 !2", "1@1>0"},
        {"?1 a?1 t?1 n?1 n!1 t!1 a!1 !1", "1@1>8 1@2>7 1@3>6 1@4>5"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(dns_cases); i++) {
        struct script s = {.facts = h2t_facts_new()};
        g_auto(GStrv) words = g_strsplit(dns_cases[i].messages, " ", -1);
        for (char **word = words; *word; word++)
            dns(&s, *word);
        struct h2t_wire *wire = h2t_facts_finish(&s.facts);
        g_autoptr(GString) out = g_string_new(NULL);
        for (uint32_t k = 0; k < wire->queries->len; k++) {
            const struct h2t_query *q = &g_array_index(wire->queries, struct h2t_query, k);
            g_string_append_printf(out, "%s%u@%u>%u", k ? " " : "", q->id, q->query.packet,
                                   q->answer.packet);
            g_assert_cmpuint(q->rcode, ==, q->answer.packet ? 3 : 0);
        }
        g_assert_cmpstr(out->str, ==, dns_cases[i].queries);
        h2t_wire_free(&wire);
    }
}

static void test_limit(void)
{
    for (uint32_t over = 0; over < 2; over++) {
        struct script s = {.facts = h2t_facts_new()};
        char name[16];
        struct h2t_dns d = {.name = name, .mark = mark(1)};
        for (uint32_t i = 0; i < H2T_MAX_PENDING_QUERIES + over; i++) {
            g_snprintf(name, sizeof name, "n%u", i);
            h2t_facts_dns(s.facts, &d);
        }
        d.response = true;
        d.mark = mark(2);
        h2t_facts_dns(s.facts, &d); /* the last question is known in any case */
        g_snprintf(name, sizeof name, "n0");
        h2t_facts_dns(s.facts, &d);
        struct h2t_wire *wire = h2t_facts_finish(&s.facts);
        const struct h2t_query *q = &g_array_index(wire->queries, struct h2t_query, 0);
        g_assert_cmpuint(q[0].answer.packet, ==, over ? 0 : 2);
        g_assert_cmpuint(q[wire->queries->len - 1].answer.packet, ==, 2);
        h2t_wire_free(&wire);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/queries/pairs", test_pairs);
    g_test_add_func("/queries/limit", test_limit);
    return g_test_run();
}
