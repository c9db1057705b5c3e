#include "drive/campaign.h"

#include "drive/loop.h"
#include "drive/plan.h"
#include "drive/process.h"
#include "drive/relay.h"
#include "drive/testrun.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* From the wish to end to the force: time for children to write their last lines. */
static const nsec_t INTERRUPT_GRACE = 10 * NSEC_PER_SEC;
static const nsec_t DEFAULT_TIMEOUT = 60 * NSEC_PER_SEC;

struct campaign;

/* A test case that runs. */
struct slot {
    struct campaign *campaign;
    int index; /* of the test case; -1: free */
    struct plan *plan;
    struct process *process;
    struct relay *relay;
    int fd;    /* our end */
    bool said; /* the outcome came */
    struct drive_outcome outcome;
    char dir[PATH_MAX];
    struct testrun_spec run;
};

struct campaign {
    const struct campaign_spec *spec;
    struct loop *loop;
    struct slot slot[CAMPAIGN_JOBS_MAX];
    int jobs, next, running;
    bool interrupted;
    int failure; /* of start() or frame(): the campaign ends with it */
    struct error *err;
};

static void fill(struct campaign *c);
static int start(struct campaign *c, struct slot *s);

/* --- what comes from a test case */

static int on_frame(void *ctx, const struct frame *f)
{
    struct slot *s = ctx;

    return s->campaign->spec->frame(s->campaign->spec->ctx, s->index, f);
}

static void on_stage(void *ctx, enum drive_stage stage)
{
    struct slot *s = ctx;

    s->outcome.stage = stage;
    if (s->campaign->spec->stage)
        s->campaign->spec->stage(s->campaign->spec->ctx, s->index, stage);
}

static void on_outcome(void *ctx, const struct drive_outcome *o)
{
    struct slot *s = ctx;

    s->outcome = *o;
    s->said = true;
}

/* --- its end */

static void release(struct slot *s)
{
    if (s->fd >= 0) {
        loop_unwatch(s->campaign->loop, s->fd);
        close(s->fd);
    }
    if (s->process)
        loop_unwatch(s->campaign->loop, process_fd(s->process));
    sandbox_end(s->process);
    relay_free(s->relay);
    plan_free(s->plan);
    *s = (struct slot){.campaign = s->campaign, .index = -1, .fd = -1};
}

/* It ended and did not say how it went. */
static void explain_silence(struct slot *s)
{
    char how[96];

    if (s->said)
        return;
    s->outcome.end = s->campaign->interrupted ? DRIVE_INTERRUPTED : DRIVE_ERROR;
    s->outcome.end_time = clock_realtime();
    if (process_status(s->process) == SANDBOX_REFUSED)
        snprintf(s->outcome.reason, sizeof s->outcome.reason, "the kernel gave the test case no namespaces");
    else
        snprintf(s->outcome.reason, sizeof s->outcome.reason,
                 "the process that drives the test case %s while %s",
                 process_describe(s->process, how, sizeof how), drive_stage_name(s->outcome.stage));
}

static void fail(struct campaign *c, int code)
{
    if (c->failure == 0)
        c->failure = code;
    loop_stop(c->loop);
}

static void start_in(struct slot *s, int index)
{
    int r;

    s->index = index;
    r = start(s->campaign, s);
    if (r < 0)
        fail(s->campaign, r);
}

static void finish(struct slot *s)
{
    struct campaign *c = s->campaign;
    int index = s->index;
    struct drive_outcome outcome;

    explain_silence(s);
    outcome = s->outcome;
    release(s);
    c->running--;
    if (c->spec->done(c->spec->ctx, index, &outcome) && !c->interrupted && c->failure == 0)
        start_in(s, index);
    fill(c);
}

static void relay_ready(void *ctx)
{
    struct slot *s = ctx;
    int r = relay_read(s->relay);

    if (r > 0)
        return;
    if (r < 0 && r != -EPROTO) {
        fail(s->campaign, r);
        return;
    }
    /* The end of the stream. The process follows; a broken stream is ended by force and told as silence. */
    if (r < 0)
        process_signal_leader(s->process, SIGTERM);
    loop_unwatch(s->campaign->loop, s->fd);
    close(s->fd);
    s->fd = -1;
    if (process_reap(s->process) == 0)
        finish(s);
}

static void process_ready(void *ctx)
{
    struct slot *s = ctx;

    if (process_reap(s->process) < 0)
        return;
    loop_unwatch(s->campaign->loop, process_fd(s->process));
    if (s->fd >= 0)
        relay_ready(s); /* what it sent last; then the end of the stream finishes it */
    else
        finish(s);
}

/* --- its start */

static int run_inside(void *ctx)
{
    const struct slot *s = ctx;

    return testrun_run(&s->run) < 0 ? 1 : 0;
}

static int make_folder(const char *path, struct error *err)
{
    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        return error_set(err, errno, "cannot make the folder %s: %s", path, strerror(errno));
    return 0;
}

static int start_process(struct slot *s, struct error *err)
{
    struct campaign *c = s->campaign;
    struct relay_sink sink = {on_frame, on_stage, on_outcome, s};
    int pair[2], r;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return error_set(err, errno, "cannot make a socket pair: %s", strerror(errno));
    s->fd = pair[0];
    s->run.channel = pair[1];
    r = sandbox_start(c->spec->kind, run_inside, s, pair[1], &s->process, err);
    close(pair[1]);
    if (r == 0)
        r = relay_new(s->fd, &sink, &s->relay);
    if (r == 0)
        r = loop_watch(c->loop, s->fd, relay_ready, s);
    if (r == 0)
        r = loop_watch(c->loop, process_fd(s->process), process_ready, s);
    return r;
}

/* A test case that cannot be planned is an error of its own; the others go on. */
static void refuse(struct slot *s, const struct error *err)
{
    struct campaign *c = s->campaign;
    struct drive_outcome o = {.end = DRIVE_ERROR, .begin = clock_realtime(), .end_time = clock_realtime()};
    int index = s->index;

    error_format(err, o.reason, sizeof o.reason);
    release(s);
    (void)c->spec->done(c->spec->ctx, index, &o); /* once more it would be refused again */
}

static int start(struct campaign *c, struct slot *s)
{
    const struct campaign_spec *spec = c->spec;
    const struct testcase *tc = spec->testcase[s->index];
    struct plan_spec plan = {spec->profile, tc, spec->fault, spec->data_dir, s->dir};
    nsec_t timeout = fault_timeout(spec->fault, tc);
    struct error err = {0};
    int r;

    snprintf(s->dir, sizeof s->dir, "%s/%s", spec->out_dir, tc->id);
    r = make_folder(s->dir, c->err);
    if (r == 0)
        r = spec->start(spec->ctx, s->index, s->dir);
    if (r < 0)
        return r;
    s->outcome.begin = clock_realtime();
    r = plan_new(&plan, &s->plan, &err);
    s->run = (struct testrun_spec){.plan = s->plan,
                                   .profile = spec->profile,
                                   .kind = spec->kind,
                                   .dir = s->dir,
                                   .attended = spec->attended,
                                   .timeout = timeout > 0 ? timeout : DEFAULT_TIMEOUT};
    if (r == 0)
        r = start_process(s, &err);
    if (r < 0)
        refuse(s, &err);
    else
        c->running++;
    return 0;
}

/* Fills free slots with the next test cases; ends the loop when there is nothing left to wait for. */
static void fill(struct campaign *c)
{
    for (int i = 0; i < c->jobs && c->failure == 0; i++) {
        struct slot *s = &c->slot[i];
        while (s->index < 0 && !c->interrupted && c->next < c->spec->ntestcases && c->failure == 0)
            start_in(s, c->next++);
    }
    if (c->running == 0)
        loop_stop(c->loop);
}

/* --- interruption */

static void force(void *ctx)
{
    struct campaign *c = ctx;

    for (int i = 0; i < c->jobs; i++)
        if (c->slot[i].process)
            process_signal_leader(c->slot[i].process, SIGTERM);
}

/* The first time each test case is told to end (its channel closes); the second time it is made to. */
static void interrupt(void *ctx)
{
    struct campaign *c = ctx;

    if (c->interrupted) {
        force(c);
        return;
    }
    c->interrupted = true;
    for (int i = 0; i < c->jobs; i++)
        if (c->slot[i].fd >= 0)
            shutdown(c->slot[i].fd, SHUT_WR);
    loop_timer(c->loop, INTERRUPT_GRACE, force, c);
    if (c->running == 0)
        loop_stop(c->loop);
}

static int jobs_of(const struct campaign_spec *spec)
{
    if (spec->kind == SANDBOX_HOST || spec->jobs < 1)
        return 1;
    return spec->jobs < CAMPAIGN_JOBS_MAX ? spec->jobs : CAMPAIGN_JOBS_MAX;
}

int campaign_run(const struct campaign_spec *spec, bool *ret_interrupted, struct error *err)
{
    struct campaign *c = calloc(1, sizeof *c);
    int r;

    if (!c)
        return error_set(err, ENOMEM, "no memory to run test cases");
    c->spec = spec;
    c->err = err;
    c->jobs = jobs_of(spec);
    for (int i = 0; i < CAMPAIGN_JOBS_MAX; i++)
        c->slot[i] = (struct slot){.campaign = c, .index = -1, .fd = -1};
    r = loop_new(&c->loop, err);
    if (r == 0)
        r = loop_signals(c->loop, interrupt, c, err);
    if (r == 0) {
        fill(c);
        r = loop_run(c->loop);
    }
    for (int i = 0; c->loop && i < c->jobs; i++)
        release(&c->slot[i]);
    if (r == 0)
        r = c->failure;
    *ret_interrupted = c->interrupted;
    loop_free(c->loop);
    free(c);
    return r;
}
