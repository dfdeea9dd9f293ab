/* SPDX-License-Identifier: MIT */
/*
 * What people print of a hook without saying of which request: the first thing that comes to mind,
 *
 *     log.Printf("Got Conn: %+v", info)
 *         {Conn:0xc000012345 Reused:true WasIdle:true IdleTime:1ms}
 *
 *     log.Printf("reused: %v", info.Reused)
 *
 *     log.Printf("DNS Start: %+v", info)
 *         {Host:example.com}, and "DNS start: example.com"
 *
 *     log.Printf("DNS Done: %+v", info)
 *         {Addrs:[{IP:10.9.0.2 Zone:}] Err:<nil> Coalesced:false}
 */
#ifndef H2T_IMPORT_PLAIN_H
#define H2T_IMPORT_PLAIN_H

#include "event.h"

/* Is it such a line? The event's kind, `nameless`, times, and `reused` or `host` are filled. Texts
 * live as long as `text`. */
bool h2t_plain_read(const char *text, size_t len, struct h2t_event *event);

#endif
