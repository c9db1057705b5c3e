#include "trace/hop.h"

static bool keep_message(struct arena *arena, struct sip_msg *to, const struct sip_msg *from)
{
    struct slice text = arena_copy(arena, sip_text(from));
    struct sip_field *field = arena_alloc(arena, from->nfields * sizeof *field);

    if (!text.p || !field)
        return false;
    if (from->nfields)
        memcpy(field, from->field, from->nfields * sizeof *field);
    *to = *from;
    to->base = text.p;
    to->field = field;
    return true;
}

/* A slice of one message in a copy of it. */
static struct slice moved(struct slice s, const struct sip_msg *from, const struct sip_msg *to)
{
    return (struct slice){s.p ? to->base + (s.p - from->base) : NULL, s.n};
}

/* The Via number `i` from the bottom of a hop where it has this very text; NULL where not. */
static const struct sip_via *via_of(const struct hop *h, unsigned i, struct slice text)
{
    const struct sip_via *via = h && i < h->nvias ? h->via[h->nvias - 1 - i] : NULL;

    return via && slice_eq(via->text, text) ? via : NULL;
}

static const struct sip_via *decode_via(struct arena *arena, struct slice text)
{
    struct sip_via *via = arena_alloc(arena, sizeof *via);

    if (via)
        sip_via_decode(text, via);
    return via;
}

static bool keep_vias(struct arena *arena, struct hop *h, const struct said *said,
                      const struct via_texts *vias, const struct hop *before)
{
    const struct sip_via **via = arena_alloc(arena, vias->n * sizeof(struct sip_via *));

    if (!via)
        return false;
    for (unsigned i = 0; i < vias->n; i++) {
        via[i] = via_of(before, vias->n - 1 - i, vias->text[i]);
        if (!via[i])
            via[i] = decode_via(arena, moved(vias->text[i], said->msg, &h->msg));
        if (!via[i])
            return false;
    }
    h->nvias = vias->n;
    h->via = via;
    return true;
}

struct sighting said_where(const struct said *said)
{
    const struct payload *p = said->payload;

    return (struct sighting){
        .time = p->time, .frame = p->frame, .source = p->source, .clock = said->clock, .stamp = p->stamp};
}

void said_about(struct said *said)
{
    said->from_tag = sip_tag(said->msg, SIP_FROM);
    said->to_tag = sip_tag(said->msg, SIP_TO);
}

struct slice said_branch(const struct said *said)
{
    struct sip_values walk;
    struct slice value;

    sip_values_start(&walk, said->msg, SIP_VIA);
    return sip_values_next(&walk, &value) ? sip_via_branch(value) : (struct slice){NULL, 0};
}

void said_vias(const struct said *said, struct via_texts *ret)
{
    struct sip_values walk;

    ret->n = 0;
    sip_values_start(&walk, said->msg, SIP_VIA);
    while (ret->n < HOP_VIAS_MAX && sip_values_next(&walk, &ret->text[ret->n]))
        ret->n++;
}

struct hop *hop_keep(struct arena *arena, const struct said *said, const struct via_texts *vias,
                     const struct hop *before)
{
    struct hop *h = arena_alloc(arena, sizeof *h);

    if (!h || !keep_message(arena, &h->msg, said->msg) || !keep_vias(arena, h, said, vias, before))
        return NULL;
    h->src = said->payload->src;
    h->dst = said->payload->dst;
    h->from = said->from;
    h->to = said->to;
    h->transport = said->payload->transport;
    h->first = said_where(said);
    h->cseq_ok = said->msg->cseq_ok;
    h->cseq = said->msg->cseq;
    h->call_id = sip_value(&h->msg, SIP_CALL_ID);
    h->from_tag = moved(said->from_tag, said->msg, &h->msg);
    h->to_tag = moved(said->to_tag, said->msg, &h->msg);
    return h;
}

struct slice hop_branch(const struct hop *h)
{
    return h->nvias ? h->via[0]->branch : (struct slice){NULL, 0};
}

bool hop_same(const struct hop *h, const struct said *said, struct slice branch)
{
    const struct payload *p = said->payload;

    if (h->msg.status != said->msg->status || h->msg.method != said->msg->method)
        return false;
    if (!addr_eq(&h->src.addr, &p->src.addr) || !addr_eq(&h->dst.addr, &p->dst.addr))
        return false;
    if (h->cseq_ok != said->msg->cseq_ok || h->cseq != said->msg->cseq)
        return false;
    return slice_eq(hop_branch(h), branch) && slice_eq(h->to_tag, said->to_tag) &&
           slice_eq(h->from_tag, said->from_tag);
}

/* Only a first sighting by each capture point and clock tells of order; that others retransmit as well is
 * known from one. */
static bool note_elsewhere(struct arena *arena, struct hop *h, struct sighting at)
{
    if (!h->elsewhere && !(h->elsewhere = arena_alloc(arena, HOP_ELSEWHERE_MAX * sizeof *h->elsewhere)))
        return false;
    for (uint32_t i = 0; i < h->nelsewhere && i < HOP_ELSEWHERE_MAX; i++)
        if (h->elsewhere[i].source == at.source && h->elsewhere[i].clock == at.clock)
            return true;
    if (h->nelsewhere < HOP_ELSEWHERE_MAX)
        h->elsewhere[h->nelsewhere] = at;
    h->nelsewhere++;
    return true;
}

bool hop_repeat(struct arena *arena, struct hop *h, const struct said *said)
{
    const struct sighting at = said_where(said);

    if (at.source != h->first.source || at.clock != h->first.clock)
        return note_elsewhere(arena, h, at);
    if (said->again)
        return true;
    if (!h->repeat && !(h->repeat = arena_alloc(arena, HOP_REPEATS_MAX * sizeof *h->repeat)))
        return false;
    if (h->nrepeats < HOP_REPEATS_MAX)
        h->repeat[h->nrepeats] = at;
    h->nrepeats++;
    if (!slice_eq(sip_text(&h->msg), sip_text(said->msg)))
        h->repeat_differs = true;
    return true;
}

static const struct sighting *seen_by(const struct hop *h, uint32_t clock)
{
    if (h->first.clock == clock)
        return &h->first;
    for (uint32_t i = 0; i < h->nelsewhere && i < HOP_ELSEWHERE_MAX; i++)
        if (h->elsewhere[i].clock == clock)
            return &h->elsewhere[i];
    return NULL;
}

void sighting_gap(const struct sighting *from, const struct sighting *to, nsec_t *ret_shorter,
                  nsec_t *ret_longer)
{
    nsec_t ours = to->time - from->time;
    nsec_t theirs = from->stamp && to->stamp ? to->stamp - from->stamp : ours;

    *ret_shorter = ours < theirs ? ours : theirs;
    *ret_longer = ours < theirs ? theirs : ours;
}

/* Of reports both times must tell the same: theirs may have been set in between, and on the way to us one
 * report may overtake another. */
static enum hop_order order(const struct sighting *a, const struct sighting *b)
{
    nsec_t shorter, longer;

    sighting_gap(a, b, &shorter, &longer);
    if (shorter == 0 && longer == 0)
        return a->source != b->source ? HOP_UNORDERED : a->frame < b->frame ? HOP_BEFORE : HOP_AFTER;
    if (shorter < 0 && longer > 0)
        return HOP_UNORDERED;
    return longer > 0 ? HOP_BEFORE : HOP_AFTER;
}

bool hop_seen_before(const struct hop *h, const struct sighting *at)
{
    const struct sighting *own = seen_by(h, at->clock);

    return own && order(own, at) == HOP_BEFORE;
}

/* What the first of the clocks that have seen both can tell. */
enum hop_order hop_order(const struct hop *a, const struct hop *b)
{
    const struct sighting *other = seen_by(b, a->first.clock);
    enum hop_order found = other ? order(&a->first, other) : HOP_UNORDERED;

    for (uint32_t i = 0; found == HOP_UNORDERED && i < a->nelsewhere && i < HOP_ELSEWHERE_MAX; i++)
        if ((other = seen_by(b, a->elsewhere[i].clock)))
            found = order(&a->elsewhere[i], other);
    return found;
}
