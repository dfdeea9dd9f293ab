/* SPDX-License-Identifier: MIT */
/* Packet numbers of a capture in several files. */
#include "core/files.h"

static struct h2t_wire wire_of(unsigned n)
{
    static const struct h2t_file files[] = {
        {"a.pcapng", 0}, {"empty.pcapng", 10}, {"c.pcapng", 10}};
    struct h2t_wire wire = {0};
    if (n) {
        wire.files = g_array_new(false, false, sizeof *files);
        g_array_append_vals(wire.files, files, n);
    }
    return wire;
}

static void test_numbers(void)
{
    struct h2t_wire wire = wire_of(3);
    g_assert_cmpuint(h2t_file_of(&wire, 10), ==, 0);
    g_assert_cmpuint(h2t_file_of(&wire, 11), ==, 2);
    g_assert_cmpuint(h2t_packet_in_file(&wire, 10), ==, 10);
    g_assert_cmpuint(h2t_packet_in_file(&wire, 11), ==, 1);
    g_assert_cmpuint(h2t_packet_in_file(&wire, 0), ==, 0);
    g_assert_null(h2t_other_file(&wire, 11, 12));
    g_assert_cmpstr(h2t_other_file(&wire, 11, 3), ==, "a.pcapng");
    g_assert_cmpstr(h2t_other_file(&wire, 0, 11), ==, "c.pcapng");
    g_assert_null(h2t_other_file(&wire, 11, 0));
    g_array_unref(wire.files);
}

static void assert_text(const struct h2t_wire *wire, uint32_t home, const char *text,
                        const char *wanted)
{
    g_autoptr(GString) out = g_string_new("old");
    h2t_files_text(wire, home, text, out);
    g_assert_cmpstr(out->str, ==, wanted);
}

static void test_text(void)
{
    struct h2t_wire wire = wire_of(3), one = wire_of(0);
    assert_text(&wire, 15, "GOAWAY in packet 4; closed in packet 12 without",
                "GOAWAY in packet 4 of a.pcapng; closed in packet 2 without");
    assert_text(&wire, 4, "packet 4 and packet 11", "packet 4 and packet 1 of c.pcapng");
    assert_text(&wire, 0, "in packet 11", "in packet 1 of c.pcapng");
    assert_text(&wire, 4, "a packet of bytes, packet ", "a packet of bytes, packet ");
    assert_text(&wire, 4, "", "");
    assert_text(&wire, 4, "packet 99999999999999999999", "packet 4294967285 of c.pcapng");
    assert_text(&one, 0, "in packet 11", "in packet 11");
    g_array_unref(wire.files);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/files/numbers", test_numbers);
    g_test_add_func("/files/text", test_text);
    return g_test_run();
}
