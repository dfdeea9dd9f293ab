/* SPDX-License-Identifier: MIT */
/*
 * Each direction is a small machine over the parts of a message. The request side queues what its
 * response depends on; the response side takes it from there.
 */
#include "http1.h"

#include "http1_head.h"

#include <string.h>

enum stage {
    STAGE_HEAD,
    STAGE_LENGTH,     /* `left` bytes of body */
    STAGE_CHUNK_SIZE, /* RFC 9112 section 7.1 */
    STAGE_CHUNK_EXTENSION,
    STAGE_CHUNK_DATA,
    STAGE_CHUNK_END, /* the line end after the data */
    STAGE_TRAILERS,
    STAGE_CLOSE,       /* body until the connection closes */
    STAGE_TUNNEL_WAIT, /* client: after CONNECT; what comes is for the tunnel, or a request */
    STAGE_STOPPED,
};

/* What a response's framing needs to know of its request. */
enum asked { ASKED_OTHER, ASKED_HEAD, ASKED_CONNECT };

struct half {
    enum stage stage;
    uint32_t stream; /* of the message at hand, and before it the one before */
    GString *head;   /* NULL: nothing of it is there */
    size_t line;     /* where the head's last line begins */
    uint64_t left;   /* bytes of body or chunk; while it is read, the chunk's size */
    uint32_t n_line; /* characters of the chunk-size or trailer line */
    size_t trailers; /* bytes of all trailer lines */
};

struct http1 {
    h2t_frame_fn frame;
    void *user;
    struct half half[2];
    uint8_t asked[HTTP1_MAX_PIPELINE]; /* ring of enum asked */
    uint32_t first_asked, n_asked;
    bool h2c;
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

static void tell(struct http1 *http1, enum h2t_frame_kind kind, enum h2t_dir dir,
                 const struct h2t_fields *fields, struct h2t_mark mark)
{
    struct h2t_frame frame = {
        .kind = kind,
        .dir = dir,
        .stream = kind == H2T_GAP ? 0 : http1->half[dir].stream,
        .mark = mark,
        .fields = fields,
    };
    http1->frame(http1->user, &frame);
}

static void drop_head(struct half *half)
{
    if (half->head)
        g_string_free(half->head, TRUE);
    half->head = NULL;
    half->line = 0;
}

static void stop(struct http1 *http1, enum h2t_dir dir)
{
    drop_head(&http1->half[dir]);
    http1->half[dir].stage = STAGE_STOPPED;
}

static void stop_both(struct http1 *http1)
{
    stop(http1, H2T_CLIENT);
    stop(http1, H2T_SERVER);
}

static void give_up(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark)
{
    stop(http1, dir);
    tell(http1, H2T_GAP, dir, NULL, mark);
}

static void end_message(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark)
{
    http1->half[dir].stage = STAGE_HEAD;
    tell(http1, H2T_MESSAGE_END, dir, NULL, mark);
}

/* ---- Which request a response answers ------------------------------------------------------- */

static bool push_asked(struct http1 *http1, const char *method)
{
    enum asked asked = strcmp(method, "HEAD") == 0      ? ASKED_HEAD
                       : strcmp(method, "CONNECT") == 0 ? ASKED_CONNECT
                                                        : ASKED_OTHER;
    if (http1->half[H2T_SERVER].stage == STAGE_STOPPED)
        return true;
    if (http1->n_asked == HTTP1_MAX_PIPELINE)
        return false;
    http1->asked[(http1->first_asked + http1->n_asked++) % HTTP1_MAX_PIPELINE] = (uint8_t)asked;
    return true;
}

static enum asked pop_asked(struct http1 *http1)
{
    enum asked asked = http1->asked[http1->first_asked];
    http1->first_asked = (http1->first_asked + 1) % HTTP1_MAX_PIPELINE;
    http1->n_asked--;
    return asked;
}

/* ---- Heads ---------------------------------------------------------------------------------- */

/* RFC 9112 section 6.3, rules 4, 6 and 8; a request has no body until close. */
static void begin_body(struct http1 *http1, enum h2t_dir dir, const struct http1_head *head,
                       struct h2t_mark mark)
{
    struct half *half = &http1->half[dir];
    half->n_line = 0;
    half->trailers = 0;
    half->left = head->coded ? 0 : head->length;
    if (head->chunked)
        half->stage = STAGE_CHUNK_SIZE;
    else if (half->left > 0)
        half->stage = STAGE_LENGTH;
    else if (dir == H2T_SERVER && (head->coded || !head->has_length))
        half->stage = STAGE_CLOSE;
    else
        end_message(http1, dir, mark);
}

static void on_request(struct http1 *http1, GString *text, struct h2t_mark mark)
{
    struct http1_head head;
    bool good = http1_head_request(text->str, text->len, &head) && head.coded == head.chunked;
    if (!good || !push_asked(http1, head.fields.method)) {
        give_up(http1, H2T_CLIENT, mark);
        return;
    }
    http1->half[H2T_CLIENT].stream++;
    tell(http1, H2T_REQUEST, H2T_CLIENT, &head.fields, mark);
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
    struct half *server = &http1->half[H2T_SERVER];
    server->stream++;
    tell(http1, H2T_RESPONSE, H2T_SERVER, &head->fields, mark);
    if (head->fields.status != 101) {
        server->stream--;
        return;
    }
    http1->h2c = head->h2c;
    if (!head->h2c)
        end_message(http1, H2T_SERVER, mark);
    stop_both(http1);
}

static void on_final(struct http1 *http1, const struct http1_head *head, struct h2t_mark mark)
{
    uint16_t status = head->fields.status;
    enum asked asked = pop_asked(http1);
    bool tunnel = asked == ASKED_CONNECT && status < 300;
    bool no_body = asked == ASKED_HEAD || tunnel || status == 204 || status == 304;

    http1->half[H2T_SERVER].stream++;
    tell(http1, H2T_RESPONSE, H2T_SERVER, &head->fields, mark);
    if (no_body)
        end_message(http1, H2T_SERVER, mark);
    else
        begin_body(http1, H2T_SERVER, head, mark);
    if (tunnel)
        stop_both(http1);
    else if (asked == ASKED_CONNECT && http1->half[H2T_CLIENT].stage == STAGE_TUNNEL_WAIT)
        http1->half[H2T_CLIENT].stage = STAGE_HEAD;
}

static void on_response(struct http1 *http1, GString *text, struct h2t_mark mark)
{
    struct http1_head head;
    if (!http1_head_response(text->str, text->len, &head))
        give_up(http1, H2T_SERVER, mark);
    else if (http1->n_asked == 0)
        stop(http1, H2T_SERVER);
    else if (head.fields.status < 200)
        on_interim(http1, &head, mark);
    else
        on_final(http1, &head, mark);
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

/* ---- Bodies --------------------------------------------------------------------------------- */

static void take_length(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    struct half *half = &http1->half[dir];
    size_t n = (size_t)MIN(in->len, half->left);
    use(in, n);
    half->left -= n;
    if (half->left == 0)
        end_message(http1, dir, in->mark);
}

static void end_chunk_size(struct half *half)
{
    half->stage = half->left > 0 ? STAGE_CHUNK_DATA : STAGE_TRAILERS;
    half->n_line = 0;
}

static void take_chunk_size(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    struct half *half = &http1->half[dir];
    char c = (char)*in->at;
    int digit = g_ascii_xdigit_value(c);
    use(in, 1);
    if (digit >= 0 && half->left <= G_MAXINT64 >> 4) {
        half->left = half->left << 4 | (unsigned)digit;
        half->n_line = 1;
    } else if (half->n_line == 0 || !strchr("; \t\r\n", c) || !c)
        give_up(http1, dir, in->mark);
    else if (c == '\n')
        end_chunk_size(half);
    else
        half->stage = STAGE_CHUNK_EXTENSION;
}

static void take_chunk_extension(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    const uint8_t *lf = memchr(in->at, '\n', in->len);
    use(in, lf ? (size_t)(lf - in->at) + 1 : in->len);
    if (lf)
        end_chunk_size(&http1->half[dir]);
}

static void take_chunk_data(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    struct half *half = &http1->half[dir];
    size_t n = (size_t)MIN(in->len, half->left);
    use(in, n);
    half->left -= n;
    if (half->left == 0)
        half->stage = STAGE_CHUNK_END;
}

static void take_chunk_end(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    char c = (char)*in->at;
    use(in, 1);
    if (c == '\n')
        http1->half[dir].stage = STAGE_CHUNK_SIZE;
    else if (c != '\r')
        give_up(http1, dir, in->mark);
}

/* Nothing of trailers is wanted but their end. */
static void take_trailers(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    struct half *half = &http1->half[dir];
    char c = (char)*in->at;
    use(in, 1);
    if (++half->trailers > H2T_MAX_HEAD)
        give_up(http1, dir, in->mark);
    else if (c == '\n' && half->n_line == 0)
        end_message(http1, dir, in->mark);
    else if (c == '\n')
        half->n_line = 0;
    else if (c != '\r')
        half->n_line++;
}

static void take_rest(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    (void)http1, (void)dir;
    use(in, in->len);
}

/* The client does not wait for the answer to its CONNECT: it speaks to the tunnel. */
static void take_tunnel(struct http1 *http1, enum h2t_dir dir, struct piece *in)
{
    stop(http1, dir);
    use(in, in->len);
}

/* ---- Outside -------------------------------------------------------------------------------- */

size_t http1_input(struct http1 *http1, enum h2t_dir dir, const uint8_t *data, size_t len,
                   struct h2t_mark mark)
{
    static void (*const stages[])(struct http1 *, enum h2t_dir, struct piece *) = {
        [STAGE_HEAD] = take_head,
        [STAGE_LENGTH] = take_length,
        [STAGE_CHUNK_SIZE] = take_chunk_size,
        [STAGE_CHUNK_EXTENSION] = take_chunk_extension,
        [STAGE_CHUNK_DATA] = take_chunk_data,
        [STAGE_CHUNK_END] = take_chunk_end,
        [STAGE_TRAILERS] = take_trailers,
        [STAGE_CLOSE] = take_rest,
        [STAGE_TUNNEL_WAIT] = take_tunnel,
        [STAGE_STOPPED] = take_rest,
    };
    struct piece in = {.at = data, .len = len, .mark = mark};
    while (in.len > 0 && !http1->h2c)
        stages[http1->half[dir].stage](http1, dir, &in);
    return len - in.len;
}

void http1_gap(struct http1 *http1, enum h2t_dir dir)
{
    (void)dir;
    stop_both(http1);
}

void http1_fin(struct http1 *http1, enum h2t_dir dir, struct h2t_mark mark)
{
    if (http1->half[dir].stage != STAGE_CLOSE)
        return;
    end_message(http1, dir, mark);
    stop(http1, dir);
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
    return http1;
}

void http1_free(struct http1 **http1)
{
    if (!*http1)
        return;
    stop_both(*http1);
    g_clear_pointer(http1, g_free);
}
