#include "tests/mutants/live.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/fault.h"
#include "tests/mutants/runs.h"
#include "tests/mutants/script.h"

/* A run takes a second or two, 32 more where somebody waits in vain for an answer, and on a busy machine some
 * times that. */
#define DEADLINE (180 * NSEC_PER_SEC)

/* One run: a fault in the test case that it is for, or a test case and a fault that it is to find. */
struct exposure {
    const struct fault *fault;
    const char *testcase;
    char name[96];
    struct expectation expect;
    char json[512], log[512], out[512];
};

struct exhibition {
    const struct live_config *config;
    struct proof *proof;
    int n;
    struct run *run;
    struct exposure *exposure;
    bool *over;
};

static const char *test_case(const struct fault *f)
{
    bool tcp = strcmp(f->transport, "tcp") == 0;

    if (*f->testcase)
        return f->testcase;
    if (strcmp(f->closer, "client-b") == 0)
        return tcp ? "CPM_CLS_NET_V_004" : "CPM_CLS_NET_V_002";
    return tcp ? "CPM_CLS_NET_V_003" : "CPM_CLS_NET_V_001";
}

/* Run strictly, a broken SHOULD fails as well. */
static struct expectation expectation(const struct fault *f)
{
    struct expectation e = {.kind = EXPECT_FAIL, .step = f->step, .results = 1};

    if (strcmp(f->verdict, "inconclusive") == 0)
        e.kind = EXPECT_UNCLEAR;
    else if (!f->rule[0])
        e.kind = EXPECT_PASS;
    snprintf(e.rule, sizeof e.rule, "%s", f->rule);
    return e;
}

static void prepare(struct exhibition *x, const struct fault *f, const char *testcase, const char *name,
                    const struct expectation *expect)
{
    struct exposure *e = &x->exposure[x->n];
    struct run *r = &x->run[x->n++];
    const char *const argv[] = {
        x->config->cpmspec, "run",   "--strict", "--quiet", "--only", testcase, "--fault", f->name,
        "--json",           e->json, "--out",    e->out,    NULL};

    e->fault = f;
    e->testcase = testcase;
    e->expect = *expect;
    snprintf(e->name, sizeof e->name, "%s", name);
    snprintf(e->json, sizeof e->json, "%s/live-%s.json", x->config->work, name);
    snprintf(e->log, sizeof e->log, "%s/live-%s.log", x->config->work, name);
    snprintf(e->out, sizeof e->out, "%s/live-%s", x->config->work, name);
    unlink(e->json); /* what an earlier run said must not stand for what this one says */
    *r = (struct run){.log = e->log, .timeout = DEADLINE};
    memcpy(r->argv, argv, sizeof argv);
}

static void over(void *ctx, struct run *r)
{
    struct exhibition *x = ctx;

    x->over[r - x->run] = true;
}

static void look_at(struct exhibition *x, int i, const char *section)
{
    const struct exposure *at = &x->exposure[i];
    struct outcome o = {0};
    struct error err = {.text = ""};
    char text[800];

    if (x->over[i] && outcome_read(at->json, &o, &err) == 0) {
        proof_add(x->proof, section, at->name, at->fault->description, &at->expect, &o);
    } else {
        snprintf(text, sizeof text, "ended with status %d: %s", x->run[i].status, err.text);
        proof_add_error(x->proof, section, at->name, at->fault->description, &at->expect, text);
    }
    outcome_done(&o);
}

static bool wanted(const struct live_config *c, const char *name)
{
    return !c->only || fnmatch(c->only, name, 0) == 0;
}

/* The slow ones first, so that the others run beside them. */
static void gather_faults(struct exhibition *x, const struct faults *faults)
{
    for (int slow = 1; slow >= 0; slow--)
        for (int i = 0; i < faults->n; i++) {
            const struct fault *f = &faults->fault[i];
            struct expectation e = expectation(f);
            if ((f->timeout > 0) == slow && wanted(x->config, f->name))
                prepare(x, f, test_case(f), f->name, &e);
        }
}

/* Whether a fault's own run is the proof already. */
static bool proved(const struct fault *f, const struct testcase *tc, const struct testcase_finds *finds)
{
    return f && strcmp(test_case(f), tc->id) == 0 && strcmp(f->rule, finds->rule) == 0;
}

/* Every test case with each fault that it names: it is not made in vain. */
static int gather_testcases(struct exhibition *x, const struct faults *faults, const struct testcases *suite,
                            struct error *err)
{
    for (int i = 0; i < suite->n; i++)
        for (int k = 0; k < suite->tc[i]->nfinds; k++) {
            const struct testcase_finds *finds = &suite->tc[i]->finds[k];
            const struct fault *f = faults_find(faults, finds->fault);
            struct expectation e = {.kind = EXPECT_FAIL, .step = STEP_ANY, .results = 1};
            char name[96];

            if (!f)
                return error_set(err, ENOENT, "%s finds the fault %s, which is not there", suite->tc[i]->id,
                                 finds->fault);
            snprintf(e.rule, sizeof e.rule, "%s", finds->rule);
            snprintf(name, sizeof name, "%.24s+%s", suite->tc[i]->id, f->name);
            if (!proved(f, suite->tc[i], finds) && wanted(x->config, name))
                prepare(x, f, suite->tc[i]->id, name, &e);
        }
    return 0;
}

/* In the order of the files, whatever the order of the runs. */
static void look_at_all(struct exhibition *x, const struct faults *faults, int nfaults)
{
    for (int k = 0; k < faults->n; k++)
        for (int i = 0; i < nfaults; i++)
            if (x->exposure[i].fault == &faults->fault[k])
                look_at(x, i, "live");
    for (int i = nfaults; i < x->n; i++)
        look_at(x, i, "suite");
}

static int prove(struct exhibition *x, const struct faults *faults, const struct testcases *suite,
                 struct error *err)
{
    const size_t most = (size_t)faults->n + (size_t)suite->n * TESTCASE_FINDS_MAX + 1;
    int nfaults, e;

    x->run = must(calloc(most, sizeof *x->run));
    x->exposure = must(calloc(most, sizeof *x->exposure));
    x->over = must(calloc(most, sizeof *x->over));
    gather_faults(x, faults);
    nfaults = x->n;
    e = gather_testcases(x, faults, suite, err);
    if (e == 0)
        e = runs_all(x->run, x->n, x->config->jobs, over, x, err);
    if (e == 0)
        look_at_all(x, faults, nfaults);
    free(x->run);
    free(x->exposure);
    free(x->over);
    return e;
}

int live_prove(const struct live_config *config, struct proof *proof, struct error *err)
{
    struct exhibition x = {.config = config, .proof = proof};
    struct testcases *suite = NULL;
    struct faults *faults = NULL;
    int e = faults_load(".", &faults, err);

    if (e == 0)
        e = testcases_load("testcases", &suite, err);
    if (e == 0)
        e = prove(&x, faults, suite, err);
    testcases_free(suite);
    faults_free(faults);
    return e;
}
