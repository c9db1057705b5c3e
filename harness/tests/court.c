#include "tests/court.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/test.h"

/* "24 25"; those of a second source as "1:24". */
static void write_frames(const struct finding *f, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (int i = 0; i < f->nframes && n < size; i++) {
        const char *between = i ? " " : "";
        if (f->frame_source[i])
            n += (size_t)snprintf(out + n, size - n, "%s%u:%llu", between, (unsigned)f->frame_source[i],
                                  (unsigned long long)f->frame[i]);
        else
            n += (size_t)snprintf(out + n, size - n, "%s%llu", between, (unsigned long long)f->frame[i]);
    }
}

static int take_result(void *ctx, const struct result *r)
{
    struct court *c = ctx;
    int n = c->nresults++;

    if (n >= COURT_RESULTS)
        return 0;
    c->verdict[n] = r->verdict;
    c->nfindings[n] = r->nfindings;
    c->causes[n] = 0;
    snprintf(c->closer[n], sizeof c->closer[n], "%s", r->closer);
    snprintf(c->reason[n], sizeof c->reason[n], "%s", r->reason);
    for (int i = 0; i < r->nfindings; i++) {
        c->causes[n] += r->finding[i].cause < 0;
        CU_ASSERT_PTR_NOT_NULL(rule_find(r->finding[i].rule)); /* what a result says can be explained */
    }
    for (int i = 0; i < r->nfindings; i++)
        if (r->finding[i].severity > c->severity[n])
            c->severity[n] = r->finding[i].severity;
    if (r->nfindings) {
        snprintf(c->rule[n], sizeof c->rule[n], "%s", r->finding[0].rule);
        c->step[n] = r->finding[0].step;
        write_frames(&r->finding[0], c->frames[n], sizeof c->frames[n]);
    }
    for (int i = 0; i < r->nrows && i < COURT_STEPS; i++)
        if (r->row[i].step)
            c->mark[n][r->row[i].step] = r->row[i].mark;
    for (int i = 0; c->say && i < r->nfindings; i++)
        printf("  %s%s step %d: expected that %s; observed: %s\n", r->finding[i].cause < 0 ? "" : "  ",
               r->finding[i].rule, r->finding[i].step, r->finding[i].expected, r->finding[i].observed);
    return 0;
}

static int take_session(void *ctx, struct session *s)
{
    struct court *c = ctx;
    int e = judge_session(c->judge, s, &c->evidence, take_result, c);

    session_free(s);
    return e;
}

void court_open(struct court *c, const char *profile)
{
    struct judge_config config = {0};
    struct trace_config trace = {0};

    memset(c, 0, sizeof *c);
    talk_init(&c->talk);
    CU_ASSERT_EQUAL_FATAL(
        profile_load(profile ? profile : "reference-network/sut.xml", "testcases/schema", &c->profile, NULL),
        0);
    CU_ASSERT_EQUAL_FATAL(flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &c->flow, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(flow_mirror(c->flow, &c->mirror), 0);
    config.strict = true;
    config.profile = trace.profile = c->profile;
    CU_ASSERT_EQUAL_FATAL(judge_bind(c->profile, c->flow, c->mirror, config.flow, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(judge_new(&config, &c->judge), 0);
    CU_ASSERT_EQUAL_FATAL(trace_new(&trace, (struct session_sink){take_session, c}, &c->trace), 0);
    c->evidence.links = trace_links(c->trace);
}

static void expect_further(struct court *c, const char *path, bool stray)
{
    struct judge_config config = {.profile = c->profile, .strict = true};

    CU_ASSERT_EQUAL_FATAL(flow_load(path, "testcases/schema", &c->further, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(flow_mirror(c->further, &c->further_mirror), 0);
    CU_ASSERT_EQUAL_FATAL(judge_bind(c->profile, c->flow, c->mirror, config.flow, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(
        judge_bind(c->profile, c->further, c->further_mirror, stray ? config.stray : config.again, NULL), 0);
    judge_free(c->judge);
    CU_ASSERT_EQUAL_FATAL(judge_new(&config, &c->judge), 0);
}

void court_expect_stray(struct court *c, const char *path)
{
    expect_further(c, path, true);
}

void court_expect_again(struct court *c, const char *path)
{
    expect_further(c, path, false);
}

void court_expect_status(struct court *c, unsigned status)
{
    c->flow->status = c->mirror->status = status;
}

void court_expect_kind(struct court *c, unsigned least)
{
    court_expect_status(c, least);
    c->flow->any_of_kind = c->mirror->any_of_kind = true;
}

void court_hold(struct court *c)
{
    c->evidence.links = trace_links(c->trace);
    CU_ASSERT_EQUAL(talk_feed(&c->talk, (struct payload_sink){trace_take, c->trace}), 0);
    c->evidence.until = c->talk.now;
    for (int i = 0; i < c->talk.n; i++)
        if (c->talk.message[i].time > c->evidence.until)
            c->evidence.until = c->talk.message[i].time;
    c->evidence.until += 120 * NSEC_PER_SEC;
    CU_ASSERT_EQUAL(trace_end(c->trace), 0);
}

void court_close(struct court *c)
{
    trace_free(c->trace);
    judge_free(c->judge);
    flow_free(c->mirror);
    flow_free(c->flow);
    flow_free(c->further_mirror);
    flow_free(c->further);
    profile_free(c->profile);
    talk_done(&c->talk);
}

void court_check_fail(const struct court *c, const char *rule, int step)
{
    bool right = c->nresults > 0 && c->verdict[0] == VERDICT_FAIL && strcmp(c->rule[0], rule) == 0 &&
                 c->step[0] == step;

    CU_ASSERT_TRUE(right);
    if (!right)
        printf("\n  wanted fail %s at step %d, got %s %s at step %d: %s\n", rule, step,
               verdict_name(c->verdict[0]), c->rule[0], c->step[0], c->reason[0]);
}

void court_check_pass(const struct court *c, int n, const char *closer)
{
    bool right = c->nresults > n && c->verdict[n] == VERDICT_PASS && strcmp(c->closer[n], closer) == 0;

    CU_ASSERT_TRUE(right);
    if (!right)
        printf("\n  wanted pass of %s, got %s of %s: %s\n", closer, verdict_name(c->verdict[n]), c->closer[n],
               c->reason[n]);
}

void court_check_inconclusive(const struct court *c, const char *rule)
{
    bool right = c->nresults > 0 && c->verdict[0] == VERDICT_INCONCLUSIVE && strcmp(c->rule[0], rule) == 0;

    CU_ASSERT_TRUE(right);
    if (!right)
        printf("\n  wanted inconclusive by %s, got %s %s at step %d: %s\n", rule, verdict_name(c->verdict[0]),
               c->rule[0], c->step[0], c->reason[0]);
}

struct talk_message *court_bye(struct court *c, int bye, int hop)
{
    return &c->talk.message[bye + hop];
}

struct talk_message *court_ok(struct court *c, int bye, int hop)
{
    return &c->talk.message[bye + 13 - hop];
}

struct talk_message *court_say_too(struct court *c, int bye, int hop, const char *status, nsec_t time)
{
    struct talk_message *m = &c->talk.message[talk_repeat(&c->talk, bye + 13 - hop, 0)];

    talk_edit(m, "200 OK", status);
    m->time = time;
    return m;
}

void court_edit_byes(struct court *c, int bye, int from, const char *what, const char *with)
{
    for (int hop = from; hop < COURT_HOPS; hop++)
        talk_edit(court_bye(c, bye, hop), what, with);
}

void court_edit_oks(struct court *c, int bye, int to, const char *what, const char *with)
{
    for (int hop = to; hop >= 0; hop--)
        talk_edit(court_ok(c, bye, hop), what, with);
}

void court_edit_behind(struct court *c, int bye, int from, const char *what, const char *with)
{
    court_edit_byes(c, bye, from, what, with);
    for (int hop = from; hop < COURT_HOPS; hop++)
        talk_edit(court_ok(c, bye, hop), what, with);
}

static bool as_wanted(const struct court *c, const struct court_case *want)
{
    if (c->nresults < 1 || c->verdict[0] != want->verdict)
        return false;
    if (!want->rule)
        return c->severity[0] == SEVERITY_NOTE;
    if (want->frames && strcmp(want->frames, c->frames[0]) != 0)
        return false;
    if (want->verdict == VERDICT_FAIL && !c->frames[0][0])
        return false;
    return strcmp(c->rule[0], want->rule) == 0 && c->step[0] == want->step;
}

static void try_all(const char *profile, const struct court_case *cases, size_t n, bool callee)
{
    for (size_t i = 0; i < n; i++) {
        struct court *c = calloc(1, sizeof *c);
        struct talk_session s = talk_default(1);
        bool right;
        int bye;

        CU_ASSERT_PTR_NOT_NULL_FATAL(c);
        court_open(c, profile);
        talk_setup(&c->talk, &s);
        bye = talk_close(&c->talk, &s, callee, callee ? 1 : 2);
        cases[i].spoil(c, bye);
        court_hold(c);
        right = as_wanted(c, &cases[i]);
        CU_ASSERT_TRUE(right);
        if (!right)
            printf("\n  %s: wanted %s %s at step %d (frames %s), got %s %s at step %d (frames %s): %s\n",
                   cases[i].name, verdict_name(cases[i].verdict), cases[i].rule ? cases[i].rule : "nothing",
                   cases[i].step, cases[i].frames ? cases[i].frames : "any", verdict_name(c->verdict[0]),
                   c->rule[0], c->step[0], c->frames[0], c->reason[0]);
        court_close(c);
        free(c);
    }
}

void court_try(const struct court_case *cases, size_t n)
{
    try_all(NULL, cases, n, false);
}

void court_try_callee(const struct court_case *cases, size_t n)
{
    try_all(NULL, cases, n, true);
}

void court_try_in(const char *profile, const struct court_case *cases, size_t n)
{
    try_all(profile, cases, n, false);
}
