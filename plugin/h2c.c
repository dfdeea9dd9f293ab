/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/h2c.h"

#include "plugin/compat.h"

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"; /* RFC 9113 section 3.4 */
#define PREFACE_LEN 24

static dissector_handle_t http2;

static heur_bool try_preface(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!http2 || !tvb_bytes_exist(tvb, 0, PREFACE_LEN) ||
        tvb_strneql(tvb, 0, preface, PREFACE_LEN))
        return FALSE;
    conversation_set_dissector(find_or_create_conversation(pinfo), http2);
    call_dissector_with_data(http2, tvb, pinfo, tree, data);
    return TRUE;
}

void h2c_register(int proto)
{
    http2 = find_dissector("http2");
    heur_dissector_add("tcp", try_preface, "HTTP/2 in clear text by its preface", "httptrace_h2c",
                       proto, HEURISTIC_ENABLE);
}
