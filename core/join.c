/* SPDX-License-Identifier: MIT */
#include "core/join.h"

#include "core/bind.h"
#include "core/clock.h"
#include "core/join_dials.h"
#include "core/join_streams.h"

void h2t_join(struct h2t_model *m)
{
    h2t_clock_estimate(m);
    h2t_bind(m);
    h2t_join_streams(m);
    h2t_join_dials(m);
    h2t_join_lookups(m);
}
