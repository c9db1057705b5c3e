#include "trace/trace.h"

#include <errno.h>
#include <stdlib.h>

#include "trace/registry.h"

struct trace {
    struct trace_config config;
    struct trace_counts counts;
    struct registry *registry;
    uint32_t links[PROFILE_FUNCTIONS_MAX];
    struct messages messages; /* for trace_take */
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
    free(t);
}

/* Reporters' numbers are kept apart from those of capture points. */
static uint32_t clock_of(const struct trace *t, const struct payload *p)
{
    if (p->reporter)
        return p->reporter | 0x80000000;
    return p->source < t->config.nclocks ? t->config.clock[p->source] : p->source;
}

int trace_hear(void *ctx, const struct sip_msg *m, const struct payload *p)
{
    struct trace *t = ctx;
    struct said said = {.msg = m, .payload = p, .clock = clock_of(t, p)};

    said.from = profile_owners(t->config.profile, &p->src);
    said.to = profile_owners(t->config.profile, &p->dst);
    if (p->again)
        return registry_say(t->registry, &said);
    t->counts.messages++;
    if ((m->defects & ~SIP_DEFECTS_LEGAL) && !(m->defects & SIP_DEFECT_CUT))
        t->counts.malformed++;
    if (!said.from || !said.to)
        t->counts.foreign++;
    for (int f = 0; f < PROFILE_FUNCTIONS_MAX; f++)
        if (said.from & (1u << f))
            t->links[f] |= said.to;
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
