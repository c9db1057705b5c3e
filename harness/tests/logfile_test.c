#include "drive/logfile.h"

#include "tests/scratch.h"
#include "tests/test.h"

static const char *kamailio(const char *text)
{
    static char out[256];

    return logfile_kamailio(scratch_file("log", text), out, sizeof out);
}

static const char *sipp(const char *text)
{
    static char out[64];

    return logfile_sipp(scratch_file("log", text), out, sizeof out);
}

static void test_kamailio(void)
{
    CU_ASSERT_STRING_EQUAL(
        kamailio("Listening on \n             udp: 127.0.10.2 [127.0.10.2]:5060\nAliases: \n\n"
                 " 0(7) INFO: <core> [main.c:1]: main(): all is well\n"
                 " 0(7) ERROR: <core> [core/udp_server.c:598]: udp_init(): bind(6, 127.0.10.2): in use\n"
                 " 0(7) CRITICAL: <core> [main.c:2]: main(): second\n"),
        "udp_init(): bind(6, 127.0.10.2): in use");
    CU_ASSERT_STRING_EQUAL(kamailio(" 0(7) CRITICAL: plain words\n"), "plain words");
    CU_ASSERT_STRING_EQUAL(kamailio("nothing\n"), "");
    CU_ASSERT_STRING_EQUAL(kamailio(""), "");
}

static const char *any(const char *text)
{
    static char out[64];

    return logfile_any(scratch_file("log", text), "tcpdump", out, sizeof out);
}

static void test_any(void)
{
    char out[64];

    CU_ASSERT_STRING_EQUAL(any("first\n  last words\r\n\n  \n"), "  last words");
    CU_ASSERT_STRING_EQUAL(any("tcpdump: eth9: No such device\n(No such device)\n"),
                           "tcpdump: eth9: No such device");
    CU_ASSERT_STRING_EQUAL(any("tcpdump: one\ntcpdump: two\n"), "tcpdump: two");
    CU_ASSERT_STRING_EQUAL(any("tcpdumps: one\ntwo\n"), "two");
    CU_ASSERT_STRING_EQUAL(any(""), "");
    CU_ASSERT_STRING_EQUAL(logfile_any("/dev/null", "x", out, sizeof out), "");
    CU_ASSERT_STRING_EQUAL(logfile_any(scratch_path("nowhere"), "x", out, sizeof out), "");
}

static void test_losses(void)
{
    static const struct {
        const char *text;
        uint64_t lost;
    } cases[] = {{"5 packets captured\n12 packets received by filter\n3 packets dropped by kernel\n", 3},
                 {"0 packets dropped by kernel\n9 packets dropped by interface\n", 0},
                 {"Packets received/dropped on interface 'lo': 80/4 (pcap:4/dumpcap:0)\n"
                  "Packets received/dropped on interface 'eth0': 7/1 (pcap:1/dumpcap:0)\n",
                  5},
                 {"99999999999 packets dropped by kernel\n packets dropped by kernel\n", 0},
                 {"-3 packets dropped by kernel\nPackets received/dropped on interface 'x'\n", 0},
                 {"", 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(logfile_dropped(scratch_file("log", cases[i].text)), cases[i].lost);
    CU_ASSERT_EQUAL(logfile_dropped(scratch_path("nowhere")), 0);
}

static void test_sipp(void)
{
    CU_ASSERT_STRING_EQUAL(
        sipp("The following events occurred:\n"
             "2026-01-31\t10:20:30.123456\t1769854830.123456: Aborting call on unexpected message\r\n"
             "2026-01-31\t10:20:31.000000\t1769854831.000000: later\n"),
        "Aborting call on unexpected message");
    CU_ASSERT_STRING_EQUAL(sipp("no time, no complaint\n"), "");
}

static void test_what_is_missing_or_long(void)
{
    char out[16], line[4000];

    CU_ASSERT_STRING_EQUAL(logfile_sipp("/no/such/file", out, sizeof out), "");
    CU_ASSERT_STRING_EQUAL(logfile_kamailio("/no/such/file", out, sizeof out), "");
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    memcpy(line, "d\tt\t1: ", 7);
    logfile_sipp(scratch_file("log", line), out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, "xxxxxxxxxxxxxxx");
}

static const struct test tests[] = {
    {"kamailio", test_kamailio},
    {"sipp", test_sipp},
    {"what is missing or long", test_what_is_missing_or_long},
    {"any other program", test_any},
    {"losses", test_losses},
};

TEST_MAIN("logfile", tests)
