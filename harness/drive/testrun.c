#include "drive/testrun.h"

#include "drive/capture.h"
#include "drive/clients.h"
#include "drive/listen.h"
#include "drive/loop.h"
#include "drive/network.h"
#include "drive/outcome.h"
#include "drive/relay.h"
#include "wire/hepsource.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const nsec_t DRAIN_DEADLINE = 20 * NSEC_PER_SEC;

struct testrun {
    const struct testrun_spec *spec;
    struct loop *loop;
    struct capture *capture;
    struct network *network;
    struct clients *clients;
    enum drive_stage stage;
    nsec_t sip_at; /* when the last frame with SIP in it came (monotonic) */
    struct drive_outcome outcome;
};

static void enter(struct testrun *run, enum drive_stage stage);

/* --- the end, and why */

/* The first cause counts. */
__attribute__((format(printf, 3, 4))) static void end(struct testrun *run, enum drive_end how,
                                                      const char *fmt, ...)
{
    va_list args;

    if (run->outcome.end == DRIVE_DONE) {
        run->outcome.end = how;
        va_start(args, fmt);
        vsnprintf(run->outcome.reason, sizeof run->outcome.reason, fmt, args);
        va_end(args);
    }
    if (run->stage < STAGE_STOP)
        enter(run, STAGE_STOP);
}

static void interrupted(struct testrun *run)
{
    end(run, DRIVE_INTERRUPTED, "interrupted while %s", drive_stage_name(run->stage));
}

static void channel_ready(void *ctx)
{
    struct testrun *run = ctx;

    loop_unwatch(run->loop, run->spec->channel); /* nothing is ever sent this way but the end */
    interrupted(run);
}

/* --- addresses */

static int add_address(const struct addr *a, struct error *err)
{
    bool has_it = addr_is_v4(a) && a->b[12] == 127;

    return has_it ? 0 : sandbox_add_address(a, err);
}

static int add_addresses(const struct plan *plan, const struct profile *p, struct error *err)
{
    int r = sandbox_loopback_up(err);

    for (int i = 0; r == 0 && i < p->nnodes; i++)
        if (p->node[i].bits == 128)
            r = add_address(&p->node[i].addr, err);
    for (int i = 0; r == 0 && i < p->ncaptures; i++) {
        struct endpoint at;
        bool tcp;
        if (p->capture[i].kind != CAPTURE_HEP || !hep_place(slice_of(p->capture[i].text), &tcp, &at))
            continue;
        hep_reach(&at);
        r = add_address(&at.addr, err);
    }
    for (int i = 0; r == 0 && i < plan->nclients; i++)
        if (plan->client[i].kind == PLAN_COMMAND)
            r = sandbox_prefer_source(&plan->client[i].proxy.addr, &plan->client[i].at.addr, err);
    return r;
}

static int check_free(const struct plan_party *p, struct error *err)
{
    enum listen_state udp, tcp;
    char at[ENDPOINT_TEXT];
    int r = listen_look(&p->at, false, &udp, err);

    if (r == 0)
        r = listen_look(&p->at, true, &tcp, err);
    if (r == 0 && (udp != LISTEN_NONE || tcp != LISTEN_NONE))
        r = error_set(
            err, EADDRINUSE,
            "the address %s, which %s needs, is already in use: `ss -lntup` shows by whom; end that "
            "program or give %s another address in the profile",
            endpoint_format(&p->at, at), p->role, p->role);
    return r;
}

/* In a network of our own nobody else is there to use them. */
static int check_all_free(const struct plan *plan, struct error *err)
{
    int r = 0;

    for (int i = 0; r == 0 && i < plan->nfunctions; i++)
        r = check_free(&plan->function[i], err);
    for (int i = 0; r == 0 && i < plan->nclients; i++)
        if (plan->client[i].kind == PLAN_PLAYED)
            r = check_free(&plan->client[i], err);
    return r;
}

/* A client under test that nothing and nobody would move: false. */
static bool somebody_acts(struct testrun *run)
{
    const struct plan *plan = run->spec->plan;

    for (int i = 0; i < plan->nclients && !run->spec->attended; i++) {
        if (plan->client[i].kind != PLAN_OPERATOR)
            continue;
        end(run, DRIVE_INCONCLUSIVE,
            "nothing started %s, which is under test: give it a <start command=\"…\"/> in %s, or run it at "
            "a terminal, where you are told what to do",
            plan->client[i].role, run->spec->profile->path);
        return false;
    }
    return true;
}

static void begin_prepare(struct testrun *run)
{
    struct error err = {0};
    int r;

    if (!somebody_acts(run))
        return;
    if (run->spec->kind == SANDBOX_PRIVATE)
        r = add_addresses(run->spec->plan, run->spec->profile, &err);
    else
        r = check_all_free(run->spec->plan, &err);
    if (r < 0)
        end(run, DRIVE_ERROR, "%s", err.text);
    else
        enter(run, STAGE_CAPTURE);
}

/* --- the capture */

static int take_frame(void *ctx, const struct frame *f)
{
    struct testrun *run = ctx;
    int r;

    if (f->bytes.n && memmem(f->bytes.p, f->bytes.n, "SIP/2.0", 7)) {
        run->sip_at = clock_monotonic();
        if (run->clients)
            clients_heard(run->clients, f->bytes);
    }
    r = relay_frame(run->spec->channel, f);
    if (r < 0)
        interrupted(run); /* nobody wants to know any more */
    return r;
}

static void capture_proved(void *ctx)
{
    struct testrun *run = ctx;

    if (run->stage == STAGE_CAPTURE)
        enter(run, STAGE_NETWORK);
    else if (run->stage == STAGE_PROOF)
        enter(run, STAGE_STOP);
}

static void capture_broken(void *ctx, const struct error *err)
{
    struct testrun *run = ctx;

    /* As long as nothing was asked of anybody it is the harness's own trouble. */
    end(run, run->stage == STAGE_CAPTURE ? DRIVE_ERROR : DRIVE_INCONCLUSIVE, "while %s: %s",
        drive_stage_name(run->stage), err->text);
}

static void begin_capture(struct testrun *run)
{
    struct capture_sink sink = {take_frame, capture_proved, capture_broken, run};
    struct error err = {0};

    if (capture_new(run->spec->profile, run->spec->kind, run->spec->dir, run->loop, &sink, &run->capture,
                    &err) < 0)
        end(run, DRIVE_ERROR, "%s", err.text);
    else
        capture_prove(run->capture);
}

/* --- the functions of the network */

static void network_ready(void *ctx)
{
    enter(ctx, STAGE_CLIENTS);
}

static void network_failed(void *ctx, const struct error *err)
{
    struct testrun *run = ctx;

    end(run, DRIVE_ERROR, "while %s: %s", drive_stage_name(run->stage), err->text);
}

static void network_ended(void *ctx)
{
    struct testrun *run = ctx;

    loop_stop(run->loop);
}

static void begin_network(struct testrun *run)
{
    struct network_sink sink = {network_ready, network_failed, network_ended, run};
    struct error err = {0};

    if (network_start(run->spec->plan, run->loop, &sink, &run->network, &err) < 0)
        end(run, DRIVE_ERROR, "%s", err.text);
}

/* --- the clients */

static void clients_over(void *ctx)
{
    enter(ctx, STAGE_DRAIN);
}

static void clients_failed(void *ctx, enum drive_end how, const struct error *err)
{
    end(ctx, how, "%s", err->text);
}

static void begin_clients(struct testrun *run)
{
    const struct profile *p = run->spec->profile;
    /* Somebody who sends again pauses for no longer than T2 (RFC 3261 17.1.2.2). */
    struct clients_spec spec = {run->spec->plan, run->spec->timeout, p->t2 + p->t1};
    struct clients_sink sink = {clients_over, clients_failed, run};
    struct error err = {0};

    if (clients_start(&spec, run->loop, &sink, &run->clients, &err) < 0)
        end(run, DRIVE_ERROR, "%s", err.text);
}

/* --- until the wire is silent */

static void drain_late(void *ctx)
{
    enter(ctx, STAGE_PROOF);
}

/* Where all clients got what they waited for, only what is already on its way can follow. Else somebody may
 * wait to send again, for T1 at first and twice that then. A client under test may at any time, and where a
 * function was told to lose messages, up to T2 later. */
static nsec_t silence_wanted(const struct testrun *run)
{
    const struct profile *p = run->spec->profile;

    if (run->spec->plan->told)
        return p->t2 + p->t1;
    return clients_content(run->clients) && !plan_has_iut(run->spec->plan) ? p->t1 / 2 : 3 * p->t1;
}

static void drain(void *ctx)
{
    struct testrun *run = ctx;
    nsec_t silence = silence_wanted(run);
    nsec_t left = run->sip_at + silence - clock_monotonic();

    if (left <= 0)
        enter(run, STAGE_PROOF);
    else
        loop_timer(run->loop, left, drain, run);
}

static void begin_drain(struct testrun *run)
{
    nsec_t given_up = run->spec->plan->told ? 64 * run->spec->profile->t1 : 0;

    loop_timer(run->loop, given_up + DRAIN_DEADLINE, drain_late, run);
    drain(run);
}

static void begin_proof(struct testrun *run)
{
    loop_cancel(run->loop, drain, run);
    loop_cancel(run->loop, drain_late, run);
    capture_prove(run->capture);
}

/* --- the end of everything */

static void count_drops(struct testrun *run)
{
    run->outcome.dropped = run->capture ? capture_end(run->capture) : 0;
    if (run->outcome.dropped)
        end(run, DRIVE_INCONCLUSIVE, "the capture lost %llu frames",
            (unsigned long long)run->outcome.dropped);
}

/* Not before the capture: what a client says when it is ended is no part of the test case. */
static void clients_stopped(void *ctx)
{
    struct testrun *run = ctx;

    clients_free(run->clients);
    run->clients = NULL;
    network_stop(run->network);
}

static void begin_stop(struct testrun *run)
{
    loop_cancel(run->loop, drain, run);
    loop_cancel(run->loop, drain_late, run);
    if (run->clients)
        run->outcome.nwitnesses = clients_witnesses(run->clients, run->outcome.witness);
    if (run->outcome.end == DRIVE_INTERRUPTED || !run->network) {
        loop_stop(run->loop);
        return;
    }
    count_drops(run);
    if (run->clients)
        clients_stop(run->clients, clients_stopped, run);
    else
        network_stop(run->network);
}

/* --- the stages */

static void enter(struct testrun *run, enum drive_stage stage)
{
    run->stage = stage;
    if (stage < STAGE_STOP)
        run->outcome.stage = stage;
    relay_stage(run->spec->channel, stage); /* that the parent is gone is noticed by the channel's end */
    switch (stage) {
    case STAGE_PREPARE:
        begin_prepare(run);
        break;
    case STAGE_CAPTURE:
        begin_capture(run);
        break;
    case STAGE_NETWORK:
        begin_network(run);
        break;
    case STAGE_CLIENTS:
        begin_clients(run);
        break;
    case STAGE_DRAIN:
        begin_drain(run);
        break;
    case STAGE_PROOF:
        begin_proof(run);
        break;
    case STAGE_STOP:
        begin_stop(run);
        break;
    case STAGE_COUNT:
        break;
    }
}

static void free_all(struct testrun *run)
{
    clients_free(run->clients);
    network_free(run->network);
    capture_free(run->capture);
    loop_free(run->loop);
    free(run);
}

int testrun_run(const struct testrun_spec *spec)
{
    struct testrun *run = calloc(1, sizeof *run);
    struct error err;
    int r;

    if (!run || loop_new(&run->loop, &err) < 0) {
        free(run);
        return -ENOMEM;
    }
    run->spec = spec;
    run->outcome.begin = clock_realtime();
    r = loop_watch(run->loop, spec->channel, channel_ready, run);
    if (r == 0) {
        enter(run, STAGE_PREPARE);
        r = loop_run(run->loop);
    }
    if (r == 0) {
        run->outcome.end_time = clock_realtime();
        r = relay_outcome(spec->channel, &run->outcome);
    }
    free_all(run);
    return r;
}
