/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All fields of ours. Most are the pairs of a note: the key tells the field. Names that scripts
 * rely on never change.
 */
#ifndef HTTPTRACE_FIELDS_H
#define HTTPTRACE_FIELDS_H

#include "plugin/compat.h"

#include "core/model.h"

#define FIELDS_SLOTS 8 /* colours for streams */

/* Fields that are not the value of one key. */
enum field {
    FIELD_NOTE,     /* a note's text */
    FIELD_WHAT,     /* its word */
    FIELD_EVENT,    /* a hook's name */
    FIELD_SLOT,     /* colour */
    FIELD_PART_OF,  /* request whose frame the packet has a part of */
    FIELD_TRACE_ID, /* of W3C Trace Context */
    FIELD_FINDING,
    FIELD_SEVERITY,
    FIELD_FINDING_AT,
    FIELD_FINDING_PROOF,
    FIELD_SIDECAR,
    FIELD_SUMMARY,
    FIELD_DNS_TIME,
    FIELD_CONNECT_TIME,
    FIELD_TLS_TIME,
    FIELD_WAIT_TIME,
    FIELD_FIRST_BYTE_TIME,
    FIELD_TOTAL_TIME,
    FIELD_REQUEST_IN,
    FIELD_RESPONSE_IN,
    FIELD_END_IN,
    FIELD_RETRY_IN,
    FIELD_RETRY_OF,
    FIELD_GOAWAY_IN,
    N_FIELDS
};

enum { ETT_HTTPTRACE, ETT_NOTE, ETT_STREAM, N_ETTS };

/* How a pair's value is read. */
enum value_kind { VALUE_TEXT, VALUE_NUMBER, VALUE_YES_NO, VALUE_DURATION };

struct key {
    const char *name; /* as the note has it */
    enum value_kind kind;
    int hf;
};

void fields_register(int proto);

/* What a finding adds to the expert information; severity: 1 note, 2 warning, 3 error. */
expert_field *field_expert(unsigned severity);

/* Something about the whole capture that the user should know. */
expert_field *field_hint(void);

/* "error" as the number that filters compare; 0: no severity. */
unsigned field_severity(const char *name);

int field_hf(enum field field);
int field_ett(int ett);

/* The field of a note's key; NULL if it has none. */
const struct key *field_of_key(const char *name, size_t len);

/* Does it tell what the packet belongs to (request, attempt, process, connection, stream)? */
bool field_is_identity(const struct key *key);

/* The field of a hook's time; NULL for other keys. */
const struct key *field_of_hook(const char *name, size_t len);

#endif
