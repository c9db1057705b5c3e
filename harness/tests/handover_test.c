#include "cli/handover.h"
#include "tests/test.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

/* Lets the other thread run on, so that the ring comes to be empty, or full. */
static void give_way(void)
{
    for (int i = 0; i < 100; i++)
        sched_yield();
}

/* More than the ring holds at once. */
enum { MESSAGES = 12000, SOURCES = 3, LARGE = 1200000 };

/* The judging side: what it was told. */
struct taker {
    int taken, wrong, ended;
    int fail_at; /* answers -EPIPE to this message; -1 to none */
    bool slow;
    nsec_t until;
};

static struct slice text_of(int i, char *room, size_t size)
{
    int n = snprintf(room, size, "BYE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK%d\r\nX: ", i);

    /* Now and then one that no ring holds. */
    for (int more = i % 1000 == 999 ? LARGE : i % 97; more > 0; more--)
        room[n++] = 'x';
    memcpy(room + n, "\r\n\r\n", 4);
    return (struct slice){room, (size_t)n + 4};
}

/* In its own thread, where CUnit must not be called. */
static int take(void *ctx, const struct news *news, const struct sip_msg *m, const struct payload *p)
{
    static char room[LARGE + 1000];
    struct taker *t = ctx;
    struct slice text = text_of(t->taken, room, sizeof room);
    bool right;

    if (t->taken == t->fail_at)
        return -EPIPE;
    right = slice_eq(sip_text(m), text) && m->nfields == 2 &&
            slice_eq(sip_field_name(m, &m->field[1]), SLICE("X")) &&
            sip_value(m, SIP_VIA).p == m->base + m->field[0].value && p->frame == (uint64_t)t->taken + 1 &&
            p->bytes.n == 0 && news->evidence.until == t->taken && news->holes == (uint64_t)t->taken * 2 &&
            news->evidence.nends == SOURCES;
    for (int i = 0; right && i < SOURCES; i++)
        right = news->evidence.ends[i] == t->taken * 10 + i;
    t->wrong += !right;
    t->taken++;
    if (t->slow && t->taken % 100 == 0)
        give_way();
    return 0;
}

static int end(void *ctx, const struct news *news)
{
    struct taker *t = ctx;

    t->ended++;
    t->until = news->evidence.until;
    return 0;
}

/* Puts all of them; 0, or the first answer that is not. */
static int put_all(struct handover *h)
{
    static struct sip_field table[SIP_FIELDS_MAX];
    static char room[LARGE + 1000];
    nsec_t ends[SOURCES];
    struct news news = {.evidence = {.ends = ends, .nends = SOURCES}};
    int e = 0;

    for (int i = 0; i < MESSAGES && e == 0; i++) {
        struct slice text = text_of(i, room, sizeof room);
        struct payload p = {.bytes = text, .frame = (uint64_t)i + 1};
        struct sip_msg m;
        size_t used;

        CU_ASSERT_EQUAL_FATAL(sip_scan(&m, table, text, SIP_DATAGRAM, &used), SIP_SCAN_OK);
        news.evidence.until = i;
        news.holes = (uint64_t)i * 2;
        for (int s = 0; s < SOURCES; s++)
            ends[s] = i * 10 + s;
        e = handover_put(h, &news, &m, &p);
        memset(room, 0, text.n); /* what was put is a copy */
    }
    return e;
}

static struct handover *open_to(struct taker *t)
{
    struct handover *h = NULL;

    CU_ASSERT_EQUAL_FATAL(handover_new((struct handover_taker){take, end, t}, &h), 0);
    return h;
}

static void check_all(bool slow)
{
    struct taker t = {.fail_at = -1, .slow = slow};
    struct news last = {.evidence = {.until = 12345}};
    struct handover *h = open_to(&t);

    CU_ASSERT_EQUAL(put_all(h), 0);
    CU_ASSERT_EQUAL(handover_end(h, &last), 0);
    CU_ASSERT_EQUAL(t.taken, MESSAGES);
    CU_ASSERT_EQUAL(t.wrong, 0);
    CU_ASSERT_EQUAL(t.ended, 1);
    CU_ASSERT_EQUAL(t.until, 12345);
    handover_free(h);
}

static void takes_all_in_order(void)
{
    check_all(false);
}

static void waits_for_a_slow_taker(void)
{
    check_all(true);
}

static void tells_what_the_taker_answered(void)
{
    struct taker t = {.fail_at = 10};
    struct handover *h = open_to(&t);
    int e;

    do
        e = put_all(h);
    while (e == 0);
    CU_ASSERT_EQUAL(e, -ECANCELED);
    CU_ASSERT_EQUAL(handover_stop(h), -EPIPE);
    CU_ASSERT_EQUAL(handover_stop(h), -EPIPE);
    CU_ASSERT_EQUAL(t.taken, 10);
    CU_ASSERT_EQUAL(t.ended, 0);
    handover_free(h);
}

/* What was put is taken, and the end is not told. */
static void may_be_left(void)
{
    struct taker t = {.fail_at = -1};
    struct handover *h = open_to(&t);

    CU_ASSERT_EQUAL(put_all(h), 0);
    handover_free(h);
    CU_ASSERT_EQUAL(t.taken, MESSAGES);
    CU_ASSERT_EQUAL(t.ended, 0);
    handover_free(NULL);
}

static const struct test tests[] = {
    {"takes all in order", takes_all_in_order},
    {"waits for a slow taker", waits_for_a_slow_taker},
    {"tells what the taker answered", tells_what_the_taker_answered},
    {"may be left", may_be_left},
};
TEST_MAIN("handover", tests)
