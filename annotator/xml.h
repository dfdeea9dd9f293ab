/* SPDX-License-Identifier: MIT */
/* Text in XML 1.0. */
#ifndef ANNOTATOR_XML_H
#define ANNOTATOR_XML_H

#include <glib.h>

/* Appends `text`, fit for an attribute's value and for an element. It is ASCII: other characters
 * become references; those that XML cannot have (section 2.2: most control characters), and bytes
 * that are not UTF-8, become U+FFFD. */
void xml_append(GString *out, const char *text);

/* Appends  name="text". */
void xml_attribute(GString *out, const char *name, const char *text);

#endif
