#include "base/addr.h"
#include "tests/test.h"

static void parses(void)
{
    struct addr a, b;
    char text[ADDR_TEXT];
    struct endpoint e = {.port = 5060};

    CU_ASSERT_TRUE_FATAL(addr_parse(SLICE("127.0.10.1"), &a));
    CU_ASSERT_TRUE(addr_is_v4(&a));
    CU_ASSERT_STRING_EQUAL(addr_format(&a, text), "127.0.10.1");
    CU_ASSERT_TRUE_FATAL(addr_parse(SLICE("[2001:db8::1]"), &e.addr));
    CU_ASSERT_STRING_EQUAL(endpoint_format(&e, (char[ENDPOINT_TEXT]){0}), "[2001:db8::1]:5060");
    CU_ASSERT_TRUE(addr_parse(SLICE("::ffff:127.0.10.1"), &b));
    CU_ASSERT_TRUE(addr_eq(&a, &b));
    CU_ASSERT_FALSE(addr_parse(SLICE("a.example"), &a));
    CU_ASSERT_FALSE(addr_parse(SLICE("127.0.10.1\0"), &a));
    CU_ASSERT_FALSE(addr_parse(SLICE(""), &a));
}

static void networks(void)
{
    struct addr net, a;
    unsigned bits;

    CU_ASSERT_TRUE_FATAL(addr_parse_net(SLICE("127.0.8.0/21"), &net, &bits));
    CU_ASSERT_EQUAL(bits, 117);
    CU_ASSERT_TRUE(addr_parse(SLICE("127.0.15.255"), &a) && addr_in_net(&a, &net, bits));
    CU_ASSERT_TRUE(addr_parse(SLICE("127.0.16.0"), &a) && !addr_in_net(&a, &net, bits));
    CU_ASSERT_FALSE(addr_parse_net(SLICE("127.0.8.0/33"), &net, &bits));
    CU_ASSERT_FALSE(addr_parse_net(SLICE("127.0.8.0/"), &net, &bits));
    CU_ASSERT_TRUE(addr_parse_net(SLICE("2001:db8::/32"), &net, &bits));
    CU_ASSERT_EQUAL(bits, 32);
}

static const struct test tests[] = {{"parses", parses}, {"networks", networks}};
TEST_MAIN("addr", tests)
