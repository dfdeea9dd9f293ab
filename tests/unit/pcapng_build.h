/* SPDX-License-Identifier: MIT */
/* Blocks and options of pcapng, made one by one for tests. Lengths and padding are right; what the
 * values say is up to the caller. Everything is appended to `out`. */
#ifndef TESTS_PCAPNG_BUILD_H
#define TESTS_PCAPNG_BUILD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

void build_16(GByteArray *out, bool big, uint16_t value);
void build_32(GByteArray *out, bool big, uint32_t value);
void build_64(GByteArray *out, bool big, uint64_t value);

/* `pad` fills up to four bytes; it should be zero. */
void build_option(GByteArray *out, bool big, uint16_t code, const void *value, size_t len,
                  uint8_t pad);
void build_comment(GByteArray *out, bool big, const char *text);
void build_end(GByteArray *out, bool big);

/* `body` is padded with zeros. */
void build_block(GByteArray *out, bool big, uint32_t type, const void *body, size_t len);

/* `options` may be NULL, here and below. */
void build_shb(GByteArray *out, bool big, int64_t section_len, const GByteArray *options);
void build_idb(GByteArray *out, bool big, uint16_t link_type, uint32_t snaplen,
               const GByteArray *options);

struct build_packet {
    uint32_t type; /* 6 EPB, 2 PB, 3 SPB */
    uint32_t interface;
    uint64_t stamp;
    const void *bytes;
    uint32_t caplen, wirelen;
    uint8_t pad;
    const GByteArray *options;
};
void build_packet(GByteArray *out, bool big, const struct build_packet *packet);

#endif
