#include "drive/clients.h"

#include "drive/actor.h"
#include "drive/iut.h"
#include "drive/logfile.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const nsec_t READY_DEADLINE = 30 * NSEC_PER_SEC;
static const nsec_t STOP_DEADLINE = 2 * NSEC_PER_SEC;

/* SIPp's status for a session that did not go as its scenario has it; anything else but 0 is its own fault.
 */
enum { SIPP_SESSION_FAILED = 1 };

struct member {
    struct clients *clients;
    struct actor actor;
    struct drive_witness witness;
};

struct clients {
    struct clients_spec spec;
    struct loop *loop;
    struct clients_sink sink;
    struct member member[DRIVE_WITNESSES_MAX];
    int started;
    bool done;     /* the sink was told */
    bool awaiting; /* the last one that was started is under test, and has not registered yet */
    nsec_t heard;
    loop_fn *stopped;
    void *stopped_ctx;
};

static void start_next(struct clients *c);
static void look(void *ctx);
static void not_ready(void *ctx);
static void overdue(void *ctx);
static void wait_for_the_rest(void *ctx);
static void registered(void *ctx);

static void cancel_all(struct clients *c)
{
    c->done = true;
    c->awaiting = false;
    loop_cancel(c->loop, registered, c);
    loop_cancel(c->loop, look, c);
    loop_cancel(c->loop, not_ready, c);
    loop_cancel(c->loop, overdue, c);
    loop_cancel(c->loop, wait_for_the_rest, c);
}

static void over(struct clients *c)
{
    cancel_all(c);
    c->sink.over(c->sink.ctx);
}

static void failed(struct clients *c, enum drive_end how, const struct error *err)
{
    cancel_all(c);
    c->sink.failed(c->sink.ctx, how, err);
}

static const struct plan_party *last_started(const struct clients *c)
{
    return &c->spec.plan->client[c->started - 1];
}

/* They have had their time; the wire tells how far they came. */
static void overdue(void *ctx)
{
    struct clients *c = ctx;
    struct error err;

    if (!c->awaiting) {
        over(c);
        return;
    }
    error_set(&err, ETIMEDOUT, "%s, which is under test, did not register %s within %d s%s%s",
              last_started(c)->role, last_started(c)->identity, (int)(c->spec.timeout / NSEC_PER_SEC),
              last_started(c)->kind == PLAN_COMMAND ? "; the log of its start command is " : "",
              last_started(c)->kind == PLAN_COMMAND ? last_started(c)->log : "");
    failed(c, DRIVE_INCONCLUSIVE, &err);
}

/* --- readiness */

static void not_ready(void *ctx)
{
    struct clients *c = ctx;
    const struct plan_party *p = c->member[c->started - 1].actor.party;
    struct error err;

    error_set(&err, ETIMEDOUT, "%s (sipp) was not ready within %d s; its log is %s", p->name,
              (int)(READY_DEADLINE / NSEC_PER_SEC), p->log);
    failed(c, DRIVE_ERROR, &err);
}

static void look(void *ctx)
{
    struct clients *c = ctx;
    struct error err;
    bool ready;

    if (actor_look(&c->member[c->started - 1].actor, &ready, &err) < 0) {
        failed(c, DRIVE_ERROR, &err);
        return;
    }
    if (!ready) {
        loop_timer(c->loop, ACTOR_LOOK_AGAIN, look, c);
        return;
    }
    loop_cancel(c->loop, not_ready, c);
    start_next(c);
}

/* --- the end of one */

static void take_witness(struct member *m)
{
    const struct plan_party *p = m->actor.party;
    struct drive_witness *w = &m->witness;

    w->ended = true;
    w->status = process_status(m->actor.process);
    if (w->status == 0)
        return;
    if (w->iut)
        logfile_any(p->log, p->argv[0], w->word, sizeof w->word);
    else
        logfile_sipp(p->errors, w->word, sizeof w->word);
}

static bool all_ended(const struct clients *c)
{
    for (int i = 0; i < c->spec.plan->nclients; i++)
        if (c->spec.plan->client[i].kind == PLAN_PLAYED && !c->spec.plan->client[i].lasting &&
            !c->member[i].actor.ended)
            return false;
    return true;
}

/* --- the wire */

static void registered(void *ctx)
{
    start_next(ctx);
}

void clients_heard(struct clients *c, struct slice frame)
{
    c->heard = clock_monotonic();
    if (!c->awaiting || !iut_is_registered(frame, last_started(c)->identity))
        return;
    c->awaiting = false;
    loop_timer(c->loop, 0, registered, c); /* not from inside the capture */
}

/* After one client's failure the others may wait for what will never come. */
static void wait_for_the_rest(void *ctx)
{
    struct clients *c = ctx;
    nsec_t left = c->heard + c->spec.patience - clock_monotonic();

    if (left <= 0)
        over(c);
    else
        loop_timer(c->loop, left, wait_for_the_rest, c);
}

/* It ended, and not as it should have. True where nothing can follow. */
static bool failure_is_final(struct member *m)
{
    struct clients *c = m->clients;
    const struct plan_party *p = m->actor.party;
    bool own = p->lasting || m->witness.status != SIPP_SESSION_FAILED;
    struct error err;
    char how[96];

    if (!own && c->started == c->spec.plan->nclients)
        return false;
    process_describe(m->actor.process, how, sizeof how);
    error_set(&err, ECHILD, "%s%s (sipp) %s%s%s; its log is %s", own ? "" : "the preamble failed: ", p->name,
              how, *m->witness.word ? ": " : "", m->witness.word, p->log);
    failed(c, own ? DRIVE_ERROR : DRIVE_INCONCLUSIVE, &err);
    return true;
}

/* Its start command ended. It may have moved a client that lives elsewhere: only its failure says anything.
 */
static void iut_ended(struct member *m)
{
    struct clients *c = m->clients;
    const struct plan_party *p = m->actor.party;
    struct error err;
    char how[96];

    if (m->witness.status == 0)
        return;
    if (!c->awaiting || p != last_started(c)) {
        wait_for_the_rest(c);
        return;
    }
    error_set(&err, ECHILD,
              "%s, which is under test, did not register: its start command %s%s%s; its log is %s", p->role,
              process_describe(m->actor.process, how, sizeof how), *m->witness.word ? ": " : "",
              m->witness.word, p->log);
    failed(c, DRIVE_INCONCLUSIVE, &err);
}

static void stop_late(void *ctx)
{
    struct clients *c = ctx;

    loop_cancel(c->loop, stop_late, c);
    c->stopped(c->stopped_ctx);
}

static bool commands_ended(const struct clients *c)
{
    for (int i = 0; i < c->started; i++)
        if (c->member[i].witness.iut && c->member[i].actor.process && !c->member[i].actor.ended)
            return false;
    return true;
}

static void member_ended(void *ctx)
{
    struct member *m = ctx;
    struct clients *c = m->clients;

    if (!actor_ended(&m->actor))
        return;
    if (c->stopped) {
        if (commands_ended(c))
            stop_late(c);
        return;
    }
    take_witness(m);
    if (c->done ||
        (!m->witness.iut && (m->witness.status != 0 || m->actor.party->lasting) && failure_is_final(m)))
        return;
    if (m->witness.iut)
        iut_ended(m);
    else if (m->actor.party->preamble)
        start_next(c);
    else if (all_ended(c))
        over(c);
    else if (m->witness.status != 0)
        wait_for_the_rest(c);
}

/* --- the start */

static void start_next(struct clients *c)
{
    const struct plan_party *p = &c->spec.plan->client[c->started];
    struct member *m = &c->member[c->started++];
    struct error err = {0}, why;

    m->clients = c;
    m->witness.iut = p->kind != PLAN_PLAYED;
    snprintf(m->witness.role, sizeof m->witness.role, "%s", p->role);
    snprintf(m->witness.scenario, sizeof m->witness.scenario, "%s", p->scenario);
    if (p->kind != PLAN_OPERATOR && actor_start(&m->actor, p, c->loop, member_ended, m, &why) < 0) {
        error_set(&err, ECHILD, "%s cannot be started: %s", p->name, why.text);
        failed(c, DRIVE_ERROR, &err);
        return;
    }
    if (c->started == c->spec.plan->nclients || p->preamble)
        return; /* its end is the next event */
    if (p->kind != PLAN_PLAYED) {
        c->awaiting = true; /* clients_heard will tell */
        return;
    }
    loop_timer(c->loop, READY_DEADLINE, not_ready, c);
    look(c);
}

static void start_first(struct clients *c)
{
    int n = c->spec.plan->nclients;
    struct error err;

    if (n == 0 || n > DRIVE_WITNESSES_MAX) {
        error_set(&err, EINVAL, "a test case has 1 to %d clients to drive, this one has %d",
                  DRIVE_WITNESSES_MAX, n);
        failed(c, DRIVE_ERROR, &err);
        return;
    }
    c->heard = clock_monotonic();
    loop_timer(c->loop, c->spec.timeout, overdue, c);
    start_next(c);
}

int clients_start(const struct clients_spec *spec, struct loop *l, const struct clients_sink *sink,
                  struct clients **ret, struct error *err)
{
    struct clients *c = calloc(1, sizeof *c);

    if (!c)
        return error_set(err, ENOMEM, "no memory for the clients");
    c->spec = *spec;
    c->loop = l;
    c->sink = *sink;
    *ret = c;
    start_first(c);
    return 0;
}

int clients_witnesses(const struct clients *c, struct drive_witness out[DRIVE_WITNESSES_MAX])
{
    int n = 0;

    for (int i = 0; i < c->started; i++)
        if (!c->spec.plan->client[i].lasting)
            out[n++] = c->member[i].witness;
    return n;
}

bool clients_content(const struct clients *c)
{
    for (int i = 0; i < c->spec.plan->nclients; i++) {
        const struct drive_witness *w = &c->member[i].witness;
        if (c->spec.plan->client[i].lasting)
            return false; /* it would not say what it still has to do */
        if (w->status != 0 || (!w->ended && c->spec.plan->client[i].kind == PLAN_PLAYED))
            return false;
    }
    return true;
}

void clients_stop(struct clients *c, loop_fn *stopped, void *ctx)
{
    cancel_all(c);
    c->stopped = stopped;
    c->stopped_ctx = ctx;
    for (int i = 0; i < c->started; i++)
        if (c->member[i].witness.iut && c->member[i].actor.process && !c->member[i].actor.ended)
            process_signal(c->member[i].actor.process, SIGTERM);
    if (commands_ended(c))
        stop_late(c);
    else
        loop_timer(c->loop, STOP_DEADLINE, stop_late, c);
}

void clients_free(struct clients *c)
{
    if (!c)
        return;
    cancel_all(c);
    loop_cancel(c->loop, stop_late, c);
    for (int i = 0; i < c->started; i++)
        actor_done(&c->member[i].actor);
    free(c);
}
