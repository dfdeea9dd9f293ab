/* SPDX-License-Identifier: MIT */
#include "annotator/capture/source.h"
#include "annotator/capture/input.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define COMPRESSED_CHUNK (256u << 10) /* bytes read of the compressed file at a time */
#define MAGIC_LEN 4

struct source {
    struct input *input;
    struct archive *archive; /* NULL: the input is not compressed */
    uint8_t *chunk;
    const uint8_t *block; /* decompressed and not handed out yet; libarchive's */
    size_t block_len;
    uint64_t out;  /* bytes decompressed */
    GError *error; /* of the input, met inside libarchive */
    char *damage;
    bool ended;
};

/* Where to find them: RFC 1952 section 2.3.1; RFC 8878 section 3.1.1; the LZ4 frame format and its
 * older "legacy" form. */
static const struct {
    size_t len;
    uint8_t bytes[MAGIC_LEN];
} compressed_magic[] = {
    {2, {0x1f, 0x8b}},
    {4, {0x28, 0xb5, 0x2f, 0xfd}},
    {4, {0x04, 0x22, 0x4d, 0x18}},
    {4, {0x02, 0x21, 0x4c, 0x18}},
};

static ssize_t read_fully(struct input *input, uint8_t *buf, size_t len, GError **error)
{
    size_t have = 0;
    while (have < len) {
        ssize_t n = input_read(input, buf + have, len - have, error);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

static bool is_compressed(const uint8_t *head, size_t len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(compressed_magic); i++)
        if (len >= compressed_magic[i].len &&
            memcmp(head, compressed_magic[i].bytes, compressed_magic[i].len) == 0)
            return true;
    return false;
}

static la_ssize_t feed(struct archive *archive, void *user, const void **buf)
{
    struct source *source = user;
    ssize_t n = input_read(source->input, source->chunk, COMPRESSED_CHUNK, &source->error);
    if (n < 0)
        archive_set_error(archive, EIO, "read error");
    *buf = source->chunk;
    return n;
}

static void note_damage(struct source *source)
{
    source->ended = true;
    if (source->damage)
        return;
    const char *why = archive_error_string(source->archive);
    source->damage = g_strdup_printf("compressed data is damaged or cut short after %" PRIu64
                                     " decompressed bytes: %s",
                                     source->out, why ? why : "unknown reason");
}

/* Sets up libarchive at the input's first byte. False only when the machine failed. */
static bool decompress_start(struct source *source, GError **error)
{
    struct archive_entry *entry;
    source->archive = archive_read_new();
    g_assert(source->archive);
    archive_read_support_filter_gzip(source->archive);
    archive_read_support_filter_zstd(source->archive);
    archive_read_support_filter_lz4(source->archive);
    archive_read_support_format_raw(source->archive);
    source->out = 0;
    source->block_len = 0;
    source->ended = false;
    int rc = archive_read_open(source->archive, source, NULL, feed, NULL);
    if (rc >= ARCHIVE_WARN)
        rc = archive_read_next_header(source->archive, &entry);
    if (source->error) {
        g_propagate_error(error, g_steal_pointer(&source->error));
        return false;
    }
    if (rc == ARCHIVE_EOF)
        source->ended = true;
    else if (rc < ARCHIVE_WARN)
        note_damage(source);
    return true;
}

static bool source_detect(struct source *source, GError **error)
{
    uint8_t head[MAGIC_LEN];
    ssize_t n = read_fully(source->input, head, sizeof head, error);
    if (n < 0)
        return false;
    input_rewind(source->input);
    if (!is_compressed(head, (size_t)n))
        return true;
    source->chunk = g_malloc(COMPRESSED_CHUNK);
    return decompress_start(source, error);
}

struct source *source_open(const char *path, GError **error)
{
    struct input *input = input_open(path, error);
    if (!input)
        return NULL;
    struct source *source = g_new0(struct source, 1);
    source->input = input;
    if (!source_detect(source, error))
        source_close(&source);
    return source;
}

void source_close(struct source **source)
{
    if (!*source)
        return;
    archive_read_free((*source)->archive);
    input_close(&(*source)->input);
    g_clear_error(&(*source)->error);
    g_free((*source)->chunk);
    g_free((*source)->damage);
    g_free(*source);
    *source = NULL;
}

/* The next decompressed bytes into source->block; not archive_read_data, which forgets what it has
 * copied when damage follows. False when the machine failed. */
static bool next_block(struct source *source, GError **error)
{
    const void *data = NULL;
    la_int64_t offset;
    source->block_len = 0;
    int rc = archive_read_data_block(source->archive, &data, &source->block_len, &offset);
    if (source->error) {
        g_propagate_error(error, g_steal_pointer(&source->error));
        return false;
    }
    if (rc == ARCHIVE_EOF || rc < ARCHIVE_WARN)
        source->block_len = 0;
    if (rc == ARCHIVE_EOF)
        source->ended = true;
    else if (rc < ARCHIVE_WARN)
        note_damage(source);
    source->block = data;
    source->out += source->block_len;
    return true;
}

static ssize_t decompress(struct source *source, uint8_t *buf, size_t len, GError **error)
{
    size_t have = 0;
    while (have < len) {
        if (source->block_len == 0) {
            if (source->ended)
                break;
            if (!next_block(source, error))
                return -1;
            continue;
        }
        size_t n = MIN(len - have, source->block_len);
        memcpy(buf + have, source->block, n);
        source->block += n;
        source->block_len -= n;
        have += n;
    }
    return (ssize_t)have;
}

ssize_t source_read(struct source *source, void *buf, size_t len, GError **error)
{
    if (source->archive)
        return decompress(source, buf, len, error);
    return read_fully(source->input, buf, len, error);
}

bool source_rewind(struct source *source, GError **error)
{
    input_rewind(source->input);
    if (!source->archive)
        return true;
    archive_read_free(source->archive);
    return decompress_start(source, error);
}

const char *source_damage(const struct source *source)
{
    return source->damage;
}

const char *source_name(const struct source *source)
{
    return input_name(source->input);
}

bool source_is_file(const struct source *source, const char *path)
{
    return input_is_file(source->input, path);
}

void source_progress(const struct source *source, uint64_t *done, uint64_t *size)
{
    input_progress(source->input, done, size);
}
