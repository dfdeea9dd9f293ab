/* SPDX-License-Identifier: MIT */
#include "annotator/capture/pcap_in.h"
#include "annotator/capture/capture.h"
#include "annotator/capture/order.h"

#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

/* The file header (draft-ietf-opsawg-pcap section 4): magic, version 2+2, reserved 4+4, snap length
 * 4, link type 4. */
#define FILE_HEADER 24u
#define FILE_SNAPLEN 16u
#define FILE_LINK_TYPE 20u
#define MAGIC_MICRO 0xA1B2C3D4u
#define MAGIC_NANO 0xA1B23C4Du
#define MAGIC_PATCHED 0xA1B2CD34u /* Kuznetzov's libpcap patches: longer record headers */

#define EPB_FIXED 32u /* an EPB without packet bytes and options */

#define STDIO_BUFFER (256u << 10)

struct pcap_in {
    struct source *source;
    pcap_t *pcap;
    uint8_t header[FILE_HEADER];
    size_t header_read; /* bytes of `header` that libpcap has got */
    bool nano;
    GByteArray *out; /* pcapng bytes not handed out yet: from `out_pos` on */
    size_t out_pos;
    char stdio[STDIO_BUFFER];
    uint64_t packets;
    bool ended;
    GError *error; /* of the source, met inside libpcap */
    char *damage;
};

static bool find_magic(const uint8_t *bytes, bool *big, uint32_t *magic)
{
    static const uint32_t known[] = {MAGIC_MICRO, MAGIC_NANO, MAGIC_PATCHED};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        *magic = known[i];
        *big = order_get32(bytes, true) == known[i];
        if (*big || order_get32(bytes, false) == known[i])
            return true;
    }
    return false;
}

bool pcap_in_detect(const uint8_t magic[PCAP_MAGIC_LEN])
{
    bool big;
    uint32_t found;
    return find_magic(magic, &big, &found);
}

static void put32(GByteArray *out, uint32_t value)
{
    uint8_t bytes[4];
    order_put32(bytes, value, false);
    g_byte_array_append(out, bytes, sizeof bytes);
}

static void put_section_header(GByteArray *out)
{
    put32(out, BLOCK_SHB);
    put32(out, 28);
    put32(out, 0x1A2B3C4D);
    put32(out, 1); /* version 1.0 */
    put32(out, UINT32_MAX);
    put32(out, UINT32_MAX); /* section length: unknown */
    put32(out, 28);
}

static void put_interface(GByteArray *out, uint16_t link_type, uint32_t snaplen, bool nano)
{
    static const uint8_t tsresol_9[] = {9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0};
    uint32_t len = 20 + (nano ? (uint32_t)sizeof tsresol_9 : 0);
    put32(out, BLOCK_IDB);
    put32(out, len);
    put32(out, link_type);
    put32(out, snaplen);
    if (nano)
        g_byte_array_append(out, tsresol_9, sizeof tsresol_9);
    put32(out, len);
}

static void put_packet(GByteArray *out, const struct pcap_pkthdr *header, const uint8_t *bytes,
                       uint32_t units_per_second)
{
    static const uint8_t zero[4];
    /* Seconds are unsigned in the file (until 2106); libpcap reads them signed. */
    uint64_t stamp =
        (uint64_t)(uint32_t)header->ts.tv_sec * units_per_second + (uint32_t)header->ts.tv_usec;
    uint32_t padded = (uint32_t)order_pad4(header->caplen);
    put32(out, BLOCK_EPB);
    put32(out, EPB_FIXED + padded);
    put32(out, 0);
    put32(out, (uint32_t)(stamp >> 32));
    put32(out, (uint32_t)stamp);
    put32(out, header->caplen);
    put32(out, header->len);
    g_byte_array_append(out, bytes, header->caplen);
    g_byte_array_append(out, zero, padded - header->caplen);
    put32(out, EPB_FIXED + padded);
}

/* libpcap cuts packets that are longer than the file header says, and there are such files (merged
 * from several). So it gets to read a header with snap length 0, no limit. */
static ssize_t give_header(struct pcap_in *in, char *buf, size_t len)
{
    uint8_t shown[FILE_HEADER];
    memcpy(shown, in->header, sizeof shown);
    memset(shown + FILE_SNAPLEN, 0, 4);
    size_t n = MIN(len, FILE_HEADER - in->header_read);
    memcpy(buf, shown + in->header_read, n);
    in->header_read += n;
    return (ssize_t)n;
}

static ssize_t cookie_read(void *user, char *buf, size_t len)
{
    struct pcap_in *in = user;
    if (in->header_read < FILE_HEADER)
        return give_header(in, buf, len);
    return source_read(in->source, buf, len, &in->error);
}

static bool read_header(struct pcap_in *in, GError **error)
{
    bool big;
    uint32_t magic;
    ssize_t n = source_read(in->source, in->header, FILE_HEADER, error);
    if (n < 0)
        return false;
    if ((size_t)n < FILE_HEADER || !find_magic(in->header, &big, &magic)) {
        g_set_error(error, H2T_ERROR, H2T_ERROR_FORMAT,
                    "%s: pcap file header of %zd bytes, wanted %u", source_name(in->source), n,
                    FILE_HEADER);
        return false;
    }
    in->nano = magic == MAGIC_NANO;
    put_section_header(in->out);
    put_interface(in->out, (uint16_t)order_get32(in->header + FILE_LINK_TYPE, big),
                  order_get32(in->header + FILE_SNAPLEN, big), in->nano);
    return true;
}

static bool open_pcap(struct pcap_in *in, GError **error)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    FILE *file = fopencookie(in, "r", (cookie_io_functions_t){.read = cookie_read});
    g_assert(file);
    setvbuf(file, in->stdio, _IOFBF, sizeof in->stdio);
    unsigned precision = in->nano ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO;
    in->pcap = pcap_fopen_offline_with_tstamp_precision(file, precision, why);
    if (in->pcap)
        return true; /* it closes the file, too */
    fclose(file);
    if (in->error)
        g_propagate_error(error, g_steal_pointer(&in->error));
    else
        g_set_error(error, H2T_ERROR, H2T_ERROR_FORMAT, "%s: %s", source_name(in->source), why);
    return false;
}

struct pcap_in *pcap_in_open(struct source *source, GError **error)
{
    struct pcap_in *in = g_new0(struct pcap_in, 1);
    in->source = source;
    in->out = g_byte_array_new();
    if (!read_header(in, error) || !open_pcap(in, error))
        pcap_in_close(&in);
    return in;
}

void pcap_in_close(struct pcap_in **in)
{
    if (!*in)
        return;
    if ((*in)->pcap)
        pcap_close((*in)->pcap);
    g_byte_array_free((*in)->out, TRUE);
    g_clear_error(&(*in)->error);
    g_free((*in)->damage);
    g_free(*in);
    *in = NULL;
}

/* The next packet into in->out. False when the machine failed. */
static bool convert_next(struct pcap_in *in, GError **error)
{
    struct pcap_pkthdr *header;
    const uint8_t *bytes;
    g_byte_array_set_size(in->out, 0);
    in->out_pos = 0;
    int rc = pcap_next_ex(in->pcap, &header, &bytes);
    if (in->error) {
        g_propagate_error(error, g_steal_pointer(&in->error));
        return false;
    }
    if (rc == 1) {
        put_packet(in->out, header, bytes, in->nano ? 1000000000 : 1000000);
        in->packets++;
        return true;
    }
    in->ended = true;
    if (rc == PCAP_ERROR)
        in->damage =
            g_strdup_printf("after packet %" PRIu64 ": %s", in->packets, pcap_geterr(in->pcap));
    return true;
}

ssize_t pcap_in_pull(void *user, uint8_t *buf, size_t len, GError **error)
{
    struct pcap_in *in = user;
    size_t have = 0;
    while (have < len) {
        size_t n = MIN(len - have, in->out->len - in->out_pos);
        memcpy(buf + have, in->out->data + in->out_pos, n);
        in->out_pos += n;
        have += n;
        if (in->out_pos < in->out->len)
            break;
        if (in->ended)
            break;
        if (!convert_next(in, error))
            return -1;
    }
    return (ssize_t)have;
}

const char *pcap_in_damage(const struct pcap_in *in)
{
    return in->damage;
}

struct pcap_filter {
    struct bpf_program program;
};

/* A pcap_t for compiling. libpcap keeps its table from LINKTYPE_ to DLT_ values to itself but for
 * files, so it is given the header of one. Snap length 0: match whatever the length. */
static pcap_t *open_for_link_type(uint16_t link_type, char *why)
{
    uint8_t header[FILE_HEADER] = {0};
    order_put32(header, MAGIC_MICRO, false);
    order_put16(header + 4, 2, false);
    order_put16(header + 6, 4, false);
    order_put32(header + FILE_LINK_TYPE, link_type, false);
    FILE *file = fmemopen(header, sizeof header, "r");
    g_assert(file);
    setvbuf(file, NULL, _IONBF, 0);
    pcap_t *pcap = pcap_fopen_offline(file, why);
    if (!pcap)
        fclose(file);
    return pcap;
}

struct pcap_filter *pcap_filter_new(uint16_t link_type, const char *expression, GError **error)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    struct pcap_filter *filter = g_new0(struct pcap_filter, 1);
    pcap_t *pcap = open_for_link_type(link_type, why);
    if (!pcap || pcap_compile(pcap, &filter->program, expression, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        g_set_error(error, H2T_ERROR, H2T_ERROR_USAGE, "filter \"%s\": %s", expression,
                    pcap ? pcap_geterr(pcap) : why);
        g_clear_pointer(&filter, g_free);
    }
    if (pcap)
        pcap_close(pcap);
    return filter;
}

void pcap_filter_free(struct pcap_filter **filter)
{
    if (!*filter)
        return;
    pcap_freecode(&(*filter)->program);
    g_free(*filter);
    *filter = NULL;
}

bool pcap_filter_match(const struct pcap_filter *filter, const uint8_t *bytes, uint32_t caplen,
                       uint32_t wirelen)
{
    struct pcap_pkthdr header = {.caplen = caplen, .len = wirelen};
    return pcap_offline_filter(&filter->program, &header, bytes) != 0;
}
