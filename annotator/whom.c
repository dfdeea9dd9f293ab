/* SPDX-License-Identifier: MIT */
#include "annotator/whom.h"

#include "core/addr.h"
#include "core/url.h"
#include "core/view.h"

#include <string.h>

struct whom whom_affected(const struct h2t_model *m, const struct h2t_affected *a)
{
    const struct h2t_request *r = a->request == H2T_NONE ? NULL : h2t_request_at(m, a->request);
    const struct h2t_stream *s = a->stream == H2T_NONE ? NULL : h2t_stream_at(m, a->stream);
    struct whom whom = {.method = g_strdup(r && r->method ? r->method : s ? s->method : NULL)};
    struct h2t_text host, path;
    if (r && h2t_url_split(r->url, &host, &path)) {
        whom.host = g_strndup(host.at, host.len);
        whom.path = path.len ? g_strndup(path.at, path.len) : g_strdup("/");
    } else if (s) {
        whom.host = g_strdup(s->authority);
        whom.path = g_strdup(s->path);
    }
    return whom;
}

size_t whom_len_without_port(const char *host)
{
    size_t len = strlen(host), end = len;
    while (end && g_ascii_isdigit(host[end - 1]))
        end--;
    return end < len && end && host[end - 1] == ':' ? end - 1 : len;
}

void whom_clear(struct whom *whom)
{
    g_free(whom->method);
    g_free(whom->host);
    g_free(whom->path);
    *whom = (struct whom){0};
}

char *whom_host(const struct h2t_model *m, const struct h2t_finding *f)
{
    char text[H2T_ADDR_LEN];
    if (f->conn == H2T_NONE)
        return NULL;
    const struct h2t_conn *c = h2t_conn_at(m, f->conn);
    return g_strdup(c->sni ? c->sni : h2t_addr_text(&c->tuple.server, text));
}
