/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * httptrace: what a Go program experienced (net/http/httptrace), at the packets it belongs to. This
 * file knows Wireshark's life cycle; the rest of the plugin is called from here.
 */
#include "plugin/discover.h"
#include "plugin/filters.h"
#include "plugin/findings.h"
#include "plugin/h2c.h"
#include "plugin/observe.h"
#include "plugin/readers.h"
#include "plugin/show.h"
#include "plugin/sidecar.h"
#include "plugin/stats.h"
#include "plugin/summary.h"

#include "core/maps.h"
#include "core/notes.h"
#include "core/stamp.h"

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
    int proto, tap, expert_tap;
    dissector_handle_t handle;
    const char *preference; /* httptrace.sidecar */
    pref_bool segments;     /* httptrace.segments */
    const char *offset;     /* httptrace.offset */
    const char *map_addr;   /* httptrace.map_addr */
    bool mapped;            /* … was told to the trace */
    struct sidecar sidecar; /* outlives captures */
    struct session session;
    struct observe observe;
    struct comments comments;
    GString *text;
    char *capture; /* its path; NULL: not known */
    bool begun;    /* the first packet was seen */
} plugin;

/* ---- A capture is opened, and closed -------------------------------------------------------- */

static void want(bool wanted)
{
    set_postdissector_wanted_hfids(plugin.handle, wanted ? wanted_list(plugin.observe.ids) : NULL);
}

/* When the preference changes or the profile does, Wireshark decides whether packets get trees
 * before it calls the init routine: the wanted fields must stand by then. The trace itself is still
 * in use. */
static void preference_changed(void)
{
    want(plugin.preference && *plugin.preference);
}

/* What the preferences say of the clock. */
static void state_offset(struct h2t_clock *clock)
{
    const char *offset = plugin.offset ? plugin.offset : "";
    int64_t ns;
    if (!*offset)
        return;
    if (h2t_stamp_offset(offset, &ns))
        *clock = (struct h2t_clock){.lo = ns, .hi = ns, .stated = true};
    else
        report_failure("httptrace.offset: \"%s\" is not a duration such as -3h or 1.5ms", offset);
}

/* The trace, with what the preferences say of addresses. */
static struct h2t_trace *trace_of_capture(void)
{
    struct h2t_trace *trace = sidecar_trace(&plugin.sidecar);
    if (!trace || plugin.mapped)
        return trace;
    plugin.mapped = true;
    g_autofree char *bad = h2t_maps_restate(trace, plugin.map_addr);
    if (bad)
        report_failure("httptrace.map_addr: \"%s\" is not A=B, two IP addresses", bad);
    return trace;
}

static void init_capture(void)
{
    plugin.mapped = false;
    sidecar_update(&plugin.sidecar, plugin.preference);
    bool wanted = sidecar_is_there(&plugin.sidecar);
    if (wanted) {
        session_init(&plugin.session);
        state_offset(&plugin.session.model.clock);
        observe_init(&plugin.observe, &plugin.session);
        plugin.observe.want_parts = plugin.segments;
    }
    plugin.text = g_string_new(NULL);
    plugin.capture = discover_capture();
    plugin.begun = false;
    plugin.expert_tap = find_tap_id("expert"); /* registered later than we are */
    want(wanted);
}

/* There is nothing to join, or nobody who reads it. */
static void stop_observing(void)
{
    want(false);
    observe_fini(&plugin.observe);
    session_fini(&plugin.session);
}

static void cleanup_capture(void)
{
    sidecar_wait(&plugin.sidecar); /* if it is bad, that is told */
    stop_observing();
    comments_fini(&plugin.comments);
    if (plugin.text)
        g_string_free(plugin.text, TRUE);
    plugin.text = NULL;
    g_clear_pointer(&plugin.capture, g_free);
}

static void shut_down(void)
{
    sidecar_fini(&plugin.sidecar);
}

/* ---- Packets -------------------------------------------------------------------------------- */

/* The first packet, on the first pass: everybody who will read it has told Wireshark so. */
static void begin(const packet_info *pinfo, proto_tree *tree, bool read)
{
    plugin.begun = true;
    if (!plugin.session.facts)
        return;
    if (!read && readers_print_at_once(pinfo, tree))
        stop_observing();
    else
        sidecar_load(&plugin.sidecar);
}

static void learn(packet_info *pinfo, proto_tree *tree, bool read)
{
    if (!plugin.begun)
        begin(pinfo, tree, read);
    comments_learn(&plugin.comments, pinfo);
    if (plugin.session.facts && read && !plugin.session.live) {
        struct h2t_trace *trace = trace_of_capture();
        if (trace)
            session_follow(&plugin.session, trace);
        else
            stop_observing();
    }
    if (plugin.session.facts && tree)
        observe_packet(&plugin.observe, pinfo, tree);
}

/* Once all packets were seen: join, unless it is done. */
static void complete(void)
{
    if (!plugin.session.facts || !plugin.session.grown)
        return;
    struct h2t_trace *trace = trace_of_capture();
    if (!trace) {
        stop_observing();
        return;
    }
    observe_flush(&plugin.observe);
    session_complete(&plugin.session, trace);
}

/* What somebody does with each note of a packet. `note` is NULL if only the text is known. */
typedef void (*text_fn)(void *user, const char *text, const struct h2t_note *note);

static void each_text(uint32_t packet, bool visited, text_fn use, void *user)
{
    bool traced = plugin.session.model.trace != NULL;
    const GPtrArray *comments = traced ? NULL : comments_of(&plugin.comments, packet);
    unsigned n;
    const struct h2t_note *notes = session_notes(&plugin.session, packet, visited, &n);
    for (unsigned i = 0; i < n; i++) {
        h2t_note_text(&plugin.session.model, &notes[i], false, plugin.text);
        use(user, plugin.text->str, &notes[i]);
    }
    for (guint i = 0; comments && i < comments->len; i++)
        use(user, comments->pdata[i], NULL);
}

static void show_text(void *user, const char *text, const struct h2t_note *note)
{
    show_note(user, text, note);
}

/* What the packet belongs to, note or not. Which packets have a part, only later ones tell. */
static void show_places(struct show *s)
{
    const struct session *session = &plugin.session;
    uint32_t packet = s->pinfo->num, tconn = session_tconn(session, packet);
    unsigned n;
    const struct place_frame *frames = places_frames(&session->places, packet, &n);
    for (unsigned i = 0; i < n; i++) {
        uint32_t stream = session_stream(session, packet, frames[i].stream);
        if (stream != H2T_NONE)
            show_stream(s, stream);
    }
    if (tconn != H2T_NONE)
        show_conn(s, tconn);
    uint32_t part = s->complete ? places_part_of(&session->places, packet) : 0;
    uint32_t stream = part ? session_stream(session, packet, part) : H2T_NONE;
    if (stream != H2T_NONE)
        show_part(s, stream);
}

static void show(struct show *s)
{
    struct summary summary = {
        .sidecar = &plugin.sidecar, .session = &plugin.session, .comments = &plugin.comments};
    if (s->pinfo->num == 1)
        show_summary(s, &summary);
    each_text(s->pinfo->num, s->complete, show_text, s);
    show_places(s);
}

/* ---- Statistics and filters ----------------------------------------------------------------- */

struct reading {
    wmem_allocator_t *pool;
    wmem_array_t *notes; /* struct tap_note */
};

static void read_text(void *user, const char *text, const struct h2t_note *note)
{
    struct reading *r = user;
    struct tap_note read;
    if (!tap_read(r->pool, text, &read))
        return;
    if (note)
        read.total_ns = session_total(&plugin.session, note);
    wmem_array_append_one(r->notes, read);
}

static struct tap_packet read_notes(const packet_info *pinfo, bool visited)
{
    struct reading r = {pinfo->pool, wmem_array_new(pinfo->pool, sizeof(struct tap_note))};
    each_text(pinfo->num, visited, read_text, &r);
    return (struct tap_packet){wmem_array_get_raw(r.notes), wmem_array_get_count(r.notes)};
}

static void queue_tap(packet_info *pinfo, bool visited)
{
    struct tap_packet *packet = wmem_new(pinfo->pool, struct tap_packet);
    *packet = read_notes(pinfo, visited);
    if (packet->n)
        tap_queue_packet(plugin.tap, pinfo, packet);
}

/* For conversation filters, which are asked for with packets that were seen. */
static bool find_note(packet_info *pinfo, bool request, struct tap_note *out)
{
    if (!plugin.text)
        return false;
    complete();
    struct tap_packet packet = read_notes(pinfo, true);
    for (unsigned i = 0; i < packet.n; i++) {
        *out = packet.notes[i];
        if (request ? out->req != NULL : out->conn != NULL)
            return true;
    }
    return false;
}

static struct findings_source find_findings(void)
{
    complete();
    return (struct findings_source){.model =
                                        plugin.session.model.trace ? &plugin.session.model : NULL,
                                    .comments = &plugin.comments,
                                    .capture = plugin.capture};
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    bool visited = PINFO_FD_VISITED(pinfo);
    /* expert information is told without a tree, too */
    bool shown = readers_want(tree, plugin.proto) || have_tap_listener(plugin.expert_tap);
    bool tapped = have_tap_listener(plugin.tap);
    (void)data;
    if (!visited)
        learn(pinfo, tree, shown || tapped);
    else if (shown || tapped)
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
    if (tapped)
        queue_tap(pinfo, visited);
    return (int)tvb_captured_length(tvb);
}

/* ---- Registration --------------------------------------------------------------------------- */

static void register_protocol(void)
{
    plugin.proto = proto_register_protocol("Go net/http/httptrace", "httptrace", "httptrace");
    fields_register(plugin.proto);
    module_t *preferences = prefs_register_protocol(plugin.proto, preference_changed);
    prefs_register_filename_preference(
        preferences, "sidecar", "Sidecar",
        "The trace that belongs to the capture; several are separated by semicolons. Empty: the "
        "file NAME.trace.json beside the capture, or the comments that h2annotate wrote.",
        &plugin.preference, FALSE);
    plugin.segments = true;
    prefs_register_bool_preference(
        preferences, "segments", "Packets with a part of a frame",
        "Show of packets that end no frame which request they have a part of. The packet that "
        "ends the frame tells it, so one pass of tshark cannot show it.",
        &plugin.segments);
    prefs_register_string_preference(
        preferences, "offset", "Clock offset",
        "Capture clock minus trace clock, such as -3h or 1.5ms. Empty: it is measured.",
        &plugin.offset);
    prefs_register_string_preference(
        preferences, "map_addr", "Address translations",
        "A=B: address A of the trace is B in the capture, each with or without a port; several "
        "are separated by semicolons.",
        &plugin.map_addr);
    plugin.tap = register_tap("httptrace");
    register_init_routine(init_capture);
    register_cleanup_routine(cleanup_capture);
    register_shutdown_routine(shut_down);
}

static void register_handoff(void)
{
    wanted_init(plugin.observe.ids);
    readers_init(plugin.proto);
    plugin.handle = create_dissector_handle(dissect, plugin.proto);
    register_postdissector(plugin.handle);
    h2c_register(plugin.proto);
    stats_register();
    findings_register(find_findings);
    filters_register(find_note);
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

#ifdef WIRESHARK_PLUGIN_REGISTER_EPAN /* the development branch asks for this in their place */
static struct ws_module plugin_module = {.license = WS_PLUGIN_IS_GPLv2_OR_LATER,
                                         .flags = DESCRIBE_DISSECTOR,
                                         .version = HTTPTRACE_PLUGIN_VERSION,
                                         .spdx_id = "GPL-2.0-or-later",
                                         .home_url = "",
                                         .blurb = "Go net/http/httptrace beside the packets",
                                         .register_cb = plugin_register};

WIRESHARK_PLUGIN_REGISTER_EPAN(&plugin_module, 0)
#endif
