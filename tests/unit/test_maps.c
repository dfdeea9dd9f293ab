/* SPDX-License-Identifier: MIT */
/* Addresses that something between the trace and the capture translates: stated, learned from
 * headers, and connections that only times tell. */
#include "core/maps.h"

#include "core/addr.h"
#include "world.h"

static void test_parse(void)
{
    static const struct {
        const char *text, *from, *to; /* NULL: refused */
    } cases[] = {
        {"10.0.0.1=10.0.0.2", "10.0.0.1", "10.0.0.2"},
        {"10.0.0.1:443=10.0.0.2:8443", "10.0.0.1:443", "10.0.0.2:8443"},
        {"10.0.0.1:443=10.0.0.2", "10.0.0.1:443", "10.0.0.2"},
        {"[fd00::1]:443=[::1]:8443", "[fd00::1]:443", "[::1]:8443"},
        {"fd00::1=::1", "fd00::1", "::1"},
        {"[fe80::1%eth0]:443=10.0.0.2:1", "[fe80::1]:443", "10.0.0.2:1"},
        {"fe80::1%eth0=[::1]", "fe80::1", "::1"},
        {"::ffff:10.0.0.1=10.0.0.2", "10.0.0.1", "10.0.0.2"},
        {"10.0.0.1", NULL, NULL},
        {"=10.0.0.1", NULL, NULL},
        {"10.0.0.1=", NULL, NULL},
        {"host=10.0.0.1", NULL, NULL},
        {"10.0.0.1:0=10.0.0.2", NULL, NULL},
        {"10.0.0.1:70000=10.0.0.2", NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct h2t_addr_map map;
        char text[H2T_ADDR_LEN];
        bool good = h2t_map_parse(cases[i].text, &map);
        g_test_message("%s", cases[i].text);
        g_assert_true(good == (cases[i].from != NULL));
        if (!good)
            continue;
        g_assert_cmpstr(h2t_addr_text(&map.from, text), ==, cases[i].from);
        g_assert_cmpstr(h2t_addr_text(&map.to, text), ==, cases[i].to);
    }
}

/* A connection of the trace to `remote`. */
static uint32_t trace_conn_to(struct world *w, const char *local, const char *remote)
{
    uint32_t t = trace_conn(w, local);
    h2t_tconn_at(&w->m, t)->remote = addr(remote);
    return t;
}

static void expect_bound(const struct world *w, uint32_t tconn, uint32_t conn, enum h2t_match match)
{
    g_assert_cmpuint(h2t_tconn_at(&w->m, tconn)->conn, ==, conn);
    g_assert_cmpstr(h2t_match_name(h2t_tconn_at(&w->m, tconn)->bound), ==, h2t_match_name(match));
}

static void requests(struct world *w, uint32_t tconn, uint32_t conn, uint32_t n, const char *id,
                     int64_t from, int64_t pace)
{
    for (uint32_t i = 0; i < n; i++) {
        wire_request(w, conn, 2 * i + 1, id, from + i * pace);
        trace_request(w, tconn, id, from + i * pace);
    }
}

static void test_stated(void)
{
    static const char *const stated[] = {"10.96.0.1:443=10.0.0.2:443", "10.96.0.1=10.0.0.2"};
    for (size_t i = 0; i < G_N_ELEMENTS(stated); i++) {
        struct world w = world_new();
        wire_conn(&w, 0, "10.0.0.1:4000", 0);
        requests(&w, trace_conn_to(&w, "10.0.0.1:4000", "10.96.0.1:443"), 0, 1, NULL, 10 * MS, MS);
        g_assert_true(h2t_maps_state(w.m.trace, stated[i]));
        join(&w);
        expect_bound(&w, 0, 0, H2T_MATCH_MAPPED);
        g_assert_cmpint(h2t_attempt_at(&w.m, 0)->match, ==, H2T_MATCH_ORDER);
        g_assert_cmpuint(g_array_index(w.m.trace->maps, struct h2t_addr_map, 0).n, ==, 1);
        world_free(&w);
    }
}

/* What the capture has as it is stays so. */
static void test_stated_in_vain(void)
{
    struct world w = world_new();
    matching_requests(&w, 1, NULL);
    g_assert_true(h2t_maps_state(w.m.trace, "10.0.0.2=10.0.0.9"));
    join(&w);
    expect_bound(&w, 0, 0, H2T_MATCH_TUPLE);
    world_free(&w);
}

/* One connection has a unique header; what it teaches finds the other. */
static void test_learned(void)
{
    struct world w = world_new();
    wire_conn(&w, 0, "10.0.0.1:4000", 0);
    wire_conn(&w, 1, "10.0.0.1:4001", MS);
    requests(&w, trace_conn_to(&w, "10.0.0.1:4000", "10.96.0.1:443"), 0, 1, "x", 10 * MS, MS);
    requests(&w, trace_conn_to(&w, "10.0.0.1:4001", "10.96.0.1:443"), 1, 1, NULL, 11 * MS, MS);
    join(&w);
    expect_bound(&w, 0, 0, H2T_MATCH_HEADER);
    expect_bound(&w, 1, 1, H2T_MATCH_MAPPED);
    const struct h2t_addr_map *map = &g_array_index(w.m.trace->maps, struct h2t_addr_map, 0);
    g_assert_true(map->server && !map->stated && !map->ambiguous);
    g_assert_cmpuint(map->n, ==, 2);
    h2t_join(&w.m); /* what was learned is forgotten, and learned again */
    g_assert_cmpuint(w.m.trace->maps->len, ==, 1);
    g_assert_cmpuint(g_array_index(w.m.trace->maps, struct h2t_addr_map, 0).n, ==, 2);
    world_free(&w);
}

/* Nothing but times: three connections of a proxy, with other ports and another server. */
static void test_timing(void)
{
    static const char *const inside[] = {"10.5.0.1:4000", "10.5.0.1:4001", "10.5.0.1:4002"},
                             *const outside[] = {"10.0.0.1:7002", "10.0.0.1:7000", "10.0.0.1:7001"};
    struct world w = world_new();
    for (uint32_t i = 0; i < 3; i++) {
        wire_conn(&w, i, outside[i], i * 3 * MS);
        requests(&w, trace_conn_to(&w, inside[i], "10.50.0.7:443"), i, 4 + i, NULL,
                 (10 + 3 * i) * MS, (20 + i) * MS);
    }
    join(&w);
    for (uint32_t i = 0; i < 3; i++)
        expect_bound(&w, i, i, H2T_MATCH_TIMING);
    for (uint32_t i = 0; i < w.m.trace->attempts->len; i++)
        g_assert_cmpint(h2t_attempt_at(&w.m, i)->match, ==, H2T_MATCH_TIMING);
    world_free(&w);
}

/* Two connections that could be either: none is bound. Nor is one with two requests only, whose
 * server nobody knows. */
static void test_timing_is_no_guess(void)
{
    struct world w = world_new();
    for (uint32_t i = 0; i < 2; i++)
        wire_conn(&w, i, i ? "10.0.0.1:7000" : "10.0.0.1:7001", 0);
    for (uint32_t i = 0; i < 2; i++)
        requests(&w, trace_conn_to(&w, i ? "10.5.0.1:4000" : "10.5.0.1:4001", "10.50.0.7:443"), i,
                 4, NULL, 10 * MS, 20 * MS);
    join(&w);
    for (uint32_t i = 0; i < 2; i++) {
        expect_bound(&w, i, H2T_NONE, H2T_MATCH_NONE);
        g_assert_cmpint(h2t_tconn_at(&w.m, i)->reason, ==, H2T_REASON_AMBIGUOUS);
    }
    world_free(&w);
    w = world_new();
    wire_conn(&w, 0, "10.0.0.1:7000", 0);
    requests(&w, trace_conn_to(&w, "10.5.0.1:4000", "10.50.0.7:443"), 0, 2, NULL, 10 * MS, 20 * MS);
    join(&w);
    expect_bound(&w, 0, H2T_NONE, H2T_MATCH_NONE);
    g_assert_cmpint(h2t_tconn_at(&w.m, 0)->reason, ==, H2T_REASON_NOT_CAPTURED);
    world_free(&w);
}

/* A proxy that speaks HTTP/1.1 to its server: the same headers, another connection. */
static void test_http_proxy(void)
{
    for (int h2 = 0; h2 < 2; h2++) {
        struct world w = world_new();
        wire_conn(&w, 0, "10.0.0.1:7000", 0);
        uint32_t t = trace_conn_to(&w, "10.5.0.1:4000", "10.50.0.7:443");
        h2t_tconn_at(&w.m, t)->alpn = h2 ? "h2" : "http/1.1";
        requests(&w, t, 0, 4, NULL, 10 * MS, 20 * MS); /* on the wire HTTP/2 */
        join(&w);
        expect_bound(&w, t, h2 ? 0 : H2T_NONE, h2 ? H2T_MATCH_TIMING : H2T_MATCH_NONE);
        world_free(&w);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/maps/parse", test_parse);
    g_test_add_func("/maps/stated", test_stated);
    g_test_add_func("/maps/stated-in-vain", test_stated_in_vain);
    g_test_add_func("/maps/learned", test_learned);
    g_test_add_func("/maps/timing", test_timing);
    g_test_add_func("/maps/timing-is-no-guess", test_timing_is_no_guess);
    g_test_add_func("/maps/http-proxy", test_http_proxy);
    return g_test_run();
}
