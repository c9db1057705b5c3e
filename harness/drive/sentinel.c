#include "drive/sentinel.h"

#include "wire/hepsource.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char mark[] = "cpmspec-sentinel";

enum { MARK_BYTES = sizeof mark - 1 };
_Static_assert(MARK_BYTES + SENTINEL_SECRET + 8 == SENTINEL_BYTES, "mark, secret and number");

void sentinel_make(const uint8_t secret[SENTINEL_SECRET], uint64_t n, char ret[SENTINEL_BYTES])
{
    memcpy(ret, mark, MARK_BYTES);
    memcpy(ret + MARK_BYTES, secret, SENTINEL_SECRET);
    for (int i = 0; i < 8; i++)
        ret[MARK_BYTES + SENTINEL_SECRET + i] = (char)(uint8_t)(n >> (8 * i));
}

/* Where one is sent, and by which interface. */
struct way {
    struct sockaddr_storage to;
    socklen_t size;
    int multicast_by; /* interface index; 0: as the routes say */
};

static struct way way_to(const struct endpoint *e, int interface)
{
    struct way w = {.multicast_by = interface};
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(e->port)};
    struct sockaddr_in6 to6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(e->port), .sin6_scope_id = (uint32_t)interface};

    if (addr_is_v4(&e->addr)) {
        memcpy(&to4.sin_addr, e->addr.b + 12, 4);
        memcpy(&w.to, &to4, sizeof to4);
        w.size = sizeof to4;
    } else {
        memcpy(&to6.sin6_addr, e->addr.b, 16);
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
static int send_by(const struct way *w, struct slice bytes)
{
    int fd = socket(w->to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), r = 0;

    if (fd < 0)
        return -errno;
    if (leave_by(fd, w) < 0 ||
        sendto(fd, bytes.p, bytes.n, 0, (const struct sockaddr *)&w->to, w->size) != (ssize_t)bytes.n)
        r = -errno;
    close(fd);
    return r;
}

/* To a listener on this machine, which the kernel connects us with at once. */
static int send_over_tcp(const struct way *w, struct slice bytes)
{
    static const struct timeval patience = {.tv_sec = 1};
    int fd = socket(w->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), r = 0;

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&w->to, w->size) < 0 ||
        send(fd, bytes.p, bytes.n, MSG_NOSIGNAL) != (ssize_t)bytes.n)
        r = -errno;
    close(fd);
    return r == -EINPROGRESS || r == -EAGAIN ? 0 : r; /* it is not seen, then, and sent again */
}

/* --- on the wire */

static int send_to(struct slice address, int interface, struct slice bytes)
{
    struct endpoint e = {.port = SENTINEL_PORT};
    struct way w;

    if (!addr_parse(address, &e.addr))
        return -EINVAL;
    w = way_to(&e, interface);
    return send_by(&w, bytes);
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

/* Not on the loopback: to a multicast group that is reserved for documentation (RFC 6676) with a time to live
 * of one, so that it leaves by the very interface, needs no neighbour, and goes no further than the link. */
int sentinel_over_interface(const char *name, struct slice sentinel)
{
    int index, r;

    if (strcmp(name, "any") == 0 || is_loopback(name))
        return send_to(SLICE("127.0.0.1"), 0, sentinel);
    index = (int)if_nametoindex(name);
    r = send_to(SLICE("233.252.0.1"), index, sentinel);
    return r < 0 ? send_to(SLICE("ff02::db8:0:1"), index, sentinel) : r;
}

int sentinel_to_nodes(const struct profile *p, struct slice sentinel)
{
    int r = -EDESTADDRREQ, sent;

    for (int i = 0; i < p->nnodes; i++) {
        struct endpoint e = {p->node[i].addr, SENTINEL_PORT};
        struct way w = way_to(&e, 0);
        if (p->node[i].bits != 128)
            continue;
        sent = send_by(&w, sentinel);
        if (r < 0)
            r = sent;
    }
    return r;
}

/* --- by HEP */

struct packet {
    size_t n;
    char bytes[160];
};

static void put_be16(char *p, size_t v)
{
    p[0] = (char)(uint8_t)(v >> 8);
    p[1] = (char)(uint8_t)v;
}

static void add_chunk(struct packet *p, uint16_t type, const void *value, size_t n)
{
    char *chunk = p->bytes + p->n;

    put_be16(chunk, 0);
    put_be16(chunk + 2, type);
    put_be16(chunk + 4, 6 + n);
    memcpy(chunk + 6, value, n);
    p->n += 6 + n;
}

/* A log line from us to us: no SIP, so nobody takes it for any (HEP3 rev. 37, chunk 11: protocol type). */
static void make_report(struct packet *p, const struct endpoint *us, struct slice sentinel)
{
    static const uint8_t family[2] = {2, 10}, udp = IPPROTO_UDP, log_line = 100;
    bool v4 = addr_is_v4(&us->addr);
    const uint8_t *address = us->addr.b + (v4 ? 12 : 0);
    size_t n = v4 ? 4 : 16;

    memcpy(p->bytes, "HEP3", 4);
    p->n = 6;
    add_chunk(p, 1, &family[!v4], 1);
    add_chunk(p, 2, &udp, 1);
    add_chunk(p, v4 ? 3 : 5, address, n);
    add_chunk(p, v4 ? 4 : 6, address, n);
    add_chunk(p, 11, &log_line, 1);
    add_chunk(p, 15, sentinel.p, sentinel.n);
    put_be16(p->bytes + 4, p->n);
}

int sentinel_by_hep(const char *place, struct slice sentinel)
{
    struct endpoint at;
    struct packet packet;
    struct way w;
    bool tcp;

    if (!hep_place(slice_of(place), &tcp, &at) || sentinel.n > SENTINEL_BYTES)
        return -EINVAL;
    hep_reach(&at);
    make_report(&packet, &at, sentinel);
    w = way_to(&at, 0);
    return (tcp ? send_over_tcp : send_by)(&w, (struct slice){packet.bytes, packet.n});
}
