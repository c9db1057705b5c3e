#include "tests/test.h"
#include "wire/lru.h"

static void finds_what_was_added(void)
{
    struct lru l;
    uint32_t a, b, c;

    CU_ASSERT_EQUAL_FATAL(lru_init(&l, 3), 0);
    a = lru_add(&l, 7);
    b = lru_add(&l, 7 + 8); /* the same bucket */
    c = lru_add(&l, 7);     /* the same hash */
    CU_ASSERT_EQUAL(lru_add(&l, 9), LRU_NONE);
    CU_ASSERT_EQUAL(lru_find(&l, 15), b);
    CU_ASSERT_EQUAL(lru_find_next(&l, b), LRU_NONE);
    CU_ASSERT_EQUAL(lru_find(&l, 7), c);
    CU_ASSERT_EQUAL(lru_find_next(&l, c), a);
    CU_ASSERT_EQUAL(lru_find_next(&l, a), LRU_NONE);
    lru_remove(&l, c);
    CU_ASSERT_EQUAL(lru_find(&l, 7), a);
    CU_ASSERT_EQUAL(lru_add(&l, 1), c);
    CU_ASSERT_EQUAL(l.used, 3);
    lru_done(&l);
}

static void keeps_the_order_of_use(void)
{
    struct lru l;
    uint32_t a, b, c;

    CU_ASSERT_EQUAL_FATAL(lru_init(&l, 3), 0);
    CU_ASSERT_EQUAL(l.oldest, LRU_NONE);
    a = lru_add(&l, 1);
    b = lru_add(&l, 2);
    c = lru_add(&l, 3);
    CU_ASSERT_EQUAL(l.oldest, a);
    lru_touch(&l, a);
    CU_ASSERT_EQUAL(l.oldest, b);
    lru_touch(&l, c);
    lru_touch(&l, c);
    CU_ASSERT_EQUAL(l.oldest, b);
    lru_remove(&l, b);
    CU_ASSERT_EQUAL(l.oldest, a);
    lru_remove(&l, a);
    lru_remove(&l, c);
    CU_ASSERT_EQUAL(l.oldest, LRU_NONE);
    CU_ASSERT_EQUAL(l.newest, LRU_NONE);
    lru_done(&l);
}

/* Against a plain array that does the same slowly. */
static void agrees_with_a_plain_table(void)
{
    enum { SLOTS = 37, STEPS = 20000 };
    uint64_t hash[SLOTS] = {0};
    bool used[SLOTS] = {false};
    uint32_t seed = 1, n = 0;
    struct lru l;

    CU_ASSERT_EQUAL_FATAL(lru_init(&l, SLOTS), 0);
    for (int i = 0; i < STEPS; i++) {
        uint32_t slot;
        seed = seed * 1664525u + 1013904223u;
        slot = (seed >> 8) % SLOTS;
        if (used[slot] && seed >> 31) {
            lru_remove(&l, slot);
            used[slot] = false;
            n--;
        } else if ((slot = lru_add(&l, (seed >> 16) % 16)) != LRU_NONE) {
            CU_ASSERT_FALSE_FATAL(used[slot]);
            used[slot] = true;
            hash[slot] = (seed >> 16) % 16;
            n++;
        }
        CU_ASSERT_EQUAL_FATAL(l.used, n);
    }
    for (uint64_t h = 0; h < 16; h++) {
        uint32_t found = 0, want = 0;
        for (uint32_t s = lru_find(&l, h); s != LRU_NONE; s = lru_find_next(&l, s), found++)
            CU_ASSERT_TRUE(used[s] && hash[s] == h);
        for (uint32_t s = 0; s < SLOTS; s++)
            want += used[s] && hash[s] == h;
        CU_ASSERT_EQUAL(found, want);
    }
    lru_done(&l);
}

static const struct test tests[] = {{"finds what was added", finds_what_was_added},
                                    {"keeps the order of use", keeps_the_order_of_use},
                                    {"agrees with a plain table", agrees_with_a_plain_table}};
TEST_MAIN("lru", tests)
