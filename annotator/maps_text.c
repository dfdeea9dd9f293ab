/* SPDX-License-Identifier: MIT */
#include "annotator/maps_text.h"

#include "core/addr.h"

#define SHOWN 10u

static uint32_t n_maps(const struct h2t_model *m)
{
    return m->trace->maps ? m->trace->maps->len : 0;
}

static const struct h2t_addr_map *map_at(const struct h2t_model *m, uint32_t i)
{
    return &g_array_index(m->trace->maps, struct h2t_addr_map, i);
}

static const char *how(const struct h2t_addr_map *map)
{
    return map->stated ? "stated" : "learned";
}

void maps_lines(GString *out, const struct h2t_model *m)
{
    char from[H2T_ADDR_LEN], to[H2T_ADDR_LEN];
    for (uint32_t i = 0; i < MIN(n_maps(m), SHOWN); i++) {
        const struct h2t_addr_map *map = map_at(m, i);
        g_string_append_printf(
            out, "addresses: %s of the trace is %s in the capture (%s, %u connection%s)\n",
            h2t_addr_text(&map->from, from), h2t_addr_text(&map->to, to), how(map), map->n,
            map->n == 1 ? "" : "s");
    }
    if (n_maps(m) > SHOWN)
        g_string_append_printf(out, "  and %u more, see --report\n", n_maps(m) - SHOWN);
}

void maps_report(struct json_out *json, const struct h2t_model *m)
{
    char text[H2T_ADDR_LEN];
    json_begin_array(json, "address_maps");
    for (uint32_t i = 0; i < n_maps(m); i++) {
        const struct h2t_addr_map *map = map_at(m, i);
        json_begin_object(json, NULL);
        json_string(json, "trace", h2t_addr_text(&map->from, text));
        json_string(json, "capture", h2t_addr_text(&map->to, text));
        json_string(json, "how", how(map));
        json_string(json, "of", map->stated ? NULL : map->server ? "remote" : "local");
        json_bool(json, "ambiguous", map->ambiguous);
        json_int(json, "connections", map->n);
        json_end(json);
    }
    json_end(json);
}
