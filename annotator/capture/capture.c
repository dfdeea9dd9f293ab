/* SPDX-License-Identifier: MIT */
#include "annotator/capture/capture.h"
#include "annotator/capture/order.h"
#include "annotator/capture/pcap_in.h"
#include "annotator/capture/pcapng_read.h"
#include "annotator/capture/source.h"

#define LINK_TYPE_ETHERNET 1

struct capture {
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

bool capture_next(struct capture *capture, struct block *block, GError **error)
{
    if (!pcapng_read_next(capture->reader, block, error))
        return false;
    if (capture->expression && block->is_packet)
        block->selected = is_selected(capture, block);
    return true;
}

const char *capture_damage(const struct capture *capture)
{
    if (capture->damage)
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
    return source_is_file(capture->source, path);
}

void capture_progress(const struct capture *capture, uint64_t *done, uint64_t *size)
{
    source_progress(capture->source, done, size);
}
