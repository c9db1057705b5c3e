#include "trace/trace.h"

#include <errno.h>
#include <stdlib.h>

#include "trace/registry.h"

struct trace {
    struct trace_config config;
    struct trace_counts counts;
    struct registry *registry;
    uint32_t links[PROFILE_FUNCTIONS_MAX];
    struct sip_field table[SIP_FIELDS_MAX];
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

/* Of a stream that was cut, all messages but the last one are whole. */
static bool is_unfinished(const struct sip_msg *m, const struct payload *p)
{
    return !p->stream || m->defects & (SIP_DEFECT_BODY_SHORT | SIP_DEFECT_NO_BLANK_LINE);
}

static int hear(struct trace *t, struct sip_msg *m, const struct payload *p)
{
    struct said said = {.msg = m, .payload = p, .clock = clock_of(t, p)};

    said.from = profile_owners(t->config.profile, &p->src);
    said.to = profile_owners(t->config.profile, &p->dst);
    if (p->cut && is_unfinished(m, p))
        m->defects |= SIP_DEFECT_CUT;
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

static enum sip_framing framing_of(const struct payload *p)
{
    if (!p->stream)
        return SIP_DATAGRAM;
    return p->last || p->cut ? SIP_STREAM_END : SIP_STREAM; /* neither is shown again */
}

int64_t trace_take(void *ctx, const struct payload *p)
{
    struct trace *t = ctx;
    struct slice rest = p->bytes;

    while (rest.n) {
        struct sip_msg m;
        size_t used = 0;
        enum sip_scan_result found = sip_scan(&m, t->table, rest, framing_of(p), &used);
        int e = 0;

        if (found == SIP_SCAN_MORE)
            break;
        if (found == SIP_SCAN_NOT_SIP) {
            t->counts.not_sip++;
            if (!p->stream || !used)
                return (int64_t)p->bytes.n;
        }
        if (found == SIP_SCAN_OK)
            e = hear(t, &m, p);
        else
            t->counts.skipped_bytes += used;
        if (e < 0)
            return e;
        rest = p->stream ? slice_tail(rest, used) : (struct slice){NULL, 0};
    }
    return (int64_t)(p->bytes.n - rest.n);
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
