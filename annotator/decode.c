/* SPDX-License-Identifier: MIT */
#include "annotator/decode.h"

#include "annotator/capture/edit.h"
#include "core/comment.h"

#include <string.h>

#define TICK_EVERY 16384u /* packets */
#define SECTION_LENGTH_AT 16u

static bool states_length(const struct block *block)
{
    /* -1 is all ones in both byte orders; other negative values are left alone, too */
    uint8_t top = block->data[SECTION_LENGTH_AT + (block->big_endian ? 0 : 7)];
    return !(top & 0x80);
}

/* What --embed-keys put in does not stay. */
static bool stays(const struct block *block)
{
    GByteArray *without = g_byte_array_sized_new((guint)block->len);
    bool ours = block_strip(block, h2t_comment_is_ours, without) > 0;
    if (without->len)
        explicit_bzero(without->data, without->len);
    g_byte_array_unref(without);
    return !ours;
}

static void take_keys(const struct block *block, struct keylog *keylog, struct decoded *out)
{
    size_t len;
    const char *keys = block_dsb_keys(block, &len);
    if (keys)
        keylog_add(keylog, keys, len);
    out->has_keys = out->has_keys || stays(block);
}

static void take_packet(const struct block *block, struct pipe *pipe)
{
    struct wire_packet packet = {.link_type = block->link_type,
                                 .bytes = block->bytes,
                                 .caplen = block->caplen,
                                 .wirelen = block->wirelen,
                                 .mark = {.ns = block->ns, .packet = block->packet},
                                 .selected = block->selected};
    pipe_input(pipe, &packet);
}

static void begin_file(GArray *files, uint32_t before)
{
    struct h2t_file file = {.before = before};
    g_array_append_val(files, file);
}

static GArray *name_files(GArray *files, const struct capture *capture, struct h2t_strings *strings)
{
    for (uint32_t i = 0; i < files->len; i++) {
        g_autofree char *name = g_path_get_basename(capture_file(capture, i));
        g_array_index(files, struct h2t_file, i).name =
            h2t_strings_add(strings, name, strlen(name));
    }
    return files;
}

bool decode(struct capture *capture, struct keylog *keylog, bool ledgers, void (*tick)(void *),
            void *user, struct decoded *out, GError **error)
{
    struct h2t_facts *facts = h2t_facts_new();
    if (ledgers)
        h2t_facts_keep_ledgers(facts);
    struct pipe *pipe = pipe_new(keylog, facts);
    struct block block;
    GError *failed = NULL;
    g_autoptr(GArray) files = g_array_new(false, false, sizeof(struct h2t_file));
    *out = (struct decoded){0};
    while (capture_next(capture, &block, &failed)) {
        if (block.file >= files->len)
            begin_file(files, (uint32_t)out->packets);
        if (block.damaged)
            continue;
        if (block.type == BLOCK_SHB)
            out->states_length |= states_length(&block);
        if (block.type == BLOCK_DSB)
            take_keys(&block, keylog, out);
        out->packets += block.packet != 0;
        if (tick && block.packet % TICK_EVERY == 1)
            tick(user);
        if (block.is_packet)
            take_packet(&block, pipe);
    }
    out->stats = pipe_stats(pipe);
    pipe_free(&pipe);
    out->wire = h2t_facts_finish(&facts);
    if (files->len > 1)
        out->wire->files = name_files(g_steal_pointer(&files), capture, out->wire->strings);
    if (failed) {
        h2t_wire_free(&out->wire);
        g_propagate_error(error, failed);
    }
    return !failed;
}
