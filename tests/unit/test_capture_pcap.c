/* SPDX-License-Identifier: MIT */
/* Classic pcap as pcapng, and filters. */
#include "annotator/capture/capture.h"
#include "tests/unit/pcapng_build.h"
#include "tests/unit/scratch.h"

#define SECONDS 1700000000u
#define LATE_SECONDS 3000000000u /* in 2065: past 31 bits */
#define MICRO 0xA1B2C3D4u
#define NANO 0xA1B23C4Du

static void put_file_header(GByteArray *out, bool big, uint32_t magic, uint32_t snaplen)
{
    build_32(out, big, magic);
    build_16(out, big, 2);
    build_16(out, big, 4);
    build_64(out, big, 0);
    build_32(out, big, snaplen);
    build_32(out, big, 101); /* raw IP */
}

static void put_record(GByteArray *out, bool big, uint32_t seconds, uint32_t fraction,
                       const char *bytes)
{
    build_32(out, big, seconds);
    build_32(out, big, fraction);
    build_32(out, big, (uint32_t)strlen(bytes));
    build_32(out, big, (uint32_t)strlen(bytes) + 1);
    g_byte_array_append(out, (const uint8_t *)bytes, (guint)strlen(bytes));
}

static GByteArray *make_pcap(bool big, uint32_t magic)
{
    GByteArray *out = g_byte_array_new();
    put_file_header(out, big, magic, 96);
    put_record(out, big, SECONDS, 123456, "first");
    put_record(out, big, LATE_SECONDS, 999999, "second!!");
    return out;
}

/* What make_pcap is to become. */
static GByteArray *make_pcapng(bool nano)
{
    GByteArray *out = g_byte_array_new(), *options = g_byte_array_new();
    uint64_t units = nano ? 1000000000 : 1000000;
    struct build_packet packet = {.type = BLOCK_EPB, .bytes = "first", .caplen = 5, .wirelen = 6};
    if (nano) {
        build_option(options, false, 9, "\x09", 1, 0);
        build_end(options, false);
    }
    build_shb(out, false, -1, NULL);
    build_idb(out, false, 101, 96, options);
    packet.stamp = SECONDS * units + 123456;
    build_packet(out, false, &packet);
    packet =
        (struct build_packet){.type = BLOCK_EPB, .bytes = "second!!", .caplen = 8, .wirelen = 9};
    packet.stamp = LATE_SECONDS * units + 999999;
    build_packet(out, false, &packet);
    g_byte_array_free(options, TRUE);
    return out;
}

static struct capture *open_bytes(const GByteArray *bytes)
{
    GError *error = NULL;
    char *path = scratch_write("in", bytes->data, bytes->len);
    struct capture *capture = capture_open(path, &error);
    g_assert_no_error(error);
    g_free(path);
    return capture;
}

static GByteArray *read_all(struct capture *capture)
{
    GError *error = NULL;
    struct block block;
    GByteArray *all = g_byte_array_new();
    while (capture_next(capture, &block, &error))
        g_byte_array_append(all, block.data, (guint)block.len);
    g_assert_no_error(error);
    return all;
}

static void expect_bytes(struct capture *capture, const GByteArray *wanted)
{
    GByteArray *all = read_all(capture);
    assert_bytes(all->data, all->len, wanted->data, wanted->len);
    g_byte_array_free(all, TRUE);
}

static void check_conversion(bool big, uint32_t magic)
{
    GByteArray *pcap = make_pcap(big, magic), *pcapng = make_pcapng(magic == NANO);
    struct capture *capture = open_bytes(pcap);
    g_assert_true(capture_converted(capture));
    expect_bytes(capture, pcapng);
    g_assert_true(capture_rewind(capture, NULL));
    expect_bytes(capture, pcapng);
    g_assert_null(capture_damage(capture));
    capture_close(&capture);
    g_byte_array_free(pcap, TRUE);
    g_byte_array_free(pcapng, TRUE);
}

static void test_conversion(void)
{
    check_conversion(false, MICRO);
    check_conversion(true, MICRO);
    check_conversion(false, NANO);
    check_conversion(true, NANO);
}

static void test_packets(void)
{
    struct block b = {0};
    GByteArray *pcap = make_pcap(true, NANO);
    struct capture *capture = open_bytes(pcap);
    while (!b.is_packet)
        g_assert_true(capture_next(capture, &b, NULL));
    g_assert_cmpuint(b.packet, ==, 1);
    g_assert_cmpint(b.ns, ==, (int64_t)SECONDS * 1000000000 + 123456);
    g_assert_cmpuint(b.link_type, ==, 101);
    g_assert_true(b.annotatable && !b.big_endian);
    g_assert_true(capture_next(capture, &b, NULL));
    g_assert_cmpuint(b.packet, ==, 2);
    g_assert_cmpint(b.ns, ==, (int64_t)LATE_SECONDS * 1000000000 + 999999);
    capture_close(&capture);
    g_byte_array_free(pcap, TRUE);
}

/* libpcap alone would cut what is longer than the file header says. */
static void test_longer_than_snaplen(void)
{
    struct block b = {0};
    GByteArray *pcap = g_byte_array_new();
    put_file_header(pcap, false, MICRO, 4);
    put_record(pcap, false, SECONDS, 0, "more than four bytes");
    struct capture *capture = open_bytes(pcap);
    while (!b.is_packet)
        g_assert_true(capture_next(capture, &b, NULL));
    assert_bytes(b.bytes, b.caplen, "more than four bytes", 20);
    capture_close(&capture);
    g_byte_array_free(pcap, TRUE);
}

/* What is whole comes, and then a message. */
static void check_cut(guint len, const char *damage)
{
    GByteArray *pcap = make_pcap(false, MICRO), *whole = make_pcapng(false);
    g_byte_array_set_size(pcap, len);
    g_byte_array_set_size(whole, len < 45 ? 48 : whole->len - 40); /* the last EPB has 40 */
    struct capture *capture = open_bytes(pcap);
    expect_bytes(capture, whole);
    g_assert_true(g_str_has_prefix(capture_damage(capture), damage));
    g_assert_true(capture_rewind(capture, NULL));
    g_assert_true(g_str_has_prefix(capture_damage(capture), damage));
    expect_bytes(capture, whole);
    g_assert_true(g_str_has_prefix(capture_damage(capture), damage));
    capture_close(&capture);
    g_byte_array_free(pcap, TRUE);
    g_byte_array_free(whole, TRUE);
}

static void test_cut_short(void)
{
    check_cut(68, "after packet 1: truncated dump file");
    check_cut(50, "after packet 1: truncated dump file");
    check_cut(30, "after packet 0: truncated dump file");
}

static void expect_refused(const GByteArray *pcap, const char *part)
{
    GError *error = NULL;
    char *path = scratch_write("refused", pcap->data, pcap->len);
    g_assert_null(capture_open(path, &error));
    g_assert_error(error, H2T_ERROR, H2T_ERROR_FORMAT);
    g_assert_true(g_str_has_prefix(error->message, path));
    g_assert_nonnull(strstr(error->message, part));
    g_clear_error(&error);
    g_free(path);
}

static void test_refused(void)
{
    GByteArray *pcap = make_pcap(false, MICRO);
    pcap->data[4] = 9; /* major version */
    expect_refused(pcap, "version");
    g_byte_array_set_size(pcap, 23);
    expect_refused(pcap, "pcap file header of 23 bytes, wanted 24");
    g_byte_array_free(pcap, TRUE);
}

/* ---- Filters -------------------------------------------------------------------------------- */

/* An IPv4 header and the ports of TCP or UDP. */
static void make_ip(uint8_t ip[40], uint8_t protocol, uint16_t port)
{
    memset(ip, 0, 40);
    ip[0] = 0x45;
    ip[3] = 40;
    ip[8] = 64;
    ip[9] = protocol;
    ip[22] = (uint8_t)(port >> 8);
    ip[23] = (uint8_t)port;
}

static void put_ip(GByteArray *out, uint32_t interface, uint8_t protocol, uint16_t port)
{
    uint8_t frame[54] = {[12] = 8};
    bool ethernet = interface == 0;
    make_ip(frame + 14, protocol, port);
    build_packet(out, false,
                 &(struct build_packet){.type = BLOCK_EPB,
                                        .interface = interface,
                                        .bytes = ethernet ? frame : frame + 14,
                                        .caplen = ethernet ? 54 : 40,
                                        .wirelen = 54});
}

/* Ethernet, raw IP, and Bluetooth, to which "tcp" means nothing. */
static GByteArray *make_mixed(void)
{
    GByteArray *out = g_byte_array_new();
    build_shb(out, false, -1, NULL);
    build_idb(out, false, 1, 0, NULL);
    build_idb(out, false, 101, 0, NULL);
    build_idb(out, false, 201, 0, NULL);
    put_ip(out, 0, 6, 443);
    put_ip(out, 0, 6, 80);
    put_ip(out, 0, 17, 443);
    put_ip(out, 1, 6, 443);
    put_ip(out, 1, 6, 80);
    put_ip(out, 2, 6, 443);
    return out;
}

static void test_filter(void)
{
    static const bool wanted[] = {true, false, false, true, false, false};
    struct block b;
    GError *error = NULL;
    GByteArray *file = make_mixed();
    struct capture *capture = open_bytes(file);
    g_assert_true(capture_filter(capture, "tcp port 443", &error));
    g_assert_no_error(error);
    unsigned n = 0;
    while (capture_next(capture, &b, &error)) {
        g_assert_true(b.selected == (b.is_packet ? wanted[n] : true));
        n += b.is_packet;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(wanted));
    g_assert_true(capture_rewind(capture, &error));
    expect_bytes(capture, file); /* nothing is dropped */
    capture_close(&capture);
    g_byte_array_free(file, TRUE);
}

/* The filter is on before the first block comes, wherever the interfaces are described. */
static void test_filter_classic(void)
{
    struct block b = {0};
    GByteArray *pcap = make_pcap(false, MICRO);
    struct capture *capture = open_bytes(pcap);
    g_assert_true(capture_filter(capture, "greater 9", NULL));
    while (!b.is_packet)
        g_assert_true(capture_next(capture, &b, NULL));
    g_assert_false(b.selected);
    g_assert_true(capture_next(capture, &b, NULL));
    g_assert_true(b.selected);
    capture_close(&capture);
    g_byte_array_free(pcap, TRUE);
}

static void check_bad_filter(const GByteArray *file, const char *expression)
{
    GError *error = NULL;
    struct capture *capture = open_bytes(file);
    g_assert_false(capture_filter(capture, expression, &error));
    g_assert_error(error, H2T_ERROR, H2T_ERROR_USAGE);
    char *begin = g_strdup_printf("filter \"%s\": ", expression);
    g_assert_true(g_str_has_prefix(error->message, begin));
    g_assert_cmpuint(strlen(error->message), >, strlen(begin));
    g_clear_error(&error);
    g_free(begin);
    capture_close(&capture);
}

static void test_bad_filter(void)
{
    GByteArray *mixed = make_mixed(), *nothing = g_byte_array_new();
    check_bad_filter(mixed, "tcp port");
    check_bad_filter(mixed, "port 123456");
    build_shb(nothing, false, -1, NULL);
    check_bad_filter(nothing, "no such word");
    g_byte_array_free(mixed, TRUE);
    g_byte_array_free(nothing, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scratch_init();
    g_test_add_func("/capture/pcap/conversion", test_conversion);
    g_test_add_func("/capture/pcap/packets", test_packets);
    g_test_add_func("/capture/pcap/longer-than-snaplen", test_longer_than_snaplen);
    g_test_add_func("/capture/pcap/cut-short", test_cut_short);
    g_test_add_func("/capture/pcap/refused", test_refused);
    g_test_add_func("/capture/filter/mixed", test_filter);
    g_test_add_func("/capture/filter/classic", test_filter_classic);
    g_test_add_func("/capture/filter/bad", test_bad_filter);
    int rc = g_test_run();
    scratch_fini();
    return rc;
}
