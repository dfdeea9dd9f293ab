/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics: "-z httptrace,tree" counts hooks, ends, findings and requests by connection; "-z
 * httptrace,conns" is a table by connection. Both count what packets show: in one pass that is what
 * is known while the capture is read (-2 knows all).
 */
#ifndef HTTPTRACE_STATS_H
#define HTTPTRACE_STATS_H

void stats_register(void);

#endif
