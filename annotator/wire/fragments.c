/* SPDX-License-Identifier: MIT */
#include "annotator/wire/fragments.h"

#include <string.h>

#include "core/base.h"

#define MAX_PAYLOAD 65535u /* an offset has 13 bits of 8 bytes; no IP packet is longer */
#define MAX_PIECES 8192u   /* of 8 bytes each: more are copies, and would make insertion slow */

struct piece {
    uint32_t offset, len;
    uint8_t data[];
};

/* Identifies a payload. Compared as bytes, so it is made with all padding zero. */
struct key {
    uint8_t src[16], dst[16];
    uint32_t id;
    uint8_t family, proto, zero[2];
};

/* The fragments of one payload that came so far. */
struct payload {
    struct key key;    /* first: the table hashes it */
    GPtrArray *pieces; /* struct piece, by offset */
    uint32_t len;      /* of the payload, 0 until the last fragment came */
    size_t bytes;      /* what it costs */
    uint8_t proto;
    GList age;
};

struct fragments {
    GHashTable *payloads; /* by key, to themselves */
    GQueue age;           /* the oldest first */
    size_t held;
    GByteArray *whole; /* the last completed one */
};

static guint key_hash(gconstpointer key)
{
    return (guint)h2t_hash(key, sizeof(struct key));
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct key)) == 0;
}

static struct key key_of(const struct fragment *f)
{
    struct key key;
    memset(&key, 0, sizeof key);
    memcpy(key.src, f->src, sizeof key.src);
    memcpy(key.dst, f->dst, sizeof key.dst);
    key.id = f->id;
    key.family = f->family;
    key.proto = f->family == 4 ? f->proto : 0;
    return key;
}

struct fragments *fragments_new(void)
{
    struct fragments *fragments = g_new0(struct fragments, 1);
    fragments->payloads = g_hash_table_new(key_hash, key_equal);
    fragments->whole = g_byte_array_new();
    return fragments;
}

static void payload_drop(struct fragments *fragments, struct payload *p)
{
    g_hash_table_remove(fragments->payloads, p);
    g_queue_unlink(&fragments->age, &p->age);
    fragments->held -= p->bytes;
    g_ptr_array_unref(p->pieces);
    g_free(p);
}

void fragments_free(struct fragments **fragments)
{
    if (!*fragments)
        return;
    while ((*fragments)->age.head)
        payload_drop(*fragments, (*fragments)->age.head->data);
    g_hash_table_unref((*fragments)->payloads);
    g_byte_array_unref((*fragments)->whole);
    g_free(*fragments);
    *fragments = NULL;
}

static void charge(struct fragments *fragments, struct payload *p, size_t n)
{
    p->bytes += n;
    fragments->held += n;
}

static struct payload *payload_find(struct fragments *fragments, const struct fragment *f)
{
    const struct key key = key_of(f);
    struct payload *p = g_hash_table_lookup(fragments->payloads, &key);
    if (p)
        return p;
    p = g_new0(struct payload, 1);
    p->key = key;
    p->proto = f->proto;
    p->pieces = g_ptr_array_new_with_free_func(g_free);
    p->age.data = p;
    g_hash_table_add(fragments->payloads, p);
    g_queue_push_tail_link(&fragments->age, &p->age);
    charge(fragments, p, sizeof *p);
    return p;
}

/* Pieces stay in order of offset; of those with the same offset the first to come wins. */
static void piece_add(struct fragments *fragments, struct payload *p, const struct fragment *f)
{
    struct piece *piece = g_malloc(sizeof *piece + f->len);
    piece->offset = f->offset;
    piece->len = f->len;
    memcpy(piece->data, f->data, f->len);
    guint i = p->pieces->len;
    while (i > 0 && ((struct piece *)p->pieces->pdata[i - 1])->offset > f->offset)
        i--;
    g_ptr_array_insert(p->pieces, (gint)i, piece);
    charge(fragments, p, sizeof *piece + sizeof(void *) + f->len);
}

/* Put the pieces into `whole`. False: one is missing. */
static bool assemble(const struct payload *p, GByteArray *whole)
{
    g_byte_array_set_size(whole, 0);
    for (guint i = 0; i < p->pieces->len && whole->len < p->len; i++) {
        const struct piece *piece = p->pieces->pdata[i];
        if (piece->offset > whole->len)
            return false;
        const uint32_t known = whole->len - piece->offset;
        if (known < piece->len)
            g_byte_array_append(whole, piece->data + known, piece->len - known);
    }
    return whole->len >= p->len;
}

static bool complete(struct fragments *fragments, const struct payload *p)
{
    /* The cheap test first: with many pieces and one missing, assembling each time is quadratic. */
    const size_t cost = sizeof *p + p->pieces->len * (sizeof(struct piece) + sizeof(void *));
    return p->len > 0 && p->bytes - cost >= p->len && assemble(p, fragments->whole);
}

bool fragments_add(struct fragments *fragments, const struct fragment *f, struct view *out,
                   uint8_t *proto)
{
    if (f->len == 0 || f->offset > MAX_PAYLOAD || f->len > MAX_PAYLOAD - f->offset)
        return false;
    struct payload *p = payload_find(fragments, f);
    if (p->pieces->len >= MAX_PIECES)
        return false;
    if (f->offset == 0)
        p->proto = f->proto;
    if (!f->more && p->len == 0)
        p->len = f->offset + f->len;
    piece_add(fragments, p, f);
    const bool done = complete(fragments, p);
    if (done) {
        *out = view_make(fragments->whole->data, p->len, p->len);
        *proto = p->proto;
        payload_drop(fragments, p);
    }
    while (fragments->held > H2T_MAX_FRAGMENTS)
        payload_drop(fragments, fragments->age.head->data);
    return done;
}

size_t fragments_held(const struct fragments *fragments)
{
    return fragments->held;
}
