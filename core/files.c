/* SPDX-License-Identifier: MIT */
#include "core/files.h"

#include <string.h>

static const struct h2t_file *file_at(const struct h2t_wire *wire, uint32_t i)
{
    return &g_array_index(wire->files, struct h2t_file, i);
}

uint32_t h2t_file_of(const struct h2t_wire *wire, uint32_t packet)
{
    uint32_t i = wire->files ? wire->files->len - 1 : 0;
    while (i && packet <= file_at(wire, i)->before)
        i--;
    return i;
}

uint32_t h2t_packet_in_file(const struct h2t_wire *wire, uint32_t packet)
{
    return wire->files && packet ? packet - file_at(wire, h2t_file_of(wire, packet))->before
                                 : packet;
}

const char *h2t_other_file(const struct h2t_wire *wire, uint32_t home, uint32_t packet)
{
    if (!wire->files || !packet)
        return NULL;
    uint32_t file = h2t_file_of(wire, packet);
    return home && file == h2t_file_of(wire, home) ? NULL : file_at(wire, file)->name;
}

void h2t_files_text(const struct h2t_wire *wire, uint32_t home, const char *text, GString *out)
{
    static const char word[] = "packet ";
    g_string_truncate(out, 0);
    for (const char *at; wire->files && (at = strstr(text, word));) {
        at += strlen(word);
        g_string_append_len(out, text, at - text);
        text = at;
        if (!g_ascii_isdigit(*at))
            continue;
        uint32_t packet = (uint32_t)g_ascii_strtoull(at, (char **)&text, 10);
        const char *other = h2t_other_file(wire, home, packet);
        g_string_append_printf(out, "%u", h2t_packet_in_file(wire, packet));
        if (other)
            g_string_append_printf(out, " of %s", other);
    }
    g_string_append(out, text);
}
