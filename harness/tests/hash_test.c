#include "tests/craft.h"
#include "tests/test.h"
#include "wire/hash.h"

static void depends_on_every_byte_and_the_length(void)
{
    char text[100];
    uint64_t seen[sizeof text * 2 + 1];
    size_t n = 0;

    memset(text, 'x', sizeof text);
    for (size_t len = 0; len <= sizeof text; len++)
        seen[n++] = hash_bytes((struct slice){text, len}, 0);
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] ^= 1;
        seen[n++] = hash_bytes((struct slice){text, sizeof text}, 0);
        text[i] ^= 1;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            CU_ASSERT_NOT_EQUAL(seen[i], seen[j]);
    CU_ASSERT_NOT_EQUAL(hash_bytes(SLICE("x"), 0), hash_bytes(SLICE("x"), 1));
}

/* 2**16 hashes that differ in two bytes spread over 2**16 buckets as chance would have it: about 37 % of them
 * stay empty. */
static void spreads(void)
{
    static uint8_t bucket[65536];
    char text[40] = "BYE sip:bob@b.example SIP/2.0 z9hG4bK";
    unsigned empty = 0;

    for (unsigned i = 0; i < 65536; i++) {
        text[20] = (char)i;
        text[30] = (char)(i >> 8);
        bucket[hash_bytes((struct slice){text, sizeof text}, 0) & 0xffff] = 1;
    }
    for (unsigned i = 0; i < 65536; i++)
        empty += !bucket[i];
    CU_ASSERT_TRUE(empty > 23500 && empty < 24700);
}

static void knows_directions(void)
{
    struct endpoint a = {craft_addr("192.0.2.1"), 5060}, b = {craft_addr("192.0.2.2"), 5060};
    struct endpoint c = {craft_addr("192.0.2.1"), 5061};

    CU_ASSERT_EQUAL(hash_pair(&a, &b), hash_pair(&b, &a));
    CU_ASSERT_NOT_EQUAL(hash_way(&a, &b), hash_way(&b, &a));
    CU_ASSERT_NOT_EQUAL(hash_pair(&a, &b), hash_pair(&c, &b));
    CU_ASSERT_NOT_EQUAL(hash_pair(&a, &a), hash_pair(&b, &b));
}

static const struct test tests[] = {
    {"depends on every byte and the length", depends_on_every_byte_and_the_length},
    {"spreads", spreads},
    {"knows directions", knows_directions}};
TEST_MAIN("hash", tests)
