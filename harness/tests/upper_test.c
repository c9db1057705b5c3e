#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/upper.h"

static bool decode(struct slice bytes, struct upper *u)
{
    struct slice g = guarded(bytes);
    bool ok = upper_decode(g, u);

    if (ok) {
        u->data = join(u->data, SLICE(""));
        u->protocol = u->protocol.p ? join(u->protocol, SLICE("")) : u->protocol;
    }
    unguard(g);
    return ok;
}

static void decodes_what_wireshark_writes(void)
{
    struct slice bytes = SLICE("\0\x0c\0\x08sip.tcp\0"
                               "\0\x14\0\4\xc0\0\2\1"
                               "\0\x15\0\4\xc0\0\2\2"
                               "\0\x18\0\4\0\0\0\2"
                               "\0\x19\0\4\0\0\xdb\x86"
                               "\0\x1a\0\4\0\0\x13\xc5"
                               "\0\x1e\0\4\0\0\0\x09"
                               "\x77\x77\0\2??"
                               "\0\0\0\0data");
    struct addr src = craft_addr("192.0.2.1"), dst = craft_addr("192.0.2.2");
    struct upper u;

    CU_ASSERT_TRUE_FATAL(decode(bytes, &u));
    CHECK_SLICE(u.protocol, "sip.tcp");
    CHECK_SLICE(u.data, "data");
    CU_ASSERT_TRUE(addr_eq(&u.src.addr, &src) && addr_eq(&u.dst.addr, &dst));
    CU_ASSERT_TRUE(u.src.port == 56198 && u.dst.port == 5061 && u.port_type == UPPER_TCP && u.frame == 9);
    for (size_t n = 0; n < bytes.n - 4; n++)
        CU_ASSERT_FALSE(decode(slice_head(bytes, n), &u));
}

static void decodes_version_6(void)
{
    struct addr src = craft_addr("2001:db8::1");
    struct upper u;

    CU_ASSERT_TRUE_FATAL(decode(SLICE("\0\x16\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0"), &u));
    CU_ASSERT_TRUE(addr_eq(&u.src.addr, &src));
    CU_ASSERT_PTR_NULL(u.protocol.p);
    CU_ASSERT_EQUAL(u.data.n, 0);
}

/* Values of a wrong length are not believed, and not read past. */
static void passes_over_odd_values(void)
{
    struct addr none = {{0}};
    struct upper u;

    CU_ASSERT_TRUE(decode(SLICE("\0\x14\0\2\xc0\0\0\x17\0\1x\0\x19\0\0\0\x1e\0\1\x09\0\0\0\0"), &u));
    CU_ASSERT_TRUE(addr_eq(&u.src.addr, &none) && u.src.port == 0 && u.frame == 0);
}

static const struct test tests[] = {
    {"decodes what Wireshark writes", decodes_what_wireshark_writes},
    {"decodes version 6", decodes_version_6},
    {"passes over odd values", passes_over_odd_values},
};
TEST_MAIN("upper", tests)
