/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/filters.h"

static filters_find find_note;

/* Numbers of several processes are told apart by the process. */
static char *with_process(const struct tap_note *note, char *filter)
{
    if (!note->pid)
        return filter;
    char *both = g_strdup_printf("%s && httptrace.pid == %s", filter, note->pid);
    g_free(filter);
    return both;
}

static bool has(packet_info *pinfo, bool request)
{
    struct tap_note note;
    return find_note(pinfo, request, &note);
}

/* In a filter, "${" is a macro even inside of quotes. */
static char *quoted(const char *text)
{
    g_autofree char *escaped = g_strescape(text, NULL);
    g_auto(GStrv) parts = g_strsplit(escaped, "$", -1);
    return g_strjoinv("\\x24", parts);
}

static char *request_filter(packet_info *pinfo)
{
    struct tap_note note;
    if (!find_note(pinfo, true, &note))
        return NULL;
    g_autofree char *req = quoted(note.req);
    return with_process(&note, g_strdup_printf("httptrace.req == \"%s\"", req));
}

static char *conn_filter(packet_info *pinfo)
{
    struct tap_note note;
    if (!find_note(pinfo, false, &note))
        return NULL;
    return with_process(&note, g_strdup_printf("httptrace.conn == %s", note.conn));
}

#ifdef HTTPTRACE_CONVERSATION_FILTER_DATA

static bool has_request(packet_info *pinfo, void *user)
{
    (void)user;
    return has(pinfo, true);
}

static bool has_conn(packet_info *pinfo, void *user)
{
    (void)user;
    return has(pinfo, false);
}

static char *build_request(packet_info *pinfo, void *user)
{
    (void)user;
    return request_filter(pinfo);
}

static char *build_conn(packet_info *pinfo, void *user)
{
    (void)user;
    return conn_filter(pinfo);
}

#define REGISTER(label, has, build)                                                                \
    register_conversation_filter("httptrace", label, has, build, NULL)

#else

static gboolean has_request(packet_info *pinfo)
{
    return has(pinfo, true);
}

static gboolean has_conn(packet_info *pinfo)
{
    return has(pinfo, false);
}

#define build_request request_filter
#define build_conn conn_filter
#define REGISTER(label, has, build) register_conversation_filter("httptrace", label, has, build)

#endif

void filters_register(filters_find find)
{
    find_note = find;
    REGISTER("Go trace request", has_request, build_request);
    REGISTER("Go trace connection", has_conn, build_conn);
}
