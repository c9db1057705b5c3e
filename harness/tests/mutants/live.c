#include "tests/mutants/live.h"

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

struct exposure {
    const struct fault *fault;
    char json[512], log[512], out[512];
};

struct exhibition {
    struct proof *proof;
    struct run *run;
    struct exposure *exposure;
    bool *over;
};

static const char *test_case(const struct fault *f)
{
    bool tcp = strcmp(f->transport, "tcp") == 0;

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

static void prepare(const struct live_config *c, const struct fault *f, struct exposure *x, struct run *r)
{
    const char *const argv[] = {c->cpmspec,   "run",     "--strict", "--quiet", "--only",
                                test_case(f), "--fault", f->name,    "--json",  x->json,
                                "--out",      x->out,    NULL};

    x->fault = f;
    snprintf(x->json, sizeof x->json, "%s/live-%s.json", c->work, f->name);
    snprintf(x->log, sizeof x->log, "%s/live-%s.log", c->work, f->name);
    snprintf(x->out, sizeof x->out, "%s/live-%s", c->work, f->name);
    unlink(x->json); /* what an earlier run said must not stand for what this one says */
    *r = (struct run){.log = x->log, .timeout = DEADLINE};
    memcpy(r->argv, argv, sizeof argv);
}

static void over(void *ctx, struct run *r)
{
    struct exhibition *x = ctx;

    x->over[r - x->run] = true;
}

static void look_at(struct exhibition *x, int i)
{
    const struct fault *f = x->exposure[i].fault;
    struct expectation e = expectation(f);
    struct outcome o = {0};
    struct error err = {.text = ""};
    char text[800];

    if (x->over[i] && outcome_read(x->exposure[i].json, &o, &err) == 0) {
        proof_add(x->proof, "live", f->name, f->description, &e, &o);
    } else {
        snprintf(text, sizeof text, "ended with status %d: %s", x->run[i].status, err.text);
        proof_add_error(x->proof, "live", f->name, f->description, &e, text);
    }
    outcome_done(&o);
}

/* The slow ones first, so that the others run beside them. */
static int gather(const struct live_config *c, const struct faults *faults, struct exhibition *x)
{
    int n = 0;

    for (int slow = 1; slow >= 0; slow--)
        for (int i = 0; i < faults->n; i++) {
            const struct fault *f = &faults->fault[i];
            if ((f->timeout > 0) != slow || (c->only && fnmatch(c->only, f->name, 0) != 0))
                continue;
            prepare(c, f, &x->exposure[n], &x->run[n]);
            n++;
        }
    return n;
}

int live_prove(const struct live_config *config, struct proof *proof, struct error *err)
{
    struct exhibition x = {.proof = proof};
    struct faults *faults = NULL;
    int n, e = faults_load(".", &faults, err);

    if (e < 0)
        return e;
    x.run = must(calloc((size_t)faults->n + 1, sizeof *x.run));
    x.exposure = must(calloc((size_t)faults->n + 1, sizeof *x.exposure));
    x.over = must(calloc((size_t)faults->n + 1, sizeof *x.over));
    n = gather(config, faults, &x);
    e = runs_all(x.run, n, config->jobs, over, &x, err);
    for (int k = 0; e == 0 && k < faults->n; k++) /* in the order of the file */
        for (int i = 0; i < n; i++)
            if (x.exposure[i].fault == &faults->fault[k])
                look_at(&x, i);
    free(x.run);
    free(x.exposure);
    free(x.over);
    faults_free(faults);
    return e;
}
