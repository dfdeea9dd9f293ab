/* SPDX-License-Identifier: MIT */
/*
 * Each direction is a small machine over the parts of a message. Requests are remembered in
 * http1_asked, from where responses take them.
 */
#include "http1.h"

#include "http1_body.h"

#include <string.h>

enum stage {
    STAGE_HEAD,
    STAGE_BODY,
    STAGE_TUNNEL_WAIT, /* client: after CONNECT; what comes is for the tunnel, or a request */
    STAGE_LOST,        /* behind missing bytes, until a piece begins with a start line */
    STAGE_STOPPED,
};

struct half {
    enum stage stage;
    uint32_t stream; /* of the message at hand, and before it the one before */
    GString *head;   /* NULL: nothing of it is there */
    size_t line;     /* where the head's last line begins */
    struct http1_body body;
};

/* A frame of a response that may yet turn out to be another request's. */
struct kept {
    enum h2t_frame_kind kind;
    uint32_t stream;
    uint16_t status;
    struct h2t_mark mark;
};
#define MAX_KEPT 8u /* a response has two, and one for each 1xx */

struct http1 {
    h2t_frame_fn frame;
    void *user;
    struct half half[2];
    struct http1_asked asked;
    struct kept kept[MAX_KEPT];
    uint32_t n_kept;
    bool keep; /* the response at hand is not sure yet */
    bool h2c;
    bool tunnel; /* a CONNECT was granted */
};

/* What is left of one http1_input. */
struct piece {
    const uint8_t *at;
    size_t len;
    struct h2t_mark mark;
};

static void use(struct piece *in, size_t n)
{
    in->at += n;
    in->len -= n;
}

/* ---- Telling and stopping ------------------------------------------------------------------- */

static void drop_head(struct half *half)
{
    if (half->head)
        g_string_free(half->head, TRUE);
    half->head = NULL;
    half->line = 0;
}

static void set_stage(struct http1 *http1, enum h2t_dir dir, enum stage stage)
{
    drop_head(&http1->half[dir]);
    http1->half[dir].stage = stage;
}

static void stop_both(struct http1 *http1)
{
    set_stage(http1, H2T_CLIENT, STAGE_STOPPED);
    set_stage(http1, H2T_SERVER, STAGE_STOPPED);
}

static void tell_gap(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark)
{
    struct h2t_frame frame = {.kind = H2T_GAP, .dir = dir, .mark = mark};
    http1->frame(http1->user, &frame);
}

static void give_up(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark)
{
    set_stage(http1, dir, STAGE_STOPPED);
    tell_gap(http1, dir, mark);
}

/* Past the limit the rest of the response is not told: its end stays unknown. */
static void keep(struct http1 *http1, const struct h2t_frame *frame)
{
    if (http1->n_kept == MAX_KEPT) {
        tell_gap(http1, H2T_SERVER, frame->mark);
        return;
    }
    http1->kept[http1->n_kept++] =
        (struct kept){.kind = frame->kind,
                      .stream = frame->stream,
                      .status = frame->fields ? frame->fields->status : 0,
                      .mark = frame->mark};
}

static void tell(struct http1 *http1, enum h2t_frame_kind kind, enum h2t_dir dir,
                 const struct h2t_fields *fields, struct h2t_mark mark)
{
    struct h2t_frame frame = {
        .kind = kind,
        .dir = dir,
        .stream = http1->half[dir].stream,
        .mark = mark,
        .fields = fields,
    };
    if (dir == H2T_SERVER && http1->keep)
        keep(http1, &frame);
    else
        http1->frame(http1->user, &frame);
}

/* The client's bytes go on without a loss: no request is missing, what was kept is true. */
static void tell_kept(struct http1 *http1)
{
    http1->keep = false;
    for (uint32_t i = 0; i < http1->n_kept; i++) {
        const struct kept *kept = &http1->kept[i];
        struct h2t_fields fields = {.status = kept->status, .complete = true};
        struct h2t_frame frame = {
            .kind = kept->kind,
            .dir = H2T_SERVER,
            .stream = kept->stream,
            .mark = kept->mark,
            .fields = kept->kind == H2T_RESPONSE ? &fields : NULL,
        };
        http1->frame(http1->user, &frame);
    }
    http1->n_kept = 0;
}

static void end_message(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark)
{
    http1->half[dir].stage = STAGE_HEAD;
    if (dir == H2T_SERVER)
        http1_asked_done(&http1->asked);
    tell(http1, H2T_MESSAGE_END, dir, NULL, mark);
}

/* ---- Heads ---------------------------------------------------------------------------------- */

static void begin_body(struct http1 *http1, enum h2t_dir dir, const struct http1_head *head,
                       struct h2t_mark mark)
{
    http1->half[dir].stage = STAGE_BODY;
    if (http1_body_begin(&http1->half[dir].body, head, dir) == HTTP1_ENDED)
        end_message(http1, dir, mark);
}

static enum http1_asked_place ask(struct http1 *http1, const char *method)
{
    if (http1->half[H2T_SERVER].stage == STAGE_STOPPED)
        return HTTP1_PLACE_KNOWN;
    return http1_asked_add(&http1->asked, http1->half[H2T_CLIENT].stream + 1, method);
}

static void on_request(struct http1 *http1, GString *text, struct h2t_mark mark)
{
    struct http1_head head;
    bool good = http1_head_request(text->str, text->len, &head) && head.coded == head.chunked;
    enum http1_asked_place place = good ? ask(http1, head.fields.method) : HTTP1_PLACE_FULL;
    if (place == HTTP1_PLACE_FULL) {
        give_up(http1, H2T_CLIENT, mark);
        return;
    }
    http1->half[H2T_CLIENT].stream++;
    tell(http1, H2T_REQUEST, H2T_CLIENT, &head.fields, mark);
    if (place == HTTP1_PLACE_UNKNOWN)
        tell_gap(http1, H2T_SERVER, mark);
    else if (place == HTTP1_PLACE_NONE)
        set_stage(http1, H2T_SERVER, STAGE_STOPPED);
    if (strcmp(head.fields.method, "CONNECT") != 0) {
        begin_body(http1, H2T_CLIENT, &head, mark);
        return;
    }
    end_message(http1, H2T_CLIENT, mark);
    http1->half[H2T_CLIENT].stage = STAGE_TUNNEL_WAIT;
}

/* 1xx. The stream's number is that of the final response to come. */
static void on_interim(struct http1 *http1, const struct http1_head *head, struct h2t_mark mark)
{
    http1->half[H2T_SERVER].stream = http1->asked.stream + 1;
    tell(http1, H2T_RESPONSE, H2T_SERVER, &head->fields, mark);
    if (head->fields.status != 101)
        return;
    http1->h2c = head->h2c;
    if (!head->h2c)
        end_message(http1, H2T_SERVER, mark);
    stop_both(http1);
}

static void on_final(struct http1 *http1, const struct http1_head *head, struct h2t_mark mark)
{
    uint16_t status = head->fields.status;
    enum http1_asked_kind kind = http1_asked_take(&http1->asked);
    bool tunnel = kind == HTTP1_ASKED_CONNECT && status < 300;
    bool no_body = kind == HTTP1_ASKED_HEAD || tunnel || status == 204 || status == 304;

    http1->half[H2T_SERVER].stream = http1->asked.stream;
    tell(http1, H2T_RESPONSE, H2T_SERVER, &head->fields, mark);
    if (no_body)
        end_message(http1, H2T_SERVER, mark);
    else
        begin_body(http1, H2T_SERVER, head, mark);
    http1->tunnel = tunnel;
    if (tunnel)
        stop_both(http1);
    else if (kind == HTTP1_ASKED_CONNECT && http1->half[H2T_CLIENT].stage == STAGE_TUNNEL_WAIT)
        http1->half[H2T_CLIENT].stage = STAGE_HEAD;
}

static void on_response(struct http1 *http1, GString *text, struct h2t_mark mark)
{
    struct http1_head head;
    if (!http1_head_response(text->str, text->len, &head)) {
        give_up(http1, H2T_SERVER, mark);
    } else if (http1_asked_none(&http1->asked)) { /* its request, and so its end, is unknown */
        http1_asked_stray(&http1->asked);
        set_stage(http1, H2T_SERVER, STAGE_LOST);
    } else if (head.fields.status < 200) {
        on_interim(http1, &head, mark);
    } else {
        on_final(http1, &head, mark);
    }
}

static void on_head(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark)
{
    GString *text = g_steal_pointer(&http1->half[dir].head);
    http1->half[dir].line = 0;
    if (dir == H2T_CLIENT)
        on_request(http1, text, mark);
    else
        on_response(http1, text, mark);
    g_string_free(text, TRUE);
}

/* ---- Stages --------------------------------------------------------------------------------- */

/* Takes one line, or what there is of it. */
static void take_head(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    struct half *half = &http1->half[dir];
    const uint8_t *lf = memchr(in->at, '\n', in->len);
    size_t n = lf ? (size_t)(lf - in->at) + 1 : in->len;
    size_t have = half->head ? half->head->len : 0;

    if (have + n > H2T_MAX_HEAD) {
        give_up(http1, dir, in->mark);
        return;
    }
    if (!half->head)
        half->head = g_string_new(NULL);
    g_string_append_len(half->head, (const char *)in->at, (gssize)n);
    use(in, n);
    if (!lf)
        return;
    const char *line = half->head->str + half->line;
    bool empty = *line == '\n' || (*line == '\r' && line[1] == '\n');
    if (empty && half->line == 0)
        drop_head(half); /* before a start line, RFC 9112 section 2.2 */
    else if (empty)
        on_head(http1, dir, in->mark);
    else
        half->line = half->head->len;
}

static void take_body(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    size_t used;
    enum http1_progress progress = http1_body_input(&http1->half[dir].body, in->at, in->len, &used);
    use(in, used);
    if (progress == HTTP1_ENDED)
        end_message(http1, dir, in->mark);
    else if (progress == HTTP1_BROKEN)
        give_up(http1, dir, in->mark);
}

static void take_rest(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    (void)http1, (void)dir;
    use(in, in->len);
}

/* The client does not wait for the answer to its CONNECT: it speaks to the tunnel. */
static void take_tunnel(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    set_stage(http1, dir, STAGE_STOPPED);
    use(in, in->len);
}

/* Only at the beginning of a piece: what comes in the middle of one may be anybody's text. */
static void take_lost(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    bool begins = http1_begins(dir, in->at, in->len);
    if (dir == H2T_SERVER) {
        if (!begins && http1_asked_missed(&http1->asked))
            tell_gap(http1, dir, in->mark);
        begins = begins && http1_asked_found(&http1->asked);
        http1->keep |= begins;
    }
    if (begins)
        set_stage(http1, dir, STAGE_HEAD);
    else
        use(in, in->len);
}

/* ---- Outside -------------------------------------------------------------------------------- */

/* What the first bytes of a piece tell of the other direction. */
static void note_piece(struct http1 *http1, enum h2t_dir dir)
{
    enum stage stage = http1->half[dir].stage;
    if (dir == H2T_CLIENT)
        tell_kept(http1);
    else if (stage == STAGE_HEAD || stage == STAGE_BODY)
        http1_asked_heard(&http1->asked);
}

size_t http1_input(struct http1 *http1, enum h2t_dir dir, const uint8_t *data, size_t len,
                   struct h2t_mark mark)
{
    static void (*const stages[])(struct http1 *, enum h2t_dir, struct piece *) = {
        [STAGE_HEAD] = take_head, [STAGE_BODY] = take_body,    [STAGE_TUNNEL_WAIT] = take_tunnel,
        [STAGE_LOST] = take_lost, [STAGE_STOPPED] = take_rest,
    };
    struct piece in = {.at = data, .len = len, .mark = mark};
    note_piece(http1, dir);
    while (in.len > 0 && !http1->h2c)
        stages[http1->half[dir].stage](http1, dir, &in);
    return len - in.len;
}

/* The missing bytes are of a body that goes on behind them, or ends with them. */
static bool skip_body(struct half *half, uint32_t len)
{
    if (half->stage != STAGE_BODY)
        return false;
    enum http1_progress progress = http1_body_skip(&half->body, len);
    if (progress == HTTP1_ENDED) /* in a packet that is not there: no MESSAGE_END */
        half->stage = STAGE_HEAD;
    return progress != HTTP1_BROKEN;
}

static void lose_client(struct http1 *http1)
{
    struct half *client = &http1->half[H2T_CLIENT];
    bool tunnel = client->stage == STAGE_TUNNEL_WAIT || client->stage == STAGE_STOPPED;
    set_stage(http1, H2T_CLIENT, tunnel ? STAGE_STOPPED : STAGE_LOST);
    http1_asked_lose_client(&http1->asked);
    if (!http1->keep)
        return;
    http1->keep = false; /* a request may be lost, and this its response */
    http1->n_kept = 0;
    http1_asked_doubt(&http1->asked);
    if (http1->half[H2T_SERVER].stage != STAGE_STOPPED)
        set_stage(http1, H2T_SERVER, STAGE_LOST);
}

static void lose_server(struct http1 *http1)
{
    if (http1->half[H2T_SERVER].stage == STAGE_STOPPED)
        return;
    set_stage(http1, H2T_SERVER, STAGE_LOST);
    if (!http1_asked_lose_server(&http1->asked))
        stop_both(http1);
}

void http1_gap(struct http1 *http1, enum h2t_dir dir, uint32_t len)
{
    bool skipped = skip_body(&http1->half[dir], len);
    if (!skipped && dir == H2T_CLIENT)
        lose_client(http1);
    else if (!skipped)
        lose_server(http1);
    else if (dir == H2T_SERVER)
        http1_asked_skipped(&http1->asked, http1->half[dir].stage == STAGE_HEAD);
}

void http1_fin(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark)
{
    const struct half *half = &http1->half[dir];
    if (dir == H2T_CLIENT)
        tell_kept(http1);
    if (half->stage != STAGE_BODY || !http1_body_until_close(&half->body))
        return;
    end_message(http1, dir, mark);
    set_stage(http1, dir, STAGE_STOPPED);
}

bool http1_is_tunnel(const struct http1 *http1)
{
    return http1->tunnel;
}

bool http1_is_h2c(const struct http1 *http1)
{
    return http1->h2c;
}

/* "GET / HTTP/1.1\r" and the like; methods in capitals keep SSH's banner and others out. */
bool http1_looks_like(const uint8_t *data, size_t len)
{
    enum { LONGEST_METHOD = 32 };
    const char *text = (const char *)data;
    size_t n = 0;
    while (n < len && n < LONGEST_METHOD && (g_ascii_isupper(text[n]) || text[n] == '-'))
        n++;
    if (n == 0 || n == len || text[n] != ' ' || (n == 3 && memcmp(text, "PRI", 3) == 0))
        return false;
    const char *lf = memchr(text, '\n', len);
    return !lf || g_strstr_len(text, lf - text, " HTTP/1.");
}

struct http1 *http1_new(h2t_frame_fn frame, void *user)
{
    struct http1 *http1 = g_new0(struct http1, 1);
    http1->frame = frame;
    http1->user = user;
    http1_asked_init(&http1->asked);
    return http1;
}

void http1_free(struct http1 **http1)
{
    if (!*http1)
        return;
    stop_both(*http1);
    g_clear_pointer(http1, g_free);
}

size_t http1_held(const struct http1 *http1)
{
    const GString *client = http1->half[H2T_CLIENT].head, *server = http1->half[H2T_SERVER].head;
    return (client ? client->len : 0) + (server ? server->len : 0);
}
