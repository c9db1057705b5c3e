#include "drive/tap.h"

#include "base/clock.h"
#include "base/words.h"
#include "drive/logfile.h"
#include "drive/process.h"
#include "drive/sentinel.h"
#include "wire/hepsource.h"
#include "wire/live.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

enum {
    RING_BYTES = 32 << 20, /* some seconds of a full gigabit */
    ENDING_MS = 1000,      /* what a command has to end in */
};

struct tap {
    const struct profile_capture *at;
    const struct profile *profile;
    struct source *source;
    struct process *command; /* NULL where there is none */
    char name[96], program[32];
    char log[PATH_MAX];
    uint8_t secret[SENTINEL_SECRET]; /* in every sentinel of ours */
    char sentinel[SENTINEL_BYTES];   /* the last one sent */
    uint64_t probes;
    bool seen;
};

static int run_command(struct tap *t, uint32_t index, struct error *err)
{
    struct words words;
    struct process_spec spec = {.argv = words.word, .log = t->log};
    int ends[2], r;

    if (words_split(slice_of(t->at->text), &words) < 0)
        return error_at(err, EINVAL, t->profile->path, t->at->line, "\"%s\" is no command", t->at->text);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(err, errno, "cannot make a pipe: %s", strerror(errno));
    snprintf(t->program, sizeof t->program, "%s", words.word[0]);
    spec.out = ends[1];
    r = process_start(&spec, &t->command, err);
    close(ends[1]);
    if (r < 0) {
        close(ends[0]);
        return r;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return source_open_fd(ends[0], t->at->text, index, &t->source, err);
}

static int open_source(struct tap *t, uint32_t index, struct error *err)
{
    struct live_options live = {.buffer_bytes = RING_BYTES};

    switch (t->at->kind) {
    case CAPTURE_COMMAND:
        return run_command(t, index, err);
    case CAPTURE_HEP:
        return hep_source_open(t->at->text, index, &t->source, err);
    default:
        return live_open(t->at->text, index, &live, &t->source, err);
    }
}

int tap_open(const struct profile_capture *at, const struct profile *p, uint32_t source, const char *log,
             struct tap **ret, struct error *err)
{
    static const char *const kinds[] = {[CAPTURE_INTERFACE] = "the capture on ",
                                        [CAPTURE_COMMAND] = "the capture by `",
                                        [CAPTURE_HEP] = "the listener for HEP at "};
    struct tap *t = calloc(1, sizeof *t);
    int r;

    if (!t)
        return error_set(err, ENOMEM, "no memory for the capture on %s", at->text);
    t->at = at;
    t->profile = p;
    snprintf(t->name, sizeof t->name, "%s%.60s%s", kinds[at->kind], at->text,
             at->kind == CAPTURE_COMMAND ? "`" : "");
    snprintf(t->log, sizeof t->log, "%s", log ? log : "/dev/null");
    r = open_source(t, source, err);
    if (r == 0 && getrandom(t->secret, sizeof t->secret, 0) != (ssize_t)sizeof t->secret)
        r = error_set(err, EIO, "no random number for the sentinel");
    if (r < 0) {
        tap_free(t);
        return r;
    }
    *ret = t;
    return 0;
}

void tap_free(struct tap *t)
{
    if (!t)
        return;
    source_free(t->source);
    process_free(t->command);
    free(t);
}

int tap_fd(const struct tap *t)
{
    return source_fd(t->source);
}

bool tap_is_command(const struct tap *t)
{
    return t->command;
}

const char *tap_name(const struct tap *t)
{
    return t->name;
}

/* --- frames */

static bool holds(struct slice s, const void *bytes, size_t n)
{
    return s.n >= n && memmem(s.p, s.n, bytes, n);
}

bool tap_is_sentinel(const struct tap *t, const struct frame *f)
{
    return holds(f->bytes, t->secret, sizeof t->secret);
}

/* A command's output has come to an end, which only a command's does, or is no capture. A program closes it a
 * moment before it can be asked how it ended. */
static int ended(const struct tap *t, const struct error *wrong, struct error *err)
{
    struct pollfd fd = {.fd = process_fd(t->command), .events = POLLIN};
    char how[96] = "ended its output", why[256] = "";
    const char *hint = "";

    poll(&fd, 1, ENDING_MS);
    if (process_reap(t->command) == 0)
        process_describe(t->command, how, sizeof how);
    else if (wrong)
        return error_set(err, EPIPE, "%s cannot be read: %s", t->name, wrong->text);
    if (process_status(t->command) != 0)
        logfile_any(t->log, t->program, why, sizeof why);
    if (strstr(why, "Couldn't change to ")) /* tcpdump lays down rights that it does not have */
        hint = "; dumpcap -q -P -i lo -w - works there";
    return error_set(err, EPIPE, "%s %s%s%s%s%s%s", t->name, how, *why ? ": " : "", why, wrong ? "; " : "",
                     wrong ? wrong->text : "", hint);
}

int tap_read(struct tap *t, int (*take)(void *ctx, const struct frame *f), void *ctx, struct error *err)
{
    struct frame f;
    struct error why;
    int r, taken;

    while ((r = source_next(t->source, &f, &why)) == 1) {
        if (t->probes && !t->seen && holds(f.bytes, t->sentinel, sizeof t->sentinel))
            t->seen = true;
        taken = take(ctx, &f);
        if (taken < 0)
            return taken;
    }
    if (r == -EAGAIN || r == -EINTR)
        return 0;
    if (t->command && r != -ENOMEM)
        return ended(t, r == 0 || r == -ENODATA ? NULL : &why, err);
    *err = why;
    return r;
}

/* --- the proof */

static int send_sentinel(const struct tap *t)
{
    struct slice sentinel = {t->sentinel, sizeof t->sentinel};

    switch (t->at->kind) {
    case CAPTURE_COMMAND:
        return sentinel_to_nodes(t->profile, sentinel);
    case CAPTURE_HEP:
        return sentinel_by_hep(t->at->text, sentinel);
    default:
        return sentinel_over_interface(t->at->text, sentinel);
    }
}

int tap_probe(struct tap *t, struct error *err)
{
    int r;

    t->probes++;
    t->seen = false;
    sentinel_make(t->secret, t->probes, t->sentinel);
    r = send_sentinel(t);
    if (r < 0)
        return error_set(err, -r, "cannot send a sentinel for %s: %s", t->name, strerror(-r));
    return 0;
}

bool tap_proved(const struct tap *t)
{
    return t->probes > 0 && t->seen;
}

/* --- the end */

/* Until the command closes its output; the last it writes may be its statistics. */
static void wait_for_end(struct tap *t)
{
    nsec_t until = clock_monotonic() + ENDING_MS * NSEC_PER_MSEC, left;
    struct pollfd fd = {.fd = source_fd(t->source), .events = POLLIN};
    struct frame f;
    struct error err;
    int r;

    do {
        while ((r = source_next(t->source, &f, &err)) == 1)
            ;
        left = until - clock_monotonic();
    } while ((r == -EAGAIN || r == -EINTR) && left > 0 && poll(&fd, 1, (int)(left / NSEC_PER_MSEC) + 1) >= 0);
    fd.fd = process_fd(t->command);
    left = until - clock_monotonic();
    if (left > 0)
        poll(&fd, 1, (int)(left / NSEC_PER_MSEC) + 1);
}

uint64_t tap_end(struct tap *t)
{
    uint64_t said, dropped;

    if (!t->command)
        return source_dropped(t->source);
    if (process_reap(t->command) != 0) {
        process_signal(t->command, SIGTERM);
        wait_for_end(t);
    }
    said = logfile_dropped(t->log);
    dropped = source_dropped(t->source);
    return dropped > said ? dropped : said;
}
