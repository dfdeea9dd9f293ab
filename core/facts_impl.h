/* SPDX-License-Identifier: MIT */
/* What the parts of the facts share; only facts*.c include it. */
#ifndef H2T_FACTS_IMPL_H
#define H2T_FACTS_IMPL_H

#include "facts.h"
#include "ledger.h"
#include "open_streams.h"
#include "queries.h"
#include "uploads.h"

#include <string.h>

struct h2t_facts {
    struct h2t_wire *wire;
    struct h2t_open_streams *open;
    struct h2t_queries *queries;
    struct h2t_ledgers ledgers; /* .all NULL: none are kept */
};

static inline struct h2t_conn *facts_conn(struct h2t_facts *facts, uint32_t conn)
{
    return conn < facts->wire->conns->len
               ? &g_array_index(facts->wire->conns, struct h2t_conn, conn)
               : NULL;
}

static inline struct h2t_stream *facts_stream(struct h2t_facts *facts, uint32_t stream)
{
    return &g_array_index(facts->wire->streams, struct h2t_stream, stream);
}

static inline const char *facts_keep(struct h2t_facts *facts, const char *text)
{
    return text ? h2t_intern(facts->wire->strings, text, strlen(text)) : NULL;
}

/* What TCP and flow control say of the stream, as things are. */
void facts_take_stock(const struct h2t_facts *facts, const struct h2t_open *open);

/* Every open stream of the connection ended for this reason, unless missing bytes make that unsure.
 */
void facts_finish_all(struct h2t_facts *facts, uint32_t conn, enum h2t_end end,
                      struct h2t_mark mark);

/* Frames about one stream. */
void facts_headers(struct h2t_facts *facts, const struct h2t_frame *f);
void facts_data(struct h2t_facts *facts, const struct h2t_frame *f);
void facts_window_update(struct h2t_facts *facts, const struct h2t_frame *f);
void facts_message_end(struct h2t_facts *facts, const struct h2t_frame *f);
void facts_rst_stream(struct h2t_facts *facts, const struct h2t_frame *f);

/* The last word about a connection's streams. */
void facts_goaway(struct h2t_facts *facts, const struct h2t_frame *f);

#endif
