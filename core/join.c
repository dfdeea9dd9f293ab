/* SPDX-License-Identifier: MIT */
#include "core/join.h"

#include "core/adopt.h"
#include "core/bind.h"
#include "core/bind_framers.h"
#include "core/estimate.h"
#include "core/hook_zones.h"
#include "core/join_dials.h"
#include "core/join_framers.h"
#include "core/join_streams.h"
#include "core/maps.h"
#include "core/view.h"

/* A model that has grown is joined anew. */
static void forget(struct h2t_model *m)
{
    for (uint32_t i = 0; i < m->wire->conns->len; i++) {
        struct h2t_conn *c = h2t_conn_at(m, i);
        c->tconn = c->dial = c->copy_of = H2T_NONE;
    }
    for (uint32_t i = 0; i < m->wire->streams->len; i++) {
        h2t_stream_at(m, i)->attempt = H2T_NONE;
        h2t_stream_at(m, i)->match = H2T_MATCH_NONE;
    }
    for (uint32_t i = 0; i < m->wire->queries->len; i++)
        h2t_query_at(m, i)->lookup = H2T_NONE;
    if (h2t_has_framers(m))
        h2t_adopt_forget(m);
}

void h2t_join(struct h2t_model *m)
{
    forget(m);
    h2t_maps_forget(m->trace);
    struct h2t_tuples *tuples = h2t_tuples_new(m);
    h2t_hook_zones(m, tuples);
    h2t_estimate_clocks(m, tuples);
    h2t_bind(m, tuples);
    h2t_tuples_free(&tuples);
    if (h2t_has_framers(m)) {
        h2t_bind_framers(m);
        h2t_adopt_framers(m);
    }
    h2t_join_streams(m);
    if (h2t_has_framers(m))
        h2t_join_framers(m);
    h2t_refine_clocks(m);
    h2t_join_dials(m);
    h2t_join_lookups(m);
}
