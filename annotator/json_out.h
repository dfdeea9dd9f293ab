/* SPDX-License-Identifier: MIT */
/*
 * JSON as it is written: begin, members, end. Indented by two for people and diff; ASCII only, so
 * that no text from a trace or a packet reaches a terminal raw. Bytes that are not UTF-8 become
 * U+FFFD.
 */
#ifndef ANNOTATOR_JSON_OUT_H
#define ANNOTATOR_JSON_OUT_H

#include "annotator/capture/output.h"

struct json_out;

struct json_out *json_out_new(struct output *output);
/* Ends the text with a newline and frees. All that was begun must have been ended. */
void json_out_free(struct json_out **json);

/* `key`: the member's name inside an object, NULL inside an array and for the outermost value. */
void json_begin_object(struct json_out *json, const char *key);
void json_begin_array(struct json_out *json, const char *key);
void json_end(struct json_out *json);
void json_string(struct json_out *json, const char *key, const char *value); /* NULL: null */
void json_int(struct json_out *json, const char *key, int64_t value);
void json_bool(struct json_out *json, const char *key, bool value);
/* RFC 3339 in UTC with nanoseconds, H2T_NEVER as null. */
void json_time(struct json_out *json, const char *key, int64_t ns);
void json_null(struct json_out *json, const char *key);

#endif
