/* SPDX-License-Identifier: MIT */
#include "core/processes.h"

#include "core/ns.h"

#include <string.h>

/* How far two readings of one process's beginning may be apart: the clock may have been stepped. */
#define START_SLACK (2 * INT64_C(1000000000))

/* What times are cut to at most, as far as we look. */
#define COARSEST_UNIT INT64_C(1000000000)

void h2t_processes_init(struct h2t_processes *ps)
{
    *ps = (struct h2t_processes){.last = H2T_NONE, .without_pid = H2T_NONE};
    ps->states = g_array_new(FALSE, FALSE, sizeof(struct h2t_process_state));
    ps->latest = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

void h2t_processes_fini(struct h2t_processes *ps)
{
    g_array_free(ps->states, TRUE);
    g_array_free(ps->latest, TRUE);
    h2t_index_fini(&ps->all);
    h2t_index_fini(&ps->here);
    h2t_index_fini(&ps->by_source);
}

void h2t_processes_file(struct h2t_processes *ps)
{
    h2t_index_fini(&ps->here);
    g_array_set_size(ps->latest, 0);
    ps->n_files++;
    ps->last_pid = 0;
    ps->last = ps->without_pid = H2T_NONE;
}

static struct h2t_process *process_at(struct h2t_trace *trace, uint32_t i)
{
    return &g_array_index(trace->processes, struct h2t_process, i);
}

static int64_t start_of(const struct h2t_event *e)
{
    return e->mono_ns.set ? h2t_ns_sub(e->ns, e->mono_ns.n) : H2T_NEVER;
}

static bool starts_fit(int64_t a, int64_t b)
{
    return a == H2T_NEVER || b == H2T_NEVER || h2t_ns_sub(MAX(a, b), MIN(a, b)) <= START_SLACK;
}

static bool hosts_fit(const char *host, const struct h2t_event *e)
{
    if (!host || e->kind != H2T_EV_META || !e->host.at)
        return true;
    return strlen(host) == e->host.len && !memcmp(host, e->host.at, e->host.len);
}

static uint32_t add(struct h2t_processes *ps, struct h2t_trace *trace, const struct h2t_event *e)
{
    struct h2t_process process = {.pid = e->pid.set ? (uint64_t)e->pid.n : 0, .unit = 1};
    struct h2t_process_state state = {
        .start = start_of(e), .silent = true, .source = e->source, .unit = COARSEST_UNIT};
    uint32_t i = trace->processes->len;
    g_array_append_val(trace->processes, process);
    g_array_append_val(ps->states, state);
    if (e->pid.set && !e->source)
        h2t_index_add(&ps->all, h2t_index_pair(process.pid, 0), i);
    return i;
}

/* What all files so far say: the only process that fits, or one that fits in its beginning too. */
static uint32_t search(struct h2t_processes *ps, struct h2t_trace *trace, const struct h2t_event *e)
{
    uint64_t pid = (uint64_t)e->pid.n;
    uint32_t found[2] = {H2T_NONE, H2T_NONE};
    unsigned n = 0, n_exact = 0, n_seen = 0;
    struct h2t_probe p;
    uint64_t hash = h2t_index_pair(pid, 0);
    for (uint32_t i = h2t_index_first(&ps->all, hash, &p);
         i != H2T_NONE && n_seen++ < H2T_MAX_SAME_PID; i = h2t_index_next(&ps->all, &p)) {
        if (process_at(trace, i)->pid != pid || !hosts_fit(process_at(trace, i)->host, e))
            continue;
        found[0] = i;
        n++;
        if (!starts_fit(h2t_processes_state(ps, i)->start, start_of(e)))
            continue;
        found[1] = i;
        n_exact++;
    }
    if (n_exact == 1)
        return found[1];
    /* A program that slept with its machine has a beginning that moved. Meta is written once. */
    return n == 1 && e->kind != H2T_EV_META ? found[0] : H2T_NONE;
}

static uint32_t *latest_at(const struct h2t_processes *ps, uint32_t i)
{
    return &g_array_index(ps->latest, uint32_t, i);
}

/* Where in `latest` this file has its process of the pid; H2T_NONE: it has none yet. */
static uint32_t look_here(const struct h2t_processes *ps, struct h2t_trace *trace, uint64_t pid)
{
    struct h2t_probe p;
    uint64_t hash = h2t_index_pair(pid, 0);
    uint32_t i = h2t_index_first(&ps->here, hash, &p);
    while (i != H2T_NONE && process_at(trace, *latest_at(ps, i))->pid != pid)
        i = h2t_index_next(&ps->here, &p);
    return i;
}

/* After a restart within one file, its process is the later one. */
static void remember_here(struct h2t_processes *ps, uint64_t pid, uint32_t here, uint32_t process)
{
    if (here != H2T_NONE) {
        *latest_at(ps, here) = process;
        return;
    }
    h2t_index_add(&ps->here, h2t_index_pair(pid, 0), ps->latest->len);
    g_array_append_val(ps->latest, process);
}

static uint32_t with_pid(struct h2t_processes *ps, struct h2t_trace *trace,
                         const struct h2t_event *e)
{
    uint64_t pid = (uint64_t)e->pid.n;
    uint32_t here = look_here(ps, trace, pid), i = H2T_NONE;
    if (here != H2T_NONE && e->kind != H2T_EV_META)
        i = *latest_at(ps, here);
    if (i == H2T_NONE) {
        i = search(ps, trace, e);
        if (i == H2T_NONE)
            i = add(ps, trace, e);
        remember_here(ps, pid, here, i);
    }
    ps->last_pid = pid;
    return ps->last = i;
}

static uint32_t with_source(struct h2t_processes *ps, struct h2t_trace *trace,
                            const struct h2t_event *e)
{
    uint64_t pid = e->pid.set ? (uint64_t)e->pid.n : 0;
    uint64_t hash = h2t_index_pair(e->source, pid);
    struct h2t_probe p;
    for (uint32_t i = h2t_index_first(&ps->by_source, hash, &p); i != H2T_NONE;
         i = h2t_index_next(&ps->by_source, &p))
        if (h2t_processes_state(ps, i)->source == e->source && process_at(trace, i)->pid == pid)
            return i;
    uint32_t i = add(ps, trace, e);
    h2t_index_add(&ps->by_source, hash, i);
    return i;
}

uint32_t h2t_processes_find(struct h2t_processes *ps, struct h2t_trace *trace,
                            const struct h2t_event *e)
{
    if (e->source)
        return with_source(ps, trace, e);
    if (!e->pid.set) {
        if (ps->without_pid == H2T_NONE)
            ps->without_pid = add(ps, trace, e);
        return ps->without_pid;
    }
    if (e->kind != H2T_EV_META && ps->last != H2T_NONE && (uint64_t)e->pid.n == ps->last_pid)
        return ps->last;
    return with_pid(ps, trace, e);
}

void h2t_processes_unsequenced(struct h2t_processes *ps, uint32_t process,
                               const struct h2t_event *e)
{
    struct h2t_process_state *state = h2t_processes_state(ps, process);
    state->unsequenced = true;
    state->shuffled = state->shuffled || e->shuffled || (state->file && state->file != ps->n_files);
    state->file = ps->n_files;
    if (e->ns == H2T_NEVER)
        return;
    while (e->ns % state->unit)
        state->unit /= 10;
}
