/* SPDX-License-Identifier: MIT */
/* Request bodies under flow control (RFC 9113 section 5.2): what the client may still send, of each
 * open stream and of the connection. */
#ifndef H2T_UPLOADS_H
#define H2T_UPLOADS_H

#include "open_streams.h"
#include "talk.h"

/* The stream's upload; NULL: it has none. */
struct h2t_upload *h2t_upload_of(const struct h2t_wire *wire, const struct h2t_stream *s);

/* The stream was opened by HEADERS without END_STREAM. */
void h2t_upload_begin(struct h2t_wire *wire, const struct h2t_talk *t, struct h2t_stream *s);

/* DATA of the client; `s` is NULL if the stream is not open. */
void h2t_upload_data(struct h2t_wire *wire, struct h2t_talk *t, const struct h2t_stream *s,
                     const struct h2t_frame *f);

/* WINDOW_UPDATE of the server; `s` as above. */
void h2t_upload_window(struct h2t_wire *wire, struct h2t_talk *t, struct h2t_stream *s,
                       const struct h2t_frame *f);

/* SETTINGS changed the initial window from `before`: all open streams have so much more or less
 * (RFC 9113 section 6.9.2). */
void h2t_upload_resize(struct h2t_wire *wire, const struct h2t_talk *t,
                       const struct h2t_open_list *open, uint32_t before);

#endif
