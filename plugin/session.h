/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the capture that is open: facts of its packets, gathered on the first pass, and
 * what the join makes of them. Lives from init to cleanup; the trace is borrowed and lives longer.
 */
#ifndef HTTPTRACE_SESSION_H
#define HTTPTRACE_SESSION_H

#include "plugin/places.h"

#include "core/facts.h"
#include "core/index.h"
#include "core/live.h"

struct session {
    struct h2t_facts *facts; /* NULL: nothing is observed */
    struct places places;
    struct h2t_index streams; /* (connection, identifier) → stream */
    struct h2t_model model;   /* without a trace: it is not needed yet */
    struct h2t_index lookups; /* request → lookups of the trace */
    struct h2t_live *live;    /* NULL: nobody reads what the first pass shows */
    GArray *notes;            /* struct h2t_note of the whole capture; NULL: not joined */
    bool grown;               /* packets were observed since the last join */
};

/* Begins to observe. */
void session_init(struct session *s);
void session_fini(struct session *s);

/* Pairs from now on what the packets bring, for who reads them on the first pass. */
void session_follow(struct session *s, struct h2t_trace *trace);

/* Joins what was observed. */
void session_complete(struct session *s, struct h2t_trace *trace);

/* Tell what a packet has. */
void session_frame(struct session *s, const struct h2t_frame *frame);

/* The notes of a packet, `n` of them; from the join if the packet is seen again, else what is known
 * so far. They live until the next packet. */
const struct h2t_note *session_notes(struct session *s, uint32_t packet, bool visited, unsigned *n);

/* How long the request took from RequestStart to RoundTripDone, on the note of its first attempt;
 * H2T_NEVER on others. */
int64_t session_total(const struct session *s, const struct h2t_note *note);

/* The trace's connection that the packet is on, if it is known; H2T_NONE: none. */
uint32_t session_tconn(const struct session *s, uint32_t packet);

/* The stream of this identifier on the packet's connection, if an attempt is joined to it, else
 * H2T_NONE. */
uint32_t session_stream(const struct session *s, uint32_t packet, uint32_t id);

#endif
