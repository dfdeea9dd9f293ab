/* SPDX-License-Identifier: MIT */
/*
 * The diagnoses: a table of named rules over the joined model. docs/rules.md has a section for each
 * id: what it means, what both sides show, what it is mistaken for, what to do.
 *
 * Rules of an exchange (a request's attempt and its stream) stand in the order in which they are
 * asked: what is specific before what is general, an error's own text before what fits it by
 * circumstance. The first that holds explains the exchange, so one cause gives one finding; what
 * else suffers from it is counted among its affected.
 */
#ifndef H2T_RULES_H
#define H2T_RULES_H

#include "case.h"

#define H2T_MAX_FINDINGS 65536u /* kept; the rest is counted */

/* What a rule says when it holds. The strings come empty; `cause` decides which exchanges share one
 * finding. */
enum h2t_cause {
    H2T_CAUSE_REQUEST, /* all attempts of the request */
    H2T_CAUSE_CONN,    /* all streams of the connection */
    H2T_CAUSE_SERVER,  /* all connections to the server's address and port */
    H2T_CAUSE_CAPTURE, /* the whole capture */
};

struct h2t_verdict {
    enum h2t_severity severity; /* comes as the table has it */
    enum h2t_cause cause;       /* comes as the table has it */
    struct h2t_mark at, proof;  /* proof.packet 0: the same as `at` */
    GString *wire, *trace;
    const char *fix;   /* comes as the table has it */
    bool all_requests; /* of a connection: everything that used it is affected */
};

typedef bool (*h2t_rule_fn)(const struct h2t_case *c, struct h2t_verdict *v);

enum h2t_scope { H2T_SCOPE_EXCHANGE = 1, H2T_SCOPE_CONN = 2 }; /* bits */

struct h2t_rule {
    const char *id;
    enum h2t_severity severity;
    unsigned scope; /* enum h2t_scope; with an attempt or a stream, the case is an exchange */
    enum h2t_cause cause;
    h2t_rule_fn holds;
    const char *title; /* what happened, a few words */
    const char *fix;   /* what to do about it, one sentence */
};

/* The table, `n` long; and one rule by its id, NULL: there is none. */
const struct h2t_rule *h2t_rules(uint32_t *n);
const struct h2t_rule *h2t_rule_at(uint32_t index);
const struct h2t_rule *h2t_rule_find(const char *id);

/* "note", "warning", "error". */
const char *h2t_severity_name(enum h2t_severity severity);

/* Asks all rules of the joined model; m->findings is replaced. */
void h2t_diagnose(struct h2t_model *m);
void h2t_findings_free(struct h2t_findings **findings);

#endif
