#include "report/report.h"

#include "report/json.h"
#include "report/junit.h"
#include "tests/oom.h"
#include "tests/sample.h"
#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A writer that says yes so many times, and counts what it was told. */
struct fake {
    struct report_writer base;
    int yes;
    int *count; /* of results, finishes, frees */
};

static int fake_result(struct report_writer *w, const struct summary *s, const struct result *r,
                       struct error *err)
{
    struct fake *f = (struct fake *)w;

    (void)s;
    (void)r;
    ++f->count[0];
    return f->yes-- > 0 ? 0 : error_set(err, ENOSPC, "writer %p is full", (void *)f);
}

static int fake_finish(struct report_writer *w, const struct summary *s, struct error *err)
{
    (void)s;
    (void)err;
    ++((struct fake *)w)->count[1];
    return 0;
}

static void fake_free(struct report_writer *w)
{
    ++((struct fake *)w)->count[2];
    free(w);
}

static struct report_writer *fake(int yes, int count[3])
{
    static const struct report_writer_ops ops = {fake_result, fake_finish, fake_free};
    struct fake *f = malloc(sizeof *f);

    *f = (struct fake){{&ops}, yes, count};
    return &f->base;
}

static void one_failure_stops_one_writer(void)
{
    struct report rep = {0};
    struct summary s = sample_summary(3, 0);
    struct error err = {0};
    int good[3] = {0}, bad[3] = {0};

    CU_ASSERT_EQUAL(report_add(&rep, fake(100, good), &err), 0);
    CU_ASSERT_EQUAL(report_add(&rep, fake(1, bad), &err), 0);
    CU_ASSERT_EQUAL(report_result(&rep, &s, sample_result(SAMPLE_PASS), &err), 0);
    CU_ASSERT_EQUAL(report_result(&rep, &s, sample_result(SAMPLE_PASS), &err), -ENOSPC);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is full"));
    CU_ASSERT_EQUAL(report_result(&rep, &s, sample_result(SAMPLE_PASS), &err), 0); /* told once */
    CU_ASSERT_EQUAL(good[0], 3);
    CU_ASSERT_EQUAL(bad[0], 2);
    err = (struct error){0};
    CU_ASSERT_EQUAL(report_finish(&rep, &s, &err), -ENOSPC); /* and not forgotten */
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is full"));
    CU_ASSERT_EQUAL(good[1], 1);
    CU_ASSERT_EQUAL(bad[1], 0);
    report_done(&rep);
    CU_ASSERT_EQUAL(good[2] + bad[2], 2);
    CU_ASSERT_EQUAL(rep.n, 0);
}

static void has_a_bound(void)
{
    struct report rep = {0};
    struct error err = {0};
    int count[3] = {0};

    for (int i = 0; i < REPORT_WRITERS_MAX; i++)
        CU_ASSERT_EQUAL(report_add(&rep, fake(1, count), &err), 0);
    CU_ASSERT_EQUAL(report_add(&rep, fake(1, count), &err), -ENOSPC);
    CU_ASSERT_EQUAL(count[2], 1);
    report_done(&rep);
    CU_ASSERT_EQUAL(count[2], REPORT_WRITERS_MAX + 1);
}

/* 100,000 results into files: memory after the last as after the first thousand. */
static void keeps_memory_flat(void)
{
    struct report rep = {0};
    struct summary s = sample_summary(100000, 0);
    struct result r = *sample_result(SAMPLE_PASS);
    struct report_writer *w = NULL;
    long before = 0;
    struct error err = {0};
    char id[32];

    CU_ASSERT_EQUAL_FATAL(junit_open(sample_path("flat", "junit.xml"), NULL, &w, &err), 0);
    report_add(&rep, w, &err);
    CU_ASSERT_EQUAL_FATAL(json_open(sample_path("flat", "results.json"), &w, &err), 0);
    report_add(&rep, w, &err);
    r.id = id;
    r.nrows = 2; /* it is their number that counts here */
    for (int i = 0; i < 100000; i++) {
        snprintf(id, sizeof id, "session-%d", i);
        CU_ASSERT_EQUAL_FATAL(report_result(&rep, &s, &r, &err), 0);
        if (i == 1000)
            before = oom_live_bytes();
    }
    CU_ASSERT_EQUAL(report_finish(&rep, &s, &err), 0);
    report_done(&rep);
    CU_ASSERT_TRUE(oom_live_bytes() - before < 4096);
    CU_ASSERT_EQUAL(sample_entries("flat"), 2);
}

static void abandoned_it_leaves_nothing(void)
{
    struct report rep = {0};
    struct summary s = sample_summary(1, 0);
    struct report_writer *w = NULL;
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(junit_open(sample_path("abandoned", "junit.xml"), NULL, &w, &err), 0);
    report_add(&rep, w, &err);
    CU_ASSERT_EQUAL_FATAL(json_open(sample_path("abandoned", "results.json"), &w, &err), 0);
    report_add(&rep, w, &err);
    CU_ASSERT_EQUAL(report_result(&rep, &s, sample_result(SAMPLE_PASS), &err), 0);
    report_done(&rep);
    CU_ASSERT_EQUAL(sample_entries("abandoned"), 0);
}

static const struct test tests[] = {
    {"one failure stops one writer", one_failure_stops_one_writer},
    {"has a bound", has_a_bound},
    {"keeps memory flat", keeps_memory_flat},
    {"abandoned, it leaves nothing", abandoned_it_leaves_nothing},
};
TEST_MAIN("report", tests)
