/* SPDX-License-Identifier: MIT */
/* hostile KIND N >FILE; without arguments, the kinds there are. */
#include "hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct hostile_kind *const tables[] = {hostile_blocks, hostile_tcp, hostile_tls,
                                                    hostile_http, hostile_sidecars};

static const struct hostile_kind *find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const struct hostile_kind *kind = tables[i]; kind->name; kind++)
            if (!strcmp(kind->name, name))
                return kind;
    return NULL;
}

static int list(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const struct hostile_kind *kind = tables[i]; kind->name; kind++)
            printf("%s N\t%s\n", kind->name, kind->n_is);
    return 2;
}

int main(int argc, char **argv)
{
    const struct hostile_kind *kind = argc == 3 ? find(argv[1]) : NULL;
    if (!kind)
        return list();
    kind->write(g_ascii_strtoull(argv[2], NULL, 10));
    if (fflush(stdout) || ferror(stdout)) {
        perror("hostile: standard output");
        return 1;
    }
    return 0;
}
