/* SPDX-License-Identifier: MIT */
/* The words for every enumerated value, as reports, comments and summaries use them. None returns
 * NULL unless said. */
#ifndef H2T_NAMES_H
#define H2T_NAMES_H

#include "model.h"

const char *h2t_match_name(enum h2t_match match);
const char *h2t_end_name(enum h2t_end end);
const char *h2t_reason_name(enum h2t_reason reason); /* "not-captured" */
const char *h2t_reason_text(enum h2t_reason reason); /* one sentence for people */
const char *h2t_hook_name(enum h2t_hook hook);       /* "GotConn" */
const char *h2t_what_name(enum h2t_what what);       /* "request" */
const char *h2t_tied_name(enum h2t_tied tied);       /* "frames+time" */
const char *h2t_kind_name(enum h2t_frame_kind kind); /* of HTTP/2: "RST_STREAM" */
/* "PROTOCOL_ERROR", RFC 9113 section 7; NULL for codes it does not name. */
const char *h2t_h2_error_name(uint32_t code);

#endif
