/* SPDX-License-Identifier: MIT */
/*
 * Finding the place again after a loss: something that looks like a record header, and then the
 * number under which the record opens. A tag or MAC that fits is the proof.
 */
#include "annotator/wire/tls_impl.h"

void tls_lost(struct tls *tls, enum h2t_dir dir)
{
    struct side *side = &tls->side[dir];

    message_reader_reset(&side->messages);
    side->mid_message = true;
    if (!side->keys.opener && !tls_keys_has_next(tls, dir)) {
        tls_give_up(tls, dir);
        return;
    }
    if (side->keys.epoch == EPOCH_TRAFFIC && side->opened)
        tls_tell_gap(tls, dir);
    if (side->keys.epoch == EPOCH_EARLY)
        tls->early.missing = true;
    side->lost = true;
    side->guesses = TLS_MAX_GUESSES;
}

/* What may well be a plain handshake record, before TLS 1.2's change_cipher_spec. */
static bool may_be_plain(const struct side *side, const struct record *record)
{
    return side->keys.epoch == EPOCH_PLAIN && record->type == RECORD_HANDSHAKE;
}

/* Seeks the number of `record`, `first` or higher. */
static bool search(struct side *side, struct opener *opener, uint64_t first,
                   const struct record *record, uint8_t *buffer, struct opened *content,
                   uint64_t *seq)
{
    size_t cost = record->len + TLS_TRIAL_OVERHEAD;
    uint64_t tries = side->trial / 4 / cost; /* some is left for the next keys, the next guess */

    if (may_be_plain(side, record))
        tries = MIN(tries, 1);
    *seq = opener_guess(opener, first, record);
    if (*seq != first && opener_open(opener, *seq, record, buffer, content))
        return true;
    for (*seq = first; *seq - first < tries; ++*seq) {
        side->trial -= cost;
        if (opener_open(opener, *seq, record, buffer, content))
            return true;
    }
    return false;
}

static bool search_next_epoch(struct tls *tls, enum h2t_dir dir, const struct record *record,
                              uint8_t *buffer, struct opened *content, uint64_t *seq)
{
    struct keys next;

    if (!tls_keys_next(tls, dir, &next))
        return false;
    if (next.opener && search(&tls->side[dir], next.opener, 0, record, buffer, content, seq)) {
        tls_keys_adopt(tls, dir, &next);
        return true;
    }
    tls_keys_clear(&next);
    return false;
}

static bool search_all(struct tls *tls, enum h2t_dir dir, const struct record *record,
                       uint8_t *buffer, struct opened *content, uint64_t *seq)
{
    struct side *side = &tls->side[dir];

    if (side->keys.opener &&
        search(side, side->keys.opener, side->seq, record, buffer, content, seq))
        return true;
    return search_next_epoch(tls, dir, record, buffer, content, seq);
}

/* Application data was lost if a record before this one, not counting TLS 1.2's Finished, was under
 * traffic keys. */
static void found(struct tls *tls, enum h2t_dir dir, const struct record *record, uint64_t seq)
{
    struct side *side = &tls->side[dir];

    if (side->keys.epoch == EPOCH_TRAFFIC && !side->gap_told && seq > (is_tls13(tls) ? 0 : 1))
        tls_tell_gap(tls, dir);
    side->lost = false;
    side->seq = seq + 1;
    if (seq == 0)
        tls_note_finished(tls, dir, record);
}

static struct record_wanted what_to_seek(const struct tls *tls, const struct side *side)
{
    struct record_wanted wanted = {RECORD_DATA, RECORD_DATA, CRYPTO_TAG_LEN + 1};

    if (tls->version && !is_tls13(tls))
        wanted.first_type = side->keys.epoch == EPOCH_PLAIN ? RECORD_CCS : RECORD_ALERT;
    return wanted;
}

static void wrong_guess(struct tls *tls, enum h2t_dir dir, const struct record *guess)
{
    struct side *side = &tls->side[dir];

    record_reject(&side->records, guess);
    if (!may_be_plain(side, guess) && --side->guesses == 0)
        tls_give_up(tls, dir);
}

bool tls_resync(struct tls *tls, enum h2t_dir dir, struct cursor *in)
{
    uint8_t buffer[H2T_MAX_TLS_RECORD];
    struct side *side = &tls->side[dir];
    struct record_wanted wanted = what_to_seek(tls, side);
    struct record guess;
    struct opened content;
    uint64_t seq;

    if (record_seek(&side->records, in, &wanted, &guess) != RECORD_READY)
        return false;
    if (guess.type == RECORD_CCS) {
        side->lost = false;
        tls_change_cipher_spec(tls, dir);
    } else if (search_all(tls, dir, &guess, buffer, &content, &seq)) {
        found(tls, dir, &guess, seq);
        tls_content(tls, dir, &content);
    } else {
        wrong_guess(tls, dir, &guess);
    }
    return true;
}
