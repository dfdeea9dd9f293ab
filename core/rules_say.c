/* SPDX-License-Identifier: MIT */
#include "core/names.h"
#include "core/rule_set.h"
#include "core/view.h"

static void G_GNUC_PRINTF(2, 0) add(GString *out, const char *format, va_list args)
{
    if (out->len)
        g_string_append(out, "; ");
    g_string_append_vprintf(out, format, args);
}

void rule_wire(struct h2t_verdict *v, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(v->wire, format, args);
    va_end(args);
}

void rule_trace(struct h2t_verdict *v, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(v->trace, format, args);
    va_end(args);
}

void rule_error(struct h2t_verdict *v, const struct h2t_case *c)
{
    const char *error = h2t_error_of(c);
    if (error)
        rule_trace(v, "error: %s", error);
}

void rule_retry(struct h2t_verdict *v, const struct h2t_case *c)
{
    struct h2t_mark mark = h2t_retry_mark(c);
    if (!h2t_is_retried(c))
        return;
    const struct h2t_attempt *next = h2t_attempt_at(c->m, c->attempt->next);
    bool same = next->tconn != H2T_NONE && next->tconn == c->attempt->tconn;
    rule_trace(v, "retried as attempt %u on %s connection", next->number,
               same ? "the same" : "another");
    if (mark.packet) {
        rule_wire(v, "sent again in packet %u", mark.packet);
        v->proof = mark;
    }
}

const char *rule_span(int64_t ns, char buf[RULE_SPAN])
{
    double abs = ns < 0 ? -(double)ns : (double)ns;
    if (abs < 1e6)
        g_snprintf(buf, RULE_SPAN, "%.0f us", (double)ns / 1e3);
    else if (abs < 1e9)
        g_snprintf(buf, RULE_SPAN, "%.1f ms", (double)ns / 1e6);
    else
        g_snprintf(buf, RULE_SPAN, "%.3f s", (double)ns / 1e9);
    return buf;
}

const char *rule_code(uint32_t code, char buf[RULE_CODE])
{
    const char *name = h2t_h2_error_name(code);
    if (name)
        return name;
    g_snprintf(buf, RULE_CODE, "error code %u", code);
    return buf;
}
