/* SPDX-License-Identifier: MIT */
/* What the parts of the Framers share; only framers*.c include it. */
#ifndef H2T_FRAMERS_IMPL_H
#define H2T_FRAMERS_IMPL_H

#include "base.h"
#include "frame_summary.h"
#include "framers.h"
#include "logged_block.h"

#include <string.h>

#define FRAMERS_SEARCHED                                                                           \
    256u /* the newest Framers, in which a line without pointer is looked for */

/* A connection whose Framer has not appeared. */
struct waiting {
    struct h2t_addr remote;
    uint64_t conn_ptr; /* 0: a server's */
    bool server;
};

/* An error that RoundTrip returned, of which the log does not say whose. */
struct failure {
    const char *err; /* interned: two that are equal are one pointer */
    uint32_t n;      /* how often */
    uint32_t n_cut;  /* requests whose connection had this error */
};

struct program {
    GArray *waiting;    /* struct waiting */
    GArray *failures;   /* struct failure */
    bool more_failures; /* than are kept */
    uint32_t n_failed;  /* requests that failed, and their connection does not tell why */
    struct h2t_block block;
    uint64_t n_lines;
    uint32_t n_clients; /* client connections that were begun */
    uint32_t level1;    /* the Framer that stands for a connection at http2debug=1 */
    bool level2;        /* there are lines of Framers */
};

/* Beside each Framer, while lines come. */
struct framer_state {
    uint32_t highest; /* stream that the client opened */
    uint32_t
        again[2]; /* by h2t_logged_dir: where another Framer may begin that has the pointer now */
    uint32_t settings; /* the last that it read, no acknowledgement; H2T_NONE: none */
    uint32_t before;   /* the Framer that had the pointer, as long as nothing was read; H2T_NONE */
    uint32_t goaway_last; /* the lowest last stream of a GOAWAY that was read */
    const char *err;      /* of the connection; interned */
    bool may_again;
};

/* One line being read. */
struct line {
    struct h2t_framers *all;
    struct program *program;
    const struct h2t_event *event;
    const char *file;
    uint64_t number;
    uint32_t process;
    struct h2t_text rest; /* what follows the words that tell its kind */
};

static inline struct h2t_framer *framers_at(const struct h2t_framers *f, uint32_t i)
{
    return &g_array_index(f->trace->framers, struct h2t_framer, i);
}

static inline struct framer_state *framers_state(const struct h2t_framers *f, uint32_t i)
{
    return &g_array_index(f->states, struct framer_state, i);
}

static inline void framers_set_side(struct h2t_framer *f, enum h2t_dir side)
{
    f->side = (uint8_t)side;
    f->has_side = true;
}

/* ---- Words: what is read is taken off the text's front -------------------------------------- */

bool framers_take(struct h2t_text *text, const char *word);
bool framers_take_pointer(struct h2t_text *text, uint64_t *pointer);

/* Up to the next space, or the end. */
struct h2t_addr framers_addr(struct h2t_text text);

/* ---- framers_table.c: which Framer has an address in memory --------------------------------- */

/* A new one; H2T_NONE: there are too many. */
uint32_t framers_add(const struct line *l, uint64_t pointer);

/* The one that has the pointer now; H2T_NONE: none ever had it. */
uint32_t framers_find(const struct line *l, uint64_t pointer);

/* The one that this frame, which the Framer at `pointer` wrote, begins; H2T_NONE as above. */
uint32_t framers_begin(const struct line *l, uint64_t pointer, const struct h2t_summary *s);

/* Does it begin one, though `framer` has the pointer? Only asked of SETTINGS that were written. */
bool framers_begins(const struct line *l, uint32_t framer, const struct h2t_summary *s);

/* The client opens `stream` on it, as HEADERS in hand say: returns the Framer that they are of,
 * which is another one where identifiers begin anew. */
uint32_t framers_open(const struct line *l, uint32_t framer, uint32_t stream);

/* The first frame that a Framer reads: another one's last lines may have been its own. */
void framers_first_read(const struct line *l, uint32_t framer, const struct h2t_summary *s);

/* A connection was begun whose Framer will come. */
void framers_wait(const struct line *l, struct waiting w);

/* The waiting connections of one side: what they have in common is the Framer's. */
void framers_take_waiting(const struct line *l, struct h2t_framer *f, bool server);

/* ---- framers_frames.c: what a Framer wrote and read ------------------------------------------ */

void framers_take_frame(const struct line *l, uint32_t framer, enum h2t_logged_dir dir,
                        const struct h2t_summary *s);

/* The request with this stream identifier; NULL: there is none. */
struct h2t_logged_request *framers_request(const struct h2t_framer *f, uint32_t stream);

/* ---- framers_errors.c ----------------------------------------------------------------------- */

void framers_read_error(struct line *l);
void framers_frame_error(struct line *l);
void framers_failure(struct line *l);
void framers_retry(struct line *l);

/* All lines are in: whose the failures are. */
void framers_settle_failures(struct h2t_framers *f);

#endif
