/* SPDX-License-Identifier: MIT */
#include "core/text_line.h"

#include "core/clock.h"
#include "core/comment.h"
#include "core/names.h"
#include "core/ns.h"
#include "core/view.h"

void text_add_hook(const struct text_line *l, const char *hook, int64_t at, struct h2t_mark packet)
{
    if (at == H2T_NEVER || !packet.packet || packet.ns == H2T_NEVER)
        return;
    const struct h2t_clock *clock = h2t_clock_of(l->m, l->process);
    int64_t there = h2t_ns_add(at, h2t_clock_shift(clock, at, packet.packet));
    h2t_comment_add_duration(l->out, hook, h2t_ns_sub(there, packet.ns));
}

void text_add_text(const struct text_line *l, const char *key, const char *value, size_t max)
{
    if (value && *value)
        h2t_comment_add_cut(l->out, key, value, max);
}

void text_add_code(const struct text_line *l, const char *key, uint32_t code)
{
    const char *name = h2t_h2_error_name(code);
    if (name)
        h2t_comment_add(l->out, key, name);
    else
        h2t_comment_add_int(l->out, key, code);
}

void text_add_process(const struct text_line *l, uint32_t process)
{
    if (l->m->trace->processes->len > l->m->trace->n_silent + 1)
        h2t_comment_add_int(l->out, "pid", (int64_t)h2t_process_at(l->m, process)->pid);
}

void text_add_conn(const struct text_line *l, uint32_t tconn)
{
    h2t_comment_add_int(l->out, "conn", (int64_t)h2t_conn_number(l->m, tconn));
}

void text_add_offset(const struct text_line *l, int64_t at, struct h2t_mark packet)
{
    const struct h2t_clock *clock = h2t_clock_of(l->m, l->process);
    int64_t shift = at == H2T_NEVER ? 0 : h2t_clock_shift(clock, at, packet.packet);
    if (!shift)
        return;
    struct h2t_range r = h2t_clock_at(clock, at, packet.packet);
    h2t_comment_add_duration(l->out, "offset", shift);
    h2t_comment_add_duration(l->out, "offset-error",
                             MAX(h2t_ns_sub(r.hi, shift), h2t_ns_sub(shift, r.lo)));
}
