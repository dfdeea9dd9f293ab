/* SPDX-License-Identifier: MIT */
#include "core/hook_zones.h"

#include "core/ns.h"
#include "core/view.h"
#include "core/zones.h"

#define LONGEST_DIAL (300 * INT64_C(1000000000)) /* of less than half a zone's step */

/* What the connections of one process say. */
struct votes {
    int64_t ns;
    uint32_t n;
    bool differ;
};

static void vote(const struct h2t_model *m, const struct h2t_group *group, struct votes *votes)
{
    const struct h2t_tconn *t = h2t_tconn_at(m, *group->tconns);
    const struct h2t_conn *c = h2t_conn_at(m, *group->conns);
    const struct h2t_zone *z = h2t_zone_of(m->trace, t->process);
    struct votes *v = &votes[t->process];
    int64_t zone;
    if (!z || z->known || !z->hooks || t->first == H2T_NEVER || c->first.ns == H2T_NEVER)
        return;
    int64_t apart = h2t_ns_sub(c->first.ns, t->first);
    if (!h2t_zone_near(z, apart, apart, LONGEST_DIAL, &zone))
        return;
    v->differ = v->differ || (v->n && v->ns != zone);
    v->ns = zone;
    v->n++;
}

void h2t_hook_zones(struct h2t_model *m, const struct h2t_tuples *tuples)
{
    struct h2t_tuples_cursor cursor = {0};
    struct h2t_group group;
    if (!m->trace->zones || !m->trace->zones->len)
        return;
    g_autofree struct votes *votes = g_new0(struct votes, m->trace->processes->len);
    while (h2t_tuples_next(tuples, &cursor, &group))
        if (group.n_tconns == 1 && group.n_conns == 1)
            vote(m, &group, votes);
    for (uint32_t i = 0; i < m->trace->processes->len; i++) {
        struct h2t_zone *z = h2t_zone_of(m->trace, i);
        if (!votes[i].n || votes[i].differ)
            continue;
        z->pending = votes[i].ns;
        z->known = z->by_capture = z->by_hooks = true;
    }
    h2t_zones_apply(m->trace);
}
