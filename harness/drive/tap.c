#include "drive/tap.h"

#include "drive/process.h"
#include "wire/live.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RING_BYTES = 32 << 20, /* some seconds of a full gigabit */
    MARK_BYTES = 16,
    SECRET_BYTES = 16,
    SENTINEL_BYTES = MARK_BYTES + SECRET_BYTES + 8,
};

struct tap {
    const struct profile_capture *at;
    const struct profile *profile;
    struct source *source;
    struct process *command;          /* NULL for an interface */
    char log[PATH_MAX];               /* its words */
    uint8_t secret[SECRET_BYTES];     /* in every sentinel of ours */
    uint8_t sentinel[SENTINEL_BYTES]; /* the last one sent */
    uint64_t probes;
    bool seen;
};

static int run_command(struct tap *t, uint32_t index, const char *log, struct error *err)
{
    const char *const argv[] = {"/bin/sh", "-c", t->at->text, NULL};
    struct process_spec spec = {.argv = argv, .log = log};
    int ends[2], r;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(err, errno, "cannot make a pipe: %s", strerror(errno));
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

static int open_source(struct tap *t, uint32_t index, const char *log, struct error *err)
{
    struct live_options live = {.buffer_bytes = RING_BYTES};

    switch (t->at->kind) {
    case CAPTURE_INTERFACE:
        return live_open(t->at->text, index, &live, &t->source, err);
    case CAPTURE_COMMAND:
        return run_command(t, index, log, err);
    case CAPTURE_HEP:
        break;
    }
    return error_at(err, ENOTSUP, t->profile->path, t->at->line,
                    "run cannot capture by HEP: capture on an interface or by a command");
}

int tap_open(const struct profile_capture *at, const struct profile *p, uint32_t source, const char *log,
             struct tap **ret, struct error *err)
{
    struct tap *t = calloc(1, sizeof *t);
    int r;

    if (!t)
        return error_set(err, ENOMEM, "no memory for the capture on %s", at->text);
    t->at = at;
    t->profile = p;
    snprintf(t->log, sizeof t->log, "%s", log ? log : "/dev/null");
    r = open_source(t, source, log, err);
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

static bool holds(struct slice s, const uint8_t *bytes, size_t n)
{
    return s.n >= n && memmem(s.p, s.n, bytes, n);
}

bool tap_is_sentinel(const struct tap *t, const struct frame *f)
{
    return holds(f->bytes, t->secret, sizeof t->secret);
}

int tap_read(struct tap *t, int (*take)(void *ctx, const struct frame *f), void *ctx, struct error *err)
{
    struct frame f;
    int r, taken;

    while ((r = source_next(t->source, &f, err)) == 1) {
        if (t->probes && !t->seen && holds(f.bytes, t->sentinel, sizeof t->sentinel))
            t->seen = true;
        taken = take(ctx, &f);
        if (taken < 0)
            return taken;
    }
    if (r == -EAGAIN || r == -EINTR)
        return 0;
    if (r == 0)
        return error_set(err, EPIPE, "the capture by `%.200s` ended; what it said is in %.200s", t->at->text,
                         t->log);
    return r;
}

/* --- the sentinel */

/* Where one is sent, and by which interface. */
struct way {
    struct sockaddr_storage to;
    socklen_t size;
    int multicast_by; /* interface index; 0: as the routes say */
};

static struct way way_to(const struct addr *a, int interface)
{
    struct way w = {.multicast_by = interface};
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(TAP_DISCARD_PORT)};
    struct sockaddr_in6 to6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(TAP_DISCARD_PORT), .sin6_scope_id = (uint32_t)interface};

    if (addr_is_v4(a)) {
        memcpy(&to4.sin_addr, a->b + 12, 4);
        memcpy(&w.to, &to4, sizeof to4);
        w.size = sizeof to4;
    } else {
        memcpy(&to6.sin6_addr, a->b, 16);
        memcpy(&w.to, &to6, sizeof to6);
        w.size = sizeof to6;
    }
    return w;
}

static int leave_by(int fd, const struct way *w)
{
    struct ip_mreqn by4 = {.imr_ifindex = w->multicast_by};

    if (w->multicast_by == 0)
        return 0;
    if (w->to.ss_family == AF_INET)
        return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by4, sizeof by4);
    return setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &w->multicast_by, sizeof w->multicast_by);
}

/* A new socket each time: one that got an ICMP error for the last sentinel would refuse the next. */
static int send_by(const struct tap *t, const struct way *w)
{
    int fd = socket(w->to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), r = 0;

    if (fd < 0)
        return -errno;
    if (leave_by(fd, w) < 0 || sendto(fd, t->sentinel, sizeof t->sentinel, 0, (const struct sockaddr *)&w->to,
                                      w->size) != (ssize_t)sizeof t->sentinel)
        r = -errno;
    close(fd);
    return r;
}

static int send_to(const struct tap *t, struct slice address, int interface)
{
    struct addr a;
    struct way w;

    if (!addr_parse(address, &a))
        return -EINVAL;
    w = way_to(&a, interface);
    return send_by(t, &w);
}

static bool is_loopback(const char *interface)
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool yes;

    memcpy(request.ifr_name, interface, strnlen(interface, sizeof request.ifr_name - 1));
    yes = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_LOOPBACK);
    if (fd >= 0)
        close(fd);
    return yes;
}

/* Over the loopback where that is what is captured (the device "any" sees it too); else to a multicast group
 * that is reserved for documentation (RFC 6676) with a time to live of one, so that it leaves by the very
 * interface, needs no neighbour, and goes no further than the link. */
static int send_over_interface(const struct tap *t)
{
    const char *name = t->at->text;
    int index, r;

    if (strcmp(name, "any") == 0 || is_loopback(name))
        return send_to(t, SLICE("127.0.0.1"), 0);
    index = (int)if_nametoindex(name);
    r = send_to(t, SLICE("233.252.0.1"), index);
    return r < 0 ? send_to(t, SLICE("ff02::db8:0:1"), index) : r;
}

/* A command captures we know not where: near one of the nodes, or it would be of no use. */
static int send_to_nodes(const struct tap *t)
{
    int r = -EDESTADDRREQ, sent;

    for (int i = 0; i < t->profile->nnodes; i++) {
        struct way w = way_to(&t->profile->node[i].addr, 0);
        if (t->profile->node[i].bits != 128)
            continue;
        sent = send_by(t, &w);
        if (r < 0)
            r = sent;
    }
    return r;
}

int tap_probe(struct tap *t, struct error *err)
{
    int r;

    t->probes++;
    t->seen = false;
    memcpy(t->sentinel, "cpmspec-sentinel", MARK_BYTES);
    memcpy(t->sentinel + MARK_BYTES, t->secret, SECRET_BYTES);
    for (int i = 0; i < 8; i++)
        t->sentinel[MARK_BYTES + SECRET_BYTES + i] = (uint8_t)(t->probes >> (8 * i));
    r = t->at->kind == CAPTURE_INTERFACE ? send_over_interface(t) : send_to_nodes(t);
    if (r < 0)
        return error_set(err, -r, "cannot send a sentinel for the capture by `%s`: %s", t->at->text,
                         strerror(-r));
    return 0;
}

bool tap_proved(const struct tap *t)
{
    return t->probes > 0 && t->seen;
}

uint64_t tap_drops(const struct tap *t)
{
    return source_dropped(t->source);
}
