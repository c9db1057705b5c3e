#include "tests/mutants/runs.h"

#include <errno.h>
#include <stdlib.h>

#include "drive/loop.h"
#include "drive/process.h"

struct runner;

struct slot {
    struct runner *runner;
    struct run *run;
    struct process *process;
};

struct runner {
    struct loop *loop;
    struct run *run;
    int n, next, active, result;
    struct error *err;
    void (*done)(void *ctx, struct run *r);
    void *ctx;
    struct slot slot[RUN_JOBS_MAX];
};

static void fill(struct slot *s);

static void too_long(void *ctx)
{
    struct slot *s = ctx;

    s->run->status = -1000;
    process_signal(s->process, 9);
}

static void ended(void *ctx)
{
    struct slot *s = ctx;
    struct runner *r = s->runner;

    if (process_reap(s->process) == -EAGAIN)
        return;
    if (s->run->status != -1000)
        s->run->status = process_status(s->process);
    loop_unwatch(r->loop, process_fd(s->process));
    loop_cancel(r->loop, too_long, s);
    process_free(s->process);
    s->process = NULL;
    r->active--;
    r->done(r->ctx, s->run);
    fill(s);
    if (!r->active)
        loop_stop(r->loop);
}

static void stop(struct runner *r, int result)
{
    r->result = result;
    r->next = r->n;
    loop_stop(r->loop);
}

static void fill(struct slot *s)
{
    struct runner *r = s->runner;
    struct process_spec spec = {0};
    int e;

    if (r->next == r->n)
        return;
    s->run = &r->run[r->next++];
    spec.argv = s->run->argv;
    spec.log = s->run->log;
    e = process_start(&spec, &s->process, r->err);
    if (e == 0)
        e = loop_watch(r->loop, process_fd(s->process), ended, s);
    if (e == 0)
        e = loop_timer(r->loop, s->run->timeout, too_long, s);
    if (e < 0)
        stop(r, e);
    else
        r->active++;
}

static void interrupted(void *ctx)
{
    stop(ctx, -EINTR);
}

int runs_all(struct run *run, int n, int jobs, void (*done)(void *ctx, struct run *r), void *ctx,
             struct error *err)
{
    struct runner r = {.run = run, .n = n, .err = err, .done = done, .ctx = ctx};
    int e = loop_new(&r.loop, err);

    if (e == 0)
        e = loop_signals(r.loop, interrupted, &r, err);
    for (int i = 0; e == 0 && i < jobs && i < RUN_JOBS_MAX; i++) {
        r.slot[i].runner = &r;
        fill(&r.slot[i]);
    }
    if (e == 0 && r.active)
        e = loop_run(r.loop);
    for (int i = 0; i < RUN_JOBS_MAX; i++)
        process_free(r.slot[i].process);
    loop_free(r.loop);
    return e < 0 ? e : r.result;
}
