/* SPDX-License-Identifier: MIT */
#include "core/maps.h"

#include "core/addr.h"
#include "core/view.h"

#include <string.h>

#define MAX_MAPS 1024u /* learned; a network that translates more is not learned further */

bool h2t_map_parse(const char *text, struct h2t_addr_map *out)
{
    const char *equals = strchr(text, '=');
    *out = (struct h2t_addr_map){.stated = true};
    if (!equals)
        return false;
    g_autofree char *from = g_strndup(text, (gsize)(equals - text));
    return h2t_addr_parse_loose(g_strstrip(from), &out->from) &&
           h2t_addr_parse_loose(equals + 1, &out->to);
}

static GArray *maps_of(struct h2t_trace *trace)
{
    if (!trace->maps)
        trace->maps = g_array_new(false, true, sizeof(struct h2t_addr_map));
    return trace->maps;
}

bool h2t_maps_state(struct h2t_trace *trace, const char *text)
{
    struct h2t_addr_map map;
    return h2t_map_parse(text, &map) && g_array_append_val(maps_of(trace), map);
}

char *h2t_maps_restate(struct h2t_trace *trace, const char *texts)
{
    g_auto(GStrv) each = g_strsplit(texts ? texts : "", ";", -1);
    if (trace->maps)
        g_array_set_size(trace->maps, 0);
    for (char **text = each; *text; text++)
        if (*g_strstrip(*text) && !h2t_maps_state(trace, *text))
            return g_strdup(*text);
    return NULL;
}

static struct h2t_addr_map *map_at(const struct h2t_trace *trace, uint32_t i)
{
    return &g_array_index(trace->maps, struct h2t_addr_map, i);
}

static bool same_ip(const struct h2t_addr *a, const struct h2t_addr *b)
{
    return a->family == b->family && !memcmp(a->ip, b->ip, sizeof a->ip);
}

static bool is_of(const struct h2t_addr_map *map, const struct h2t_addr *addr, bool server)
{
    return (map->stated || map->server == server) && same_ip(&map->from, addr) &&
           (!map->from.port || map->from.port == addr->port);
}

static struct h2t_addr applied(const struct h2t_addr_map *map, const struct h2t_addr *addr)
{
    struct h2t_addr to = map->to;
    to.port = to.port ? to.port : addr->port;
    return to;
}

struct h2t_addr h2t_map_apply(const struct h2t_trace *trace, const struct h2t_addr *addr,
                              bool server)
{
    for (uint32_t i = 0; trace->maps && i < trace->maps->len; i++)
        if (!map_at(trace, i)->ambiguous && is_of(map_at(trace, i), addr, server))
            return applied(map_at(trace, i), addr);
    return *addr;
}

void h2t_maps_forget(struct h2t_trace *trace)
{
    uint32_t n = 0;
    for (uint32_t i = 0; trace->maps && i < trace->maps->len; i++) {
        struct h2t_addr_map map = *map_at(trace, i);
        map.n = 0;
        if (map.stated)
            *map_at(trace, n++) = map;
    }
    if (trace->maps)
        g_array_set_size(trace->maps, n);
}

/* One more connection has it. */
static bool count(struct h2t_trace *trace, const struct h2t_addr_map *seen)
{
    for (uint32_t i = 0; i < trace->maps->len; i++) {
        struct h2t_addr_map *map = map_at(trace, i);
        struct h2t_addr to = applied(map, &seen->from);
        if (!is_of(map, &seen->from, seen->server))
            continue;
        bool same = same_ip(&to, &seen->to) && (!seen->to.port || to.port == seen->to.port);
        map->n += same;
        map->ambiguous |= !same && !map->stated;
        if (same)
            return true;
    }
    return false;
}

static void learn(struct h2t_trace *trace, const struct h2t_addr *from, const struct h2t_addr *to,
                  bool server)
{
    struct h2t_addr_map seen = {.from = *from, .to = *to, .server = server, .n = 1};
    if (!from->family || !to->family || !h2t_addr_cmp(from, to) || count(trace, &seen))
        return;
    for (uint32_t i = 0; i < trace->maps->len; i++)
        seen.ambiguous |= !map_at(trace, i)->stated && is_of(map_at(trace, i), from, server);
    if (trace->maps->len < MAX_MAPS)
        g_array_append_val(trace->maps, seen);
}

/* The program's own ports are as many as its connections: they say something only if they stay. */
static void learn_own(struct h2t_trace *trace, struct h2t_addr from, struct h2t_addr to)
{
    if (from.port != to.port || same_ip(&from, &to))
        return;
    from.port = to.port = 0;
    learn(trace, &from, &to, false);
}

void h2t_maps_learn(struct h2t_model *m)
{
    maps_of(m->trace);
    h2t_maps_forget(m->trace);
    for (uint32_t i = 0; i < m->trace->tconns->len; i++) {
        const struct h2t_tconn *t = h2t_tconn_at(m, i);
        if (!h2t_is_translated(t))
            continue;
        const struct h2t_tuple *wire = &h2t_conn_at(m, t->conn)->tuple;
        learn(m->trace, &t->remote, &wire->server, true);
        learn_own(m->trace, t->local, wire->client);
    }
}
