/* SPDX-License-Identifier: MIT */
/* For tests: bytes written as hex digits, blanks ignored. */
#ifndef TESTS_HEX_BYTES_H
#define TESTS_HEX_BYTES_H

#include <glib.h>
#include <stdint.h>

/* The caller unrefs. The memory is exactly as long as the bytes. */
static inline GByteArray *hex_bytes(const char *text)
{
    GByteArray *out = g_byte_array_new();
    int high = -1;

    for (; *text; text++) {
        int digit = g_ascii_xdigit_value(*text);
        if (digit < 0)
            continue;
        if (high >= 0) {
            uint8_t byte = (uint8_t)(high << 4 | digit);
            g_byte_array_append(out, &byte, 1);
            high = -1;
        } else {
            high = digit;
        }
    }
    g_assert_cmpint(high, ==, -1);
    return out;
}

static inline void assert_hex(const uint8_t *bytes, size_t len, const char *wanted)
{
    GByteArray *array = hex_bytes(wanted);

    g_assert_cmpuint(len, ==, array->len);
    for (size_t i = 0; i < len; i++)
        g_assert_cmphex(bytes[i], ==, array->data[i]);
    g_byte_array_unref(array);
}

#endif
