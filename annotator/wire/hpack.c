/* SPDX-License-Identifier: MIT */
/*
 * The block is walked one representation at a time, so that an index we do not know can be replaced
 * before nghttp2 sees it. nghttp2 does the rest: table, Huffman code, errors.
 */
#include "hpack.h"

#include "core/grpc.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

/* RFC 7541 sections 4.1, 4.2 (through RFC 9113 section 6.5.2) and appendix A. */
enum { ENTRY_OVERHEAD = 32, DEFAULT_TABLE = 4096, STATIC_ENTRIES = 61 };

/* What nghttp2 takes for an entry, besides its bytes and ENTRY_OVERHEAD: 280 kB for 1,700 of 5
 * bytes. */
enum { ENTRY_COST = 128 };

/* The name that stands for one we do not know. No field can be called so (RFC 9110 section 5.1). */
static const uint8_t unknown_name[] = {1, '?'};

/* A dynamic table size update to HPACK_MAX_TABLE. */
static const uint8_t largest_table[] = {0x3f, 0xe1, 0xff, 0x03};

/* ---- The walk ------------------------------------------------------------------------------- */

enum rep_kind { REP_INDEXED, REP_INSERT, REP_LITERAL, REP_TABLE_SIZE };

/* One field representation, RFC 7541 section 6. */
struct rep {
    const uint8_t *bytes,
        *after_number; /* the number: index, 0 for a literal name, or table size */
    size_t len;
    uint64_t number;
    enum rep_kind kind;
};

struct cursor {
    const uint8_t *at, *end;
};

/* RFC 7541 section 5.1. */
static bool read_number(struct cursor *c, unsigned prefix_bits, uint64_t *out)
{
    if (c->at == c->end)
        return false;
    uint32_t mask = (1u << prefix_bits) - 1;
    *out = *c->at++ & mask;
    if (*out < mask)
        return true;
    for (unsigned shift = 0; shift <= 28 && c->at < c->end; shift += 7) {
        uint8_t byte = *c->at++;
        *out += (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static bool skip_string(struct cursor *c)
{
    uint64_t len;
    if (!read_number(c, 7, &len) || len > (uint64_t)(c->end - c->at))
        return false;
    c->at += len;
    return true;
}

static enum rep_kind classify(uint8_t first, unsigned *prefix_bits)
{
    static const struct {
        uint8_t bit;
        unsigned prefix_bits;
        enum rep_kind kind;
    } kinds[] = {{0x80, 7, REP_INDEXED}, {0x40, 6, REP_INSERT}, {0x20, 5, REP_TABLE_SIZE}};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (first & kinds[i].bit) {
            *prefix_bits = kinds[i].prefix_bits;
            return kinds[i].kind;
        }
    }
    *prefix_bits = 4;
    return REP_LITERAL;
}

static bool next_rep(struct cursor *c, struct rep *rep)
{
    unsigned prefix_bits;
    rep->bytes = c->at;
    rep->kind = classify(*c->at, &prefix_bits);
    if (!read_number(c, prefix_bits, &rep->number))
        return false;
    rep->after_number = c->at;
    bool literal = rep->kind == REP_INSERT || rep->kind == REP_LITERAL;
    if (literal && rep->number == 0 && !skip_string(c))
        return false;
    if (literal && !skip_string(c))
        return false;
    rep->len = (size_t)(c->at - rep->bytes);
    return true;
}

/* ---- Fields --------------------------------------------------------------------------------- */

struct decoding {
    struct hpack *hpack;
    struct hpack_text *text;
    struct h2t_fields *out;
    size_t output; /* bytes decoded so far */
};

/* A NUL would cut the value short, and no field may have one (RFC 9110 section 5.5). */
static void keep_value(struct decoding *d, size_t i, const char **slot, const nghttp2_nv *nv)
{
    if (memchr(nv->value, 0, nv->valuelen)) {
        d->out->complete = false;
        return;
    }
    size_t len = MIN(nv->valuelen, H2T_MAX_STRING);
    memcpy(d->text->value[i], nv->value, len);
    d->text->value[i][len] = 0;
    *slot = d->text->value[i];
}

/* RFC 9113 section 8.3.2: three digits. 0 for anything else. */
static uint16_t status_number(const nghttp2_nv *nv)
{
    if (nv->valuelen != 3)
        return 0;
    unsigned status = 0;
    for (size_t i = 0; i < 3; i++)
        status = g_ascii_isdigit(nv->value[i]) ? status * 10 + (nv->value[i] - '0') : 1000;
    return status >= 100 && status < 1000 ? (uint16_t)status : 0;
}

#define NAME(name) (name), sizeof(name) - 1

static bool name_is(const nghttp2_nv *nv, const char *name, size_t len)
{
    return nv->namelen == len && memcmp(nv->name, name, len) == 0;
}

static void take_field(struct decoding *d, const nghttp2_nv *nv)
{
    static const struct {
        const char *name;
        size_t len;
    } kept[] = {{NAME(":method")}, {NAME(":scheme")},      {NAME(":authority")},
                {NAME(":path")},   {NAME("x-request-id")}, {NAME("traceparent")}};
    const char **slots[] = {&d->out->method, &d->out->scheme,     &d->out->authority,
                            &d->out->path,   &d->out->request_id, &d->out->traceparent};

    d->output += nv->namelen + nv->valuelen;
    if (name_is(nv, NAME("?")))
        d->out->complete = false;
    if (name_is(nv, NAME(":status")) && d->out->status == 0)
        d->out->status = status_number(nv);
    if (name_is(nv, NAME("grpc-status")))
        d->out->grpc = h2t_grpc_read((struct h2t_text){(const char *)nv->value, nv->valuelen});
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (name_is(nv, kept[i].name, kept[i].len) && !*slots[i])
            keep_value(d, i, slots[i], nv);
    }
}

/* ---- The inflater --------------------------------------------------------------------------- */

static bool feed(struct decoding *d, const uint8_t *data, size_t len)
{
    while (len > 0) {
        nghttp2_nv nv;
        int flags = 0;
        ssize_t n = nghttp2_hd_inflate_hd2(d->hpack->inflater, &nv, &flags, data, len, 0);
        g_assert(n != NGHTTP2_ERR_NOMEM);
        if (n < 0 || (n == 0 && !(flags & NGHTTP2_HD_INFLATE_EMIT)))
            return false;
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            take_field(d, &nv);
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* A field, or its name, is in the part of the table we do not have. */
static bool feed_unknown(struct decoding *d, const struct rep *rep)
{
    static const uint8_t insert_literal_name[] = {0x40};

    d->out->complete = false;
    d->output += 1;
    if (rep->number > STATIC_ENTRIES + DEFAULT_TABLE / ENTRY_OVERHEAD)
        d->hpack->large = true;
    if (rep->kind != REP_INSERT)
        return true;
    /* The entry is smaller with this name than with its own, so it stays at least as long. */
    size_t value_len = rep->len - (size_t)(rep->after_number - rep->bytes);
    return feed(d, insert_literal_name, sizeof insert_literal_name) &&
           feed(d, unknown_name, sizeof unknown_name) && feed(d, rep->after_number, value_len);
}

static bool feed_table_size(struct decoding *d, const struct rep *rep)
{
    d->hpack->large = rep->number > DEFAULT_TABLE;
    if (rep->number > HPACK_MAX_TABLE)
        return feed(d, largest_table, sizeof largest_table);
    return feed(d, rep->bytes, rep->len);
}

static bool feed_rep(struct decoding *d, const struct rep *rep)
{
    if (rep->kind == REP_TABLE_SIZE)
        return feed_table_size(d, rep);
    if (rep->number > nghttp2_hd_inflate_get_num_table_entries(d->hpack->inflater))
        return feed_unknown(d, rep);
    return feed(d, rep->bytes, rep->len);
}

static bool end_block(struct hpack *hpack)
{
    nghttp2_nv nv;
    int flags = 0;
    const uint8_t nothing = 0;
    return nghttp2_hd_inflate_hd2(hpack->inflater, &nv, &flags, &nothing, 0, 1) >= 0 &&
           nghttp2_hd_inflate_end_headers(hpack->inflater) == 0;
}

static enum hpack_result decode(struct decoding *d, const uint8_t *block, size_t len)
{
    struct cursor c = {block, block + len};
    while (c.at < c.end) {
        struct rep rep;
        if (!next_rep(&c, &rep) || !feed_rep(d, &rep))
            return HPACK_BAD;
        if (d->output > HPACK_MAX_OUTPUT)
            return HPACK_OVERFLOW;
    }
    return end_block(d->hpack) ? HPACK_OK : HPACK_BAD;
}

/* The largest table that we follow; the one in use is still the default, until a block says
 * otherwise. */
static void open_inflater(struct hpack *hpack)
{
    int failed = nghttp2_hd_inflate_new(&hpack->inflater);
    g_assert(!failed); /* no memory */
    failed = nghttp2_hd_inflate_change_table_size(hpack->inflater, HPACK_MAX_TABLE);
    g_assert(!failed);
}

/* Before a block: our table must not be the smaller one, as far as the limit allows. */
static bool enlarge(struct decoding *d)
{
    size_t now = nghttp2_hd_inflate_get_max_dynamic_table_size(d->hpack->inflater);
    if (!d->hpack->large || now >= HPACK_MAX_TABLE)
        return true;
    return feed(d, largest_table, sizeof largest_table);
}

enum hpack_result hpack_decode(struct hpack *hpack, const uint8_t *block, size_t len,
                               struct hpack_text *text, struct h2t_fields *out)
{
    struct decoding d = {.hpack = hpack, .text = text, .out = out};
    *out = (struct h2t_fields){.complete = true};
    if (!hpack->inflater)
        open_inflater(hpack);
    enum hpack_result result = enlarge(&d) ? decode(&d, block, len) : HPACK_BAD;
    if (result != HPACK_OK) {
        *out = (struct h2t_fields){.complete = false};
        hpack_forget(hpack);
    }
    return result;
}

void hpack_init(struct hpack *hpack)
{
    *hpack = (struct hpack){.inflater = NULL};
}

size_t hpack_held(const struct hpack *hpack)
{
    if (!hpack->inflater)
        return 0;
    size_t entries = nghttp2_hd_inflate_get_num_table_entries(hpack->inflater) - STATIC_ENTRIES;
    return nghttp2_hd_inflate_get_dynamic_table_size(hpack->inflater) + entries * ENTRY_COST;
}

void hpack_forget(struct hpack *hpack)
{
    g_clear_pointer(&hpack->inflater, nghttp2_hd_inflate_del);
}

void hpack_fini(struct hpack *hpack)
{
    hpack_forget(hpack);
}
