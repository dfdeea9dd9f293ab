/* SPDX-License-Identifier: MIT */
#include "core/finding.h"

#include "core/comment.h"
#include "core/notes.h"
#include "core/view.h"

#include <string.h>

/* Each request once; its attempts stand together. */
void h2t_finding_requests(const struct h2t_model *m, const struct h2t_finding *f, uint32_t max,
                          GString *out)
{
    uint32_t n = 0, last = H2T_NONE;
    for (uint32_t i = f->first; i < f->first + f->n; i++) {
        uint32_t request = g_array_index(m->findings->affected, struct h2t_affected, i).request;
        if (request == H2T_NONE || request == last)
            continue;
        last = request;
        if (n++ < max)
            g_string_append_printf(out, "%s%s", n > 1 ? "," : "", h2t_request_at(m, request)->id);
    }
    if (n > max)
        g_string_append_printf(out, ",+%u", n - max);
}

void h2t_finding_text(const struct h2t_model *m, uint32_t finding, GString *out)
{
    struct h2t_note note = {
        .packet = h2t_finding_at(m, finding)->at.packet, .ref = finding, .what = H2T_NOTE_FINDING};
    h2t_note_text(m, &note, false, out);
}

/* ---- The line ------------------------------------------------------------------------------- */

/* Printable ASCII stays, the rest is escaped as C does. */
static void append_safe(GString *out, const char *text)
{
    g_autofree char *safe = g_strescape(text, "\"");
    g_string_append(out, safe);
}

/* The pair, if it is there, between `before` and `after`. */
static void append_pair(GString *out, const struct h2t_comment *comment, const char *before,
                        const char *key, const char *after)
{
    struct h2t_comment_pair pair;
    if (!h2t_comment_find(comment, key, &pair))
        return;
    g_autoptr(GString) value = g_string_new(NULL);
    h2t_comment_value(&pair, value);
    g_string_append(out, before);
    append_safe(out, value->str);
    g_string_append(out, after);
}

bool h2t_finding_line(const char *capture, uint32_t packet, const char *text, GString *out)
{
    struct h2t_comment c;
    struct h2t_comment_pair at;
    if (!h2t_comment_parse(text, strlen(text), &c) || c.word_len != strlen("finding") ||
        memcmp(c.word, "finding", c.word_len) || h2t_comment_find(&c, "at", &at))
        return false;
    g_string_truncate(out, 0);
    append_safe(out, capture);
    if (packet)
        g_string_append_printf(out, ":%u", packet);
    append_pair(out, &c, ": ", "severity", "");
    append_pair(out, &c, ": ", "id", "");
    append_pair(out, &c, ": ", "what", "");
    append_pair(out, &c, " (", "reqs", ")");
    append_pair(out, &c, ", on ", "conns", " connections");
    append_pair(out, &c, ": wire: ", "wire", "");
    append_pair(out, &c, ": trace: ", "trace", "");
    append_pair(out, &c, ": fix: ", "fix", "");
    return true;
}
