/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sidecar beside the capture. No public call names the capture file, but when a capture is
 * being opened one of our descriptors is it; on Linux, /proc/self/fd tells its name.
 */
#ifndef HTTPTRACE_DISCOVER_H
#define HTTPTRACE_DISCOVER_H

/* The only capture that is open, to be freed with g_free; NULL: none, or several. */
char *discover_capture(void);

/* NAME.trace.json or NAME.trace.jsonl, where NAME is the capture with or without its suffixes; a
 * NULL-terminated list of one, to be freed with g_strfreev. NULL: none, or several captures are
 * open and it is not to be known which. */
char **discover_sidecars(void);

#endif
