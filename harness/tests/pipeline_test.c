#include "cli/pipeline.h"

#include "tests/defaults.h"
#include "tests/oom.h"
#include "tests/test.h"
#include "wire/source.h"

#include <errno.h>
#include <stdio.h>

#define CAPTURE "harness/tests/captures/close-udp.pcap"

enum { ALL_FRAMES = 1 << 30, CAPTURE_FRAMES = 48 };

static bool two_threads;

/* What came out: how many results, and the worst verdict. */
struct outcome {
    int results, hops;
    enum verdict verdict;
};

static int note(void *ctx, const struct result *r)
{
    struct outcome *o = ctx;

    o->results++;
    o->hops += r->nrows;
    o->verdict = verdict_worst(o->verdict, r->verdict);
    return 0;
}

/* Feeds frames first to last (from 1) of the capture. */
static int feed(struct pipeline *p, int first, int last)
{
    struct source *in = NULL;
    struct error err;
    struct frame f;
    int r = source_open(CAPTURE, 0, &in, &err);

    while (r == 0 && (r = source_next(in, &f, &err)) > 0) {
        r = 0;
        if (f.number >= (uint64_t)first && f.number <= (uint64_t)last)
            r = pipeline_frame(p, &f);
    }
    source_free(in);
    return r;
}

static int judge(int first, int last, struct outcome *ret, struct capture_facts *facts)
{
    struct pipeline_config config = {
        .profile = profile, .flow = flow, .mirror = mirror, .two_threads = two_threads};
    struct pipeline *p = NULL;
    struct error err;
    int r;

    *ret = (struct outcome){.verdict = VERDICT_NOT_APPLICABLE};
    r = pipeline_new(&config, (struct result_sink){note, ret}, &p, &err);
    if (r == 0)
        r = feed(p, first, last);
    if (r == 0)
        r = pipeline_end(p);
    if (r == 0 && facts)
        pipeline_facts(p, facts);
    pipeline_free(p);
    return r;
}

static void judges_a_capture(void)
{
    struct capture_facts facts;
    struct outcome o;

    CU_ASSERT_EQUAL_FATAL(judge(1, ALL_FRAMES, &o, &facts), 0);
    CU_ASSERT_EQUAL(o.results, 1);
    CU_ASSERT_EQUAL(o.hops, 14);
    CU_ASSERT_EQUAL(o.verdict, VERDICT_PASS);
    CU_ASSERT_EQUAL(facts.frames, CAPTURE_FRAMES);
    CU_ASSERT_EQUAL(facts.sip_messages, CAPTURE_FRAMES);
    CU_ASSERT_EQUAL(facts.open_sessions, 0);
}

/* Whatever part of a good closing a capture holds: it never fails, and it passes only where it shows the end.
 */
static void a_part_of_the_truth_is_no_fail(void)
{
    for (int last = 0; last < CAPTURE_FRAMES; last++) {
        struct outcome o;

        CU_ASSERT_EQUAL(judge(1, last, &o, NULL), 0);
        CU_ASSERT_NOT_EQUAL(o.verdict, VERDICT_FAIL);
        CU_ASSERT_NOT_EQUAL(o.verdict, VERDICT_PASS);
    }
    for (int first = 2; first <= CAPTURE_FRAMES; first++) {
        struct outcome o;

        CU_ASSERT_EQUAL(judge(first, ALL_FRAMES, &o, NULL), 0);
        CU_ASSERT_NOT_EQUAL(o.verdict, VERDICT_FAIL);
    }
}

static int stop(void *ctx, const struct result *r)
{
    (void)ctx;
    (void)r;
    return -ECANCELED;
}

static void the_sink_can_stop_it(void)
{
    struct pipeline_config config = {
        .profile = profile, .flow = flow, .mirror = mirror, .two_threads = two_threads};
    struct pipeline *p = NULL;
    struct error err;
    int r;

    CU_ASSERT_EQUAL_FATAL(pipeline_new(&config, (struct result_sink){stop, NULL}, &p, &err), 0);
    r = feed(p, 1, ALL_FRAMES);
    if (r == 0)
        r = pipeline_end(p);
    CU_ASSERT_EQUAL(r, -ECANCELED);
    pipeline_free(p);
}

/* Lack of memory is told, or the evidence that was lost to it makes the verdict inconclusive; never a fail.
 */
static int judges(void *ctx)
{
    struct outcome o;
    int r = judge(1, ALL_FRAMES, &o, NULL);

    (void)ctx;
    if (r < 0)
        return r;
    return o.results == 1 && (o.verdict == VERDICT_PASS || o.verdict == VERDICT_INCONCLUSIVE) ? 0 : -EILSEQ;
}

/* Of one thread, since what is counted is what one thread takes and gives back. */
static void survives_lack_of_memory(void)
{
    CU_ASSERT_TRUE(oom_check(judges, NULL) > 20);
}

/* A pipeline that is given up in the middle: nothing is written after it is gone. */
static void may_be_left_in_the_middle(void)
{
    struct pipeline_config config = {
        .profile = profile, .flow = flow, .mirror = mirror, .two_threads = two_threads};
    struct outcome o = {.verdict = VERDICT_NOT_APPLICABLE};
    struct pipeline *p = NULL;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(pipeline_new(&config, (struct result_sink){note, &o}, &p, &err), 0);
    CU_ASSERT_EQUAL(feed(p, 1, CAPTURE_FRAMES - 1), 0);
    pipeline_free(p);
    CU_ASSERT_EQUAL(o.results, 0);
}

static void two_threads_are_as_good_as_one(void)
{
    two_threads = true;
    judges_a_capture();
    a_part_of_the_truth_is_no_fail();
    the_sink_can_stop_it();
    may_be_left_in_the_middle();
    two_threads = false;
}

static const struct test tests[] = {
    {"judges a capture", judges_a_capture},
    {"a part of the truth is no fail", a_part_of_the_truth_is_no_fail},
    {"the sink can stop it", the_sink_can_stop_it},
    {"survives lack of memory", survives_lack_of_memory},
    {"may be left in the middle", may_be_left_in_the_middle},
    {"two threads are as good as one", two_threads_are_as_good_as_one},
};

int main(int argc, char **argv)
{
    int status;

    if (!defaults_load())
        return 99;
    status = test_main(argc, argv, "pipeline", tests, sizeof tests / sizeof tests[0]);
    defaults_free();
    return status;
}
