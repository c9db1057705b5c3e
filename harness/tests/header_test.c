#include "sip/header.h"
#include "tests/guard.h"
#include "tests/test.h"

static struct guard guard;

/* Every known name, as written, in capitals and in small letters, at the edge of readable memory; and no
 * name that differs in one bit of one letter, except in case. */
static void knows_every_name(void)
{
    for (int id = 1; id < SIP_HEADER_COUNT; id++) {
        struct slice name = slice_of(sip_header_name((enum sip_header)id));
        char text[64];
        for (size_t i = 0; i < name.n; i++)
            for (int bit = 0; bit < 8; bit++) {
                bool letter = (name.p[i] | 0x20) >= 'a' && (name.p[i] | 0x20) <= 'z';
                enum sip_header expect = letter && bit == 5 ? (enum sip_header)id : SIP_OTHER;
                memcpy(text, name.p, name.n);
                text[i] = (char)(text[i] ^ 1 << bit);
                CU_ASSERT_EQUAL(sip_header_id(guard_put(&guard, (struct slice){text, name.n})), expect);
            }
        CU_ASSERT_EQUAL(sip_header_id(guard_put(&guard, name)), (enum sip_header)id);
    }
    CU_ASSERT_EQUAL(sip_header_id(SLICE("")), SIP_OTHER);
    CU_ASSERT_EQUAL(sip_header_id(SLICE("P-Charging-Function-Addresses-And-More")), SIP_OTHER);
    CU_ASSERT_STRING_EQUAL(sip_header_name(SIP_OTHER), "");
}

static void knows_compact_forms(void)
{
    static const char forms[] = "vftimlcxa";
    static const enum sip_header ids[] = {
        SIP_VIA,           SIP_FROM,           SIP_TO,           SIP_CALL_ID,
        SIP_CONTACT,       SIP_CONTENT_LENGTH, SIP_CONTENT_TYPE, SIP_SESSION_EXPIRES,
        SIP_ACCEPT_CONTACT};

    for (int c = 0; c < 256; c++) {
        char letter = (char)c;
        bool upper = c >= 'A' && c <= 'Z';
        const char *at = c ? strchr(forms, upper ? c | 0x20 : c) : NULL;
        CU_ASSERT_EQUAL(sip_header_id(guard_put(&guard, (struct slice){&letter, 1})),
                        at ? ids[at - forms] : SIP_OTHER);
    }
    CHECK_SLICE(sip_name_long(SLICE("K")), "Supported");
    CHECK_SLICE(sip_name_long(SLICE("v")), "Via");
    CHECK_SLICE(sip_name_long(SLICE("q")), "q");
    CHECK_SLICE(sip_name_long(SLICE("X-Any")), "X-Any");
    CU_ASSERT_EQUAL(sip_name_long(SLICE("")).n, 0);
}

static void knows_methods(void)
{
    CU_ASSERT_EQUAL(sip_method_id(SLICE("BYE")), SIP_BYE);
    CU_ASSERT_EQUAL(sip_method_id(SLICE("SUBSCRIBE")), SIP_SUBSCRIBE);
    CU_ASSERT_EQUAL(sip_method_id(SLICE("bye")), SIP_METHOD_OTHER);
    CU_ASSERT_EQUAL(sip_method_id(SLICE("BYEE")), SIP_METHOD_OTHER);
    CU_ASSERT_EQUAL(sip_method_id(SLICE("")), SIP_METHOD_OTHER);
    CU_ASSERT_EQUAL(sip_method_id((struct slice){NULL, 0}), SIP_METHOD_OTHER);
    CU_ASSERT_TRUE(sip_header_is_list(SIP_VIA));
    CU_ASSERT_FALSE(sip_header_is_list(SIP_FROM));
}

int main(int argc, char **argv)
{
    static const struct test tests[] = {
        {"knows_every_name", knows_every_name},
        {"knows_compact_forms", knows_compact_forms},
        {"knows_methods", knows_methods},
    };
    int status;

    guard_init(&guard, 4096);
    status = test_main(argc, argv, "header", tests, sizeof tests / sizeof tests[0]);
    guard_done(&guard);
    return status;
}
