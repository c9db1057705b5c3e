#include "drive/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct watch {
    int fd;
    uint64_t serial; /* tells a watch from an earlier one on the same descriptor */
    loop_fn *ready;
    void *ctx;
};

struct timer {
    nsec_t at; /* monotonic */
    loop_fn *due;
    void *ctx;
};

struct loop {
    struct watch watch[LOOP_WATCHES_MAX];
    struct timer timer[LOOP_TIMERS_MAX];
    int nwatches, ntimers;
    uint64_t serial;
    bool stop;
    int signal_fd; /* -1 until loop_signals */
    sigset_t mask; /* what was blocked before */
    loop_fn *caught;
    void *caught_ctx;
};

int loop_new(struct loop **ret, struct error *err)
{
    struct loop *l = calloc(1, sizeof *l);

    if (!l)
        return error_set(err, ENOMEM, "no memory for the event loop");
    l->signal_fd = -1;
    *ret = l;
    return 0;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    if (l->signal_fd >= 0) {
        close(l->signal_fd);
        sigprocmask(SIG_SETMASK, &l->mask, NULL);
    }
    free(l);
}

static int watch_index(const struct loop *l, int fd)
{
    for (int i = 0; i < l->nwatches; i++)
        if (l->watch[i].fd == fd)
            return i;
    return -1;
}

int loop_watch(struct loop *l, int fd, loop_fn *ready, void *ctx)
{
    if (watch_index(l, fd) >= 0)
        return -EEXIST;
    if (l->nwatches == LOOP_WATCHES_MAX)
        return -ENOBUFS;
    l->watch[l->nwatches++] = (struct watch){fd, ++l->serial, ready, ctx};
    return 0;
}

void loop_unwatch(struct loop *l, int fd)
{
    int i = watch_index(l, fd);

    if (i >= 0)
        l->watch[i] = l->watch[--l->nwatches];
}

static int timer_index(const struct loop *l, loop_fn *due, void *ctx)
{
    for (int i = 0; i < l->ntimers; i++)
        if (l->timer[i].due == due && l->timer[i].ctx == ctx)
            return i;
    return -1;
}

int loop_timer(struct loop *l, nsec_t delay, loop_fn *due, void *ctx)
{
    int i = timer_index(l, due, ctx);

    if (i < 0) {
        if (l->ntimers == LOOP_TIMERS_MAX)
            return -ENOBUFS;
        i = l->ntimers++;
    }
    l->timer[i] = (struct timer){clock_monotonic() + delay, due, ctx};
    return 0;
}

void loop_cancel(struct loop *l, loop_fn *due, void *ctx)
{
    int i = timer_index(l, due, ctx);

    if (i >= 0)
        l->timer[i] = l->timer[--l->ntimers];
}

static void signal_ready(void *ctx)
{
    struct loop *l = ctx;
    struct signalfd_siginfo info;

    while (read(l->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        l->caught(l->caught_ctx);
}

/* Who started us may have asked that one is ignored, as nohup does for SIGHUP: so it stays. */
static void take_signals(sigset_t *set)
{
    static const int wanted[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction now;

    sigemptyset(set);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (sigaction(wanted[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(set, wanted[i]);
}

int loop_signals(struct loop *l, loop_fn *caught, void *ctx, struct error *err)
{
    sigset_t set;

    take_signals(&set);
    sigprocmask(SIG_BLOCK, &set, &l->mask);
    l->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (l->signal_fd < 0) {
        int code = errno;
        sigprocmask(SIG_SETMASK, &l->mask, NULL);
        return error_set(err, code, "cannot take signals: %s", strerror(code));
    }
    l->caught = caught;
    l->caught_ctx = ctx;
    return loop_watch(l, l->signal_fd, signal_ready, l);
}

/* The timer that is due first, where it is by `now`; -1 where none is. */
static int first_due(const struct loop *l, nsec_t now)
{
    int first = -1;

    for (int i = 0; i < l->ntimers; i++)
        if (l->timer[i].at <= now && (first < 0 || l->timer[i].at < l->timer[first].at))
            first = i;
    return first;
}

/* In the order in which they were due, however late we are. Those that a callback sets anew are due later
 * than `now`. */
static void run_timers(struct loop *l)
{
    nsec_t now = clock_monotonic();
    int i;

    while (!l->stop && (i = first_due(l, now)) >= 0) {
        struct timer t = l->timer[i];
        l->timer[i] = l->timer[--l->ntimers];
        t.due(t.ctx);
    }
}

static int next_due(const struct loop *l, struct timespec *ret)
{
    nsec_t first = INT64_MAX, left;

    for (int i = 0; i < l->ntimers; i++)
        if (l->timer[i].at < first)
            first = l->timer[i].at;
    if (first == INT64_MAX)
        return 0;
    left = first - clock_monotonic();
    if (left < 0)
        left = 0;
    *ret = (struct timespec){left / NSEC_PER_SEC, left % NSEC_PER_SEC};
    return 1;
}

/* Only watches that were there when ppoll looked are told, and only if they are still the same. */
static void run_watches(struct loop *l, const struct pollfd *fds, const uint64_t *serials, int n)
{
    for (int i = 0; i < n && !l->stop; i++) {
        int w;
        if (!fds[i].revents || (w = watch_index(l, fds[i].fd)) < 0 || l->watch[w].serial != serials[i])
            continue;
        l->watch[w].ready(l->watch[w].ctx);
    }
}

int loop_run(struct loop *l)
{
    struct pollfd fds[LOOP_WATCHES_MAX];
    uint64_t serials[LOOP_WATCHES_MAX];

    while (!l->stop) {
        struct timespec left;
        int n = l->nwatches, timed = next_due(l, &left);
        for (int i = 0; i < n; i++) {
            fds[i] = (struct pollfd){.fd = l->watch[i].fd, .events = POLLIN};
            serials[i] = l->watch[i].serial;
        }
        if (ppoll(fds, (unsigned)n, timed ? &left : NULL, NULL) < 0) {
            if (errno != EINTR)
                return -errno;
            continue;
        }
        run_watches(l, fds, serials, n);
        if (!l->stop)
            run_timers(l);
    }
    l->stop = false;
    return 0;
}

void loop_stop(struct loop *l)
{
    l->stop = true;
}
