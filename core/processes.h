/* SPDX-License-Identifier: MIT */
/*
 * Which process wrote an event. Process numbers recur: every container has a 1. So a process is a
 * pid together with the host that Meta names and the moment the process began, which is `ts` minus
 * `mono_ns`; what an event does not tell counts as equal.
 *
 * A file without Meta belongs to the process of its pid; where several had that pid, to the one
 * that began at the same time; else to one of its own. So give files with Meta first where that
 * matters. Lines without pid are one process per file. Where an importer knows better, as from the
 * labels of a log collector, it names the source, and a process is (source, pid) in all files.
 */
#ifndef H2T_PROCESSES_H
#define H2T_PROCESSES_H

#include "event.h"
#include "index.h"

struct h2t_processes {
    GArray *states;        /* struct h2t_process_state, by index in h2t_trace.processes */
    struct h2t_index all;  /* by pid */
    struct h2t_index here; /* the pids of this file, to indexes in … */
    GArray *latest;        /* uint32_t: … its process of the pid */
    struct h2t_index by_source;
    uint32_t n_files;
    uint64_t last_pid; /* of this file, 0: none yet; most files have one only */
    uint32_t last, without_pid;
};

struct h2t_process_state {
    int64_t start;    /* when it began, H2T_NEVER: unknown */
    bool silent;      /* it has only lines of debug logs */
    bool numbered;    /* its events name their attempt */
    bool unsequenced; /* there are events without seq: time and place in the file order them */
    bool shuffled;    /* … time alone: the file is not in order, or there are several */
    uint64_t source;
    uint32_t file; /* of events without seq, 0: none yet */
    int64_t unit;  /* their times are multiples of it */
};

void h2t_processes_init(struct h2t_processes *processes);
void h2t_processes_fini(struct h2t_processes *processes);

/* A new file begins. */
void h2t_processes_file(struct h2t_processes *processes);

/* The index of the event's process, new in `trace` if need be. */
uint32_t h2t_processes_find(struct h2t_processes *processes, struct h2t_trace *trace,
                            const struct h2t_event *e);

/* Takes note of an event that has no seq. */
void h2t_processes_unsequenced(struct h2t_processes *processes, uint32_t process,
                               const struct h2t_event *e);

static inline struct h2t_process_state *h2t_processes_state(const struct h2t_processes *processes,
                                                            uint32_t process)
{
    return &g_array_index(processes->states, struct h2t_process_state, process);
}

#endif
