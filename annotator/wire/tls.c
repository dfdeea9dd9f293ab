/* SPDX-License-Identifier: MIT */
#include "annotator/wire/tls_impl.h"

struct tls *tls_new(struct keylog *keylog, const struct tls_callbacks *callbacks, void *user)
{
    struct tls *tls = g_new0(struct tls, 1);

    tls->keylog = keylog;
    tls->callbacks = *callbacks;
    tls->user = user;
    tls->side[H2T_CLIENT].trial = TLS_TRIAL_START;
    tls->side[H2T_SERVER].trial = TLS_TRIAL_START;
    return tls;
}

static void side_clear(struct side *side)
{
    record_reader_reset(&side->records);
    message_reader_reset(&side->messages);
    tls_keys_clear(&side->keys);
}

void tls_free(struct tls **tls)
{
    if (!*tls)
        return;
    side_clear(&(*tls)->side[H2T_CLIENT]);
    side_clear(&(*tls)->side[H2T_SERVER]);
    tls_early_clear(&(*tls)->early);
    g_free(*tls);
    *tls = NULL;
}

size_t tls_held(const struct tls *tls)
{
    const struct early *early = &tls->early;
    size_t held = early->bytes ? early->bytes->len : 0;
    if (early->chunks)
        held += early->chunks->len * g_array_get_element_size(early->chunks);
    for (int dir = H2T_CLIENT; dir <= H2T_SERVER; dir++)
        held += tls->side[dir].records.size + tls->side[dir].messages.size;
    return held;
}

bool tls_decrypted(const struct tls *tls)
{
    return tls->decrypted;
}

bool tls_no_keys(const struct tls *tls)
{
    return tls->no_keys;
}

bool tls_looks_like(const uint8_t *data, size_t len)
{
    return len >= 6 && data[0] == RECORD_HANDSHAKE && data[1] == 3 &&
           data[5] == MESSAGE_CLIENT_HELLO;
}

/* ---- Telling -------------------------------------------------------------------------------- */

void tls_tell(struct tls *tls, enum h2t_dir dir, const struct h2t_frame *frame)
{
    struct h2t_frame told = *frame;

    told.dir = dir;
    told.mark = tls->mark;
    tls->callbacks.frame(tls->user, &told);
}

void tls_tell_gap(struct tls *tls, enum h2t_dir dir)
{
    tls->side[dir].gap_told = true;
    tls->callbacks.gap(tls->user, dir, tls->mark);
}

void tls_tell_plain(struct tls *tls, enum h2t_dir dir, const uint8_t *data, size_t len)
{
    if (len == 0)
        return;
    tls->decrypted = true;
    tls->side[dir].plain = true;
    tls->side[dir].gap_told = false;
    tls->callbacks.plain(tls->user, dir, data, len, tls->mark);
}

static void tell_alert(struct tls *tls, enum h2t_dir dir, const uint8_t *data, size_t len)
{
    if (len == 2) /* level, description */
        tls_tell(tls, dir, &(struct h2t_frame){.kind = H2T_ALERT, .code = data[1]});
}

void tls_note_finished(struct tls *tls, enum h2t_dir dir, const struct record *record)
{
    struct side *side = &tls->side[dir];

    if (is_tls13(tls) || side->finished || record->type != RECORD_HANDSHAKE ||
        side->keys.epoch != EPOCH_TRAFFIC)
        return;
    side->finished = true;
    tls_tell(tls, dir, &(struct h2t_frame){.kind = H2T_HANDSHAKE_DONE});
}

/* ---- Giving up ------------------------------------------------------------------------------ */

void tls_give_up(struct tls *tls, enum h2t_dir dir)
{
    struct side *side = &tls->side[dir];

    if (side->plain && !side->gap_told)
        tls_tell_gap(tls, dir);
    side->dead = true;
    side_clear(side);
}

static void no_key(struct tls *tls, enum h2t_dir dir)
{
    tls->no_keys = true;
    tls_give_up(tls, dir);
}

/* ---- Records -------------------------------------------------------------------------------- */

void tls_content(struct tls *tls, enum h2t_dir dir, const struct opened *content)
{
    struct side *side = &tls->side[dir];
    uint64_t earned = side->trial + content->len * TLS_TRIAL_PER_BYTE;

    side->opened = true;
    side->trial = MIN(earned, TLS_TRIAL_MAX);
    if (content->type == RECORD_HANDSHAKE)
        tls_handshake(tls, dir, content->data, content->len);
    else if (content->type == RECORD_ALERT)
        tell_alert(tls, dir, content->data, content->len);
    else if (content->type == RECORD_DATA && side->keys.epoch == EPOCH_EARLY)
        tls_early_data(tls, content->data, content->len);
    else if (content->type == RECORD_DATA && side->keys.epoch == EPOCH_TRAFFIC)
        tls_tell_plain(tls, dir, content->data, content->len);
}

void tls_change_cipher_spec(struct tls *tls, enum h2t_dir dir)
{
    struct side *side = &tls->side[dir];

    side->early_ccs = tls->version == 0;
    if (tls->version == 0 || is_tls13(tls))
        return; /* has no meaning, RFC 8446 appendix D.4 */
    if (side->keys.epoch == EPOCH_TRAFFIC) {
        tls_give_up(tls, dir); /* renegotiation */
        return;
    }
    tls_keys_advance(tls, dir);
    if (dir == H2T_SERVER)
        tls_keys_remember_session(tls);
}

/* An alert, or a second ClientHello, may come unprotected where TLS 1.3 keys are in use. */
static bool is_plain(const struct tls *tls, const struct side *side, const struct record *record)
{
    if (record->type == RECORD_DATA)
        return false;
    if (side->early_ccs && tls->version == 0 && !tls->retry && record->type == RECORD_HANDSHAKE)
        return false; /* TLS 1.2, and its ServerHello is missing */
    if (side->keys.epoch == EPOCH_PLAIN || side->keys.epoch == EPOCH_EARLY)
        return true;
    return is_tls13(tls) && record->type == RECORD_ALERT && record->len == 2;
}

static void plain_record(struct tls *tls, enum h2t_dir dir, const struct record *record)
{
    if (record->type == RECORD_HANDSHAKE)
        tls_handshake(tls, dir, record->body, record->len);
    else if (record->type == RECORD_ALERT)
        tell_alert(tls, dir, record->body, record->len);
}

/* Under the next epoch's keys? Where the message that changes them could not be read. */
static bool open_with_next(struct tls *tls, enum h2t_dir dir, const struct record *record,
                           uint8_t *buffer, struct opened *content)
{
    struct keys next;

    if (!tls_keys_next(tls, dir, &next))
        return false;
    if (next.opener && opener_open(next.opener, 0, record, buffer, content)) {
        tls_keys_adopt(tls, dir, &next);
        tls->side[dir].seq = 1;
        return true;
    }
    tls_keys_clear(&next);
    return false;
}

/* How many records of the current epoch may be passed over unread: the next one's keys may be
 * there. */
static unsigned max_skipped(const struct tls *tls, const struct side *side)
{
    if (side->keys.epoch == EPOCH_EARLY)
        return TLS_MAX_EARLY_SKIPPED;
    if (is_tls13(tls) && side->keys.epoch == EPOCH_HANDSHAKE && !side->keys.opener)
        return TLS_MAX_SKIPPED;
    return 0;
}

static bool open_record(struct tls *tls, enum h2t_dir dir, const struct record *record,
                        uint8_t *buffer, struct opened *content)
{
    struct side *side = &tls->side[dir];

    if (side->keys.epoch == EPOCH_EARLY)
        tls_early_start(tls, record, buffer);
    if (side->keys.opener && opener_open(side->keys.opener, side->seq, record, buffer, content)) {
        side->seq++;
        return true;
    }
    return max_skipped(tls, side) && open_with_next(tls, dir, record, buffer, content);
}

static void not_opened(struct tls *tls, enum h2t_dir dir)
{
    struct side *side = &tls->side[dir];
    bool hello_to_come = side->keys.epoch == EPOCH_EARLY && tls->version == 0;
    bool may_skip = side->skipped < max_skipped(tls, side);

    if (side->keys.opener && side->opened) {
        tls_lost(tls, dir);
    } else if (may_skip && (hello_to_come || tls_keys_has_next(tls, dir))) {
        side->skipped++;
        tls->early.missing |= side->keys.epoch == EPOCH_EARLY;
    } else {
        no_key(tls, dir);
    }
}

static void protected_record(struct tls *tls, enum h2t_dir dir, const struct record *record)
{
    uint8_t buffer[H2T_MAX_TLS_RECORD];
    struct side *side = &tls->side[dir];
    struct opened content;

    if (side->keys.epoch == EPOCH_PLAIN && dir == H2T_CLIENT && tls->early.offered)
        side->keys.epoch = EPOCH_EARLY;
    tls_note_finished(tls, dir, record);
    if (open_record(tls, dir, record, buffer, &content))
        tls_content(tls, dir, &content);
    else
        not_opened(tls, dir);
}

/* The next record in order. false: more input is needed, or the direction was given up. */
static bool take_record(struct tls *tls, enum h2t_dir dir, struct cursor *in)
{
    struct side *side = &tls->side[dir];
    struct record record;
    enum record_status status = record_next(&side->records, in, &record);

    if (status == RECORD_MORE)
        return false;
    if (status == RECORD_BAD)
        tls_lost(tls, dir);
    else if (record.type == RECORD_CCS)
        tls_change_cipher_spec(tls, dir);
    else if (is_plain(tls, side, &record))
        plain_record(tls, dir, &record);
    else
        protected_record(tls, dir, &record);
    return true;
}

void tls_input(struct tls *tls, enum h2t_dir dir, const uint8_t *data, size_t len,
               struct h2t_mark mark)
{
    struct side *side = &tls->side[dir];
    struct cursor in = cursor_make(data, len);
    bool more = true;

    tls->mark = mark;
    while (more && !side->dead)
        more = side->lost ? tls_resync(tls, dir, &in) : take_record(tls, dir, &in);
    record_reader_idle(&side->records);
}

void tls_gap(struct tls *tls, enum h2t_dir dir, struct h2t_mark mark)
{
    struct side *side = &tls->side[dir];

    tls->mark = mark;
    record_reader_reset(&side->records);
    if (!side->dead && !side->lost)
        tls_lost(tls, dir);
}
