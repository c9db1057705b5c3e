#include "drive/capture.h"

#include "drive/tap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Deadlines are for what should take milliseconds; a machine may be slow. */
static const nsec_t PROOF_DEADLINE = 20 * NSEC_PER_SEC;
static const nsec_t PROBE_AGAIN = 250 * NSEC_PER_MSEC;

struct capture {
    struct loop *loop;
    struct capture_sink sink;
    struct tap *tap[PROFILE_CAPTURES_MAX];
    int ntaps;
    bool proving;
};

static void probe_again(void *ctx);
static void unproved(void *ctx);

static void quiet(struct capture *c)
{
    c->proving = false;
    loop_cancel(c->loop, probe_again, c);
    loop_cancel(c->loop, unproved, c);
}

static void stop(struct capture *c)
{
    quiet(c);
    for (int i = 0; i < c->ntaps; i++)
        loop_unwatch(c->loop, tap_fd(c->tap[i]));
}

static void broken(struct capture *c, const struct error *err)
{
    stop(c);
    c->sink.broken(c->sink.ctx, err);
}

static bool all_proved(const struct capture *c)
{
    for (int i = 0; i < c->ntaps; i++)
        if (!tap_proved(c->tap[i]))
            return false;
    return true;
}

static void frames_ready(void *ctx)
{
    struct capture *c = ctx;
    struct error err = {0};

    for (int i = 0; i < c->ntaps; i++) {
        int r = tap_read(c->tap[i], c->sink.frame, c->sink.ctx, &err);
        if (r == 0)
            continue;
        if (*err.text)
            broken(c, &err);
        else
            stop(c);
        return;
    }
    if (c->proving && all_proved(c)) {
        quiet(c);
        c->sink.proved(c->sink.ctx);
    }
}

static void unproved(void *ctx)
{
    struct error err;

    error_set(&err, ETIMEDOUT,
              "the capture did not see its own sentinel datagram, so it may have missed other messages too");
    broken(ctx, &err);
}

/* Those that have not seen theirs; the loop calls it again, because a datagram may be lost without harm. */
static void probe(struct capture *c, bool all)
{
    struct error err;

    for (int i = 0; i < c->ntaps; i++)
        if ((all || !tap_proved(c->tap[i])) && tap_probe(c->tap[i], &err) < 0) {
            broken(c, &err);
            return;
        }
    loop_timer(c->loop, PROBE_AGAIN, probe_again, c);
}

static void probe_again(void *ctx)
{
    probe(ctx, false);
}

void capture_prove(struct capture *c)
{
    c->proving = true;
    loop_timer(c->loop, PROOF_DEADLINE, unproved, c);
    probe(c, true);
}

uint64_t capture_drops(const struct capture *c)
{
    uint64_t all = 0;

    for (int i = 0; i < c->ntaps; i++)
        all += tap_drops(c->tap[i]);
    return all;
}

/* What is captured where the profile does not say, or does not matter. */
static const struct profile_capture loopback = {.kind = CAPTURE_INTERFACE, .text = "lo"};

static bool on_loopback(const struct profile *p, enum sandbox_kind kind)
{
    return kind == SANDBOX_PRIVATE || p->ncaptures == 0;
}

int capture_points(const struct profile *p, enum sandbox_kind kind)
{
    return on_loopback(p, kind) ? 1 : p->ncaptures;
}

static int open_all(struct capture *c, const struct profile *p, enum sandbox_kind kind, const char *dir,
                    struct error *err)
{
    char log[PATH_MAX];
    int r = 0;

    snprintf(log, sizeof log, "%s/capture.log", dir);
    for (int i = 0; r == 0 && i < capture_points(p, kind); i++) {
        const struct profile_capture *at = on_loopback(p, kind) ? &loopback : &p->capture[i];
        r = tap_open(at, p, (uint32_t)i, log, &c->tap[i], err);
        if (r == 0)
            r = loop_watch(c->loop, tap_fd(c->tap[c->ntaps++]), frames_ready, c);
    }
    return r;
}

int capture_new(const struct profile *p, enum sandbox_kind kind, const char *dir, struct loop *l,
                const struct capture_sink *sink, struct capture **ret, struct error *err)
{
    struct capture *c = calloc(1, sizeof *c);
    int r;

    if (!c)
        return error_set(err, ENOMEM, "no memory for the capture");
    c->loop = l;
    c->sink = *sink;
    r = open_all(c, p, kind, dir, err);
    if (r < 0) {
        capture_free(c);
        return r;
    }
    *ret = c;
    return 0;
}

void capture_free(struct capture *c)
{
    if (!c)
        return;
    stop(c);
    for (int i = 0; i < c->ntaps; i++)
        tap_free(c->tap[i]);
    free(c);
}
