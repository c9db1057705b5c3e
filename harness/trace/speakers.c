#include "trace/speakers.h"

#include "wire/hash.h"

enum { SIP_PORT = 5060, SIPS_PORT = 5061 };

static struct speaker *place(struct speakers *s, const struct endpoint *e)
{
    return &s->known[hash_way(e, e) % SPEAKERS_MAX];
}

static role_set find(struct speakers *s, const struct endpoint *e)
{
    const struct speaker *known = place(s, e);

    return known->at.port == e->port && addr_eq(&known->at.addr, &e->addr) ? known->set : 0;
}

/* The function at that address which listens where the top Via says. */
static role_set by_via(const struct profile *profile, const struct sip_msg *m, const struct addr *at)
{
    struct endpoint e = {.addr = *at};
    struct sip_values walk;
    struct sip_via via;
    struct slice value;

    sip_values_start(&walk, m, SIP_VIA);
    if (!sip_values_next(&walk, &value) || !sip_via_decode(value, &via))
        return 0;
    e.port = via.port ? via.port : slice_ieq(via.transport, SLICE("TLS")) ? SIPS_PORT : SIP_PORT;
    return profile_owners(profile, &e);
}

static role_set learn(struct speakers *s, const struct endpoint *e, role_set set)
{
    if (set)
        *place(s, e) = (struct speaker){*e, set};
    return set;
}

void speakers_tell(struct speakers *s, const struct profile *profile, struct said *said)
{
    const struct payload *p = said->payload;
    const struct sip_msg *m = said->msg;

    if (p->transport == TRANSPORT_UDP)
        return;
    if (!said->from && !m->status)
        said->from = learn(s, &p->src, by_via(profile, m, &p->src.addr));
    if (!said->to && m->status)
        said->to = learn(s, &p->dst, by_via(profile, m, &p->dst.addr));
    if (!said->from)
        said->from = find(s, &p->src);
    if (!said->to)
        said->to = find(s, &p->dst);
}
