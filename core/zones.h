/* SPDX-License-Identifier: MIT */
/*
 * Stamps without a zone. Package log and klog write local time and do not say which; klog leaves
 * out the year as well. Their times are kept as if they were UTC, and the difference, a multiple of
 * a quarter of an hour, is learned: from other stamps of the same lines, or from the capture. Until
 * then they are no times.
 */
#ifndef H2T_ZONES_H
#define H2T_ZONES_H

#include "event.h"

/* Takes note of a line's times. */
void h2t_zones_line(struct h2t_trace *trace, uint32_t process, const struct h2t_event *event);

/* Of one event: if its collector's time tells the zone, it has its time. */
void h2t_zones_settle(struct h2t_event *event);

/* NULL: the process has no stamps without zone. */
struct h2t_zone *h2t_zone_of(const struct h2t_trace *trace, uint32_t process);

/* Adds what is pending for a process to the times of its Framers, and of its hooks if theirs are
 * such stamps. */
void h2t_zones_apply(struct h2t_trace *trace);

/* What there is to add to the stamps, if the time they stand for is between `lo` and `hi` ns later,
 * give or take `slack`. False: no zone is there. */
bool h2t_zone_near(const struct h2t_zone *zone, int64_t lo, int64_t hi, int64_t slack, int64_t *ns);

#endif
