/* SPDX-License-Identifier: MIT */
#include "annotator/capture/capture.h"
#include "annotator/capture/order.h"
#include "annotator/capture/pcap_in.h"
#include "annotator/capture/pcapng_read.h"
#include "annotator/capture/source.h"

#include <glib/gstdio.h>

#define LINK_TYPE_ETHERNET 1

/* Files that follow each other; one is open at a time. */
struct series {
    char **paths; /* in order */
    uint32_t n, at;
    struct capture *now;                    /* paths[at]; NULL: not open yet, or past the end */
    uint32_t packets, sections, interfaces; /* of the files before */
    struct block last;                      /* what was counted of this one */
};

static bool rewind_series(struct series *s);
static void close_series(struct capture **capture);
static bool begin_file(struct capture *capture, GError **error);

struct capture {
    struct series *series; /* NULL: one file, and the rest is about it */
    struct source *source;
    struct pcap_in *pcap; /* NULL: the source is pcapng itself */
    bool converted;
    struct pcapng_read *reader;
    char *expression;    /* NULL: no filter */
    GHashTable *filters; /* link type to struct pcap_filter; NULL value: it can match nothing */
    char *damage;        /* of an earlier walk */
};

static ssize_t pull_pcapng(void *user, uint8_t *buf, size_t len, GError **error)
{
    struct capture *capture = user;
    return source_read(capture->source, buf, len, error);
}

static ssize_t pull_pcap(void *user, uint8_t *buf, size_t len, GError **error)
{
    struct capture *capture = user;
    return pcap_in_pull(capture->pcap, buf, len, error);
}

static bool refuse(const struct capture *capture, const char *why, GError **error)
{
    g_set_error(error, H2T_ERROR, H2T_ERROR_FORMAT, "%s: %s", source_name(capture->source), why);
    return false;
}

static bool refuse_magic(const struct capture *capture, const uint8_t *head, size_t len,
                         GError **error)
{
    if (source_damage(capture->source))
        return refuse(capture, source_damage(capture->source), error);
    if (len == 0)
        return refuse(capture, "is empty, wanted a pcapng or pcap file", error);
    if (len < PCAP_MAGIC_LEN)
        return refuse(capture, "is too short for a pcapng or pcap file", error);
    char *why = g_strdup_printf("begins with 0x%08x, wanted a pcapng or pcap file",
                                order_get32(head, true));
    refuse(capture, why, error);
    g_free(why);
    return false;
}

static bool detect(struct capture *capture, GError **error)
{
    uint8_t head[PCAP_MAGIC_LEN];
    ssize_t n = source_read(capture->source, head, sizeof head, error);
    if (n < 0)
        return false;
    if ((size_t)n < sizeof head)
        return refuse_magic(capture, head, (size_t)n, error);
    capture->converted = pcap_in_detect(head);
    if (!capture->converted && order_get32(head, true) != BLOCK_SHB)
        return refuse_magic(capture, head, (size_t)n, error);
    capture->reader = pcapng_read_new(capture->converted ? pull_pcap : pull_pcapng, capture);
    return true;
}

/* A file whose very first block cannot be read is no capture. */
static bool check_first_block(struct capture *capture, GError **error)
{
    struct block block;
    GError *failed = NULL;
    if (pcapng_read_next(capture->reader, &block, &failed) && !block.damaged)
        return true;
    if (failed) {
        g_propagate_error(error, failed);
        return false;
    }
    const char *why = pcapng_read_damage(capture->reader);
    return refuse(capture, why ? why : "holds no block", error);
}

struct capture *capture_open(const char *path, GError **error)
{
    struct source *source = source_open(path, error);
    if (!source)
        return NULL;
    struct capture *capture = g_new0(struct capture, 1);
    capture->source = source;
    if (!detect(capture, error) || !capture_rewind(capture, error) ||
        !check_first_block(capture, error) || !capture_rewind(capture, error))
        capture_close(&capture);
    return capture;
}

void capture_close(struct capture **capture)
{
    if (!*capture)
        return;
    if ((*capture)->series) {
        close_series(capture);
        return;
    }
    g_clear_pointer(&(*capture)->filters, g_hash_table_unref);
    pcapng_read_free(&(*capture)->reader);
    pcap_in_close(&(*capture)->pcap);
    source_close(&(*capture)->source);
    g_free((*capture)->expression);
    g_free((*capture)->damage);
    g_free(*capture);
    *capture = NULL;
}

bool capture_rewind(struct capture *capture, GError **error)
{
    if (capture->series)
        return rewind_series(capture->series);
    if (!capture->damage)
        capture->damage = g_strdup(capture_damage(capture));
    pcapng_read_restart(capture->reader);
    pcap_in_close(&capture->pcap);
    if (!source_rewind(capture->source, error))
        return false;
    if (capture->converted)
        capture->pcap = pcap_in_open(capture->source, error);
    return !capture->converted || capture->pcap;
}

/* ---- The filter ----------------------------------------------------------------------------- */

static void free_filter(void *filter)
{
    struct pcap_filter *f = filter;
    pcap_filter_free(&f);
}

/* The program for `link_type`; NULL where the expression has no meaning for it. */
static const struct pcap_filter *filter_for(struct capture *capture, uint16_t link_type,
                                            GError **error)
{
    void *found, *key = GUINT_TO_POINTER(link_type);
    if (g_hash_table_lookup_extended(capture->filters, key, NULL, &found))
        return found;
    struct pcap_filter *made = pcap_filter_new(link_type, capture->expression, error);
    g_hash_table_insert(capture->filters, key, made);
    return made;
}

/* Compiles for the interfaces before the first packet. One must take it: a mistake in the
 * expression fails for all of them. */
static bool try_filter(struct capture *capture, GError **error)
{
    struct block block;
    GError *why = NULL, *failed = NULL;
    bool usable = false, seen = false;
    while (!usable && capture_next(capture, &block, &failed) && !block.is_packet) {
        if (block.type != BLOCK_IDB || block.damaged)
            continue;
        usable = filter_for(capture, block.link_type, why ? NULL : &why);
        seen = true;
    }
    if (!seen && !failed)
        usable = filter_for(capture, LINK_TYPE_ETHERNET, &why);
    if (failed)
        g_propagate_error(error, failed);
    else if (!usable)
        g_propagate_error(error, g_steal_pointer(&why));
    g_clear_error(&why);
    return usable && !failed;
}

bool capture_filter(struct capture *capture, const char *expression, GError **error)
{
    g_assert(!capture->expression);
    if (capture->series) {
        capture->expression = g_strdup(expression);
        return begin_file(capture, error) && rewind_series(capture->series);
    }
    capture->filters = g_hash_table_new_full(NULL, NULL, NULL, free_filter);
    capture->expression = g_strdup(expression);
    return try_filter(capture, error) && capture_rewind(capture, error);
}

static bool is_selected(struct capture *capture, const struct block *block)
{
    const struct pcap_filter *filter = filter_for(capture, block->link_type, NULL);
    return filter && pcap_filter_match(filter, block->bytes, block->caplen, block->wirelen);
}

/* ---- Walking -------------------------------------------------------------------------------- */

static bool next_of_file(struct capture *capture, struct block *block, GError **error)
{
    if (!pcapng_read_next(capture->reader, block, error))
        return false;
    block->file = 0;
    if (capture->expression && block->is_packet)
        block->selected = is_selected(capture, block);
    return true;
}

/* ---- Several files -------------------------------------------------------------------------- */

static bool begin_file(struct capture *capture, GError **error)
{
    struct series *s = capture->series;
    s->last = (struct block){0};
    s->now = capture_open(s->paths[s->at], error);
    return s->now && (!capture->expression || capture_filter(s->now, capture->expression, error));
}

static void end_file(struct capture *capture)
{
    struct series *s = capture->series;
    const char *damage = capture_damage(s->now);
    if (damage && !capture->damage)
        capture->damage = g_strdup_printf("%s: %s", s->paths[s->at], damage);
    capture->converted |= s->now->converted;
    s->packets += s->last.packet;
    s->sections += s->last.section + 1;
    s->interfaces += s->last.interface + 1;
    capture_close(&s->now);
    s->at++;
}

static void count_on(struct series *s, struct block *block)
{
    s->last.packet = MAX(s->last.packet, block->packet);
    s->last.section = MAX(s->last.section, block->section);
    s->last.interface = MAX(s->last.interface, block->interface);
    block->file = s->at;
    block->packet += block->packet ? s->packets : 0;
    block->section += s->sections;
    block->interface += s->interfaces;
}

static bool next_of_series(struct capture *capture, struct block *block, GError **error)
{
    struct series *s = capture->series;
    GError *failed = NULL;
    while (s->at < s->n) {
        if (!s->now && !begin_file(capture, error))
            return false;
        if (capture_next(s->now, block, &failed)) {
            count_on(s, block);
            return true;
        }
        if (failed) {
            g_propagate_error(error, failed);
            return false;
        }
        end_file(capture);
    }
    return false;
}

static bool rewind_series(struct series *s)
{
    capture_close(&s->now);
    s->at = s->packets = s->sections = s->interfaces = 0;
    return true;
}

struct first {
    const char *path;
    int64_t ns;
};

static int compare_first(gconstpointer a, gconstpointer b)
{
    const struct first *x = a, *y = b;
    return x->ns < y->ns ? -1 : x->ns > y->ns;
}

/* The time of the first packet that has one. */
static bool find_first(struct first *first, GError **error)
{
    struct block block;
    GError *failed = NULL;
    struct capture *capture = capture_open(first->path, error);
    first->ns = H2T_NEVER;
    if (!capture)
        return false;
    while (first->ns == H2T_NEVER && capture_next(capture, &block, &failed))
        first->ns = block.is_packet ? block.ns : H2T_NEVER;
    capture_close(&capture);
    if (failed)
        g_propagate_error(error, failed);
    return !failed;
}

struct capture *capture_open_all(const char *const *paths, GError **error)
{
    g_autoptr(GArray) files = g_array_new(false, false, sizeof(struct first));
    for (; *paths; paths++) {
        struct first first = {.path = *paths};
        if (!find_first(&first, error))
            return NULL;
        g_array_append_val(files, first);
    }
    g_array_sort(files, compare_first);
    struct capture *capture = g_new0(struct capture, 1);
    struct series *s = capture->series = g_new0(struct series, 1);
    s->n = files->len;
    s->paths = g_new0(char *, s->n + 1);
    for (uint32_t i = 0; i < s->n; i++)
        s->paths[i] = g_strdup(g_array_index(files, struct first, i).path);
    return capture;
}

static void close_series(struct capture **capture)
{
    struct series *s = (*capture)->series;
    capture_close(&s->now);
    g_strfreev(s->paths);
    g_free(s);
    g_free((*capture)->expression);
    g_free((*capture)->damage);
    g_free(*capture);
    *capture = NULL;
}

static bool is_in_series(const struct series *s, const char *path)
{
    GStatBuf x, y;
    if (g_stat(path, &x))
        return false;
    for (uint32_t i = 0; i < s->n; i++)
        if (!g_stat(s->paths[i], &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino)
            return true;
    return false;
}

const char *capture_file(const struct capture *capture, uint32_t file)
{
    if (capture->series)
        return capture->series->paths[MIN(file, capture->series->n)];
    return file ? NULL : source_name(capture->source);
}

bool capture_detect(const char *path)
{
    uint8_t head[PCAP_MAGIC_LEN];
    if (g_str_equal(path, "-") || !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return false;
    struct source *source = source_open(path, NULL);
    bool whole = source && source_read(source, head, sizeof head, NULL) == (ssize_t)sizeof head;
    source_close(&source);
    return whole && (pcap_in_detect(head) || order_get32(head, true) == BLOCK_SHB);
}

/* ---- One or the other ----------------------------------------------------------------------- */

bool capture_next(struct capture *capture, struct block *block, GError **error)
{
    return capture->series ? next_of_series(capture, block, error)
                           : next_of_file(capture, block, error);
}

const char *capture_damage(const struct capture *capture)
{
    if (capture->damage || capture->series)
        return capture->damage;
    const char *damage = source_damage(capture->source);
    if (!damage && capture->pcap)
        damage = pcap_in_damage(capture->pcap);
    return damage ? damage : pcapng_read_damage(capture->reader);
}

bool capture_converted(const struct capture *capture)
{
    return capture->converted;
}

bool capture_is_file(const struct capture *capture, const char *path)
{
    return capture->series ? is_in_series(capture->series, path)
                           : source_is_file(capture->source, path);
}

void capture_progress(const struct capture *capture, uint64_t *done, uint64_t *size)
{
    if (!capture->series) {
        source_progress(capture->source, done, size);
        return;
    }
    *done = capture->series->at;
    *size = capture->series->n;
}
