#include "drive/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PRIVATE = CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS,
    END_DEADLINE_MS = 10000,
    ROUTE_DEADLINE_MS = 10000
};

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;

    if (fd < 0)
        return -errno;
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        r = errno ? -errno : -EIO;
    close(fd);
    return r;
}

/* We are root in the new user namespace, and ourselves outside: files are written as the user who called. */
static int map_ids(uid_t uid, gid_t gid)
{
    char text[64];
    int r;

    r = write_file("/proc/self/setgroups", "deny");
    if (r < 0 && r != -ENOENT)
        return r;
    snprintf(text, sizeof text, "0 %u 1", (unsigned)uid);
    r = write_file("/proc/self/uid_map", text);
    if (r < 0)
        return r;
    snprintf(text, sizeof text, "0 %u 1", (unsigned)gid);
    return write_file("/proc/self/gid_map", text);
}

/* The next child will be process 1 of the new PID namespace. */
static int make_namespaces(enum sandbox_kind kind)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();

    if (kind == SANDBOX_HOST) {
        /* A user namespace would take away the right to capture on the host: root's way, or none. */
        unshare(CLONE_NEWPID);
        return 0;
    }
    /* Root keeps its own user namespace: in another one it could not touch files of other users. */
    if (uid == 0 && unshare(PRIVATE) == 0)
        return 0;
    if (unshare(CLONE_NEWUSER | PRIVATE) < 0)
        return -errno;
    prctl(PR_SET_DUMPABLE, 1); /* else our files in /proc are root's, where the program has capabilities */
    return map_ids(uid, gid);
}

struct entry {
    enum sandbox_kind kind;
    int (*body)(void *ctx);
    void *ctx;
};

/* Process 1. It cannot see its parent's number to learn whether that one still lives, so it looks whether the
 * other end of a pipe is still held. */
static void inside(const struct entry *e, int lifeline[2])
{
    struct pollfd fd = {.fd = lifeline[0]};
    sigset_t none;

    close(lifeline[1]);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (poll(&fd, 1, 0) != 0)
        _exit(SANDBOX_REFUSED);
    close(lifeline[0]);
    _exit(e->body(e->ctx));
}

/* --- the process between: it makes the namespaces, which only its children enter, and outlives them */

static void kill_children(void)
{
    char path[64];
    FILE *f;
    int pid;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    f = fopen(path, "re");
    while (f && fscanf(f, "%d", &pid) == 1)
        kill(pid, SIGKILL);
    if (f)
        fclose(f);
}

/* Where there is no PID namespace, what our child leaves behind becomes ours: it is killed until nothing is
 * left. Somebody who may not be killed is not waited for. */
static void end_orphans(const sigset_t *wanted)
{
    struct timespec patience = {5, 0};

    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0)
            return;
        if (pid > 0)
            continue;
        kill_children();
        if (sigtimedwait(wanted, NULL, &patience) < 0)
            return;
    }
}

/* SIGTERM comes when our parent dies, or wants us to end. */
static int wait_for_child(pid_t child, const sigset_t *wanted)
{
    siginfo_t info;
    int status;

    for (;;) {
        if (sigwaitinfo(wanted, &info) < 0)
            continue;
        if (info.si_signo == SIGTERM)
            kill(child, SIGKILL);
        if (waitpid(child, &status, WNOHANG) == child)
            return status;
    }
}

static int between(void *ctx)
{
    const struct entry *e = ctx;
    pid_t child, parent = getppid();
    int lifeline[2], status;
    sigset_t wanted;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGCHLD);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    if (make_namespaces(e->kind) < 0 || pipe2(lifeline, O_CLOEXEC) < 0)
        return SANDBOX_REFUSED;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* after the change of credentials, which clears it */
    if (getppid() != parent)
        return SANDBOX_REFUSED;
    child = fork();
    if (child < 0)
        return SANDBOX_REFUSED;
    if (child == 0)
        inside(e, lifeline);
    status = wait_for_child(child, &wanted);
    end_orphans(&wanted);
    if (WIFSIGNALED(status)) {
        sigprocmask(SIG_UNBLOCK, &wanted, NULL);
        raise(WTERMSIG(status));
    }
    return WEXITSTATUS(status);
}

int sandbox_start(enum sandbox_kind kind, int (*body)(void *ctx), void *ctx, int keep, struct process **ret,
                  struct error *err)
{
    struct entry e = {kind, body, ctx};

    return process_fork(between, &e, keep, ret, err);
}

void sandbox_end(struct process *p)
{
    struct pollfd fd;

    if (!p)
        return;
    process_signal_leader(p, SIGTERM);
    fd = (struct pollfd){.fd = process_fd(p), .events = POLLIN};
    poll(&fd, 1, END_DEADLINE_MS);
    process_free(p);
}

static int try_loopback(void *ctx)
{
    (void)ctx;
    return sandbox_loopback_up(NULL) < 0 ? SANDBOX_REFUSED : 0;
}

int sandbox_probe(struct error *err)
{
    struct process *p = NULL;
    struct pollfd fd;
    int r, status;

    r = sandbox_start(SANDBOX_PRIVATE, try_loopback, NULL, -1, &p, err);
    if (r < 0)
        return r;
    fd = (struct pollfd){.fd = process_fd(p), .events = POLLIN};
    while (process_reap(p) < 0)
        poll(&fd, 1, -1);
    status = process_status(p);
    process_free(p);
    if (status != 0)
        return error_set(err, EPERM, "the kernel gives this user no namespaces");
    return 0;
}

int sandbox_loopback_up(struct error *err)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r = 0;

    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        r = error_set(err, errno, "cannot bring the loopback interface up: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return r;
}

struct address_request {
    struct nlmsghdr header;
    struct ifaddrmsg address;
    struct rtattr local;
    uint8_t bytes[16];
};

/* Asks the kernel and returns its answer: 0 or -errno. */
static int netlink_ask(const struct nlmsghdr *q)
{
    struct {
        struct nlmsghdr header;
        struct nlmsgerr answer;
        char more[512];
    } a;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), r;
    ssize_t n;

    if (fd < 0)
        return -errno;
    if (send(fd, q, q->nlmsg_len, 0) < 0 || (n = recv(fd, &a, sizeof a, 0)) < 0)
        r = -errno;
    else if ((size_t)n < sizeof a.header + sizeof a.answer || a.header.nlmsg_type != NLMSG_ERROR)
        r = -EPROTO;
    else
        r = a.answer.error;
    close(fd);
    return r;
}

/* Whether a message says that there is a local route to an IPv6 address. */
static bool tells_route(struct nlmsghdr *m, const struct addr *a)
{
    struct rtmsg *route = NLMSG_DATA(m);
    size_t left = m->nlmsg_len - NLMSG_LENGTH(sizeof *route);

    if (m->nlmsg_type != RTM_NEWROUTE || m->nlmsg_len < NLMSG_LENGTH(sizeof *route) ||
        route->rtm_family != AF_INET6 || route->rtm_type != RTN_LOCAL || route->rtm_dst_len != 128)
        return false;
    for (struct rtattr *t = RTM_RTA(route); RTA_OK(t, left); t = RTA_NEXT(t, left))
        if (t->rta_type == RTA_DST && RTA_PAYLOAD(t) == sizeof a->b)
            return memcmp(RTA_DATA(t), a->b, sizeof a->b) == 0;
    return false;
}

/* What one datagram of the kernel's has to say: its answer, where that is in it, and the route. */
static void hear(char *bytes, size_t n, const struct addr *a, int *answer, bool *routed)
{
    for (struct nlmsghdr *m = (void *)bytes; NLMSG_OK(m, n); m = NLMSG_NEXT(m, n)) {
        if (m->nlmsg_type == NLMSG_ERROR)
            *answer = ((struct nlmsgerr *)NLMSG_DATA(m))->error;
        *routed |= tells_route(m, a);
    }
}

/* The kernel gives an IPv6 address its route a moment later, in a thread of its own: until then nobody
 * reaches it, and what was to replace the route would lose to it. 0 or -errno. */
static int ask_for_ipv6(const struct nlmsghdr *q, const struct addr *a)
{
    struct sockaddr_nl events = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV6_ROUTE};
    _Alignas(struct nlmsghdr) char bytes[8192];
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), answer = 1;
    bool routed = false;

    if (fd < 0)
        return -errno;
    if (bind(fd, (const struct sockaddr *)&events, sizeof events) < 0 || send(fd, q, q->nlmsg_len, 0) < 0)
        answer = -errno;
    while (answer > 0 || (answer == 0 && !routed)) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        ssize_t n = poll(&wait, 1, ROUTE_DEADLINE_MS) > 0 ? recv(fd, bytes, sizeof bytes, 0) : 0;
        if (n <= 0) {
            answer = n < 0 ? -errno : answer > 0 ? -ETIMEDOUT : 0; /* it is given, at least */
            break;
        }
        hear(bytes, (size_t)n, a, &answer, &routed);
    }
    close(fd);
    return answer;
}

int sandbox_add_address(const struct addr *a, struct error *err)
{
    bool v4 = addr_is_v4(a);
    size_t n = v4 ? 4 : 16;
    struct address_request q = {
        .header = {.nlmsg_len = (uint32_t)(offsetof(struct address_request, bytes) + n),
                   .nlmsg_type = RTM_NEWADDR,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL},
        .address = {.ifa_family = v4 ? AF_INET : AF_INET6,
                    .ifa_prefixlen = (uint8_t)(n * 8),
                    .ifa_flags = IFA_F_NODAD, /* no waiting until the address may be used */
                    .ifa_index = if_nametoindex("lo")},
        .local = {.rta_len = (unsigned short)(sizeof(struct rtattr) + n), .rta_type = IFA_LOCAL},
    };
    char text[ADDR_TEXT];
    int r;

    memcpy(q.bytes, v4 ? a->b + 12 : a->b, n);
    r = v4 ? netlink_ask(&q.header) : ask_for_ipv6(&q.header, a);
    if (r < 0 && r != -EEXIST)
        return error_set(err, -r, "cannot give the loopback interface the address %s: %s",
                         addr_format(a, text), strerror(-r));
    return 0;
}

/* The attributes of a route, one behind the other; each is of 4 bytes or of 16. */
struct route_request {
    struct nlmsghdr header;
    struct rtmsg route;
    uint8_t attributes[3 * (sizeof(struct rtattr) + 16)];
};

static void add_attribute(struct route_request *q, unsigned short type, const void *bytes, size_t n)
{
    struct rtattr a = {.rta_len = (unsigned short)(sizeof a + n), .rta_type = type};
    uint8_t *at = (uint8_t *)q + q->header.nlmsg_len;

    memcpy(at, &a, sizeof a);
    memcpy(at + sizeof a, bytes, n);
    q->header.nlmsg_len += (uint32_t)(sizeof a + n);
}

static struct route_request route_to(const struct addr *to, unsigned short type)
{
    bool v4 = addr_is_v4(to);
    size_t skip = v4 ? 12 : 0, n = 16 - skip;
    unsigned lo = if_nametoindex("lo");
    struct route_request q = {
        .header = {.nlmsg_len = offsetof(struct route_request, attributes),
                   .nlmsg_type = type,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
        .route = {.rtm_family = v4 ? AF_INET : AF_INET6,
                  .rtm_dst_len = (uint8_t)(n * 8),
                  .rtm_table = RT_TABLE_LOCAL,
                  .rtm_protocol = RTPROT_STATIC,
                  .rtm_scope = RT_SCOPE_HOST,
                  .rtm_type = RTN_LOCAL},
    };

    add_attribute(&q, RTA_DST, to->b + skip, n);
    add_attribute(&q, RTA_OIF, &lo, sizeof lo);
    return q;
}

int sandbox_prefer_source(const struct addr *to, const struct addr *from, struct error *err)
{
    bool v4 = addr_is_v4(to);
    struct route_request old = route_to(to, RTM_DELROUTE), q = route_to(to, RTM_NEWROUTE);
    char text[2][ADDR_TEXT];
    int r;

    if (v4 != addr_is_v4(from))
        return 0;
    old.route.rtm_protocol = RTPROT_UNSPEC; /* whoever made it */
    old.route.rtm_scope = RT_SCOPE_NOWHERE;
    if (!v4)
        netlink_ask(&old.header); /* of IPv6 the kernel's own route would win; there may be none */
    q.header.nlmsg_flags |= NLM_F_CREATE | NLM_F_REPLACE;
    add_attribute(&q, RTA_PREFSRC, from->b + (v4 ? 12 : 0), v4 ? 4 : 16);
    r = netlink_ask(&q.header);
    if (r < 0)
        return error_set(err, -r, "cannot make %s the address that %s is reached from: %s",
                         addr_format(from, text[0]), addr_format(to, text[1]), strerror(-r));
    return 0;
}
