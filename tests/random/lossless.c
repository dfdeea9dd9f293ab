/* SPDX-License-Identifier: MIT */
/*
 * lossless SEED COUNT KEEP FOLDER...: COUNT random pcapng files, of SEED and on, each around the
 * packets of one of the FOLDERs of testdata, in turn. For each:
 *
 *   annotate | remove gives back the file that was there, byte for byte;
 *   annotating twice is annotating once, with one thread and with two;
 *   all bytes but our comments are the same, as residue.h finds it;
 *   libpcap reads the same packets, or gives up at the same one.
 *
 * The first KEEP are left here as SEED.in.pcapng and SEED.out.pcapng for other programs to read.
 * A seed that fails leaves its files, too.
 */
#include "annotator/run.h"
#include "core/comment.h"
#include "tests/random/pcapng_gen.h"
#include "tests/random/residue.h"

#include <glib/gstdio.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FAILURES 5u

struct material {
    const char *folder;
    char *trace, *keys; /* keys: NULL if it has none */
    GArray *packets;
};

struct content {
    char *data;
    gsize len;
};

/* The files of one seed. */
enum name { IN, BARE, ONCE, TWICE, BACK, N_NAMES };

struct test {
    char *ours[4];
    char *paths[N_NAMES];
    uint64_t blocks, comments, pcap_packets;
    unsigned failures;
};

static void fail(struct test *t, uint32_t seed, const struct material *m, const char *what)
{
    printf("FAIL seed %u, %s: %s\n", seed, m->folder, what);
    t->failures++;
}

/* ---- The program ---------------------------------------------------------------------------- */

static void ignore_progress(void *user, const char *name, uint64_t done, uint64_t size)
{
    (void)user, (void)name, (void)done, (void)size;
}

static void ignore_text(void *user, const char *text)
{
    (void)user, (void)text;
}

/* As on the command line. The message when it fails, which the caller frees. */
static char *call(const char *const *words)
{
    static const struct run_callbacks callbacks = {ignore_progress, ignore_text, ignore_text};
    struct options options;
    GError *error = NULL;
    g_auto(GStrv) argv = g_strdupv((char **)words);
    if (options_parse(&options, (int)g_strv_length(argv), argv, &error))
        run(&options, false, &callbacks, NULL, &error);
    options_fini(&options);
    char *message = error ? g_strdup(error->message) : NULL;
    g_clear_error(&error);
    return message;
}

static char *annotate(const struct test *t, const struct material *m, enum name from, enum name to,
                      bool embed, const char *jobs)
{
    const char *words[16] = {"h2annotate", "-q", "-j", jobs, "-o", t->paths[to], t->paths[from]};
    unsigned n = 7;
    words[n++] = m->trace;
    if (m->keys) {
        words[n++] = "--keylog";
        words[n++] = m->keys;
    }
    if (m->keys && embed)
        words[n++] = "--embed-keys";
    return call(words);
}

static char *strip(const struct test *t, enum name from, enum name to)
{
    const char *words[] = {"h2annotate", "-q",           "--remove", "-o",
                           t->paths[to], t->paths[from], NULL};
    return call(words);
}

/* ---- What must be --------------------------------------------------------------------------- */

static struct content load(const struct test *t, enum name name)
{
    struct content c = {0};
    g_file_get_contents(t->paths[name], &c.data, &c.len, NULL);
    return c;
}

static bool same(const struct test *t, enum name a, enum name b)
{
    struct content x = load(t, a), y = load(t, b);
    bool equal = x.data && y.data && x.len == y.len && !memcmp(x.data, y.data, x.len);
    g_free(x.data);
    g_free(y.data);
    return equal;
}

static bool same_residue(struct test *t, enum name a, enum name b)
{
    struct content x = load(t, a), y = load(t, b);
    struct residue before = residue_of((const uint8_t *)x.data, x.len),
                   after = residue_of((const uint8_t *)y.data, y.len);
    bool equal = before.sound && after.sound && before.bytes->len == after.bytes->len &&
                 !memcmp(before.bytes->data, after.bytes->data, after.bytes->len);
    t->blocks += before.blocks;
    t->comments += after.comments;
    residue_clear(&before);
    residue_clear(&after);
    g_free(x.data);
    g_free(y.data);
    return equal;
}

/* Reads on in both; how they end is compared by the caller. */
static bool same_packets(pcap_t *a, pcap_t *b, uint64_t *n)
{
    struct pcap_pkthdr *x, *y;
    const u_char *x_bytes, *y_bytes;
    int more;
    while ((more = pcap_next_ex(a, &x, &x_bytes)) == 1) {
        if (pcap_next_ex(b, &y, &y_bytes) != 1 || x->caplen != y->caplen || x->len != y->len ||
            memcmp(&x->ts, &y->ts, sizeof x->ts) || memcmp(x_bytes, y_bytes, x->caplen))
            return false;
        ++*n;
    }
    return pcap_next_ex(b, &y, &y_bytes) == more &&
           (more != PCAP_ERROR || !strcmp(pcap_geterr(a), pcap_geterr(b)));
}

static bool same_to_libpcap(struct test *t, enum name a, enum name b)
{
    char x_error[PCAP_ERRBUF_SIZE] = "", y_error[PCAP_ERRBUF_SIZE] = "";
    pcap_t *x = pcap_open_offline(t->paths[a], x_error);
    pcap_t *y = pcap_open_offline(t->paths[b], y_error);
    bool equal =
        x && y ? same_packets(x, y, &t->pcap_packets) : !x && !y && !strcmp(x_error, y_error);
    if (x)
        pcap_close(x);
    if (y)
        pcap_close(y);
    return equal;
}

/* ---- One seed ------------------------------------------------------------------------------- */

static bool write_in(const struct test *t, uint32_t seed, const struct material *m, bool ours)
{
    struct pcapng_gen_plan plan = {
        .seed = seed,
        .n_blocks = seed % 64,
        .uniform = seed % 3 != 0,
        .ours = ours ? (const char *const *)t->ours : NULL,
        .packets = (const struct pcapng_gen_packet *)m->packets->data,
        .n_packets = m->packets->len,
    };
    GByteArray *file = pcapng_gen(&plan);
    bool done =
        g_file_set_contents(t->paths[IN], (const char *)file->data, (gssize)file->len, NULL);
    g_byte_array_unref(file);
    return done;
}

/* What is wrong, NULL if nothing. To be freed by the caller. */
static char *check(struct test *t, uint32_t seed, const struct material *m)
{
    bool ours = seed % 2, embed = seed % 5 == 0;
    char *message = NULL;
    if (!write_in(t, seed, m, ours))
        return g_strdup("the file cannot be written");
    if ((message = annotate(t, m, IN, ONCE, embed, "1")) ||
        (message = annotate(t, m, ONCE, TWICE, embed, "2")) || (message = strip(t, ONCE, BACK)) ||
        (ours && (message = strip(t, IN, BARE))))
        return message;
    if (!same(t, ONCE, TWICE))
        return g_strdup("annotating twice is not once");
    if (!same(t, BACK, ours ? BARE : IN))
        return g_strdup("annotate | remove loses bytes");
    if (!same_residue(t, IN, ONCE))
        return g_strdup("more than our comments has changed");
    return same_to_libpcap(t, IN, ONCE) ? NULL : g_strdup("libpcap reads other packets");
}

static void keep(const struct test *t, uint32_t seed, enum name name, const char *as)
{
    struct content c = load(t, name);
    g_autofree char *path = g_strdup_printf("%u.%s.pcapng", seed, as);
    if (c.data)
        g_file_set_contents(path, c.data, (gssize)c.len, NULL);
    g_free(c.data);
}

/* ---- All ------------------------------------------------------------------------------------ */

static struct material material(const char *folder)
{
    GError *error = NULL;
    g_autofree char *capture = g_build_filename(folder, "capture.pcapng", NULL);
    struct material m = {.folder = folder,
                         .trace = g_build_filename(folder, "trace.json", NULL),
                         .keys = g_build_filename(folder, "keys.log", NULL),
                         .packets = pcapng_gen_load_packets(capture, &error)};
    if (error) {
        fprintf(stderr, "lossless: %s\n", error->message);
        exit(2);
    }
    if (!g_file_test(m.keys, G_FILE_TEST_EXISTS))
        g_clear_pointer(&m.keys, g_free);
    return m;
}

static char *comment(const char *word, const char *value, bool variant)
{
    GString *text = g_string_new(NULL);
    h2t_comment_begin(text, word);
    if (value)
        h2t_comment_add(text, "req", value);
    h2t_comment_end(text, variant);
    return g_string_free(text, FALSE);
}

static void start(struct test *t, const char *folder)
{
    static const char *const names[] = {"in", "bare", "once", "twice", "back"};
    for (unsigned i = 0; i < N_NAMES; i++)
        t->paths[i] = g_build_filename(folder, names[i], NULL);
    t->ours[0] = comment("request", "r1", false);
    t->ours[1] = comment("end", "another \xff run's", true);
    t->ours[2] = comment("keys", NULL, false);
}

static void finish(struct test *t)
{
    for (unsigned i = 0; i < N_NAMES; i++) {
        g_remove(t->paths[i]);
        g_free(t->paths[i]);
    }
    for (unsigned i = 0; t->ours[i]; i++)
        g_free(t->ours[i]);
}

static void one(struct test *t, uint32_t seed, const struct material *m, bool kept)
{
    g_autofree char *wrong = check(t, seed, m);
    if (wrong)
        fail(t, seed, m, wrong);
    if (wrong || kept) {
        keep(t, seed, IN, "in");
        keep(t, seed, ONCE, "out");
    }
}

int main(int argc, char **argv)
{
    struct test t = {0};
    if (argc < 5) {
        fprintf(stderr, "usage: lossless SEED COUNT KEEP FOLDER...\n");
        return 2;
    }
    uint32_t seed = (uint32_t)strtoul(argv[1], NULL, 10), n = (uint32_t)strtoul(argv[2], NULL, 10),
             kept = (uint32_t)strtoul(argv[3], NULL, 10), folders = (uint32_t)argc - 4;
    g_autofree struct material *all = g_new(struct material, folders);
    for (uint32_t i = 0; i < folders; i++)
        all[i] = material(argv[4 + i]);
    g_autofree char *folder = g_dir_make_tmp("lossless-XXXXXX", NULL);
    start(&t, folder);
    for (uint32_t i = 0; i < n && t.failures < MAX_FAILURES; i++)
        one(&t, seed + i, &all[i % folders], i < kept);
    printf("seeds %u to %u: %" G_GUINT64_FORMAT " blocks, %" G_GUINT64_FORMAT
           " comments written, libpcap read %" G_GUINT64_FORMAT " packets, %u failures\n",
           seed, seed + n - 1, t.blocks, t.comments, t.pcap_packets, t.failures);
    finish(&t);
    g_rmdir(folder);
    for (uint32_t i = 0; i < folders; i++) {
        g_free(all[i].trace);
        g_free(all[i].keys);
        g_array_unref(all[i].packets);
    }
    return t.failures || !t.comments ? 1 : 0;
}
