/* SPDX-License-Identifier: MIT */
/* hpack against nghttp2's encoder, RFC 7541's examples and blocks made by hand. */
#include "annotator/wire/hpack.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

/* ---- Helpers -------------------------------------------------------------------------------- */

static struct hpack_text text;
static struct h2t_fields fields;

static GByteArray *from_hex(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();
    while (*hex) {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        uint8_t byte = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
        g_byte_array_append(bytes, &byte, 1);
        hex += 2;
    }
    return bytes;
}

static enum hpack_result decode_bytes(struct hpack *hpack, GByteArray *bytes)
{
    enum hpack_result result = hpack_decode(hpack, bytes->data, bytes->len, &text, &fields);
    g_byte_array_unref(bytes);
    return result;
}

static enum hpack_result decode_hex(struct hpack *hpack, const char *hex)
{
    return decode_bytes(hpack, from_hex(hex));
}

static void add_number(GByteArray *out, uint8_t first, unsigned prefix_bits, uint64_t number)
{
    uint8_t max = (uint8_t)((1u << prefix_bits) - 1);
    uint8_t byte = (uint8_t)(first | MIN(number, max));
    g_byte_array_append(out, &byte, 1);
    if (number < max)
        return;
    for (number -= max;; number >>= 7) {
        byte = (uint8_t)((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
        g_byte_array_append(out, &byte, 1);
        if (number <= 0x7f)
            return;
    }
}

static void add_string(GByteArray *out, const char *string, size_t len)
{
    add_number(out, 0, 7, len);
    g_byte_array_append(out, (const uint8_t *)string, (guint)len);
}

/* A literal with its name; `first` 0x40 inserts it, 0 does not. */
static void add_literal(GByteArray *out, uint8_t first, const char *name, const char *value)
{
    g_byte_array_append(out, &first, 1);
    add_string(out, name, strlen(name));
    add_string(out, value, strlen(value));
}

static void add_index(GByteArray *out, uint64_t index)
{
    add_number(out, 0x80, 7, index);
}

static enum hpack_result decode_index(struct hpack *hpack, uint64_t index)
{
    GByteArray *block = g_byte_array_new();
    add_index(block, index);
    return decode_bytes(hpack, block);
}

/* ---- RFC 7541, appendix C ------------------------------------------------------------------- */

static void test_rfc_requests(void)
{
    static const char *const blocks[][3] = {
        {"8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", "http", "/"},
        {"8286 84be 5886 a8eb 1064 9cbf", "http", "/"},
        {"8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", "https", "/index.html"},
    };
    struct hpack hpack;
    hpack_init(&hpack);
    for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++) {
        g_assert_cmpint(decode_hex(&hpack, blocks[i][0]), ==, HPACK_OK);
        g_assert_cmpstr(fields.method, ==, "GET");
        g_assert_cmpstr(fields.scheme, ==, blocks[i][1]);
        g_assert_cmpstr(fields.path, ==, blocks[i][2]);
        g_assert_cmpstr(fields.authority, ==, "www.example.com");
        g_assert_true(fields.complete);
    }
    hpack_fini(&hpack);
}

/* C.6, with the table size of its 256 bytes said in the block, as RFC 9113 wants. */
static void test_rfc_responses(void)
{
    static const struct {
        const char *hex;
        uint16_t status;
    } blocks[] = {
        {"3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6"
         "2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
         302},
        {"4883 640e ffc1 c0bf", 307},
        {"88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7"
         "821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed"
         "4ee5 b106 3d50 07",
         200},
    };
    struct hpack hpack;
    hpack_init(&hpack);
    for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++) {
        g_assert_cmpint(decode_hex(&hpack, blocks[i].hex), ==, HPACK_OK);
        g_assert_cmpuint(fields.status, ==, blocks[i].status);
        g_assert_true(fields.complete);
    }
    hpack_fini(&hpack);
}

/* ---- Fields --------------------------------------------------------------------------------- */

static void test_all_fields(void)
{
    static const char *const sent[][2] = {
        {":method", "POST"},     {":scheme", "https"},    {":authority", "a:1"},
        {":path", "/p?q=1"},     {"x-request-id", "id1"}, {"traceparent", "00-1-2-01"},
        {"x-request-id", "id2"}, {"x-request-idx", "no"}, {"cookie", "secret"},
        {"grpc-status", "14"},
    };
    GByteArray *block = g_byte_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(sent); i++)
        add_literal(block, i % 2 ? 0x40 : 0x10, sent[i][0], sent[i][1]);
    struct hpack hpack;
    hpack_init(&hpack);
    g_assert_cmpint(decode_bytes(&hpack, block), ==, HPACK_OK);
    g_assert_cmpstr(fields.method, ==, "POST");
    g_assert_cmpstr(fields.scheme, ==, "https");
    g_assert_cmpstr(fields.authority, ==, "a:1");
    g_assert_cmpstr(fields.path, ==, "/p?q=1");
    g_assert_cmpstr(fields.request_id, ==, "id1");
    g_assert_cmpstr(fields.traceparent, ==, "00-1-2-01");
    g_assert_cmpuint(fields.grpc, ==, 15);
    g_assert_true(fields.complete);

    g_assert_cmpint(hpack_decode(&hpack, (const uint8_t *)"", 0, &text, &fields), ==, HPACK_OK);
    g_assert_null(fields.method);
    g_assert_true(fields.complete);
    hpack_fini(&hpack);
}

static void test_status(void)
{
    static const struct {
        const char *value;
        uint16_t status;
    } cases[] = {{"200", 200}, {"999", 999}, {"100", 100}, {"099", 0},  {"20", 0},
                 {"2000", 0},  {"2x0", 0},   {"", 0},      {"-20", 0},  {"20 ", 0},
                 {"+20", 0},   {"4 4", 0},   {"404", 404}, {"0x10", 0}, {"x00", 0}};
    struct hpack hpack;
    hpack_init(&hpack);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GByteArray *block = g_byte_array_new();
        add_literal(block, 0, ":status", cases[i].value);
        g_assert_cmpint(decode_bytes(&hpack, block), ==, HPACK_OK);
        g_assert_cmpuint(fields.status, ==, cases[i].status);
    }
    hpack_fini(&hpack);
}

static void test_odd_values(void)
{
    g_autofree char *longest = g_strnfill(H2T_MAX_STRING + 1, 'p');
    struct hpack hpack;
    hpack_init(&hpack);
    GByteArray *block = g_byte_array_new();
    add_literal(block, 0, ":path", longest);
    g_assert_cmpint(decode_bytes(&hpack, block), ==, HPACK_OK);
    g_assert_cmpuint(strlen(fields.path), ==, H2T_MAX_STRING);
    g_assert_true(fields.complete);

    /* a NUL would give another value than was sent */
    g_assert_cmpint(decode_hex(&hpack, "00 05 3a70617468 03 2f0061"), ==, HPACK_OK);
    g_assert_null(fields.path);
    g_assert_false(fields.complete);
    hpack_fini(&hpack);
}

/* ---- Rejections ----------------------------------------------------------------------------- */

/* Each of them ends the context: index 62, known before, is not after. */
static void test_bad_blocks(void)
{
    static const char *const bad[] = {
        "80",                    /* index 0 */
        "ff",                    /* number without its end */
        "ff ffffffffffff 01",    /* number too long */
        "40 05 3a70",            /* name cut off */
        "40 01 61",              /* value missing */
        "40 01 61 02 62",        /* value cut off */
        "40 01 61 ff8080808001", /* length beyond everything */
        "00 81 00 00",           /* Huffman code with wrong padding */
        "82 20",                 /* table size after a field, RFC 7541 section 4.2 */
        "41",                    /* value missing, name indexed */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct hpack hpack;
        hpack_init(&hpack);
        g_assert_cmpint(decode_hex(&hpack, "40 053a70617468 022f31"), ==, HPACK_OK);
        g_assert_cmpint(decode_hex(&hpack, "be"), ==, HPACK_OK);
        g_assert_cmpstr(fields.path, ==, "/1");
        g_autofree char *with_field = g_strconcat("be ", bad[i], NULL);
        g_assert_cmpint(decode_hex(&hpack, with_field), ==, HPACK_BAD);
        g_assert_null(fields.path); /* not even what came before the damage */
        g_assert_false(fields.complete);
        g_assert_cmpint(decode_hex(&hpack, "be"), ==, HPACK_OK);
        g_assert_null(fields.path);
        g_assert_false(fields.complete);
        hpack_fini(&hpack);
    }
}

/* One byte stands for 4000. */
static void test_bomb(void)
{
    g_autofree char *value = g_strnfill(4000, 'v');
    struct hpack hpack;
    hpack_init(&hpack);
    for (int over = 0; over < 2; over++) {
        GByteArray *block = g_byte_array_new();
        add_literal(block, 0x40, ":path", value);
        for (unsigned i = 1; i < HPACK_MAX_OUTPUT / 4005 + (unsigned)over; i++)
            add_index(block, 62);
        g_assert_cmpuint(block->len, <, 6000);
        g_assert_cmpint(decode_bytes(&hpack, block), ==, over ? HPACK_OVERFLOW : HPACK_OK);
        g_assert_true(fields.complete == !over);
    }
    g_assert_null(fields.path);
    g_assert_cmpint(decode_index(&hpack, 62), ==, HPACK_OK);
    g_assert_false(fields.complete);
    hpack_fini(&hpack);
}

/* ---- Table sizes ---------------------------------------------------------------------------- */

static void insert_many(struct hpack *hpack, unsigned n)
{
    g_autofree char *value = g_strnfill(100, 'v');
    for (unsigned i = 0; i < n; i++) {
        GByteArray *block = g_byte_array_new();
        add_literal(block, 0x40, i == 0 ? ":path" : "x", value);
        g_assert_cmpint(decode_bytes(hpack, block), ==, HPACK_OK);
    }
}

static bool first_of_many_known(struct hpack *hpack, unsigned n)
{
    g_assert_cmpint(decode_index(hpack, 61 + n), ==, HPACK_OK);
    g_assert_true(fields.complete == (fields.path != NULL));
    return fields.complete;
}

static void test_table_default(void)
{
    struct hpack hpack;
    hpack_init(&hpack);
    insert_many(&hpack, 30); /* 137 + 29 * 133 bytes */
    g_assert_true(first_of_many_known(&hpack, 30));
    insert_many(&hpack, 31);
    g_assert_false(first_of_many_known(&hpack, 31));
    hpack_fini(&hpack);
}

/* The encoder says its size; past our limit, old entries are unknown to us, never wrong. */
static void test_table_announced(void)
{
    static const struct {
        uint64_t size;
        unsigned n;
        bool known;
    } cases[] = {
        {16384, 120, true},    {HPACK_MAX_TABLE, 490, true}, {HPACK_MAX_TABLE, 495, false},
        {1u << 20, 490, true}, {1u << 20, 495, false},       {UINT32_MAX, 490, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct hpack hpack;
        hpack_init(&hpack);
        GByteArray *block = g_byte_array_new();
        add_number(block, 0x20, 5, cases[i].size);
        g_assert_cmpint(decode_bytes(&hpack, block), ==, HPACK_OK);
        insert_many(&hpack, cases[i].n);
        g_assert_true(first_of_many_known(&hpack, cases[i].n) == cases[i].known);
        hpack_fini(&hpack);
    }
}

/* A size that we did not see announced shows in an index that the default table cannot have. */
static void test_table_guessed(void)
{
    static const struct {
        uint64_t index;
        bool known;
    } cases[] = {{61 + 128, false}, {61 + 129, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct hpack hpack;
        hpack_init(&hpack);
        g_assert_cmpint(decode_index(&hpack, cases[i].index), ==, HPACK_OK);
        g_assert_false(fields.complete);
        insert_many(&hpack, 100);
        g_assert_true(first_of_many_known(&hpack, 100) == cases[i].known);
        hpack_forget(&hpack);
        insert_many(&hpack, 100);
        g_assert_true(first_of_many_known(&hpack, 100) == cases[i].known);
        hpack_fini(&hpack);
    }
}

/* ---- Lost context --------------------------------------------------------------------------- */

/* A name in the lost part, with a literal value: the value belongs to nobody, but takes its place
 * in the table. */
static void test_unknown_name(void)
{
    struct hpack hpack;
    hpack_init(&hpack);
    g_assert_cmpint(decode_hex(&hpack, "40 053a70617468 022f31"), ==, HPACK_OK);
    hpack_forget(&hpack);
    g_assert_cmpint(
        decode_hex(&hpack, "40 0c782d726571756573742d6964 026964 7f00 022f32 0f2f 022f33"), ==,
        HPACK_OK);
    g_assert_cmpstr(fields.request_id, ==, "id");
    g_assert_null(fields.path);
    g_assert_false(fields.complete);
    g_assert_cmpint(decode_hex(&hpack, "bf"), ==, HPACK_OK);
    g_assert_cmpstr(fields.request_id, ==, "id");
    g_assert_true(fields.complete);
    g_assert_cmpint(decode_hex(&hpack, "be"), ==, HPACK_OK);
    g_assert_false(fields.complete);
    hpack_fini(&hpack);
}

/* What is compared: the encoder's truth for a block, and whether a table of marked entries in place
 * of the lost ones gives any of them away. */
struct sent {
    GByteArray *bytes;
    char *path, *request_id, *traceparent;
    size_t table; /* the encoder's table size before the block */
};

static void sent_free(gpointer data)
{
    struct sent *sent = data;
    g_byte_array_unref(sent->bytes);
    g_free(sent->path);
    g_free(sent->request_id);
    g_free(sent->traceparent);
    g_free(sent);
}

static nghttp2_nv pair(const char *name, const char *value, uint8_t flags)
{
    return (nghttp2_nv){(uint8_t *)(gintptr)name, (uint8_t *)(gintptr)value, strlen(name),
                        strlen(value), flags};
}

static struct sent *make_block(nghttp2_hd_deflater *deflater, GRand *rand, size_t *table)
{
    struct sent *sent = g_new0(struct sent, 1);
    sent->table = *table;
    sent->bytes = g_byte_array_new();
    sent->path = g_strdup_printf("/item/%d", g_rand_int_range(rand, 0, 30));
    sent->request_id = g_rand_boolean(rand) ? g_strdup_printf("id-%u", g_rand_int(rand)) : NULL;
    sent->traceparent =
        g_rand_boolean(rand) ? g_strdup_printf("00-%08d-01", g_rand_int_range(rand, 0, 9)) : NULL;
    g_autofree char *other = g_strnfill((gsize)g_rand_int_range(rand, 0, 200), 'o');
    g_autofree char *name = g_strdup_printf("x-other-%d", g_rand_int_range(rand, 0, 40));
    uint8_t no_index = g_rand_int_range(rand, 0, 4) ? 0 : NGHTTP2_NV_FLAG_NO_INDEX;

    nghttp2_nv nv[8];
    size_t n = 0;
    nv[n++] = pair(":method", "GET", 0);
    nv[n++] = pair(":authority", "example.com", 0);
    nv[n++] = pair(":path", sent->path, 0);
    if (sent->request_id)
        nv[n++] = pair("x-request-id", sent->request_id, no_index);
    if (sent->traceparent)
        nv[n++] = pair("traceparent", sent->traceparent, 0);
    nv[n++] = pair(name, other, 0);
    g_byte_array_set_size(sent->bytes, (guint)nghttp2_hd_deflate_bound(deflater, nv, n));
    ssize_t len = nghttp2_hd_deflate_hd(deflater, sent->bytes->data, sent->bytes->len, nv, n);
    g_assert_cmpint(len, >, 0);
    g_byte_array_set_size(sent->bytes, (guint)len);
    *table = nghttp2_hd_deflate_get_max_dynamic_table_size(deflater);
    return sent;
}

/* `n` blocks; the decoder's SETTINGS change the table now and then. */
static GPtrArray *make_series(unsigned n, size_t max_table, uint32_t seed)
{
    static const size_t sizes[] = {0, 100, 500, 2000, 4096, 4096, 16384, 65536};
    GPtrArray *series = g_ptr_array_new_with_free_func(sent_free);
    GRand *rand = g_rand_new_with_seed(seed);
    nghttp2_hd_deflater *deflater;
    g_assert_cmpint(nghttp2_hd_deflate_new(&deflater, max_table), ==, 0);
    size_t table = MIN(max_table, 4096);
    for (unsigned i = 0; i < n; i++) {
        if (g_rand_int_range(rand, 0, 40) == 0) {
            size_t size = sizes[g_rand_int_range(rand, 0, G_N_ELEMENTS(sizes))];
            nghttp2_hd_deflate_change_table_size(deflater, size);
        }
        g_ptr_array_add(series, make_block(deflater, rand, &table));
    }
    nghttp2_hd_deflate_del(deflater);
    g_rand_free(rand);
    return series;
}

static bool reference_feed(nghttp2_hd_inflater *inflater, const uint8_t *data, size_t len)
{
    bool marked = false;
    for (;;) {
        nghttp2_nv nv;
        int flags = 0;
        ssize_t n = nghttp2_hd_inflate_hd2(inflater, &nv, &flags, data, len, 1);
        g_assert_cmpint(n, >=, 0);
        data += n;
        len -= (size_t)n;
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            marked |= nv.namelen == 1 && nv.name[0] == '?';
        if (flags & NGHTTP2_HD_INFLATE_FINAL)
            break;
    }
    g_assert_cmpint(nghttp2_hd_inflate_end_headers(inflater), ==, 0);
    return marked;
}

/* Another way to the same answer: a table that is full of marks where ours is empty. */
static nghttp2_hd_inflater *reference_new(size_t table, bool lost)
{
    nghttp2_hd_inflater *inflater;
    g_assert_cmpint(nghttp2_hd_inflate_new(&inflater), ==, 0);
    g_assert_cmpint(nghttp2_hd_inflate_change_table_size(inflater, 1u << 20), ==, 0);
    GByteArray *block = g_byte_array_new();
    add_number(block, 0x20, 5, table);
    for (size_t i = 0; lost && i < table / 33; i++)
        add_literal(block, 0x40, "?", "");
    reference_feed(inflater, block->data, block->len);
    g_byte_array_unref(block);
    return inflater;
}

static void check_value(const char *got, const char *sent, bool complete)
{
    if (got || complete)
        g_assert_cmpstr(got, ==, sent);
}

/* Decodes from block `from` on; the number of blocks with something unknown. `table_known`: only
 * then everything that can be known must be. */
static unsigned check_suffix(GPtrArray *series, unsigned from, bool table_known)
{
    struct hpack hpack;
    hpack_init(&hpack);
    const struct sent *first = g_ptr_array_index(series, from);
    nghttp2_hd_inflater *reference = reference_new(first->table, from > 0);
    hpack.large = table_known && first->table > 4096; /* as a gap leaves it */
    unsigned n_unknown = 0;
    for (unsigned i = from; i < series->len; i++) {
        const struct sent *sent = g_ptr_array_index(series, i);
        g_assert_cmpint(hpack_decode(&hpack, sent->bytes->data, sent->bytes->len, &text, &fields),
                        ==, HPACK_OK);
        bool marked = reference_feed(reference, sent->bytes->data, sent->bytes->len);
        g_assert_true(table_known ? fields.complete == !marked : !(fields.complete && marked));
        check_value(fields.method, "GET", fields.complete);
        check_value(fields.authority, "example.com", fields.complete);
        check_value(fields.path, sent->path, fields.complete);
        check_value(fields.request_id, sent->request_id, fields.complete);
        check_value(fields.traceparent, sent->traceparent, fields.complete);
        n_unknown += !fields.complete;
    }
    nghttp2_hd_inflate_del(reference);
    hpack_fini(&hpack);
    return n_unknown;
}

static void test_suffixes(void)
{
    static const size_t tables[] = {4096, 16384, 65536};
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (uint32_t seed = 1; seed <= 4; seed++) {
            GPtrArray *series = make_series(150, tables[t], seed);
            g_assert_cmpuint(check_suffix(series, 0, true), ==, 0);
            unsigned n_unknown = 0;
            for (unsigned from = 1; from < series->len; from += 7)
                n_unknown += check_suffix(series, from, from % 2);
            g_assert_cmpuint(n_unknown, >, 0);
            g_ptr_array_unref(series);
        }
    }
}

/* ---- Anything ------------------------------------------------------------------------------- */

static void test_random(void)
{
    GRand *rand = g_rand_new_with_seed(7541);
    struct hpack hpack;
    hpack_init(&hpack);
    unsigned n[3] = {0};
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t block[64];
        size_t len = (size_t)g_rand_int_range(rand, 0, sizeof block);
        for (size_t k = 0; k < len; k++)
            block[k] = (uint8_t)(g_rand_int(rand) & (i % 2 ? 0xff : 0xc7));
        n[hpack_decode(&hpack, block, len, &text, &fields)]++;
    }
    g_assert_cmpuint(n[HPACK_OK], >, 0);
    g_assert_cmpuint(n[HPACK_BAD], >, 0);
    hpack_fini(&hpack);
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hpack/rfc/requests", test_rfc_requests);
    g_test_add_func("/hpack/rfc/responses", test_rfc_responses);
    g_test_add_func("/hpack/fields/all", test_all_fields);
    g_test_add_func("/hpack/fields/status", test_status);
    g_test_add_func("/hpack/fields/odd", test_odd_values);
    g_test_add_func("/hpack/bad", test_bad_blocks);
    g_test_add_func("/hpack/bomb", test_bomb);
    g_test_add_func("/hpack/table/default", test_table_default);
    g_test_add_func("/hpack/table/announced", test_table_announced);
    g_test_add_func("/hpack/table/guessed", test_table_guessed);
    g_test_add_func("/hpack/lost/name", test_unknown_name);
    g_test_add_func("/hpack/lost/suffixes", test_suffixes);
    g_test_add_func("/hpack/random", test_random);
    return g_test_run();
}
