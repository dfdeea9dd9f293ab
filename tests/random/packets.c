/* SPDX-License-Identifier: MIT */
#include "annotator/capture/capture.h"
#include "tests/random/pcapng_gen.h"

static void clear(void *packet)
{
    g_free((void *)((struct pcapng_gen_packet *)packet)->bytes);
}

GArray *pcapng_gen_load_packets(const char *path, GError **error)
{
    struct block block;
    GError *failed = NULL;
    struct capture *capture = capture_open(path, error);
    if (!capture)
        return NULL;
    GArray *packets = g_array_new(FALSE, FALSE, sizeof(struct pcapng_gen_packet));
    g_array_set_clear_func(packets, clear);
    while (capture_next(capture, &block, &failed)) {
        if (!block.is_packet || block.ns < 0)
            continue;
        struct pcapng_gen_packet packet = {block.link_type, block.ns, block.caplen, block.wirelen,
                                           g_memdup2(block.bytes, block.caplen)};
        g_array_append_val(packets, packet);
    }
    capture_close(&capture);
    if (failed)
        g_clear_pointer(&packets, g_array_unref);
    if (failed)
        g_propagate_error(error, failed);
    return packets;
}
