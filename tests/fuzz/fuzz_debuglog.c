/* SPDX-License-Identifier: MIT */
/*
 * A log of http2debug, and a wire that is made of it: each frame of each Framer on a connection of
 * its own, but for what the bytes behind the log change. So ties come about, and come undone.
 */
#include "core/facts.h"
#include "core/join.h"
#include "core/notes.h"
#include "core/view.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/load.h"

#define MAX_CONNS 64u

enum change { SAME, SKIPPED, LONGER, GAP, CLOSED, ELSEWHERE, LATE, N_CHANGES };

struct session {
    struct h2t_model m;
    struct h2t_facts *facts;
    struct bytes changes;
    uint32_t packet;
};

static enum change next_change(struct session *s)
{
    if (!s->changes.len)
        return SAME;
    s->changes.len--;
    return *s->changes.data++ % (4 * N_CHANGES); /* most are none */
}

static void tell(struct session *s, uint32_t conn, struct h2t_frame f, int64_t ns)
{
    static const struct h2t_fields fields = {
        .method = "GET", .path = "/", .request_id = "26-1", .status = 200, .complete = true};
    struct h2t_tuple tuple = {{{10, 0, 0, 1}, (uint16_t)(4000 + conn), 4}, {{10, 0, 0, 2}, 443, 4}};
    f.conn = conn;
    f.fields = &fields;
    f.mark = (struct h2t_mark){.packet = ++s->packet, .ns = ns};
    if (conn >= s->m.wire->conns->len || !h2t_conn_at(&s->m, conn)->first.packet)
        h2t_facts_open(s->facts, conn, &tuple, f.mark);
    h2t_facts_packet(s->facts, conn, f.mark);
    h2t_facts_frame(s->facts, &f);
}

static void send(struct session *s, uint32_t conn, enum h2t_dir dir, const struct h2t_logged *l)
{
    struct h2t_frame f = {.kind = l->kind,
                          .dir = dir,
                          .stream = l->stream,
                          .len = l->len,
                          .code = l->detail,
                          .end_stream = l->stream % 4 == 1};
    int64_t ns = l->ns == H2T_NEVER ? INT64_C(1700000000000000000) : l->ns;
    switch (next_change(s)) {
    case SKIPPED:
        return;
    case LONGER:
        f.len++;
        break;
    case GAP:
        tell(s, conn, (struct h2t_frame){.kind = H2T_GAP, .dir = dir}, ns);
        break;
    case CLOSED:
        tell(s, conn, (struct h2t_frame){.kind = H2T_FIN, .dir = dir}, ns);
        break;
    case ELSEWHERE:
        conn = (conn + 1) % MAX_CONNS;
        break;
    case LATE:
        ns = ns > 0 ? ns - 3600 * INT64_C(1000000000) : ns + 1000;
        break;
    default:
        break;
    }
    tell(s, conn, f, ns);
}

static void send_all(struct session *s, uint32_t framer)
{
    const struct h2t_framer *f = h2t_framer_at(&s->m, framer);
    enum h2t_dir side = f->has_side ? f->side : H2T_CLIENT;
    uint32_t conn = framer % MAX_CONNS;
    if (next_change(s) != GAP)
        tell(s, conn, (struct h2t_frame){.kind = H2T_PREFACE}, INT64_C(1700000000000000000));
    for (enum h2t_logged_dir dir = H2T_WROTE; dir <= H2T_READ; dir++)
        for (uint32_t i = 0; i < f->frames[dir]->len; i++)
            send(s, conn, dir == H2T_WROTE ? side : (enum h2t_dir) !side, h2t_logged_at(f, dir, i));
}

static void join(struct session *s)
{
    h2t_join(&s->m);
    check_join(&s->m);
    g_autoptr(GArray) notes = h2t_notes(&s->m);
    check_notes(&s->m, notes, s->packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size};
    struct bytes log = fuzz_part(&rest, FUZZ_PART);
    struct session s = {.m = {.trace = load_sidecars(log, 1u << 20)}, .changes = rest};
    if (!s.m.trace)
        return 0;
    s.facts = h2t_facts_new();
    h2t_facts_keep_ledgers(s.facts);
    s.m.wire = h2t_facts_wire(s.facts);
    for (uint32_t i = 0; i < s.m.trace->framers->len; i++)
        send_all(&s, i);
    h2t_facts_settle(s.facts);
    join(&s);
    s.m.wire = h2t_facts_finish(&s.facts);
    s.m.ignore_headers = true;
    join(&s);
    h2t_wire_free(&s.m.wire);
    h2t_trace_free(&s.m.trace);
    return 0;
}
