/* SPDX-License-Identifier: MIT */
/*
 * A frame as golang.org/x/net/http2 writes it into its log (frame.go: summarizeFrame, writeDebug;
 * the same in net/http from Go 1.19 to 1.27):
 *
 *     TYPE[ flags=A|B|0xNN][ stream=N] len=N[ what the type has]
 *
 * as "GOAWAY len=22 LastStreamID=5 ErrCode=ENHANCE_YOUR_CALM Debug="too_many_pings"".
 */
#ifndef H2T_FRAME_SUMMARY_H
#define H2T_FRAME_SUMMARY_H

#include "event.h"

struct h2t_summary {
    enum h2t_frame_kind kind;
    uint32_t stream, len;
    uint32_t detail;      /* h2t_ledger_detail */
    uint32_t last_stream; /* GOAWAY */
    bool ack, end_headers, end_stream;
    bool continuation; /* the kind is H2T_HEADERS: this is more of them */
    bool told;         /* the capture tells frames of this kind, too */
    unsigned n_settings;
    bool enable_push;   /* one of the settings: only a client has it */
    bool only_a_window; /* INITIAL_WINDOW_SIZE is the only setting */
};

/* false: not a frame. What comes after the part that is read, as the data of DATA, may be cut. */
bool h2t_summary_read(struct h2t_text text, struct h2t_summary *out);

#endif
