/* SPDX-License-Identifier: MIT */
/* The rules themselves, by subject; only rules*.c include it. Each is a h2t_rule_fn that the table
 * in rules.c names. */
#ifndef H2T_RULE_SET_H
#define H2T_RULE_SET_H

#include "rules.h"

#define MAX_SIBLINGS 256u /* connections of one server that a rule looks at */

/* ---- Saying what speaks for it: facts, separated by "; ". A packet is always "packet N", which
 *      files.h translates. ----------------------------------------------------------------------
 */

void rule_wire(struct h2t_verdict *v, const char *format, ...) G_GNUC_PRINTF(2, 3);
void rule_trace(struct h2t_verdict *v, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The error that the program got, if it got one. */
void rule_error(struct h2t_verdict *v, const struct h2t_case *c);

/* Which attempt followed, where. */
void rule_retry(struct h2t_verdict *v, const struct h2t_case *c);

/* A duration for people, "1.200 s"; the buffer is the caller's. */
#define RULE_SPAN 32
const char *rule_span(int64_t ns, char buf[RULE_SPAN]);

/* The error code's name, "error code 99" for one without. */
#define RULE_CODE 32
const char *rule_code(uint32_t code, char buf[RULE_CODE]);

/* ---- Exchanges ------------------------------------------------------------------------------ */

#define RULE(name) bool rule_##name(const struct h2t_case *c, struct h2t_verdict *v)

/* rules_goaway.c */
RULE(inadequate_security);
RULE(inadequate_security_hidden);
RULE(enhance_your_calm);
RULE(goaway_no_getbody);
RULE(goaway_retried);
RULE(goaway_lost);

/* rules_reset.c */
RULE(refused_stream);
RULE(reset_protocol_error);
RULE(bad_response_headers);
RULE(early_response);
RULE(body_cut);
RULE(stream_reset);

/* rules_close.c */
RULE(silent_drop);
RULE(tcp_reset);
RULE(idle_close_race);
RULE(closed_without_goaway);

/* rules_wait.c */
RULE(ping_timeout);
RULE(header_timeout);
RULE(dead_connection_reused);
RULE(server_unresponsive);
RULE(server_slow);
RULE(cancelled_by_caller);

/* rules_slots.c */
RULE(slot_deadlock);
RULE(slot_backoff);
RULE(max_streams_queued);

/* rules_window.c */
RULE(window_overflow);
RULE(window_stall_connection);
RULE(window_stall_stream);
RULE(window_tiny);

/* rules_proto.c */
RULE(http1_on_h2);
RULE(h2_on_http1);
RULE(server_violation);
RULE(settings_missing);
RULE(alpn_rejected);

/* rules_dial.c */
RULE(dns_failed);
RULE(tls_failed);
RULE(deadline_in_dial);
RULE(dial_failed);

/* rules_body.c */
RULE(open_body);

/* rules_unknown.c */
RULE(unexplained_error);

/* ---- Connections ---------------------------------------------------------------------------- */

RULE(goaway_graceful);  /* rules_goaway.c */
RULE(idle_close);       /* rules_close.c */
RULE(max_streams_dial); /* rules_slots.c */
RULE(limit_before_settings);
RULE(stream_ids_exhausted);
RULE(alpn_downgrade); /* rules_proto.c */
RULE(h2_not_offered);
RULE(no_reuse_body); /* rules_body.c */
RULE(keepalive_off);
RULE(dial_race_lost); /* rules_dial.c */
RULE(dial_background);
RULE(capture_late); /* rules_unknown.c */
RULE(capture_gap);
RULE(no_keys);
RULE(untraced_connection);
RULE(frames_not_sent);

#endif
