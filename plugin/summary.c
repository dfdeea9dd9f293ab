/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/summary.h"

#include "core/view.h"

static proto_item *add(struct show *s, enum field field, const char *text)
{
    proto_item *item = proto_tree_add_string(show_root(s), field_hf(field), s->tvb, 0, 0, text);
    proto_item_set_generated(item);
    return item;
}

/* Shown among the expert information, too, and so in the status bar. */
static void add_hint(struct show *s, const char *text)
{
    expert_add_info_format(s->pinfo, add(s, FIELD_SUMMARY, text), field_hint(), "%s", text);
}

static void add_source(struct show *s, const struct sidecar *sidecar)
{
    const char *why = sidecar->origin == SIDECAR_PREFERENCE ? "preference httptrace.sidecar"
                                                            : "found beside the capture";
    g_autofree char *files = g_strjoinv("; ", sidecar->paths);
    add(s, FIELD_SIDECAR, wmem_strdup_printf(s->pinfo->pool, "%s (%s)", files, why));
}

struct counts {
    unsigned matched, bound, streams, encrypted, not_http;
};

static struct counts count(const struct h2t_model *m)
{
    struct counts n = {.streams = m->wire->streams->len};
    for (uint32_t i = 0; i < m->trace->attempts->len; i++)
        n.matched += h2t_attempt_at(m, i)->stream != H2T_NONE;
    for (uint32_t i = 0; i < m->wire->conns->len; i++) {
        const struct h2t_conn *c = h2t_conn_at(m, i);
        n.bound += c->tconn != H2T_NONE;
        n.encrypted += c->tconn != H2T_NONE && c->no_keys && !c->decrypted;
        n.not_http += c->tconn != H2T_NONE && c->proto == H2T_PROTO_UNKNOWN && !c->no_keys;
    }
    return n;
}

/* Each hint names what to do. */
static void add_hints(struct show *s, const struct h2t_model *m, const struct counts *n)
{
    if (!n->bound && m->trace->tconns->len)
        add_hint(s,
                 "No connection of the trace is in this capture: is it the trace of another one?");
    if (n->encrypted)
        add_hint(
            s, "Connections are encrypted and no key fits: set tls.keylog_file, or embed the keys");
    if (n->not_http)
        add_hint(
            s, "Connections of the trace were not decoded as HTTP: try Decode As, tcp.port, HTTP2");
}

static void add_counts(struct show *s, const struct h2t_model *m)
{
    struct counts n = count(m);
    add(s, FIELD_SUMMARY,
        wmem_strdup_printf(s->pinfo->pool,
                           "%u of %u attempts matched, %u of %u connections, %u streams", n.matched,
                           m->trace->attempts->len, n.bound, m->trace->tconns->len, n.streams));
    add_hints(s, m, &n);
}

void show_summary(struct show *s, const struct summary *summary)
{
    struct session *session = summary->session;
    if (summary->sidecar->problem)
        add_hint(s, summary->sidecar->problem);
    if (session->model.trace) {
        add_source(s, summary->sidecar);
        if (session->notes)
            add_counts(s, &session->model);
    } else if (summary->comments->n) {
        add(s, FIELD_SIDECAR, "none: the comments that h2annotate wrote");
    }
}
