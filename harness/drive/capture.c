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
    const struct capture *c = ctx;
    struct error err;
    int i = 0;

    while (i < c->ntaps && tap_proved(c->tap[i]))
        i++;
    error_set(
        &err, ETIMEDOUT,
        "%s did not see its own sentinel datagram, so it may have missed other messages too%s",
        i < c->ntaps ? tap_name(c->tap[i]) : "a capture",
        i < c->ntaps && tap_is_command(c->tap[i])
            ? "; a filter must let UDP port 9 through, and the capture must be near a node of the profile"
            : "");
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

uint64_t capture_end(struct capture *c)
{
    uint64_t all = 0;

    stop(c);
    for (int i = 0; i < c->ntaps; i++)
        all += tap_end(c->tap[i]);
    return all;
}

/* --- where */

static const struct profile_capture loopback = {.kind = CAPTURE_INTERFACE, .text = "lo"};

static bool is_any(const struct profile_capture *at)
{
    return at->kind == CAPTURE_INTERFACE && strcmp(at->text, "any") == 0;
}

/* In a network of our own the loopback is the only interface that there is. */
static int find_points(const struct profile *p, enum sandbox_kind kind,
                       const struct profile_capture *ret[PROFILE_CAPTURES_MAX])
{
    bool lo = false;
    int n = 0;

    for (int i = 0; i < p->ncaptures; i++) {
        const struct profile_capture *at = &p->capture[i];
        if (at->kind == CAPTURE_INTERFACE && kind == SANDBOX_PRIVATE && !is_any(at)) {
            if (!lo)
                ret[n++] = &loopback;
            lo = true;
        } else {
            ret[n++] = at;
        }
    }
    if (n == 0)
        ret[n++] = &loopback;
    return n;
}

int capture_points(const struct profile *p, enum sandbox_kind kind)
{
    const struct profile_capture *point[PROFILE_CAPTURES_MAX];

    return find_points(p, kind, point);
}

void capture_clocks(const struct profile *p, enum sandbox_kind kind, struct capture_clocks *ret)
{
    const struct profile_capture *point[PROFILE_CAPTURES_MAX];
    int ours = -1, n = find_points(p, kind, point);

    *ret = (struct capture_clocks){.n = (uint32_t)n};
    for (int i = 0; i < n; i++) {
        bool here = point[i]->kind != CAPTURE_COMMAND;
        if (here && ours < 0)
            ours = i;
        ret->clock[i] = (uint32_t)(here ? ours : i);
        ret->several |= ret->clock[i] != 0;
    }
}

bool capture_sees_all(const struct profile *p, enum sandbox_kind kind)
{
    const struct profile_capture *point[PROFILE_CAPTURES_MAX];
    int n = find_points(p, kind, point);

    for (int i = 0; i < n; i++)
        if (kind == SANDBOX_PRIVATE && point[i]->kind == CAPTURE_INTERFACE)
            return true;
    return false;
}

/* --- its life */

static int open_all(struct capture *c, const struct profile *p, enum sandbox_kind kind, const char *dir,
                    struct error *err)
{
    const struct profile_capture *point[PROFILE_CAPTURES_MAX];
    int n = find_points(p, kind, point), r = 0;

    for (int i = 0; r == 0 && i < n; i++) {
        char log[PATH_MAX];
        snprintf(log, sizeof log, i ? "%s/capture-%d.log" : "%s/capture.log", dir, i + 1);
        r = tap_open(point[i], p, (uint32_t)i, log, &c->tap[i], err);
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
