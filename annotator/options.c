/* SPDX-License-Identifier: MIT */
/* One table of options: getopt_long reads it, --help prints it. */
#include "annotator/options.h"

#include "annotator/capture/capture.h"

#include "core/base.h"
#include "core/maps.h"
#include "core/stamp.h"

#include <getopt.h>
#include <string.h>

enum kind { FLAG, TEXT, TEXTS, NUMBER, OFFSET };

struct entry {
    const char *name;
    char letter; /* 0: it has none */
    enum kind kind;
    size_t offset; /* in struct options: bool, char *, GPtrArray *, int, struct offset */
    const char *arg, *help;
};

#define AT(field) offsetof(struct options, field)

static const struct entry entries[] = {
    {"output", 'o', TEXT, AT(output), "FILE",
     "Write to FILE; - is standard output.\nDefault: CAPTURE's name with .annotated.pcapng"},
    {"out-dir", 0, TEXT, AT(out_dir), "DIR",
     "CAPTURE... are one, in several files: write each of them\nto DIR, under its name"},
    {"keylog", 0, TEXTS, AT(keylogs), "FILE",
     "TLS secrets, as SSLKEYLOGFILE has them; may be repeated"},
    {"report", 0, TEXT, AT(report), "FILE", "Write all that was found as JSON"},
    {"filter", 'f', TEXT, AT(filter), "FILTER",
     "Analyse only what this pcap filter selects;\nnothing is dropped from the output"},
    {"offset", 0, OFFSET, AT(offset), "DURATION",
     "Capture clock minus trace clock, such as -3h or +1.5ms;\ndefault: measured"},
    {"map-addr", 0, TEXTS, AT(map_addrs), "A=B",
     "Address A of the trace is B in the capture; may be repeated"},
    {"remove", 0, FLAG, AT(remove), NULL,
     "Take our comments and embedded keys out of CAPTURE again"},
    {"embed-keys", 0, FLAG, AT(embed_keys), NULL,
     "Put the TLS secrets that were used into the output"},
    {"redact", 0, FLAG, AT(redact), NULL,
     "Hide hosts, addresses and paths in all that is said of them;\nthe packets stay as they are"},
    {"redact-key", 0, TEXT, AT(redact_key), "FILE",
     "With --redact: FILE is the key, so that the same host gets\nthe same name in every run"},
    {"strict", 0, FLAG, AT(strict), NULL, "Exit 3 when something stays unmatched"},
    {"ignore-headers", 0, FLAG, AT(ignore_headers), NULL,
     "Join by order and time alone, as if no identity header were there"},
    {"expect-h2", 0, FLAG, AT(expect_h2), NULL, "HTTP/2 is wanted: where it is not spoken, warn"},
    {"fail-on", 0, TEXTS, AT(fail_on), "LIST",
     "Exit 4 when there are findings of LIST: note, warning,\nerror, or rules, separated by "
     "commas"},
    {"allow", 0, TEXTS, AT(allow), "LIST", "With --fail-on: but not for these rules"},
    {"baseline", 0, TEXT, AT(baseline), "REPORT",
     "With --fail-on: but not for what an earlier REPORT had"},
    {"junit", 0, TEXT, AT(junit), "FILE", "With --fail-on: write what it came to as JUnit XML"},
    {"explain", 0, TEXT, AT(explain), "RULE",
     "Show what a rule means, and nothing else; list has all"},
    {"sync", 0, FLAG, AT(sync), NULL, "Wait until the output is on the disk"},
    {"jobs", 'j', NUMBER, AT(jobs), "N",
     "Processors to use; default 2, with 1 there is but one thread"},
    {"quiet", 'q', FLAG, AT(quiet), NULL, "No summary, no progress"},
    {"verbose", 'v', FLAG, AT(verbose), NULL, "List all findings and all that stayed unmatched"},
    {"help", 'h', FLAG, AT(help), NULL, "Show this help"},
    {"version", 0, FLAG, AT(version), NULL, "Show the version"},
};

#define N_ENTRIES G_N_ELEMENTS(entries)
#define HELP_COLUMN 25

static void add_entry_help(GString *out, const struct entry *e)
{
    g_autoptr(GString) left = g_string_new("  ");
    g_auto(GStrv) lines = g_strsplit(e->help, "\n", -1);
    if (e->letter)
        g_string_append_printf(left, "-%c, ", e->letter);
    g_string_append_printf(left, e->arg ? "--%s=%s" : "--%s", e->name, e->arg);
    for (char **line = lines; *line; line++) {
        g_string_append_printf(out, "%-*s%s\n", HELP_COLUMN, left->str, *line);
        g_string_truncate(left, 0);
    }
}

char *options_help(void)
{
    GString *out = g_string_new(
        "Usage: h2annotate [options] CAPTURE SIDECAR... [-o FILE]\n"
        "       h2annotate --remove CAPTURE [-o FILE]\n"
        "       h2annotate --explain RULE\n\n"
        "Merges the JSON of Go's net/http/httptrace into a capture, as packet comments.\n\n");
    for (size_t i = 0; i < N_ENTRIES; i++)
        add_entry_help(out, &entries[i]);
    g_string_append(
        out,
        "\nExit status: 0 done, 1 failed (no output is left), 2 usage,\n"
        "3 --strict and something stayed unmatched, 4 --fail-on and there are such findings.\n");
    return g_string_free(out, false);
}

static bool fail(GError **error, const char *message)
{
    g_set_error_literal(error, H2T_ERROR, H2T_ERROR_USAGE, message);
    return false;
}

static bool set_offset(struct offset *field, const char *value, GError **error)
{
    if (h2t_stamp_offset(value, &field->ns))
        return field->set = true;
    g_set_error(error, H2T_ERROR, H2T_ERROR_USAGE,
                "--offset is \"%s\", wanted a duration with its unit, such as -3h, +1.5ms or 20us",
                value);
    return false;
}

static bool set(struct options *o, const struct entry *e, const char *value, GError **error)
{
    void *field = (char *)o + e->offset;
    char *end;
    switch (e->kind) {
    case FLAG:
        *(bool *)field = true;
        return true;
    case TEXT:
        g_free(*(char **)field);
        *(char **)field = g_strdup(value);
        return true;
    case TEXTS:
        g_ptr_array_add(*(GPtrArray **)field, g_strdup(value));
        return true;
    case OFFSET:
        return set_offset(field, value, error);
    case NUMBER:
        *(int *)field = (int)g_ascii_strtoll(value, &end, 10);
        if (*value && !*end)
            return true;
        g_set_error(error, H2T_ERROR, H2T_ERROR_USAGE, "--%s is \"%s\", wanted a number", e->name,
                    value);
        return false;
    }
    g_assert_not_reached();
}

/* The table in getopt's forms; `val` is the index in the table, counting from 256. */
static void make_getopt(struct option longs[N_ENTRIES + 1], GString *shorts)
{
    memset(longs, 0, (N_ENTRIES + 1) * sizeof *longs);
    g_string_assign(shorts, ":");
    for (size_t i = 0; i < N_ENTRIES; i++) {
        const struct entry *e = &entries[i];
        longs[i].name = e->name;
        longs[i].has_arg = e->arg ? required_argument : no_argument;
        longs[i].val = 256 + (int)i;
        if (e->letter)
            g_string_append_printf(shorts, e->arg ? "%c:" : "%c", e->letter);
    }
}

static const struct entry *find_entry(int found)
{
    if (found >= 256)
        return &entries[found - 256];
    for (size_t i = 0; i < N_ENTRIES; i++)
        if (entries[i].letter == found)
            return &entries[i];
    return NULL;
}

static bool read_options(struct options *o, int argc, char **argv, GError **error)
{
    struct option longs[N_ENTRIES + 1];
    g_autoptr(GString) shorts = g_string_new(NULL);
    int found;
    make_getopt(longs, shorts);
    opterr = 0;
    optind = 0; /* from the beginning, also of a second call */
    while ((found = getopt_long(argc, argv, shorts->str, longs, NULL)) != -1) {
        const struct entry *e = find_entry(found);
        if (e && !set(o, e, optarg, error))
            return false;
        if (e)
            continue;
        g_set_error(error, H2T_ERROR, H2T_ERROR_USAGE,
                    found == ':' ? "%s wants an argument" : "%s is no option of ours",
                    argv[optind - 1]);
        return false;
    }
    return true;
}

/* "cap.pcap.gz" becomes "cap.annotated.pcapng". */
static char *default_output(const struct options *o)
{
    static const char *const suffixes[] = {".gz",   ".zst", ".lz4", ".pcapng",
                                           ".pcap", ".cap", ".ntar"};
    if (!strcmp(o->capture, "-"))
        return g_strdup("-");
    g_autoptr(GString) name = g_string_new(o->capture);
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (g_str_has_suffix(name->str, suffixes[i]))
            g_string_truncate(name, name->len - strlen(suffixes[i]));
    const char *suffix = o->remove ? ".unannotated.pcapng" : ".annotated.pcapng";
    return g_strconcat(name->str, suffix, NULL);
}

static bool check(const struct options *o, GError **error)
{
    unsigned n_stdin = !strcmp(o->capture, "-");
    for (char **sidecar = o->sidecars; *sidecar; sidecar++)
        n_stdin += !strcmp(*sidecar, "-");
    if (o->more->len && !o->out_dir)
        return fail(error,
                    "several captures, wanted: --out-dir=DIR, if they are one capture in several "
                    "files; each is written there under its name");
    if (o->out_dir && o->output)
        return fail(error, "--out-dir goes without -o");
    if (o->out_dir && !strcmp(o->capture, "-"))
        return fail(error, "--out-dir wants captures with names, not - (standard input)");
    if (n_stdin > 1)
        return fail(error, "- (standard input) can be given once");
    if (o->remove && o->sidecars[0])
        return fail(error, "--remove takes one CAPTURE and no SIDECAR");
    if (o->remove && (o->report || o->embed_keys || o->strict || o->fail_on->len || o->redact))
        return fail(error, "--remove goes with none of --report, --embed-keys, --strict, "
                           "--fail-on, --redact");
    if (o->redact_key && !o->redact)
        return fail(error, "--redact-key wants --redact");
    if (!o->fail_on->len && (o->allow->len || o->baseline || o->junit))
        return fail(error, "--allow, --baseline and --junit want --fail-on, which says what fails");
    if (!o->remove && !o->sidecars[0])
        return fail(error, "no SIDECAR given, wanted: h2annotate [options] CAPTURE SIDECAR...");
    struct h2t_addr_map map;
    for (guint i = 0; i < o->map_addrs->len; i++)
        if (!h2t_map_parse(o->map_addrs->pdata[i], &map))
            return fail(error,
                        "--map-addr wants A=B, two IP addresses, each with or without a port, "
                        "such as 10.0.0.1:443=192.0.2.7:8443 or [fd00::1]:443=[::1]:8443");
    if (o->jobs < 1)
        return fail(error, "-j wants a number of threads from 1 on");
    return true;
}

/* Into captures and sidecars. */
static void sort_inputs(struct options *o, char **inputs)
{
    g_autoptr(GPtrArray) sidecars = g_ptr_array_new();
    g_autofree bool *is_capture = g_new0(bool, g_strv_length(inputs) + 1);
    bool any = false;
    for (char **input = inputs; *input; input++) {
        is_capture[input - inputs] = capture_detect(*input);
        any |= is_capture[input - inputs];
    }
    is_capture[0] |= !any;
    for (char **input = inputs; *input; input++) {
        if (!is_capture[input - inputs])
            g_ptr_array_add(sidecars, *input);
        else if (!o->capture)
            o->capture = g_strdup(*input);
        else
            g_ptr_array_add(o->more, g_strdup(*input));
    }
    g_ptr_array_add(sidecars, NULL);
    o->sidecars = g_strdupv((char **)sidecars->pdata);
}

bool options_parse(struct options *o, int argc, char **argv, GError **error)
{
    *o = (struct options){.jobs = 2,
                          .keylogs = g_ptr_array_new_with_free_func(g_free),
                          .fail_on = g_ptr_array_new_with_free_func(g_free),
                          .allow = g_ptr_array_new_with_free_func(g_free),
                          .map_addrs = g_ptr_array_new_with_free_func(g_free),
                          .more = g_ptr_array_new_with_free_func(g_free)};
    if (!read_options(o, argc, argv, error))
        return false;
    if (o->help || o->version || o->explain)
        return true;
    if (optind >= argc)
        return fail(error, "no CAPTURE given, wanted: h2annotate [options] CAPTURE SIDECAR...");
    sort_inputs(o, argv + optind);
    if (!o->output && !o->out_dir)
        o->output = default_output(o);
    return check(o, error);
}

void options_fini(struct options *o)
{
    g_free(o->capture);
    g_strfreev(o->sidecars);
    g_ptr_array_unref(o->keylogs);
    g_ptr_array_unref(o->fail_on);
    g_ptr_array_unref(o->allow);
    g_ptr_array_unref(o->map_addrs);
    g_ptr_array_unref(o->more);
    g_free(o->out_dir);
    g_free(o->output);
    g_free(o->report);
    g_free(o->junit);
    g_free(o->baseline);
    g_free(o->explain);
    g_free(o->filter);
    g_free(o->redact_key);
}
