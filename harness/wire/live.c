#include "wire/live.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "wire/source_ops.h"

enum { SNAP_LENGTH = 262144, BUFFER_BYTES = 16 << 20, LATENCY_MS = 10 };

struct live {
    struct source base;
    pcap_t *pcap;
    bool nano;
    uint32_t linktype;
    uint64_t dropped;    /* total so far */
    uint32_t dropped_32; /* the kernel's counter, which wraps */
};

static int live_next(struct source *s, struct frame *ret, struct error *err)
{
    struct live *l = (struct live *)s;
    struct pcap_pkthdr *head;
    const u_char *bytes;
    int r = pcap_next_ex(l->pcap, &head, &bytes);

    if (r == 0)
        return -EAGAIN;
    if (r != 1)
        return error_set(err, EIO, "capturing stopped after frame %llu: %s", (unsigned long long)s->frames,
                         pcap_geterr(l->pcap));
    ret->bytes = (struct slice){(const char *)bytes, head->caplen};
    ret->wire_len = head->len > head->caplen ? head->len : head->caplen;
    ret->linktype = l->linktype;
    ret->time = head->ts.tv_sec * NSEC_PER_SEC + head->ts.tv_usec * (l->nano ? 1 : NSEC_PER_USEC);
    return 1;
}

static int live_fd(const struct source *s)
{
    return pcap_get_selectable_fd(((const struct live *)s)->pcap);
}

static void count_dropped(struct live *l)
{
    struct pcap_stat stat;

    if (pcap_stats(l->pcap, &stat) != 0)
        return;
    l->dropped += (uint32_t)(stat.ps_drop - l->dropped_32);
    l->dropped_32 = stat.ps_drop;
}

static uint64_t live_dropped(const struct source *s)
{
    struct live *l = (struct live *)(uintptr_t)s; /* what is counted is the kernel's, not the caller's */

    count_dropped(l);
    return l->dropped;
}

static void live_release(struct source *s)
{
    struct live *l = (struct live *)s;

    if (l->pcap)
        pcap_close(l->pcap);
    free(l);
}

static const struct source_ops live_ops = {
    .next = live_next, .fd = live_fd, .dropped = live_dropped, .release = live_release};

static int explain(struct error *err, int status, pcap_t *pcap, const char *interface)
{
    if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
        return error_set(err, EPERM,
                         "no right to capture on %s: run as root, or give the program that right (setcap "
                         "cap_net_raw+ep)",
                         interface);
    if (status == PCAP_ERROR_NO_SUCH_DEVICE)
        return error_set(err, ENODEV, "no interface %s: `ip link` lists those that there are", interface);
    if (status == PCAP_ERROR_IFACE_NOT_UP)
        return error_set(err, ENETDOWN, "interface %s is down: `ip link set %s up`", interface, interface);
    return error_set(err, EIO, "cannot capture on %s: %s: %s", interface, pcap_statustostr(status),
                     pcap_geterr(pcap));
}

static int activate(struct live *l, const char *interface, const struct live_options *o, struct error *err)
{
    char text[PCAP_ERRBUF_SIZE];
    size_t buffer = o && o->buffer_bytes ? o->buffer_bytes : BUFFER_BYTES;
    int status;

    pcap_set_snaplen(l->pcap, SNAP_LENGTH);
    pcap_set_promisc(l->pcap, o && o->promiscuous);
    /* Not the immediate mode: it gives each frame a slot of the largest size, so that a burst of some hundred
     * small ones fills the buffer. */
    pcap_set_timeout(l->pcap, LATENCY_MS);
    pcap_set_buffer_size(l->pcap, (int)(buffer < INT32_MAX ? buffer : INT32_MAX));
    l->nano = pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
    status = pcap_activate(l->pcap);
    if (status < 0)
        return explain(err, status, l->pcap, interface);
    if (pcap_setnonblock(l->pcap, 1, text) != 0)
        return error_set(err, EIO, "cannot capture on %s: %s", interface, text);
    l->nano = pcap_get_tstamp_precision(l->pcap) == PCAP_TSTAMP_PRECISION_NANO;
    l->linktype = (uint32_t)pcap_datalink(l->pcap);
    return 0;
}

int live_open(const char *interface, uint32_t index, const struct live_options *options, struct source **ret,
              struct error *err)
{
    char text[PCAP_ERRBUF_SIZE];
    struct live *l = calloc(1, sizeof *l);
    int r;

    if (!l)
        return error_set(err, ENOMEM, "out of memory");
    source_init(&l->base, &live_ops, interface, index);
    l->pcap = pcap_create(interface, text);
    r = l->pcap ? activate(l, interface, options, err)
                : error_set(err, EIO, "cannot capture on %s: %s", interface, text);
    if (r < 0) {
        live_release(&l->base);
        return r;
    }
    *ret = &l->base;
    return 0;
}
