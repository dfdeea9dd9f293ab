/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/findings.h"

#include "core/finding.h"

#include <stdio.h>

static struct findings_source (*source)(void);

static void print(const struct findings_source *s, uint32_t packet, const char *text, GString *line)
{
    if (h2t_finding_line(s->capture ? s->capture : "capture", packet, text, line))
        printf("%s\n", line->str);
}

static int by_number(gconstpointer a, gconstpointer b)
{
    uint32_t x = GPOINTER_TO_UINT(a), y = GPOINTER_TO_UINT(b);
    return x < y ? -1 : x > y;
}

static void print_comments(const struct findings_source *s, GString *line)
{
    GList *packets = s->comments->by_packet ? g_hash_table_get_keys(s->comments->by_packet) : NULL;
    packets = g_list_sort(packets, by_number);
    for (const GList *p = packets; p; p = p->next) {
        uint32_t packet = GPOINTER_TO_UINT(p->data);
        const GPtrArray *texts = comments_of(s->comments, packet);
        for (guint i = 0; i < texts->len; i++)
            print(s, packet, texts->pdata[i], line);
    }
    g_list_free(packets);
}

static void draw(void *user)
{
    g_autoptr(GString) text = g_string_new(NULL), line = g_string_new(NULL);
    struct findings_source s = source();
    (void)user;
    if (!s.model || !s.model->findings) {
        print_comments(&s, line);
        return;
    }
    for (uint32_t i = 0; i < s.model->findings->all->len; i++) {
        h2t_finding_text(s.model, i, text);
        print(&s, h2t_finding_at(s.model, i)->at.packet, text->str, line);
    }
}

static tap_packet_status see(void *user, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                             tap_flags_t flags)
{
    (void)user, (void)pinfo, (void)edt, (void)data, (void)flags;
    return TAP_PACKET_REDRAW;
}

static stat_init_result begin(const char *option, void *user)
{
    static int token; /* the listener's identity */
    GString *problem = register_tap_listener("httptrace", &token, NULL, TL_REQUIRES_NOTHING, NULL,
                                             see, draw, NULL);
    (void)option, (void)user;
    if (problem) {
        report_failure("httptrace,findings: %s", problem->str);
        g_string_free(problem, TRUE);
    }
    STAT_INIT_RETURN(!problem);
}

void findings_register(struct findings_source (*ask)(void))
{
    static stat_tap_ui ui = {.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                             .cli_string = "httptrace,findings",
                             .tap_init_cb = begin};
    source = ask;
    register_stat_tap_ui(&ui, NULL);
}
