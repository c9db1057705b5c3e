/* Payloads that come without a packet of their own around them: reported by a SIP server (HEP). See
 * wire_state.h. */
#include "wire/hash.h"
#include "wire/sniff.h"
#include "wire/wire_state.h"

static bool is_sip_port(const struct wire *w, uint16_t port)
{
    for (int i = 0; i < w->options.nsip_ports; i++)
        if (w->options.sip_port[i] == port)
            return true;
    return false;
}

/* What is known of a payload. A report is looked for twice: as the packet that another point may have
 * captured, and without ports as another report, because of a connection that it opened itself a server
 * reports the port that it listens at. */
static enum dedup_result look_up(struct wire *w, const struct payload *p, uint32_t id)
{
    struct endpoint src = {.addr = p->src.addr}, dst = {.addr = p->dst.addr};
    uint32_t point = p->source ^ p->reporter;
    enum dedup_result known, reported;

    known = dedup_seen(w->dedup, hash_bytes(p->bytes, hash_way(&p->src, &p->dst)), id, p->time, point);
    if (!p->reporter)
        return known;
    reported = dedup_seen(w->dedup, hash_bytes(p->bytes, hash_way(&src, &dst)), id, p->time, point);
    return known == DEDUP_COPY || reported == DEDUP_NEW ? known : reported;
}

int payload_take(struct wire *w, const struct payload *p, uint32_t id)
{
    enum sniff what = sniff_datagram(p->bytes);
    struct payload again;
    enum dedup_result known;
    int r;

    if (what == SNIFF_KEEPALIVE && !p->cut)
        return WIRE_KEEPALIVE;
    if (what != SNIFF_SIP && !is_sip_port(w, p->dst.port) && !is_sip_port(w, p->src.port))
        return WIRE_NOT_SIP;
    known = look_up(w, p, id);
    if (known == DEDUP_COPY)
        return WIRE_DUPLICATE;
    if (known == DEDUP_ELSEWHERE) {
        again = *p;
        again.again = true;
        p = &again;
    }
    r = wire_hand_on(w, p);
    return r < 0 ? r : known == DEDUP_NEW ? WIRE_USED : WIRE_DUPLICATE;
}

/* The same report twice within this time is one: a message is not sent again that soon. It is measured by our
 * clock, so what the reporters' clocks say does not matter. */
enum { ONE_REPORT = 1 };

int report_take(struct wire *w, const struct frame *f, const struct report *r)
{
    struct payload p = {.bytes = r->bytes,
                        .src = r->src,
                        .dst = r->dst,
                        .transport = r->transport,
                        .time = f->time,
                        .frame = f->number,
                        .source = f->source,
                        .reporter = r->reporter,
                        .stamp = r->stamp};

    if (r->kind != REPORT_SIP)
        return r->kind == REPORT_BAD ? WIRE_HEP_BAD : WIRE_HEP_OTHER;
    return payload_take(w, &p, ONE_REPORT);
}

int hep_take(struct wire *w, const struct frame *f, const struct endpoint *sender, struct slice packet)
{
    struct report r;
    int e = report_read(sender, packet, &w->inflated, &r);

    return e < 0 ? e : report_take(w, f, &r);
}
