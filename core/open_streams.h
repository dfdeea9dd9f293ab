/* SPDX-License-Identifier: MIT */
/*
 * The streams that are open, of all connections: found by identifier, and a list for each
 * connection in the order of opening (so of identifiers). Memory is that of what is open.
 */
#ifndef H2T_OPEN_STREAMS_H
#define H2T_OPEN_STREAMS_H

#include "model.h"

/* An open stream. */
struct h2t_open {
    uint64_t key;
    uint32_t stream; /* index in the model */
    uint32_t n_gaps; /* of its connection when it was opened */
    uint32_t end;    /* sequence number behind its HEADERS */
    struct h2t_open *prev, *next;
};

/* What is needed of a connection only while frames come. */
struct h2t_open_list {
    uint32_t highest; /* stream identifier opened by the client */
    uint32_t n_gaps;  /* times that bytes were missing, in either direction */
    struct h2t_open *oldest, *newest;
};

struct h2t_open_streams;

struct h2t_open_streams *h2t_open_streams_new(void);
void h2t_open_streams_free(struct h2t_open_streams **streams);

/* Makes room for connections 0 to n - 1. */
void h2t_open_streams_reserve(struct h2t_open_streams *streams, uint32_t n);
struct h2t_open_list *h2t_open_list(struct h2t_open_streams *streams, uint32_t conn);

/* `id` must be above list->highest; `stream` is its index in the model. */
struct h2t_open *h2t_open_add(struct h2t_open_streams *streams, uint32_t conn, uint32_t id,
                              uint32_t stream);
/* NULL: not open. */
struct h2t_open *h2t_open_find(struct h2t_open_streams *streams, uint32_t conn, uint32_t id);
/* Frees it. */
void h2t_open_remove(struct h2t_open_streams *streams, struct h2t_open *open);

/* Bytes are missing that may have told more about the stream. */
bool h2t_open_missed(struct h2t_open_streams *streams, const struct h2t_open *open);

void h2t_open_foreach(struct h2t_open_streams *streams,
                      void (*each)(void *user, const struct h2t_open *open), void *user);

#endif
