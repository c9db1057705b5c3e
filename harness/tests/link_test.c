#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/link.h"

#define IP4 "\x45IPv4"
#define IP6 "\x60IPv6"

static const char macs[] = "\2\0\0\0\0\1\2\0\0\0\0\2";

static struct slice after_macs(const char *rest, size_t n)
{
    return craft_join(macs, 12, (struct slice){rest, n});
}

/* The frame stands against a page that cannot be read, so that one byte too far is a crash. */
static enum link_result find(uint32_t linktype, struct slice frame, struct slice *ret)
{
    struct slice g = guarded(frame), ip = {NULL, 0};
    enum link_result r = link_find_ip(linktype, g, &ip);

    *ret = r == LINK_IP ? join(ip, SLICE("")) : ip;
    unguard(g);
    return r;
}

static void finds_ip_behind_every_link_layer(void)
{
    const struct {
        const char *name;
        uint32_t linktype;
        struct slice frame;
    } cases[] = {
        {"ethernet", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" IP4)},
        {"ethernet v6", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x86\xdd" IP6)},
        {"vlan", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x81\0\0\5\x08\0" IP4)},
        {"qinq", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x88\xa8\0\5\x81\0\0\7\x86\xdd" IP6)},
        {"old qinq", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x91\0\0\5\x92\0\0\7\x08\0" IP4)},
        {"mpls", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x88\x47\0\1\0\x40\0\2\1\x40" IP4)},
        {"mpls v6", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x88\x48\0\2\1\x40" IP6)},
        {"pseudowire", 1,
         SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x88\x47\0\2\1\x40\0\0\0\0\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" IP4)},
        {"pseudowire without control word", 1,
         SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x88\x47\0\2\1\x40\x12\0\0\0\0\1\2\0\0\0\0\2\x08\0" IP4)},
        {"pppoe", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x88\x64\x11\0\0\1\0\7\0\x21" IP4)},
        {"snap", 1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\0\x0d\xaa\xaa\3\0\0\0\x08\0" IP4)},
        {"cooked", 113, SLICE("\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0" IP4)},
        {"cooked vlan", 113, SLICE("\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x81\0\0\5\x86\xdd" IP6)},
        {"cooked llc", 113, SLICE("\0\0\0\1\0\6\2\0\0\0\0\1\0\0\0\4\xaa\xaa\3\0\0\0\x08\0" IP4)},
        {"cooked 2", 276, SLICE("\x86\xdd\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0" IP6)},
        {"raw", 101, SLICE(IP4)},
        {"raw, libpcap's number", 12, SLICE(IP6)},
        {"raw, OpenBSD's", 14, SLICE(IP6)},
        {"ipv4", 228, SLICE(IP4)},
        {"ipv6", 229, SLICE(IP6)},
        {"null, little-endian", 0, SLICE("\2\0\0\0" IP4)},
        {"null, big-endian", 0, SLICE("\0\0\0\2" IP4)},
        {"null, FreeBSD v6", 0, SLICE("\x1c\0\0\0" IP6)},
        {"null, macOS v6", 0, SLICE("\x1e\0\0\0" IP6)},
        {"null, Linux v6", 0, SLICE("\x0a\0\0\0" IP6)},
        {"loop", 108, SLICE("\0\0\0\x18" IP6)},
        {"ppp", 9, SLICE("\xff\3\0\x21" IP4)},
        {"ppp, short forms", 9, SLICE("\x57" IP6)},
        {"ppp over hdlc", 50, SLICE("\xff\3\0\x57" IP6)},
        {"cisco hdlc in ppp's clothes", 50, SLICE("\x0f\0\x08\0" IP4)},
        {"pppd", 166, SLICE("\1\3\0\x21" IP4)},
        {"ppp over ethernet alone", 51, SLICE("\x11\0\0\1\0\7\0\x21" IP4)},
        {"cisco hdlc", 104, SLICE("\x0f\0\x08\0" IP4)},
        {"wlan", 105, SLICE("\x08\1\0\0\2\0\0\0\0\1\2\0\0\0\0\1\2\0\0\0\0\1\0\0\xaa\xaa\3\0\0\0\x08\0" IP4)},
        {"wlan with qos", 105,
         SLICE("\x88\1\0\0\2\0\0\0\0\1\2\0\0\0\0\1\2\0\0\0\0\1\0\0\0\0\xaa\xaa\3\0\0\0\x08\0" IP4)},
        {"wlan, four addresses", 105,
         SLICE("\x08\3\0\0\2\0\0\0\0\1\2\0\0\0\0\1\2\0\0\0\0\1\0\0\2\0\0\0\0\1\xaa\xaa\3\0\0\0\x08\0" IP4)},
        {"radiotap", 127,
         SLICE("\0\0\x09\0\0\0\0\0\0\x08\1\0\0\2\0\0\0\0\1\2\0\0\0\0\1\2\0\0\0\0\1\0\0\xaa\xaa\3\0\0\0\x08"
               "\0" IP4)},
        {"nflog", 239, SLICE("\2\0\0\0\x06\0\1\0ab\0\0\x09\0\x09\0" IP4)},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool v6 = memmem(cases[i].frame.p, cases[i].frame.n, IP6, 5);
        struct slice ip;
        enum link_result r = find(cases[i].linktype, cases[i].frame, &ip);
        if (r != LINK_IP || ip.n != 5 || memcmp(ip.p, v6 ? IP6 : IP4, 5) != 0)
            printf("\n    %s: %d\n", cases[i].name, (int)r);
        CU_ASSERT_EQUAL(r, LINK_IP);
        CU_ASSERT_TRUE(ip.n == 5 && memcmp(ip.p, v6 ? IP6 : IP4, 5) == 0);
        /* and cut anywhere it is never IP before its first byte */
        for (size_t n = 0; n <= cases[i].frame.n - 5; n++)
            CU_ASSERT_NOT_EQUAL(find(cases[i].linktype, slice_head(cases[i].frame, n), &ip), LINK_IP);
    }
}

static void knows_what_is_no_ip(void)
{
    const struct {
        uint32_t linktype;
        struct slice frame;
        enum link_result want;
    } cases[] = {
        {1,
         SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x08\x06"
               "arp"),
         LINK_NOT_IP},
        {1,
         SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x88\xcc"
               "lldp"),
         LINK_NOT_IP},
        {1,
         SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\0\x26"
               "\x42\x42\3 spanning tree"),
         LINK_NOT_IP},
        {1,
         SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x86\xdd"
               "\x90 no version"),
         LINK_NOT_IP},
        {1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x88\x64\x11\0\0\1\0\7\xc0\x21lcp"), LINK_NOT_IP},
        {1, SLICE("\2\0\0\0\0\1"), LINK_SHORT},
        {1, SLICE("\2\0\0\0\0\1\2\0\0\0\0\2\x81\0\0"), LINK_SHORT},
        {113,
         SLICE("\0\0\3\x38\0\0\0\0\0\0\0\0\0\0\0\3"
               "netlink"),
         LINK_NOT_IP},
        {0,
         SLICE("\x07\0\0\0"
               "ns"),
         LINK_NOT_IP},
        {105, SLICE("\x08\x41\0\0\2\0\0\0\0\1\2\0\0\0\0\1\2\0\0\0\0\1\0\0secret"), LINK_SECRET},
        {105, SLICE("\x80\0\0\0 beacon"), LINK_NOT_IP},
        {239, SLICE("\2\0\0\0\x06\0\1\0ab\0\0"), LINK_SHORT},
        {147, SLICE("private"), LINK_UNKNOWN},
        {1, {NULL, 0}, LINK_SHORT},
        {101, {NULL, 0}, LINK_SHORT},
        {113, {NULL, 0}, LINK_SHORT},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice ip;
        CU_ASSERT_EQUAL(find(cases[i].linktype, cases[i].frame, &ip), cases[i].want);
    }
}

static void bounds_the_nesting(void)
{
    char tags[400];
    struct slice ip;

    for (size_t i = 0; i < sizeof tags; i += 4)
        memcpy(tags + i, "\x81\0\0\1", 4);
    CU_ASSERT_EQUAL(find(1, after_macs(tags, sizeof tags), &ip), LINK_NOT_IP);
    memcpy(tags, "\x88\x47", 2);
    memset(tags + 2, 0, sizeof tags - 2); /* labels without a bottom */
    CU_ASSERT_EQUAL(find(1, after_macs(tags, sizeof tags), &ip), LINK_NOT_IP);
}

static const struct test tests[] = {
    {"finds IP behind every link layer", finds_ip_behind_every_link_layer},
    {"knows what is no IP", knows_what_is_no_ip},
    {"bounds the nesting", bounds_the_nesting},
};
TEST_MAIN("link", tests)
