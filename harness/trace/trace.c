#include "trace/trace.h"

#include <errno.h>
#include <stdlib.h>

#include "trace/registry.h"
#include "trace/speakers.h"
#include "wire/dedup.h"
#include "wire/hash.h"

/* STREAMED_MAX: messages among which one is found again. ONE_MESSAGE: an id for all of them, so that a copy
 * is one that follows within DEDUP_STRONG. */
enum { STREAMED_MAX = 1 << 16, ONE_MESSAGE = 1 };

/* Who owns the endpoints that spoke last: there are few, and each speaks again and again. */
enum { OWNERS_KNOWN = 1 << 8 };

struct owner {
    struct endpoint at;
    bool known;
    role_set set;
};

struct trace {
    struct trace_config config;
    struct owner owner[OWNERS_KNOWN];
    struct speakers speakers;
    struct trace_counts counts;
    struct registry *registry;
    uint32_t links[PROFILE_FUNCTIONS_MAX];
    struct messages messages; /* for trace_take */
    bool heard;               /* something, by this source: */
    uint32_t source;
    struct dedup *dedup; /* of streams, where there are several sources, or from the second one on */
};

int trace_new(const struct trace_config *config, struct session_sink sink, struct trace **ret)
{
    struct trace *t = calloc(1, sizeof *t);
    int e;

    if (!t)
        return -ENOMEM;
    t->config = *config;
    if (!t->config.memory_max)
        t->config.memory_max = (size_t)1 << 30;
    messages_init(&t->messages, (struct message_sink){trace_hear, t});
    e = registry_new(&t->config, sink, &t->counts, &t->registry);
    if (e == 0 && (config->many_clocks || config->nclocks > 1))
        e = dedup_new(STREAMED_MAX, &t->dedup);
    if (e < 0) {
        trace_free(t);
        return e;
    }
    *ret = t;
    return 0;
}

void trace_free(struct trace *t)
{
    if (!t)
        return;
    registry_free(t->registry);
    dedup_free(t->dedup);
    free(t);
}

/* Reporters' numbers are kept apart from those of capture points. */
static uint32_t clock_of(const struct trace *t, const struct payload *p)
{
    if (p->reporter)
        return p->reporter | 0x80000000;
    return p->source < t->config.nclocks ? t->config.clock[p->source] : p->source;
}

static role_set owners(struct trace *t, const struct endpoint *e)
{
    uint32_t low;
    struct owner *o;

    memcpy(&low, e->addr.b + sizeof e->addr.b - sizeof low, sizeof low);
    o = &t->owner[(low ^ e->port) * 2654435761u >> 24]; /* the upper bits depend on all of it */
    if (!o->known || o->at.port != e->port || !addr_eq(&o->at.addr, &e->addr))
        *o = (struct owner){.at = *e, .known = true, .set = profile_owners(t->config.profile, e)};
    return o->set;
}

/* Whether another capture point has shown a message of a stream; of datagrams the wire knows (payload.again).
 * Each puts its streams together by itself. 1, 0, or -ENOMEM. */
static int was_heard_elsewhere(struct trace *t, const struct sip_msg *m, const struct payload *p)
{
    struct endpoint src = {.addr = p->src.addr}, dst = {.addr = p->dst.addr};
    uint32_t source = p->source ^ p->reporter;

    if (p->again || p->transport == TRANSPORT_UDP)
        return p->again;
    if (!t->heard)
        t->source = source;
    t->heard = true;
    if (!t->dedup && source == t->source)
        return 0;
    if (!t->dedup && dedup_new(STREAMED_MAX, &t->dedup) < 0)
        return -ENOMEM;
    return dedup_seen(t->dedup, hash_bytes(sip_text(m), hash_way(&src, &dst)), ONE_MESSAGE, p->time,
                      source) == DEDUP_ELSEWHERE;
}

int trace_hear(void *ctx, const struct sip_msg *m, const struct payload *p)
{
    struct trace *t = ctx;
    struct said said = {.msg = m, .payload = p, .clock = clock_of(t, p)};
    int again = was_heard_elsewhere(t, m, p);

    if (again < 0)
        return again;
    said.again = again;
    said.from = owners(t, &p->src);
    said.to = owners(t, &p->dst);
    if (!said.from || !said.to)
        speakers_tell(&t->speakers, t->config.profile, &said);
    if (again)
        return registry_say(t->registry, &said);
    t->counts.messages++;
    if ((m->defects & ~SIP_DEFECTS_LEGAL) && !(m->defects & SIP_DEFECT_CUT))
        t->counts.malformed++;
    if (!said.from || !said.to)
        t->counts.foreign++;
    links_note(t->links, said.from, said.to);
    return registry_say(t->registry, &said);
}

int64_t trace_take(void *ctx, const struct payload *p)
{
    struct trace *t = ctx;

    return messages_take(&t->messages, p);
}

int trace_end(struct trace *t)
{
    return registry_end(t->registry);
}

const struct trace_counts *trace_counts(const struct trace *t)
{
    return &t->counts;
}

const uint32_t *trace_links(const struct trace *t)
{
    return t->links;
}
