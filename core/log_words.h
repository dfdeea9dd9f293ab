/* SPDX-License-Identifier: MIT */
/*
 * The words people use for httptrace events in their logs: names of hooks, names of members. Case,
 * underscores and the like do not count: GotConn, got_conn and http.got-conn are one.
 */
#ifndef H2T_LOG_WORDS_H
#define H2T_LOG_WORDS_H

#include "event.h"
#include "words.h"

enum h2t_log_field {
    H2T_LOG_NAME, /* of the event */
    H2T_LOG_TIME,
    H2T_LOG_REQ,
    H2T_LOG_PID,
    H2T_LOG_LOCAL,
    H2T_LOG_REMOTE,
    H2T_LOG_IP,   /* of an address that was logged as an object: the parent tells which */
    H2T_LOG_PORT, /* the same */
    H2T_LOG_REUSED,
    H2T_LOG_WAS_IDLE,
    H2T_LOG_IDLE,
    H2T_LOG_ERR,
    H2T_LOG_TIMEOUT,
    H2T_LOG_HOST,
    H2T_LOG_ADDR,
    H2T_LOG_NETWORK,
    H2T_LOG_METHOD,
    H2T_LOG_URL,
    H2T_LOG_STATUS,
    H2T_LOG_KEY,
    H2T_LOG_VALUE,
    H2T_LOG_ALPN,
    H2T_LOG_TLS,
    H2T_LOG_TRACEPARENT,
    H2T_LOG_REQUEST_ID, /* the header field: it is compared with the wire */
    H2T_N_LOG_FIELDS
};

struct h2t_log_words {
    struct h2t_words fields, events;
};

void h2t_log_words_init(struct h2t_log_words *words);

#define H2T_LOG_FOLDED 32u /* no word of ours is longer */

/* Lower-case letters and digits of `text`, and nothing else. Returns how many; 0 if there are none
 * or too many for a word of ours. */
size_t h2t_log_fold(const char *text, size_t len, char folded[H2T_LOG_FOLDED]);

/* What a member is; false: nothing of ours. `parent` is what it is a member of, with a NULL `at` at
 * the top. Dots in the key nest, too. Of two members for one field the one with the lower *rank
 * counts. */
bool h2t_log_field(const struct h2t_log_words *words, struct h2t_text parent, struct h2t_text key,
                   enum h2t_log_field *field, unsigned *rank);

/* The address whose part this is a member of, with the field's own name in `key`. */
bool h2t_log_end(const struct h2t_log_words *words, struct h2t_text parent, struct h2t_text key,
                 enum h2t_log_field *field);

/* H2T_EV_UNKNOWN: no name of an event. */
enum h2t_event_kind h2t_log_event(const struct h2t_log_words *words, struct h2t_text name);

#endif
