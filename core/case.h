/* SPDX-License-Identifier: MIT */
/*
 * What a rule looks at: one exchange with all that belongs to it, or one connection. Pointers are
 * NULL where there is no such thing: an attempt that is not in the capture has no stream, a stream
 * that is not in the trace has no attempt, a request that never got a connection has neither.
 */
#ifndef H2T_CASE_H
#define H2T_CASE_H

#include "kin.h"
#include "talk.h"
#include "uploads.h"

#define H2T_QUEUED_NS 5000000 /* from GotConn to the first header field; less is no waiting */

struct h2t_case {
    const struct h2t_model *m;
    const struct h2t_kin *kin; /* who else */
    const struct h2t_request *request;
    const struct h2t_attempt *attempt;
    const struct h2t_stream *stream;
    const struct h2t_tconn *tconn;
    const struct h2t_conn *conn;
    const struct h2t_talk *talk;
    const struct h2t_upload *upload;
    uint32_t i_request, i_attempt, i_stream, i_conn; /* indexes of these, or H2T_NONE */
};

/* Everything that hangs on an attempt, a request without attempts, a stream, a connection. `kin`
 * may be NULL for rules that do not look at others. */
struct h2t_case h2t_case_of_attempt(const struct h2t_model *m, const struct h2t_kin *kin,
                                    uint32_t attempt);
struct h2t_case h2t_case_of_request(const struct h2t_model *m, const struct h2t_kin *kin,
                                    uint32_t request);
struct h2t_case h2t_case_of_stream(const struct h2t_model *m, const struct h2t_kin *kin,
                                   uint32_t stream);
struct h2t_case h2t_case_of_conn(const struct h2t_model *m, const struct h2t_kin *kin,
                                 uint32_t conn);

/* ---- The trace's side ----------------------------------------------------------------------- */

/* Another attempt followed. */
bool h2t_is_retried(const struct h2t_case *c);

/* The request failed in the end, and this was its last attempt. */
bool h2t_has_failed(const struct h2t_case *c);

/* The error that ended the request at this attempt; NULL: none. */
const char *h2t_error_of(const struct h2t_case *c);
bool h2t_error_says(const struct h2t_case *c, const char *part);

/* The request's last word was good: it has a status, and nothing failed. */
bool h2t_succeeded_later(const struct h2t_case *c);

/* The deadline ended it (context.DeadlineExceeded, http.Client.Timeout); the program did. */
bool h2t_hit_deadline(const struct h2t_case *c);
bool h2t_was_cancelled(const struct h2t_case *c);

/* Its headers were written, as the program knows. */
bool h2t_wrote_headers(const struct h2t_case *c);

/* The time in the capture's clock; H2T_NEVER stays. */
int64_t h2t_in_capture(const struct h2t_case *c, int64_t trace_ns);

/* ---- The wire's side ------------------------------------------------------------------------ */

bool h2t_ended(const struct h2t_case *c, enum h2t_end end);
bool h2t_reset_by(const struct h2t_case *c, enum h2t_dir dir);

/* The server's GOAWAY is in the capture. */
bool h2t_has_goaway(const struct h2t_case *c);

/* The server sent its RST before any other sign of the end. */
bool h2t_cut_by_rst(const struct h2t_case *c);

/* The server was first to end the connection, in whatever way; where its end began. */
bool h2t_cut_by_server(const struct h2t_case *c);
struct h2t_mark h2t_server_cut(const struct h2t_case *c);

/* The client was first. */
bool h2t_cut_by_client(const struct h2t_case *c);
struct h2t_mark h2t_client_cut(const struct h2t_case *c);

/* The whole connection is in the capture, from its first byte and without a gap. */
bool h2t_is_whole(const struct h2t_case *c);

/* Streams that were open on the connection at a time of the capture, the case's own not counted.
 */
uint32_t h2t_open_at(const struct h2t_case *c, int64_t ns);

/* The most that were open at one time of an interval. Both need `kin`. */
uint32_t h2t_most_open(const struct h2t_case *c, int64_t from, int64_t until);

/* The server's limit of these (SETTINGS_MAX_CONCURRENT_STREAMS); UINT32_MAX: not told. */
uint32_t h2t_stream_limit(const struct h2t_case *c);

/* The first packet of the request's next attempt that is in the capture; packet 0: none. */
struct h2t_mark h2t_retry_mark(const struct h2t_case *c);

#endif
