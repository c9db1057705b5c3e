/* What functions reported by HEP is judged the same whatever their clocks say and in whatever order their
 * reports arrive: a wrong clock never makes a fail. */
#include "cli/pipeline.h"
#include "tests/defaults.h"
#include "tests/test.h"
#include "wire/link.h"
#include "wire/source.h"
#include "wire/upper.h"

#include <stdlib.h>

#define CAPTURE "harness/tests/captures/close-tls-hep.pcap"

enum { FRAMES_MAX = 256, REPORTERS_MAX = 16, ROUNDS = 300 };

/* A report as it was kept, with what it says taken apart. */
struct kept {
    struct frame frame;
    char *bytes;
    struct upper upper;
    int by; /* index of the reporter */
};

static struct kept kept[FRAMES_MAX];
static int nkept;
static uint32_t reporter[REPORTERS_MAX];
static int nreporters;
static uint32_t seed;

static uint32_t chance(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static int index_of(uint32_t who)
{
    for (int i = 0; i < nreporters; i++)
        if (reporter[i] == who)
            return i;
    if (nreporters == REPORTERS_MAX)
        return -1;
    reporter[nreporters] = who;
    return nreporters++;
}

static bool keep(const struct frame *f)
{
    struct kept *k = &kept[nkept];

    if (nkept == FRAMES_MAX || !(k->bytes = malloc(f->bytes.n)))
        return false;
    nkept++;
    k->frame = *f;
    memcpy(k->bytes, f->bytes.p, f->bytes.n);
    if (!upper_decode((struct slice){k->bytes, f->bytes.n}, &k->upper) || !k->upper.reported)
        return false;
    k->by = index_of(k->upper.report.reporter);
    return k->by >= 0;
}

static bool load(void)
{
    struct source *s = NULL;
    struct error err;
    struct frame f;
    bool all = source_open(CAPTURE, 0, &s, &err) == 0;

    while (all && source_next(s, &f, &err) == 1)
        all = keep(&f);
    source_free(s);
    return all && nkept > 0;
}

static int note(void *ctx, const struct result *r)
{
    enum verdict *worst = ctx;

    *worst = verdict_worst(*worst, r->verdict);
    return 0;
}

static struct pipeline *begin(enum verdict *worst)
{
    struct pipeline_config config = {.profile = profile, .flow = flow, .mirror = mirror};
    struct pipeline *p = NULL;
    struct error err;

    *worst = VERDICT_NOT_APPLICABLE;
    CU_ASSERT_EQUAL_FATAL(pipeline_new(&config, (struct result_sink){note, worst}, &p, &err), 0);
    return p;
}

/* Feeds one report as the `number`th, at `time`. */
static void give(struct pipeline *p, const struct kept *k, uint64_t number, nsec_t time, nsec_t stamp)
{
    static struct buf bytes = {.limit = 1 << 20};
    struct frame f = k->frame;
    struct upper u = k->upper;

    u.report.stamp = stamp;
    CU_ASSERT_EQUAL(upper_encode(&u, &bytes), 0);
    f.bytes = buf_slice(&bytes);
    f.wire_len = (uint32_t)bytes.n;
    f.number = number;
    f.time = time;
    CU_ASSERT_EQUAL(pipeline_frame(p, &f), 0);
}

static void end(struct pipeline *p)
{
    CU_ASSERT_EQUAL(pipeline_end(p), 0);
    pipeline_free(p);
}

/* Each clock is off by up to ten seconds. */
static void clocks_that_disagree(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        nsec_t off[REPORTERS_MAX];
        enum verdict worst;
        struct pipeline *p = begin(&worst);
        for (int i = 0; i < nreporters; i++)
            off[i] = (nsec_t)chance(20000) * NSEC_PER_MSEC - 10 * NSEC_PER_SEC;
        for (int i = 0; i < nkept; i++)
            give(p, &kept[i], (uint64_t)i + 1, kept[i].frame.time,
                 kept[i].upper.report.stamp + off[kept[i].by]);
        end(p);
        CU_ASSERT_EQUAL(worst, VERDICT_PASS);
    }
}

/* And is set while the session lasts: its own times cannot be trusted either. */
static void clocks_that_are_set(void)
{
    int passed = 0;

    for (int round = 0; round < ROUNDS; round++) {
        int set_at = (int)chance((uint32_t)nkept), who = (int)chance((uint32_t)nreporters);
        nsec_t by = (nsec_t)chance(4000) * NSEC_PER_MSEC - 2 * NSEC_PER_SEC;
        enum verdict worst;
        struct pipeline *p = begin(&worst);
        for (int i = 0; i < nkept; i++)
            give(p, &kept[i], (uint64_t)i + 1, kept[i].frame.time,
                 kept[i].upper.report.stamp + (i >= set_at && kept[i].by == who ? by : 0));
        end(p);
        CU_ASSERT_TRUE(worst == VERDICT_PASS || worst == VERDICT_INCONCLUSIVE);
        passed += worst == VERDICT_PASS;
    }
    CU_ASSERT_TRUE(passed > 0 && passed < ROUNDS);
}

/* Nothing is known at all: some say 0, and the rest anything. */
static void clocks_that_make_no_sense(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        enum verdict worst;
        struct pipeline *p = begin(&worst);
        for (int i = 0; i < nkept; i++)
            give(p, &kept[i], (uint64_t)i + 1, kept[i].frame.time,
                 chance(3) ? (nsec_t)chance(1 << 20) * NSEC_PER_SEC : 0);
        end(p);
        CU_ASSERT_TRUE(worst == VERDICT_PASS || worst == VERDICT_INCONCLUSIVE);
    }
}

/* Reports of each come in their order, those of different ones as it happens. */
static void reports_that_overtake_each_other(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        int next[REPORTERS_MAX] = {0}, fed = 0;
        enum verdict worst;
        struct pipeline *p = begin(&worst);
        while (fed < nkept) {
            int by = (int)chance((uint32_t)nreporters), *i = &next[by];
            while (*i < nkept && kept[*i].by != by)
                ++*i;
            if (*i == nkept)
                continue;
            give(p, &kept[*i], (uint64_t)fed + 1, kept[fed].frame.time, kept[*i].upper.report.stamp);
            fed++;
            ++*i;
        }
        end(p);
        CU_ASSERT_TRUE(worst == VERDICT_PASS || worst == VERDICT_INCONCLUSIVE);
    }
}

/* One function after the other does not report: its neighbours do. */
static void reports_that_one_does_not_send(void)
{
    for (int silent = 0; silent < nreporters; silent++) {
        enum verdict worst;
        struct pipeline *p = begin(&worst);
        for (int i = 0; i < nkept; i++)
            if (kept[i].by != silent)
                give(p, &kept[i], (uint64_t)i + 1, kept[i].frame.time, kept[i].upper.report.stamp);
        end(p);
        CU_ASSERT_TRUE(worst == VERDICT_PASS || worst == VERDICT_INCONCLUSIVE);
    }
}

static const struct test tests[] = {
    {"clocks that disagree", clocks_that_disagree},
    {"clocks that are set", clocks_that_are_set},
    {"clocks that make no sense", clocks_that_make_no_sense},
    {"reports that overtake each other", reports_that_overtake_each_other},
    {"reports that one does not send", reports_that_one_does_not_send},
};

int main(int argc, char **argv)
{
    int status;

    if (!defaults_load() || !load())
        return 99;
    status = test_main(argc, argv, "clocks", tests, sizeof tests / sizeof tests[0]);
    for (int i = 0; i < nkept; i++)
        free(kept[i].bytes);
    defaults_free();
    return status;
}
