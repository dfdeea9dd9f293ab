/* SPDX-License-Identifier: MIT */
#include "tests/unit/pcapng_build.h"
#include "annotator/capture/order.h"

void build_16(GByteArray *out, bool big, uint16_t value)
{
    uint8_t bytes[2];
    order_put16(bytes, value, big);
    g_byte_array_append(out, bytes, sizeof bytes);
}

void build_32(GByteArray *out, bool big, uint32_t value)
{
    uint8_t bytes[4];
    order_put32(bytes, value, big);
    g_byte_array_append(out, bytes, sizeof bytes);
}

void build_64(GByteArray *out, bool big, uint64_t value)
{
    uint32_t high = (uint32_t)(value >> 32), low = (uint32_t)value;
    build_32(out, big, big ? high : low);
    build_32(out, big, big ? low : high);
}

static void append(GByteArray *out, const void *bytes, size_t len)
{
    if (len > 0)
        g_byte_array_append(out, bytes, (guint)len);
}

static void append_padding(GByteArray *out, size_t len, uint8_t pad)
{
    for (size_t i = len; i < order_pad4(len); i++)
        append(out, &pad, 1);
}

void build_option(GByteArray *out, bool big, uint16_t code, const void *value, size_t len,
                  uint8_t pad)
{
    build_16(out, big, code);
    build_16(out, big, (uint16_t)len);
    append(out, value, len);
    append_padding(out, len, pad);
}

void build_comment(GByteArray *out, bool big, const char *text)
{
    build_option(out, big, 1, text, strlen(text), 0);
}

void build_end(GByteArray *out, bool big)
{
    build_option(out, big, 0, NULL, 0, 0);
}

void build_block(GByteArray *out, bool big, uint32_t type, const void *body, size_t len)
{
    uint32_t total = (uint32_t)order_pad4(len) + 12;
    build_32(out, big, type);
    build_32(out, big, total);
    append(out, body, len);
    append_padding(out, len, 0);
    build_32(out, big, total);
}

static void finish_block(GByteArray *out, bool big, uint32_t type, GByteArray *body,
                         const GByteArray *options)
{
    if (options)
        append(body, options->data, options->len);
    build_block(out, big, type, body->data, body->len);
    g_byte_array_free(body, TRUE);
}

void build_shb(GByteArray *out, bool big, int64_t section_len, const GByteArray *options)
{
    GByteArray *body = g_byte_array_new();
    build_32(body, big, 0x1A2B3C4D);
    build_16(body, big, 1);
    build_16(body, big, 0);
    build_64(body, big, (uint64_t)section_len);
    finish_block(out, big, 0x0A0D0D0A, body, options);
}

void build_idb(GByteArray *out, bool big, uint16_t link_type, uint32_t snaplen,
               const GByteArray *options)
{
    GByteArray *body = g_byte_array_new();
    build_16(body, big, link_type);
    build_16(body, big, 0);
    build_32(body, big, snaplen);
    finish_block(out, big, 1, body, options);
}

void build_packet(GByteArray *out, bool big, const struct build_packet *packet)
{
    GByteArray *body = g_byte_array_new();
    if (packet->type == 6) {
        build_32(body, big, packet->interface);
    } else if (packet->type == 2) {
        build_16(body, big, (uint16_t)packet->interface);
        build_16(body, big, 0xFFFF); /* drops: unknown */
    }
    if (packet->type != 3) {
        build_32(body, big, (uint32_t)(packet->stamp >> 32));
        build_32(body, big, (uint32_t)packet->stamp);
        build_32(body, big, packet->caplen);
    }
    build_32(body, big, packet->wirelen);
    append(body, packet->bytes, packet->caplen);
    append_padding(body, packet->caplen, packet->pad);
    finish_block(out, big, packet->type, body, packet->options);
}
