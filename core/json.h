/* SPDX-License-Identifier: MIT */
/*
 * One JSON value in, a walk over it out. The only door to simdjson.
 *
 * The walk visits values in document order. `key` is the member's name inside an object, NULL
 * inside an array and for the outermost value; it is not NUL-terminated. Numbers that fit int64
 * come as H2T_JSON_INT, exactly (nanoseconds since the epoch do not fit a double); others as
 * H2T_JSON_DOUBLE. Of a member that occurs twice, both are visited.
 */
#ifndef H2T_JSON_H
#define H2T_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum h2t_json_kind {
    H2T_JSON_OBJECT, /* begin; its members follow, then H2T_JSON_END */
    H2T_JSON_ARRAY,  /* begin; its elements follow, then H2T_JSON_END */
    H2T_JSON_END,
    H2T_JSON_STRING, /* text, len: UTF-8, unescaped, not NUL-terminated, may contain NUL */
    H2T_JSON_INT,
    H2T_JSON_DOUBLE,
    H2T_JSON_BOOL, /* integer: 0 or 1 */
    H2T_JSON_NULL,
};

struct h2t_json_value {
    enum h2t_json_kind kind;
    const char *key, *text;
    size_t key_len, len;
    int64_t integer;
    double number;
    unsigned depth; /* 0: the outermost value */
};

/* Return false to stop the walk early. Texts live until the next walk. */
typedef bool (*h2t_json_fn)(void *user, const struct h2t_json_value *value);

/* A parser with its buffers, to be used again and again. One thread at a time. */
struct h2t_json;
struct h2t_json *h2t_json_new(void);
void h2t_json_free(struct h2t_json **json);

/* Walk the one JSON value in text[0..len). The buffer needs no padding and is not changed.
 * NULL when the whole value was read (or the callback stopped it), else what is wrong, one static
 * line; then nothing was visited. Refused as well: a value deeper than H2T_MAX_JSON_DEPTH, and an
 * integer past uint64. Takes memory of up to 14 times `len`, as long as
 * the parser lives; the caller limits `len`. */
const char *h2t_json_walk(struct h2t_json *json, const char *text, size_t len, h2t_json_fn fn,
                          void *user);

#ifdef __cplusplus
}
#endif

#endif
