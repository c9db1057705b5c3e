#include "report/terminal.h"

#include "tests/oom.h"
#include "tests/sample.h"
#include "tests/test.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int occurrences(const char *text, const char *part)
{
    int n = 0;

    for (; (text = strstr(text, part)); text++)
        n++;
    return n;
}

/* What the terminal shows of `n` results, each of `which[i % kinds]`. The caller frees. */
static char *shown(const struct terminal_options *options, const enum sample *which, int kinds, int n,
                   const struct summary *s)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    struct report_writer *w = NULL;
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(terminal_open(f, options, &w, &err), 0);
    for (int i = 0; i < n; i++)
        CU_ASSERT_EQUAL(w->ops->result(w, s, sample_result(which[i % kinds]), &err), 0);
    CU_ASSERT_EQUAL(w->ops->finish(w, s, &err), 0);
    w->ops->free(w);
    fclose(f);
    return text;
}

static const enum sample mixed[] = {SAMPLE_PASS, SAMPLE_FAIL, SAMPLE_PASS, SAMPLE_PASS};

static void few_results_each_have_their_ladder(void)
{
    struct terminal_options options[] = {{.expected = 0}, {.expected = 3}};
    struct summary s = sample_summary(2, 1);

    for (size_t i = 0; i < 2; i++) {
        char *t = shown(&options[i], mixed, 4, 3, &s);

        CU_ASSERT_EQUAL(occurrences(t, "  step    from"), 3);
        CU_ASSERT_TRUE(strstr(t, "V_001") < strstr(t, "PF_V_003")); /* in the order they came */
        CU_ASSERT_PTR_NOT_NULL(strstr(t, "\n2 pass, 1 fail\nverdict: fail\n"));
        free(t);
    }
}

static void of_many_only_what_did_not_pass(void)
{
    struct terminal_options options = {0};
    struct summary s = sample_summary(750, 250);
    char *t = shown(&options, mixed, 4, 1000, &s);

    CU_ASSERT_EQUAL(occurrences(t, "  step    from"), TERMINAL_STORIES);
    CU_ASSERT_EQUAL(occurrences(t, "v CPM_CLS_NET_V_001  pass"), TERMINAL_PASSES);
    CU_ASSERT_EQUAL(occurrences(t, "x CPM_CLS_PF_V_003  fail"), TERMINAL_STORIES + TERMINAL_LINES);
    CU_ASSERT_PTR_NOT_NULL(strstr(t, "and 700 more that passed or did not apply\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(t, "and 145 more that did not pass: see the JSON or HTML report\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(t, "not passed, by first cause:\n"
                                     "      250  path.missing at step 3, first in CPM_CLS_PF_V_003\n\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(t, "750 pass, 250 fail\nverdict: fail\n"));
    free(t);
}

/* A run says beforehand how many there will be: each test case has its line. */
static void of_a_run_each_is_told(void)
{
    struct terminal_options options = {.expected = 1000};
    struct summary s = sample_summary(750, 250);
    char *t = shown(&options, mixed, 4, 1000, &s);

    CU_ASSERT_EQUAL(occurrences(t, "  step    from"), 1 + TERMINAL_STORIES); /* and one that passed */
    CU_ASSERT_EQUAL(occurrences(t, "v CPM_CLS_NET_V_001  pass"), 750);
    CU_ASSERT_EQUAL(occurrences(t, "x CPM_CLS_PF_V_003  fail"), 250);
    CU_ASSERT_PTR_NULL(strstr(t, " more that "));
    CU_ASSERT_PTR_NULL(strstr(t, "step 3  Call-ID")); /* the id says which it is */
    free(t);
}

/* What does not apply is no news: there is a list of it. */
static void of_a_run_only_what_applies_is_told(void)
{
    static const enum sample some[] = {SAMPLE_NOT_APPLICABLE, SAMPLE_PASS};
    struct terminal_options options = {.expected = 100};
    struct summary s = sample_summary(50, 0);
    char *t = shown(&options, some, 2, 100, &s);

    CU_ASSERT_EQUAL(occurrences(t, "v CPM_CLS_NET_V_001  pass"), 50);
    CU_ASSERT_EQUAL(occurrences(t, "CPM_CLS_NET_TI_009"), 0);
    CU_ASSERT_EQUAL(occurrences(t, "and 50 that do not apply here: cpmspec list says why\n"), 1);
    free(t);
}

static void quiet_leaves_the_summary(void)
{
    struct terminal_options options = {.quiet = true};
    struct summary s = sample_summary(2, 1);
    char *t = shown(&options, mixed, 4, 3, &s);

    CU_ASSERT_STRING_EQUAL(
        t, "capture:  90 frames, 70 SIP messages, 20 not_sip\n2 pass, 1 fail\nverdict: fail\n");
    free(t);
}

static void nothing_judged_is_no_pass(void)
{
    struct terminal_options options = {0};
    struct summary s = {.interrupted = false};
    char *t = shown(&options, NULL, 1, 0, &s);

    CU_ASSERT_STRING_EQUAL(t, "0 pass, 0 fail\nverdict: nothing was judged\n");
    free(t);
    s.interrupted = true;
    t = shown(&options, NULL, 1, 0, &s);
    CU_ASSERT_PTR_NOT_NULL(strstr(t, "interrupted"));
    CU_ASSERT_PTR_NULL(strstr(t, "verdict: pass"));
    free(t);
}

static void keeps_memory_flat(void)
{
    struct terminal_options options = {0};
    struct summary s = sample_summary(0, 100000);
    struct report_writer *w = NULL;
    struct error err = {0};
    FILE *null = fopen("/dev/null", "w");
    long before;

    CU_ASSERT_EQUAL_FATAL(terminal_open(null, &options, &w, &err), 0);
    for (int i = 0; i < 100; i++)
        w->ops->result(w, &s, sample_result(SAMPLE_FAIL), &err);
    before = oom_live_bytes();
    for (int i = 0; i < 100000; i++)
        w->ops->result(w, &s, sample_result(SAMPLE_FAIL), &err);
    CU_ASSERT_EQUAL(w->ops->finish(w, &s, &err), 0);
    CU_ASSERT_TRUE(oom_live_bytes() - before < 4096);
    w->ops->free(w);
    fclose(null);
}

static void tells_of_a_full_disk(void)
{
    struct terminal_options options = {.expected = 1};
    struct summary s = sample_summary(1, 0);
    struct report_writer *w = NULL;
    struct error err = {0};
    FILE *full = fopen("/dev/full", "w");

    CU_ASSERT_EQUAL_FATAL(terminal_open(full, &options, &w, &err), 0);
    CU_ASSERT_EQUAL(w->ops->result(w, &s, sample_result(SAMPLE_PASS), &err), -ENOSPC);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No space left"));
    w->ops->free(w);
    fclose(full);
}

/* Who reads the first lines of a report and leaves does not keep the other outputs from being written. */
static void goes_on_without_its_reader(void)
{
    struct terminal_options options[] = {{.expected = 1}, {.expected = 1, .may_leave = true}};
    struct summary s = sample_summary(1, 0);

    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < 2; i++) {
        struct report_writer *w = NULL;
        struct error err = {0};
        int ends[2];
        FILE *f;

        CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
        close(ends[0]);
        f = fdopen(ends[1], "w");
        CU_ASSERT_EQUAL_FATAL(terminal_open(f, &options[i], &w, &err), 0);
        CU_ASSERT_EQUAL(w->ops->result(w, &s, sample_result(SAMPLE_PASS), &err), i ? 0 : -EPIPE);
        if (i)
            CU_ASSERT_EQUAL(w->ops->finish(w, &s, &err), 0);
        CU_ASSERT_EQUAL(ferror(f), i ? 0 : 1);
        w->ops->free(w);
        fclose(f);
    }
}

static void suits_the_stream(void)
{
    FILE *null = fopen("/dev/null", "w");
    bool is_utf8 = setlocale(LC_ALL, "C.UTF-8") != NULL;

    CU_ASSERT_EQUAL(terminal_style(null).utf8, is_utf8);
    CU_ASSERT_FALSE(terminal_style(null).colour);
    setlocale(LC_ALL, "C");
    CU_ASSERT_FALSE(terminal_style(null).utf8);
    fclose(null);
}

static int shows(void *ctx)
{
    struct terminal_options options = {0};
    struct summary s = sample_summary(1, 1);
    struct report_writer *w = NULL;
    struct error err;
    int r = terminal_open(ctx, &options, &w, &err);

    for (int i = 0; i < 8 && r == 0; i++)
        r = w->ops->result(w, &s, sample_result(mixed[i % 4]), &err);
    if (r == 0)
        r = w->ops->finish(w, &s, &err);
    if (w)
        w->ops->free(w);
    return r;
}

static void survives_lack_of_memory(void)
{
    FILE *null = fopen("/dev/null", "w");

    CU_ASSERT_TRUE(oom_check(shows, null) > 10);
    fclose(null);
}

static const struct test tests[] = {
    {"few results each have their ladder", few_results_each_have_their_ladder},
    {"of many only what did not pass", of_many_only_what_did_not_pass},
    {"of a run each is told", of_a_run_each_is_told},
    {"of a run only what applies is told", of_a_run_only_what_applies_is_told},
    {"quiet leaves the summary", quiet_leaves_the_summary},
    {"nothing judged is no pass", nothing_judged_is_no_pass},
    {"keeps memory flat", keeps_memory_flat},
    {"tells of a full disk", tells_of_a_full_disk},
    {"goes on without its reader", goes_on_without_its_reader},
    {"suits the stream", suits_the_stream},
    {"survives lack of memory", survives_lack_of_memory},
};
TEST_MAIN("terminal", tests)
