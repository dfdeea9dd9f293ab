/* SPDX-License-Identifier: MIT */
#include "annotator/rewrite.h"

#include "annotator/capture/edit.h"
#include "annotator/scribe.h"
#include "core/comment.h"

#include <string.h>

#define BLOCK_TRAILER 4u      /* the second total length */
#define SECTION_LENGTH_AT 16u /* offset in a Section Header Block; draft-ietf-opsawg-pcapng 4.1 */

/* One walk: it measures when `out` is NULL. */
struct walk {
    struct rewrite *work;
    struct output *out;
    GArray *growth;        /* int64_t, by section: bytes that the section grows by */
    struct scribe *scribe; /* NULL: nothing is noted */
    bool keys_done;
    uint32_t file; /* that is being written */
    GByteArray *stripped, *made;
};

static bool emit(struct walk *w, const struct block *block, const uint8_t *data, size_t len)
{
    if (w->growth->len <= block->section)
        g_array_set_size(w->growth, block->section + 1);
    g_array_index(w->growth, int64_t, block->section) += (int64_t)len - (int64_t)block->len;
    return !w->out || !len || output_write(w->out, data, len);
}

static int64_t get_length(const uint8_t *data, bool big_endian)
{
    uint64_t raw;
    memcpy(&raw, data + SECTION_LENGTH_AT, sizeof raw);
    return (int64_t)(big_endian ? GUINT64_FROM_BE(raw) : GUINT64_FROM_LE(raw));
}

/* A section that states its length (it is not -1) must state the new one. */
static bool section_header(struct walk *w, const struct block *block)
{
    int64_t length = get_length(block->data, block->big_endian);
    if (!w->out || length < 0 || block->section >= w->growth->len)
        return emit(w, block, block->data, block->len);
    uint64_t grown = (uint64_t)(length + g_array_index(w->growth, int64_t, block->section));
    uint64_t raw = block->big_endian ? GUINT64_TO_BE(grown) : GUINT64_TO_LE(grown);
    g_byte_array_set_size(w->made, 0);
    g_byte_array_append(w->made, block->data, (guint)block->len);
    memcpy(w->made->data + SECTION_LENGTH_AT, &raw, sizeof raw);
    return emit(w, block, w->made->data, w->made->len);
}

/* Bytes of the whole lines in the first `max`; a key log line is short. */
static size_t whole_lines(const char *text, size_t max)
{
    const char *last = memrchr(text, '\n', max);
    return last ? (size_t)(last - text) + 1 : max;
}

#define DSB_ROOM 1024u /* of a block, beside the keys */

/* The secrets go behind the first interface: editcap 4.0 refuses them before. */
static bool embed_keys(struct walk *w, const struct block *block)
{
    if (!w->work->keys || w->keys_done)
        return true;
    w->keys_done = true;
    g_autoptr(GString) comment = g_string_new(NULL);
    h2t_comment_begin(comment, "keys");
    h2t_comment_end(comment, false);
    struct block added = *block;
    added.len = 0;
    const char *keys = w->work->keys->str;
    for (size_t left = w->work->keys->len, len; left; keys += len, left -= len) {
        len = left <= MAX_DSB_KEYS ? left : whole_lines(keys, MAX_DSB_KEYS);
        g_byte_array_set_size(w->made, (guint)(len + DSB_ROOM)); /* so that it need not move */
        g_byte_array_set_size(w->made, 0);
        bool made = block_make_dsb(keys, len, comment->str, block->big_endian, w->made);
        g_assert(made); /* neither is too long */
        bool done = emit(w, &added, w->made->data, w->made->len);
        explicit_bzero(w->made->data, w->made->len);
        if (!done)
            return false;
    }
    return true;
}

/* A DSB that carries our comment is one we embedded: it goes as a whole. */
static bool secrets(struct walk *w, const struct block *block)
{
    g_byte_array_set_size(w->stripped, 0);
    if (!block_strip(block, h2t_comment_is_ours, w->stripped))
        return emit(w, block, block->data, block->len);
    w->work->removed++;
    return emit(w, block, NULL, 0);
}

/* The comments of this packet, *n of them. */
static const GString *const *comments(struct walk *w, const struct block *block, bool variant,
                                      unsigned *n)
{
    *n = 0;
    GString *const *texts = w->scribe ? scribe_texts(w->scribe, block->packet, n) : NULL;
    for (unsigned i = 0; variant && i < *n; i++)
        h2t_comment_vary(texts[i]);
    return (const GString *const *)texts;
}

static bool packet(struct walk *w, const struct block *block)
{
    const uint8_t *data = block->data;
    size_t len = block->len;
    bool has_options = block->options && block->options + BLOCK_TRAILER < block->len;
    if (block->annotatable && has_options) {
        g_byte_array_set_size(w->stripped, 0);
        w->work->removed += block_strip(block, h2t_comment_is_ours, w->stripped);
        data = w->stripped->data;
        len = w->stripped->len;
    }
    bool variant =
        block->annotatable && block_wants_variant(data, len, block->options, block->big_endian);
    unsigned n;
    const GString *const *texts = comments(w, block, variant, &n);
    g_byte_array_set_size(w->made, 0);
    if (n && block->annotatable &&
        block_annotate(data, len, block->options, block->big_endian, texts, n, w->made)) {
        w->work->annotated_packets++;
        w->work->comments += n;
        return emit(w, block, w->made->data, w->made->len);
    }
    w->work->unplaceable += n;
    return emit(w, block, data, len);
}

static bool one_block(struct walk *w, const struct block *block)
{
    if (block->damaged)
        return emit(w, block, block->data, block->len);
    switch (block->type) {
    case BLOCK_SHB:
        return section_header(w, block);
    case BLOCK_IDB:
        return emit(w, block, block->data, block->len) && embed_keys(w, block);
    case BLOCK_DSB:
        return secrets(w, block);
    default:
        return block->packet ? packet(w, block) : emit(w, block, block->data, block->len);
    }
}

/* The first block of another file. */
static bool switch_file(struct walk *w, uint32_t file, GError **error)
{
    w->file = file;
    w->keys_done = false;
    if (w->out && w->work->next)
        w->out = w->work->next(w->work->user, file, error);
    return !*error;
}

static bool blocks(struct walk *w, struct capture *capture, GError **error)
{
    struct block block;
    GError *failed = NULL;
    while (capture_next(capture, &block, &failed)) {
        if (block.file != w->file && !switch_file(w, block.file, &failed))
            break;
        if (!one_block(w, &block))
            return true; /* the output keeps its error for output_commit */
    }
    if (failed)
        g_propagate_error(error, failed);
    return !failed;
}

static bool walk(struct walk *w, struct capture *capture, GError **error)
{
    struct rewrite *work = w->work;
    w->keys_done = false;
    w->file = 0;
    work->annotated_packets = work->comments = work->removed = work->unplaceable = 0;
    if (!capture_rewind(capture, error))
        return false;
    if (work->notes)
        w->scribe = scribe_new(work->model, work->notes, work->own_thread);
    bool done = blocks(w, capture, error);
    scribe_free(&w->scribe);
    return done;
}

/* It may have had secrets. */
static void wipe(GByteArray *bytes)
{
    if (bytes->len)
        explicit_bzero(bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

bool rewrite(struct rewrite *work, struct capture *capture, struct output *out, GError **error)
{
    struct walk w = {.work = work,
                     .growth = g_array_new(false, true, sizeof(int64_t)),
                     .stripped = g_byte_array_new(),
                     .made = g_byte_array_new()};
    bool done = !work->measure || walk(&w, capture, error);
    w.out = out;
    done = done && walk(&w, capture, error);
    g_array_unref(w.growth);
    wipe(w.stripped);
    wipe(w.made);
    return done;
}
