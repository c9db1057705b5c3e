#include "drive/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SNAPLEN = 262144,      /* what tcpdump takes for "whole" */
    RING_BYTES = 32 << 20, /* some seconds of a full gigabit */
    LATENCY_MS = 10,       /* how long the kernel may hold frames back to hand them over together */
    SENTINEL_BYTES = 40
};

struct tap {
    pcap_t *pcap;
    char interface[64];
    uint32_t source, linktype;
    uint64_t frames;
    uint8_t secret[16];               /* in every sentinel of ours */
    uint8_t sentinel[SENTINEL_BYTES]; /* the last one sent */
    uint64_t probes;
    bool seen;
};

static int open_error(struct tap *t, int status, struct error *err)
{
    const char *detail = pcap_geterr(t->pcap);

    if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
        return error_set(
            err, EPERM,
            "no right to capture on %s: run as root, or `sudo setcap cap_net_raw,cap_net_admin+ep` "
            "the program",
            t->interface);
    if (status == PCAP_ERROR_NO_SUCH_DEVICE)
        return error_set(err, ENODEV, "there is no interface %s to capture on: `ip link` lists them",
                         t->interface);
    if (status == PCAP_ERROR_IFACE_NOT_UP)
        return error_set(err, ENETDOWN, "the interface %s is down: `ip link set %s up`", t->interface,
                         t->interface);
    return error_set(err, EIO, "cannot capture on %s: %s", t->interface,
                     *detail ? detail : pcap_statustostr(status));
}

static int activate(struct tap *t, struct error *err)
{
    char text[PCAP_ERRBUF_SIZE];
    int status;

    t->pcap = pcap_create(t->interface, text);
    if (!t->pcap)
        return error_set(err, EIO, "cannot capture on %s: %s", t->interface, text);
    pcap_set_snaplen(t->pcap, SNAPLEN);
    pcap_set_promisc(t->pcap, 0);
    pcap_set_timeout(t->pcap, LATENCY_MS);
    pcap_set_buffer_size(t->pcap, RING_BYTES);
    pcap_set_tstamp_precision(t->pcap, PCAP_TSTAMP_PRECISION_NANO);
    status = pcap_activate(t->pcap);
    if (status < 0)
        return open_error(t, status, err);
    if (pcap_setnonblock(t->pcap, 1, text) < 0)
        return error_set(err, EIO, "cannot capture on %s: %s", t->interface, text);
    return 0;
}

int tap_open(const char *interface, uint32_t source, struct tap **ret, struct error *err)
{
    struct tap *t = calloc(1, sizeof *t);
    int r;

    if (!t)
        return error_set(err, ENOMEM, "no memory for the capture on %s", interface);
    snprintf(t->interface, sizeof t->interface, "%s", interface);
    t->source = source;
    r = activate(t, err);
    if (r == 0 && getrandom(t->secret, sizeof t->secret, 0) != (ssize_t)sizeof t->secret)
        r = error_set(err, EIO, "no random number for the sentinel");
    if (r < 0) {
        tap_free(t);
        return r;
    }
    /* The registry's value, which is what frames carry, differs from DLT_ for raw IP alone. */
    t->linktype = pcap_datalink(t->pcap) == DLT_RAW ? 101 : (uint32_t)pcap_datalink(t->pcap);
    *ret = t;
    return 0;
}

void tap_free(struct tap *t)
{
    if (!t)
        return;
    if (t->pcap)
        pcap_close(t->pcap);
    free(t);
}

int tap_fd(const struct tap *t)
{
    return pcap_get_selectable_fd(t->pcap);
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
    struct pcap_pkthdr *h;
    const unsigned char *bytes;
    int r, status;

    while ((status = pcap_next_ex(t->pcap, &h, &bytes)) == 1) {
        struct frame f = {.bytes = {(const char *)bytes, h->caplen},
                          .wire_len = h->len,
                          .linktype = t->linktype,
                          .source = t->source,
                          .number = ++t->frames,
                          .time = h->ts.tv_sec * NSEC_PER_SEC + h->ts.tv_usec};
        if (t->probes && !t->seen && holds(f.bytes, t->sentinel, sizeof t->sentinel))
            t->seen = true;
        r = take(ctx, &f);
        if (r < 0)
            return r;
    }
    if (status < 0)
        return error_set(err, EIO, "the capture on %s broke: %s", t->interface, pcap_geterr(t->pcap));
    return 0;
}

/* --- the sentinel */

struct way {
    struct sockaddr_storage to;
    socklen_t size;
    int level, option; /* which interface multicast leaves by; level -1: not asked */
    struct ip_mreqn by4;
    int by6;
};

static struct way way_v4(const char *address, int ifindex, bool multicast)
{
    struct way w = {.size = sizeof(struct sockaddr_in),
                    .level = multicast ? IPPROTO_IP : -1,
                    .option = IP_MULTICAST_IF,
                    .by4 = {.imr_ifindex = ifindex}};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(TAP_DISCARD_PORT)};

    inet_pton(AF_INET, address, &to.sin_addr);
    memcpy(&w.to, &to, sizeof to);
    return w;
}

static struct way way_v6(const char *address, int ifindex)
{
    struct way w = {.size = sizeof(struct sockaddr_in6),
                    .level = IPPROTO_IPV6,
                    .option = IPV6_MULTICAST_IF,
                    .by6 = ifindex};
    struct sockaddr_in6 to = {
        .sin6_family = AF_INET6, .sin6_port = htons(TAP_DISCARD_PORT), .sin6_scope_id = (uint32_t)ifindex};

    inet_pton(AF_INET6, address, &to.sin6_addr);
    memcpy(&w.to, &to, sizeof to);
    return w;
}

static int send_by(const struct way *w, const uint8_t *bytes, size_t n)
{
    int fd = socket(w->to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), r = 0;
    bool v4 = w->level == IPPROTO_IP;

    if (fd < 0)
        return -errno;
    if ((w->level >= 0 && setsockopt(fd, w->level, w->option, v4 ? (const void *)&w->by4 : &w->by6,
                                     v4 ? sizeof w->by4 : sizeof w->by6) < 0) ||
        sendto(fd, bytes, n, 0, (const struct sockaddr *)&w->to, w->size) != (ssize_t)n)
        r = -errno;
    close(fd);
    return r;
}

static bool is_loopback(const char *interface)
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool yes;

    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
    yes = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_LOOPBACK);
    if (fd >= 0)
        close(fd);
    return yes;
}

/* Over the loopback where that is what is captured (the device "any" sees it too); else to a multicast group
 * that is reserved for documentation (RFC 6676) with a time to live of one, so that it leaves by the very
 * interface, needs no neighbour, and goes no further than the link. */
static int send_sentinel(const struct tap *t)
{
    int ifindex = (int)if_nametoindex(t->interface), r;
    struct way w;

    if (strcmp(t->interface, "any") == 0 || is_loopback(t->interface)) {
        w = way_v4("127.0.0.1", 0, false);
        return send_by(&w, t->sentinel, sizeof t->sentinel);
    }
    w = way_v4("233.252.0.1", ifindex, true);
    r = send_by(&w, t->sentinel, sizeof t->sentinel);
    if (r < 0) {
        w = way_v6("ff02::db8:0:1", ifindex);
        r = send_by(&w, t->sentinel, sizeof t->sentinel);
    }
    return r;
}

int tap_probe(struct tap *t, struct error *err)
{
    int r;

    t->probes++;
    t->seen = false;
    memcpy(t->sentinel, "cpmspec-sentinel", 16);
    memcpy(t->sentinel + 16, t->secret, sizeof t->secret);
    for (int i = 0; i < 8; i++)
        t->sentinel[32 + i] = (uint8_t)(t->probes >> (8 * i));
    r = send_sentinel(t);
    /* An earlier sentinel to a closed port may come back to us as an ICMP error: not on a new socket. */
    if (r < 0)
        return error_set(err, -r, "cannot send the sentinel over %s: %s", t->interface, strerror(-r));
    return 0;
}

bool tap_proved(const struct tap *t)
{
    return t->probes > 0 && t->seen;
}

int tap_drops(struct tap *t, uint64_t *ret, struct error *err)
{
    struct pcap_stat s;

    if (pcap_stats(t->pcap, &s) < 0)
        return error_set(err, EIO, "cannot read the drop counter of %s: %s", t->interface,
                         pcap_geterr(t->pcap));
    *ret = (uint64_t)s.ps_drop + s.ps_ifdrop;
    return 0;
}
