/* SPDX-License-Identifier: MIT */
#include "annotator/capture/section.h"
#include "annotator/capture/interface.h"
#include "annotator/capture/option_list.h"

#define TRAILER 4u      /* a block ends with its length again */
#define PACKET_DATA 28u /* offset of the packet bytes in an EPB and in a PB */
#define SPB_DATA 12u    /* the same in an SPB */
#define DSB_DATA 16u    /* offset of the secrets in a DSB */
#define SHB_OPTIONS 24u
#define IDB_OPTIONS 16u
#define ISB_OPTIONS 20u

void section_init(struct section *section)
{
    *section = (struct section){.interfaces = g_array_new(FALSE, FALSE, sizeof(struct interface))};
}

void section_fini(struct section *section)
{
    g_array_free(section->interfaces, TRUE);
    section->interfaces = NULL;
}

void section_reset(struct section *section)
{
    GArray *interfaces = section->interfaces;
    g_array_set_size(interfaces, 0);
    *section = (struct section){.interfaces = interfaces};
}

void section_start(struct section *section, bool big)
{
    if (section->started)
        section->number++;
    section->started = true;
    section->big = big;
    section->base += section->interfaces->len;
    g_array_set_size(section->interfaces, 0);
}

/* Options, if any, stand between `at` and the trailer. Lengths that are no multiple of four, be it
 * only the second one, are rounded up by Wireshark and read by us, but such a block is not one we
 * could restore. */
static void set_options(struct block *block, size_t at)
{
    bool big = block->big_endian;
    if (at + TRAILER <= block->len && order_get32(block->data + 4, big) == block->len &&
        order_get32(block->data + block->len - TRAILER, big) == block->len)
        block->options = at;
}

static void set_packet_options(struct block *block, size_t at)
{
    set_options(block, at);
    block->annotatable =
        block->options > 0 &&
        option_list_well_formed(block->data + at, block->len - at - TRAILER, block->big_endian);
}

static char *too_short(const struct block *block, const char *name, size_t wanted)
{
    return g_strdup_printf("%s of %" G_GSIZE_FORMAT " bytes, wanted at least %" G_GSIZE_FORMAT,
                           name, block->len, wanted);
}

static char *understand_interface(struct section *section, struct block *block)
{
    if (block->len < IDB_MIN_LEN)
        return too_short(block, "interface description", IDB_MIN_LEN);
    set_options(block, IDB_OPTIONS);
    if (section->interfaces->len >= H2T_MAX_INTERFACES)
        return g_strdup_printf("more than %u interfaces in a section: packets of those after are "
                               "not analysed",
                               H2T_MAX_INTERFACES);
    struct interface interface = interface_parse(block->data, block->len, block->big_endian);
    g_array_append_val(section->interfaces, interface);
    block->interface = section->base + section->interfaces->len - 1;
    block->link_type = interface.link_type;
    return NULL;
}

/* The interface of a packet, or NULL and *why. */
static const struct interface *packet_interface(const struct section *section, uint32_t id,
                                                char **why)
{
    if (id < section->interfaces->len)
        return &g_array_index(section->interfaces, struct interface, id);
    *why = g_strdup_printf("packet of interface %u, but the section has %u so far", id,
                           section->interfaces->len);
    return NULL;
}

static char *set_packet(struct section *section, struct block *block, size_t at)
{
    if (block->caplen > block->len - at - TRAILER)
        return g_strdup_printf("packet of %u bytes in a block with room for %" G_GSIZE_FORMAT,
                               block->caplen, block->len - at - TRAILER);
    block->bytes = block->data + at;
    block->is_packet = true;
    block->packet = ++section->packets;
    return NULL;
}

/* EPB and the obsolete PB differ in the width of the interface id only (sections 4.3, A.1). */
static char *understand_packet(struct section *section, struct block *block)
{
    const uint8_t *data = block->data;
    bool big = block->big_endian;
    if (block->len < PACKET_DATA + TRAILER)
        return too_short(block, "packet block", PACKET_DATA + TRAILER);
    uint32_t id =
        block->type == BLOCK_EPB ? order_get32(data + 8, big) : order_get16(data + 8, big);
    char *why = NULL;
    const struct interface *interface = packet_interface(section, id, &why);
    if (!interface)
        return why;
    block->interface = section->base + id;
    block->link_type = interface->link_type;
    block->caplen = order_get32(data + 20, big);
    block->wirelen = order_get32(data + 24, big);
    block->ns = interface_time(interface, (uint64_t)order_get32(data + 12, big) << 32 |
                                              order_get32(data + 16, big));
    why = set_packet(section, block, PACKET_DATA);
    if (!why)
        set_packet_options(block, PACKET_DATA + order_pad4(block->caplen));
    return why;
}

/* Always of the first interface, whose snaplen tells how much was kept (section 4.4). */
static char *understand_simple(struct section *section, struct block *block)
{
    if (block->len < SPB_DATA + TRAILER)
        return too_short(block, "simple packet block", SPB_DATA + TRAILER);
    char *why = NULL;
    const struct interface *interface = packet_interface(section, 0, &why);
    if (!interface)
        return why;
    block->interface = section->base;
    block->link_type = interface->link_type;
    block->ns = H2T_NEVER;
    block->wirelen = order_get32(block->data + 8, block->big_endian);
    block->caplen = block->wirelen;
    if (interface->snaplen > 0)
        block->caplen = MIN(block->caplen, interface->snaplen);
    return set_packet(section, block, SPB_DATA);
}

static void understand_secrets(struct block *block)
{
    if (block->len < DSB_DATA + TRAILER)
        return;
    size_t len = order_get32(block->data + 12, block->big_endian);
    if (len <= block->len - DSB_DATA - TRAILER)
        set_options(block, DSB_DATA + order_pad4(len));
}

static bool is_other_frame(uint32_t type)
{
    switch (type) {
    case 9:          /* systemd journal export */
    case 0x204:      /* sysdig event */
    case 0x216:      /* sysdig event, version 2 */
    case 0x221:      /* the same with large parameters */
    case 0xBAD:      /* custom block that may be copied */
    case 0x40000BAD: /* custom block that should not be copied */
        return true;
    default:
        return false;
    }
}

char *section_understand(struct section *section, struct block *block)
{
    block->section = section->number;
    block->big_endian = section->big;
    switch (block->type) {
    case BLOCK_EPB:
    case BLOCK_PB:
        return understand_packet(section, block);
    case BLOCK_SPB:
        return understand_simple(section, block);
    case BLOCK_IDB:
        return understand_interface(section, block);
    case BLOCK_DSB:
        understand_secrets(block);
        return NULL;
    case BLOCK_SHB:
        set_options(block, SHB_OPTIONS);
        return NULL;
    case 5: /* interface statistics */
        set_options(block, ISB_OPTIONS);
        return NULL;
    default:
        if (is_other_frame(block->type))
            block->packet = ++section->packets;
        return NULL;
    }
}
