#include "cli/facts.h"

#include "tests/test.h"

#include <stdio.h>

static void test_counts_are_added(void)
{
    struct capture_facts sum = {.frames = 1, .dropped = 2};
    struct capture_facts more = {.frames = 10,
                                 .sip_messages = 20,
                                 .duplicate_frames = 30,
                                 .malformed = 40,
                                 .dropped = 50,
                                 .open_sessions = 60};

    facts_add(&sum, &more);
    CU_ASSERT_TRUE(sum.frames == 11 && sum.sip_messages == 20 && sum.duplicate_frames == 30);
    CU_ASSERT_TRUE(sum.malformed == 40 && sum.dropped == 52 && sum.open_sessions == 60);
}

static void test_reasons_meet_by_name(void)
{
    struct capture_facts sum = {.nreasons = 1, .reason = {{"not_sip", 1}}};
    struct capture_facts more = {.nreasons = 2, .reason = {{"late", 5}, {"not_sip", 2}}};

    facts_add(&sum, &more);
    CU_ASSERT_EQUAL(sum.nreasons, 2);
    CU_ASSERT_EQUAL(sum.reason[0].count, 3);
    CU_ASSERT_STRING_EQUAL(sum.reason[1].name, "late");
    CU_ASSERT_EQUAL(sum.reason[1].count, 5);
}

static void test_no_frame_is_lost_from_the_count(void)
{
    static char name[REASONS_MAX + 3][16];
    struct capture_facts sum = {0};
    uint64_t all = 0;

    for (int i = 0; i < REASONS_MAX + 3; i++) {
        struct capture_facts more = {.nreasons = 1};
        snprintf(name[i], sizeof name[i], "reason-%d", i);
        more.reason[0].name = name[i];
        more.reason[0].count = 1;
        facts_add(&sum, &more);
    }
    CU_ASSERT_EQUAL(sum.nreasons, REASONS_MAX);
    for (int i = 0; i < sum.nreasons; i++)
        all += sum.reason[i].count;
    CU_ASSERT_EQUAL(all, REASONS_MAX + 3);
}

static const struct test tests[] = {
    {"counts are added", test_counts_are_added},
    {"reasons meet by name", test_reasons_meet_by_name},
    {"no frame is lost from the count", test_no_frame_is_lost_from_the_count},
};

TEST_MAIN("facts", tests)
