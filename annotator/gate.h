/* SPDX-License-Identifier: MIT */
/* Which findings make a run fail: --fail-on, --allow, --baseline. */
#ifndef ANNOTATOR_GATE_H
#define ANNOTATOR_GATE_H

#include "annotator/baseline.h"

enum gate_answer {
    GATE_PASSES,  /* nobody asked for it */
    GATE_ALLOWED, /* --allow */
    GATE_KNOWN,   /* --baseline */
    GATE_FAILS,
};

struct gate;

/* `fail_on` and `allow` hold lists, "error,slot-backoff" (char *): severities, which stand for the
 * worse ones as well, and ids; `allow` ids only. NULL and H2T_ERROR_USAGE for a word that is
 * neither. */
struct gate *gate_new(const GPtrArray *fail_on, const GPtrArray *allow, GError **error);
void gate_free(struct gate **gate);

/* What becomes of one of the rule's findings with this severity. GATE_KNOWN is not among it. */
enum gate_answer gate_ask(const struct gate *gate, uint32_t rule, enum h2t_severity severity);

/* enum gate_answer (uint8_t) for each finding, in their order; the caller owns it. `baseline` may
 * be NULL. */
GArray *gate_judge(const struct gate *gate, const struct baseline *baseline,
                   const struct h2t_model *m);

static inline enum gate_answer gate_answer_at(const GArray *answers, uint32_t finding)
{
    return (enum gate_answer)g_array_index(answers, uint8_t, finding);
}

/* "passes", "allowed", "known", "fails". */
const char *gate_answer_name(enum gate_answer answer);

#endif
