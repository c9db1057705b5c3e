#include "wire/hepsource.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/addr.h"
#include "wire/hep.h"
#include "wire/source_ops.h"
#include "wire/wrap.h"

enum { PACKET_MAX = 65535, RECEIVE_BUFFER = 4 << 20, FRONT = WRAP_HEAD_MAX };

/* The bytes of a packet have FRONT bytes before them that are free: what lies there was handed out before. */
struct peer {
    int fd;
    struct endpoint from;
    size_t begin, end; /* of what is there and not handed out; FRONT at least */
    char bytes[FRONT + PACKET_MAX];
};

struct hep_source {
    struct source base;
    int epoll, fd;
    bool tcp;
    struct endpoint at; /* where it listens */
    uint64_t dropped;
    uint32_t dropped_32; /* the kernel's counter, which wraps */
    struct peer *peer[HEP_CONNECTIONS_MAX];
    struct peer *current; /* may have more packets */
    struct peer *done;    /* to be closed when the frame that shows why has been looked at */
    char bytes[FRONT + PACKET_MAX];
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t to_sockaddr(const struct endpoint *e, union address *ret)
{
    memset(ret, 0, sizeof *ret);
    if (addr_is_v4(&e->addr)) {
        ret->v4.sin_family = AF_INET;
        ret->v4.sin_port = htons(e->port);
        memcpy(&ret->v4.sin_addr, e->addr.b + 12, 4);
        return sizeof ret->v4;
    }
    ret->v6.sin6_family = AF_INET6;
    ret->v6.sin6_port = htons(e->port);
    memcpy(&ret->v6.sin6_addr, e->addr.b, 16);
    return sizeof ret->v6;
}

static struct endpoint to_endpoint(const union address *a)
{
    struct endpoint e;

    if (a->any.sa_family == AF_INET) {
        e.addr = addr_v4((const uint8_t *)&a->v4.sin_addr);
        e.port = ntohs(a->v4.sin_port);
    } else {
        e.addr = addr_v6((const uint8_t *)&a->v6.sin6_addr);
        e.port = ntohs(a->v6.sin6_port);
    }
    return e;
}

bool hep_place(struct slice text, bool *ret_tcp, struct endpoint *ret)
{
    struct endpoint e = {.port = HEP_PORT};
    struct slice host, port;
    uint64_t number;

    if (!slice_istarts(text, SLICE("udp:")) && !slice_istarts(text, SLICE("tcp:")))
        return false;
    *ret_tcp = slice_istarts(text, SLICE("tcp:"));
    text = slice_tail(text, 4);
    host =
        slice_head(text, slice_starts(text, SLICE("[")) ? slice_find(text, ']') + 1 : slice_find(text, ':'));
    port = slice_tail(text, host.n);
    if (!addr_parse(host, &e.addr))
        return false;
    if (port.n) {
        if (port.p[0] != ':' || !slice_number(slice_tail(port, 1), 65535, &number))
            return false;
        e.port = (uint16_t)number;
    }
    *ret = e;
    return true;
}

void hep_reach(struct endpoint *e)
{
    static const struct addr any6 = {.b = {0}}, loopback6 = {.b = {[15] = 1}};
    static const uint8_t any4[4] = {0}, loopback4[4] = {127, 0, 0, 1};
    struct addr any = addr_v4(any4);

    if (addr_eq(&e->addr, &any))
        e->addr = addr_v4(loopback4);
    else if (addr_eq(&e->addr, &any6))
        e->addr = loopback6;
}

static void close_peer(struct hep_source *s, struct peer *p)
{
    for (int i = 0; i < HEP_CONNECTIONS_MAX; i++)
        if (s->peer[i] == p)
            s->peer[i] = NULL;
    if (s->current == p)
        s->current = NULL;
    close(p->fd); /* which takes it out of the epoll set, too */
    free(p);
}

static int to_frame(const struct hep_source *s, const struct endpoint *from, char *bytes, size_t n,
                    struct frame *ret)
{
    struct slice datagram = wrap_udp(from, &s->at, bytes, n);

    *ret = (struct frame){
        .bytes = datagram, .wire_len = (uint32_t)datagram.n, .linktype = LINK_HEP3, .time = clock_realtime()};
    return 1;
}

/* The kernel says with a datagram how many it has thrown away. */
static void note_drops(struct hep_source *s, struct msghdr *m)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        uint32_t dropped;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
            continue;
        memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
        s->dropped += dropped - s->dropped_32;
        s->dropped_32 = dropped;
    }
}

static int receive_datagram(struct hep_source *s, struct frame *ret)
{
    struct iovec data = {s->bytes + FRONT, PACKET_MAX};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(uint32_t))];
    union address from;
    struct endpoint sender;
    struct msghdr m = {.msg_name = &from,
                       .msg_namelen = sizeof from,
                       .msg_iov = &data,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof control};
    ssize_t n = recvmsg(s->fd, &m, 0);

    if (n < 0)
        return errno == EWOULDBLOCK || errno == ECONNREFUSED ? -EAGAIN : -errno;
    note_drops(s, &m);
    sender = to_endpoint(&from);
    return to_frame(s, &sender, s->bytes + FRONT, (size_t)n, ret);
}

/* False where it cannot be had now. */
static bool accept_peer(struct hep_source *s)
{
    union address from;
    socklen_t n = sizeof from;
    int fd = accept4(s->fd, &from.any, &n, SOCK_CLOEXEC | SOCK_NONBLOCK), i = 0;
    struct epoll_event event = {.events = EPOLLIN};
    struct peer *p;

    if (fd < 0)
        return false;
    while (i < HEP_CONNECTIONS_MAX && s->peer[i])
        i++;
    p = i < HEP_CONNECTIONS_MAX ? malloc(sizeof *p) : NULL;
    if (!p) { /* what it would have said is lost */
        s->dropped++;
        close(fd);
        return true;
    }
    p->fd = fd;
    p->from = to_endpoint(&from);
    p->begin = p->end = FRONT;
    event.data.ptr = p;
    s->peer[i] = p;
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        close_peer(s, p);
    return true;
}

/* A packet that is there as a whole. What is no HEP, or is cut off by the end of the connection, is shown all
 * the same, and the connection closed after it. */
static int packet_of(struct hep_source *s, struct peer *p, bool ended, struct frame *ret)
{
    char *begin = p->bytes + p->begin;
    struct slice there = {begin, p->end - p->begin};
    int n = hep_length(there);

    if (n > 0 && (size_t)n <= there.n) {
        p->begin += (size_t)n;
        s->current = p;
        return to_frame(s, &p->from, begin, (size_t)n, ret);
    }
    if (n < 0 || ended) {
        if (there.n == 0) {
            close_peer(s, p);
            return -EAGAIN;
        }
        s->current = NULL;
        s->done = p;
        return to_frame(s, &p->from, begin, there.n, ret);
    }
    s->current = NULL;
    memmove(p->bytes + FRONT, begin, there.n);
    p->begin = FRONT;
    p->end = FRONT + there.n;
    return -EAGAIN;
}

static int receive_stream(struct hep_source *s, struct peer *p, struct frame *ret)
{
    ssize_t n = read(p->fd, p->bytes + p->end, sizeof p->bytes - p->end);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return -EAGAIN;
    if (n > 0)
        p->end += (size_t)n;
    return packet_of(s, p, n <= 0, ret);
}

static int hep_next(struct source *base, struct frame *ret, struct error *err)
{
    struct hep_source *s = (struct hep_source *)base;
    int r = -EAGAIN;

    if (s->done) {
        close_peer(s, s->done);
        s->done = NULL;
    }
    if (s->current)
        r = packet_of(s, s->current, false, ret);
    while (r == -EAGAIN) {
        struct epoll_event event;
        int n = epoll_wait(s->epoll, &event, 1, 0);
        if (n == 0)
            return -EAGAIN;
        if (n < 0)
            return errno == EINTR ? -EINTR
                                  : error_set(err, errno, "waiting for HEP failed: %s", strerror(errno));
        if (event.data.ptr)
            r = receive_stream(s, event.data.ptr, ret);
        else if (s->tcp && !accept_peer(s))
            return -EAGAIN;
        else if (s->tcp)
            continue;
        else if ((r = receive_datagram(s, ret)) == -EAGAIN)
            return r;
    }
    if (r < 0 && r != -EINTR)
        return error_set(err, -r, "receiving HEP failed: %s", strerror(-r));
    return r;
}

static int hep_fd(const struct source *s)
{
    return ((const struct hep_source *)s)->epoll;
}

static uint64_t hep_dropped(const struct source *s)
{
    return ((const struct hep_source *)s)->dropped;
}

static void hep_release(struct source *base)
{
    struct hep_source *s = (struct hep_source *)base;

    for (int i = 0; i < HEP_CONNECTIONS_MAX; i++)
        if (s->peer[i])
            close_peer(s, s->peer[i]);
    if (s->fd >= 0)
        close(s->fd);
    if (s->epoll >= 0)
        close(s->epoll);
    free(s);
}

static const struct source_ops hep_ops = {
    .next = hep_next, .fd = hep_fd, .dropped = hep_dropped, .release = hep_release};

/* 0, or -1 with errno. */
static int start_listening(struct hep_source *s)
{
    struct epoll_event event = {.events = EPOLLIN};
    int on = 1, size = RECEIVE_BUFFER;
    union address a;
    socklen_t n = to_sockaddr(&s->at, &a);

    s->fd = socket(a.any.sa_family, (s->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->fd < 0 || s->epoll < 0)
        return -1;
    if (s->tcp)
        setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    else
        setsockopt(s->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (bind(s->fd, &a.any, n) < 0 || (s->tcp && listen(s->fd, HEP_CONNECTIONS_MAX) < 0))
        return -1;
    n = sizeof a;
    if (getsockname(s->fd, &a.any, &n) < 0)
        return -1;
    s->at = to_endpoint(&a);
    return epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->fd, &event);
}

int hep_source_open(const char *where, uint32_t index, struct source **ret, struct error *err)
{
    struct hep_source *s;
    struct endpoint e;
    bool over_tcp;

    if (!hep_place(slice_of(where), &over_tcp, &e))
        return error_set(err, EINVAL, "\"%s\" is no place to receive HEP at: write udp:127.0.0.1:9060",
                         where);
    s = calloc(1, sizeof *s);
    if (!s)
        return error_set(err, ENOMEM, "out of memory");
    source_init(&s->base, &hep_ops, where, index);
    s->fd = s->epoll = -1;
    s->tcp = over_tcp;
    s->at = e;
    if (start_listening(s) < 0) {
        int code = errno;
        hep_release(&s->base);
        if (code == EADDRINUSE)
            return error_set(err, code, "cannot receive HEP at %s: another program listens there", where);
        return error_set(err, code, "cannot receive HEP at %s: %s", where, strerror(code));
    }
    *ret = &s->base;
    return 0;
}

uint16_t hep_source_port(const struct source *s)
{
    return ((const struct hep_source *)s)->at.port;
}
