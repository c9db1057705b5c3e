#include "tests/test.h"
#include "wire/dedup.h"

static struct dedup *fresh(void)
{
    struct dedup *d = NULL;

    CU_ASSERT_EQUAL_FATAL(dedup_new(1024, &d), 0);
    return d;
}

static void a_copy_follows_at_once(void)
{
    struct dedup *d = fresh();

    CU_ASSERT_FALSE(dedup_seen(d, 42, 7, 0, 0));
    CU_ASSERT_TRUE(dedup_seen(d, 42, 7, DEDUP_STRONG, 0));
    CU_ASSERT_FALSE(dedup_seen(d, 43, 7, 0, 0));
    CU_ASSERT_FALSE(dedup_seen(d, 42, 7, DEDUP_STRONG + 1, 0)); /* after the first: sent again */
    CU_ASSERT_TRUE(dedup_seen(d, 42, 7, DEDUP_STRONG + 2, 0));
    dedup_free(d);
    dedup_free(NULL);
}

/* Without an identification only the time tells: a retransmission comes 500 ms later (RFC 3261 T1). */
static void a_retransmission_is_no_copy(void)
{
    struct dedup *d = fresh();
    nsec_t at[] = {0, 500 * NSEC_PER_MSEC, 1500 * NSEC_PER_MSEC, 3500 * NSEC_PER_MSEC, 7500 * NSEC_PER_MSEC};

    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        CU_ASSERT_FALSE(dedup_seen(d, 42, 0, at[i], 0));
        CU_ASSERT_TRUE(dedup_seen(d, 42, 0, at[i] + 100 * NSEC_PER_USEC, 0));
    }
    CU_ASSERT_FALSE(dedup_seen(d, 42, 0, 8 * NSEC_PER_SEC, 0));
    dedup_free(d);
}

/* Two capture points whose clocks disagree by seconds, each sees the packet and its retransmissions. */
static void capture_points_are_matched_by_count(void)
{
    struct dedup *d = fresh();

    CU_ASSERT_FALSE(dedup_seen(d, 42, 0, 0, 0));
    CU_ASSERT_FALSE(dedup_seen(d, 42, 0, 500 * NSEC_PER_MSEC, 0));
    CU_ASSERT_TRUE(dedup_seen(d, 42, 0, 3000 * NSEC_PER_MSEC, 1));
    CU_ASSERT_TRUE(dedup_seen(d, 42, 0, 3500 * NSEC_PER_MSEC, 1));
    CU_ASSERT_FALSE(dedup_seen(d, 42, 0, 4500 * NSEC_PER_MSEC, 1)); /* the first point missed this one */
    CU_ASSERT_TRUE(dedup_seen(d, 42, 0, 4500 * NSEC_PER_MSEC, 0));
    for (uint32_t source = 2; source < 10; source++)
        CU_ASSERT_TRUE(dedup_seen(d, 42, 0, 5 * NSEC_PER_SEC, source));
    dedup_free(d);
}

/* The sender's second packet has another identification, however soon it follows. */
static void another_identification_is_another_packet(void)
{
    struct dedup *d = fresh();

    CU_ASSERT_FALSE(dedup_seen(d, 42, 7, 0, 0));
    CU_ASSERT_FALSE(dedup_seen(d, 42, 8, 1, 0));
    CU_ASSERT_TRUE(dedup_seen(d, 42, 8, 2, 0));
    CU_ASSERT_TRUE(dedup_seen(d, 42, 0, 3, 1)); /* another point, which does not tell it */
    CU_ASSERT_TRUE(dedup_seen(d, 42, 0, NSEC_PER_SEC, 1));
    CU_ASSERT_FALSE(dedup_seen(d, 42, 0, 2 * NSEC_PER_SEC, 1));
    dedup_free(d);
}

static void packets_are_forgotten(void)
{
    struct dedup *d = fresh();

    CU_ASSERT_FALSE(dedup_seen(d, 42, 7, 0, 0));
    CU_ASSERT_FALSE(dedup_seen(d, 42, 7, DEDUP_HORIZON + 1, 1));
    CU_ASSERT_TRUE(dedup_seen(d, 42, 7, DEDUP_HORIZON + 2, 0));
    dedup_free(d);
}

static void remembers_as_many_as_it_should(void)
{
    struct dedup *d = fresh();
    int found = 0;

    for (uint64_t i = 0; i < 1024; i++)
        CU_ASSERT_FALSE(dedup_seen(d, i * UINT64_C(0x9e3779b97f4a7c15), 7, 0, 0));
    for (uint64_t i = 0; i < 1024; i++)
        found += dedup_seen(d, i * UINT64_C(0x9e3779b97f4a7c15), 7, 1, 0);
    CU_ASSERT_TRUE(found > 800);
    dedup_free(d);
}

static void grows_without_forgetting(void)
{
    struct dedup *d = fresh();
    int found = 0;

    for (uint64_t i = 1; i <= 200; i++)
        CU_ASSERT_EQUAL(dedup_seen(d, i * UINT64_C(0x9e3779b97f4a7c15), 7, 0, 0), DEDUP_NEW);
    CU_ASSERT_EQUAL(dedup_grow(d, 20000), 0);
    for (uint64_t i = 1; i <= 10000; i++)
        found += dedup_seen(d, i * UINT64_C(0x9e3779b97f4a7c15), 7, 1, 0) == DEDUP_COPY;
    CU_ASSERT_EQUAL(found, 200);
    for (uint64_t i = 1; i <= 10000; i++)
        found += dedup_seen(d, i * UINT64_C(0x9e3779b97f4a7c15), 7, 2, 0) == DEDUP_COPY;
    CU_ASSERT_TRUE(found > 9000);
    dedup_free(d);
}

static const struct test tests[] = {
    {"a copy follows at once", a_copy_follows_at_once},
    {"a retransmission is no copy", a_retransmission_is_no_copy},
    {"capture points are matched by count", capture_points_are_matched_by_count},
    {"another identification is another packet", another_identification_is_another_packet},
    {"packets are forgotten", packets_are_forgotten},
    {"remembers as many as it should", remembers_as_many_as_it_should},
    {"grows without forgetting", grows_without_forgetting},
};
TEST_MAIN("dedup", tests)
