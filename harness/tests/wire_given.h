/* A wire with a sink that keeps the latest payload, for tests: frames are given, what came of them is looked
 * at. */
#ifndef CPMSPEC_TESTS_WIRE_GIVEN_H
#define CPMSPEC_TESTS_WIRE_GIVEN_H

#include "tests/craft.h"
#include "tests/test.h"
#include "wire/link.h"
#include "wire/wire.h"

#define BYE "BYE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n"
#define A   "192.0.2.1"
#define B   "192.0.2.2"
#define A6  "2001:db8::1"
#define B6  "2001:db8::2"

struct seen {
    unsigned n;
    struct payload last; /* bytes are not kept */
    char bytes[4096];
    size_t nbytes;
    int answer;
};

static struct seen seen;
static struct wire *w;
static uint64_t number;
static nsec_t now;

static inline int64_t take(void *ctx, const struct payload *p)
{
    CU_ASSERT_PTR_EQUAL(ctx, &seen);
    seen.n++;
    seen.last = *p;
    seen.nbytes = p->bytes.n < sizeof seen.bytes ? p->bytes.n : sizeof seen.bytes;
    memcpy(seen.bytes, p->bytes.p, seen.nbytes);
    return seen.answer ? seen.answer : (int64_t)p->bytes.n;
}

static inline void fresh_with(const struct wire_options *options)
{
    wire_free(w);
    w = NULL;
    seen = (struct seen){.n = 0};
    number = 0;
    now = 1700000000 * NSEC_PER_SEC;
    CU_ASSERT_EQUAL_FATAL(wire_new(options, (struct payload_sink){take, &seen}, &w), 0);
}

static inline void fresh(void)
{
    fresh_with(NULL);
}

static inline void give_link(uint32_t linktype, struct slice bytes)
{
    struct frame f = craft_frame(++number, now, linktype, bytes);

    now += 1000;
    CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
}

static inline void give(struct slice ip)
{
    give_link(LINKTYPE_RAW, ip);
}

/* Every frame has become something: the outcomes add up. */
static inline void check_outcomes(void)
{
    uint64_t sum = 0;

    CU_ASSERT_EQUAL(wire_flush(w), 0);
    for (int i = 0; i < WIRE_OUTCOMES; i++)
        sum += wire_count(w, i);
    CU_ASSERT_EQUAL(sum, wire_frames(w));
    CU_ASSERT_EQUAL(wire_frames(w), number);
}

static inline void check_seen(unsigned n, const char *src, uint16_t sport, enum transport transport)
{
    struct addr a = craft_addr(src);

    CU_ASSERT_EQUAL(seen.n, n);
    CU_ASSERT_TRUE(addr_eq(&seen.last.src.addr, &a));
    CU_ASSERT_EQUAL(seen.last.src.port, sport);
    CU_ASSERT_EQUAL(seen.last.transport, transport);
    CU_ASSERT_EQUAL(seen.last.frame, number);
    CHECK_SLICE(((struct slice){seen.bytes, seen.nbytes}), BYE);
}

#endif
