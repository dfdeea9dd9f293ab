/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * httptrace: what a Go program experienced (net/http/httptrace), at the packets it belongs to. This
 * file knows Wireshark's life cycle; the rest of the plugin is called from here.
 */
#include "plugin/observe.h"
#include "plugin/show.h"
#include "plugin/sidecar.h"
#include "plugin/summary.h"

#include "core/notes.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT extern const char plugin_version[];
EXPORT extern const int plugin_want_major, plugin_want_minor;
EXPORT void plugin_register(void);
EXPORT uint32_t plugin_describe(void);

const char plugin_version[] = HTTPTRACE_PLUGIN_VERSION;
const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

#define DESCRIBE_DISSECTOR 1u /* WS_PLUGIN_DESC_DISSECTOR, whose header 4.0 does not install */

/* All that changes. Set up by init_capture, taken down by cleanup_capture. */
static struct {
    int proto;
    dissector_handle_t handle;
    const char *preference; /* httptrace.sidecar */
    struct sidecar sidecar; /* outlives captures */
    struct session session;
    struct observe observe;
    struct comments comments;
    GString *text;
} plugin;

/* ---- A capture is opened, and closed -------------------------------------------------------- */

static void init_capture(void)
{
    sidecar_update(&plugin.sidecar, plugin.preference);
    session_init(&plugin.session, plugin.sidecar.trace);
    observe_init(&plugin.observe, &plugin.session);
    plugin.text = g_string_new(NULL);
    set_postdissector_wanted_hfids(plugin.handle,
                                   plugin.sidecar.trace ? wanted_list(plugin.observe.ids) : NULL);
}

static void cleanup_capture(void)
{
    set_postdissector_wanted_hfids(plugin.handle, NULL);
    observe_fini(&plugin.observe);
    session_fini(&plugin.session);
    comments_fini(&plugin.comments);
    if (plugin.text)
        g_string_free(plugin.text, TRUE);
    plugin.text = NULL;
}

static void shut_down(void)
{
    sidecar_fini(&plugin.sidecar);
}

/* ---- Packets -------------------------------------------------------------------------------- */

static void learn(packet_info *pinfo, proto_tree *tree, bool shown)
{
    if (!plugin.session.facts) {
        comments_learn(&plugin.comments, pinfo);
        return;
    }
    plugin.session.want_live = shown;
    if (tree)
        observe_packet(&plugin.observe, pinfo, tree);
}

/* Once all packets were seen: join, unless it is done. */
static void complete(void)
{
    if (!plugin.session.facts || !plugin.session.grown)
        return;
    observe_flush(&plugin.observe);
    session_complete(&plugin.session);
}

static void show_model(struct show *s)
{
    unsigned n;
    const struct h2t_note *notes = session_notes(&plugin.session, s->pinfo->num, s->complete, &n);
    for (unsigned i = 0; i < n; i++) {
        h2t_note_text(&plugin.session.model, &notes[i], false, plugin.text);
        show_note(s, plugin.text->str, &notes[i]);
    }
}

static void show_comments(struct show *s)
{
    const GPtrArray *texts = comments_of(&plugin.comments, s->pinfo->num);
    for (guint i = 0; texts && i < texts->len; i++)
        show_note(s, texts->pdata[i], NULL);
}

static void show(struct show *s)
{
    struct summary summary = {
        .sidecar = &plugin.sidecar, .session = &plugin.session, .comments = &plugin.comments};
    if (s->pinfo->num == 1)
        show_summary(s, &summary);
    if (plugin.session.facts)
        show_model(s);
    else
        show_comments(s);
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    bool visited = PINFO_FD_VISITED(pinfo);
    bool shown = tree && proto_field_is_referenced(tree, plugin.proto);
    (void)data;
    if (!visited)
        learn(pinfo, tree, shown);
    else
        complete();
    if (shown) {
        struct show s = {.tvb = tvb,
                         .pinfo = pinfo,
                         .tree = tree,
                         .proto = plugin.proto,
                         .session = &plugin.session,
                         .complete = visited};
        show(&s);
    }
    return (int)tvb_captured_length(tvb);
}

/* ---- Registration --------------------------------------------------------------------------- */

static void register_protocol(void)
{
    plugin.proto = proto_register_protocol("Go net/http/httptrace", "httptrace", "httptrace");
    fields_register(plugin.proto);
    module_t *preferences = prefs_register_protocol(plugin.proto, NULL);
    prefs_register_filename_preference(
        preferences, "sidecar", "Sidecar",
        "The trace that belongs to the capture; several are separated by semicolons. Empty: the "
        "file NAME.trace.json beside the capture, or the comments that h2annotate wrote.",
        &plugin.preference, FALSE);
    register_init_routine(init_capture);
    register_cleanup_routine(cleanup_capture);
    register_shutdown_routine(shut_down);
}

static void register_handoff(void)
{
    wanted_init(plugin.observe.ids);
    plugin.handle = create_dissector_handle(dissect, plugin.proto);
    register_postdissector(plugin.handle);
}

void plugin_register(void)
{
    static proto_plugin registration = {.register_protoinfo = register_protocol,
                                        .register_handoff = register_handoff};
    proto_register_plugin(&registration);
}

uint32_t plugin_describe(void)
{
    return DESCRIBE_DISSECTOR;
}
