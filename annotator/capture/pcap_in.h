/* SPDX-License-Identifier: MIT */
/*
 * What libpcap does for us; its only user. Classic pcap files become a stream of pcapng bytes, and
 * filter expressions become programs.
 *
 * The pcapng form of a classic pcap depends on its bytes only: a section of unknown length in
 * little-endian order, one interface with the file's link type and snap length (and if_tsresol 9
 * where the file counts nanoseconds), one Enhanced Packet Block without options a packet.
 */
#ifndef CAPTURE_PCAP_IN_H
#define CAPTURE_PCAP_IN_H

#include "annotator/capture/source.h"

#define PCAP_MAGIC_LEN 4

/* True if a file that begins so is classic pcap. */
bool pcap_in_detect(const uint8_t magic[PCAP_MAGIC_LEN]);

struct pcap_in;

/* `source` stands at its first byte and stays the caller's. NULL and a message when libpcap refuses
 * the file. */
struct pcap_in *pcap_in_open(struct source *source, GError **error);
void pcap_in_close(struct pcap_in **in);

/* Bytes of the pcapng form; `user` is the pcap_in. As pcapng_pull_fn. */
ssize_t pcap_in_pull(void *user, uint8_t *buf, size_t len, GError **error);

/* Why it ended before the file's end: one line, or NULL. */
const char *pcap_in_damage(const struct pcap_in *in);

/* A filter expression compiled for one link type (LINKTYPE_ value). NULL and libpcap's message. */
struct pcap_filter;
struct pcap_filter *pcap_filter_new(uint16_t link_type, const char *expression, GError **error);
void pcap_filter_free(struct pcap_filter **filter);
bool pcap_filter_match(const struct pcap_filter *filter, const uint8_t *bytes, uint32_t caplen,
                       uint32_t wirelen);

#endif
