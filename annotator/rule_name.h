/* SPDX-License-Identifier: MIT */
/* Rules by the names that people type. */
#ifndef ANNOTATOR_RULE_NAME_H
#define ANNOTATOR_RULE_NAME_H

#include "core/rules.h"

/* H2T_ERROR_USAGE: `word`, given to `option`, is no rule's id; names the nearest that could stand
 * there. `severities`: "note", "warning" and "error" could, too. */
void rule_name_unknown(const char *option, const char *word, bool severities, GError **error);

#endif
