#include "cli/pipeline.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/handover.h"
#include "trace/trace.h"

/* Sources whose ends are told apart; further ones share the newest. */
enum { SOURCES_MAX = 64, REASONS_BYTES_MAX = 64 << 10 };

/* Two halves: the one reads, the other judges, in a thread of its own where one was asked for. */
struct pipeline {
    struct pipeline_config config;

    struct wire *wire;
    struct messages messages;
    struct news news; /* as far as was read */
    nsec_t ends[SOURCES_MAX];
    struct arena reasons;      /* texts of doubt */
    struct handover *handover; /* NULL: one thread */

    struct pool *pool; /* of sessions */
    struct trace *trace;
    struct judge *judge;
    struct result_sink sink;
    struct evidence evidence; /* as far as was judged */
    uint64_t holes_told, holes_known;
};

/* --- the judging half */

static int judge_one(void *ctx, struct session *s)
{
    struct pipeline *p = ctx;
    int e;

    if (p->holes_told > p->holes_known)
        p->evidence.last_hole = p->evidence.until;
    p->holes_known = p->holes_told;
    e = judge_session(p->judge, s, &p->evidence, p->sink.take, p->sink.ctx);
    session_free(s);
    return e;
}

static void hear_news(struct pipeline *p, const struct news *news)
{
    const nsec_t last_hole = p->evidence.last_hole;

    p->evidence = news->evidence;
    p->evidence.links = trace_links(p->trace);
    p->evidence.last_hole = last_hole;
    p->holes_told = news->holes;
}

static int take_message(void *ctx, const struct news *news, const struct sip_msg *m,
                        const struct payload *from)
{
    struct pipeline *p = ctx;

    hear_news(p, news);
    return trace_hear(p->trace, m, from);
}

static int take_end(void *ctx, const struct news *news)
{
    struct pipeline *p = ctx;

    hear_news(p, news);
    return trace_end(p->trace);
}

/* --- the reading half */

static int put_message(void *ctx, const struct sip_msg *m, const struct payload *from)
{
    struct pipeline *p = ctx;

    p->news.holes = wire_holes(p->wire);
    if (p->handover)
        return handover_put(p->handover, &p->news, m, from);
    return take_message(p, &p->news, m, from);
}

static int new_judge(struct pipeline *p, struct error *err)
{
    struct judge_config config = {.profile = p->config.profile, .strict = p->config.strict};
    int e = judge_bind(config.profile, p->config.flow, p->config.mirror, config.flow, err);

    if (e >= 0 && p->config.stray)
        e = judge_bind(config.profile, p->config.stray, p->config.stray_mirror, config.stray, err);
    if (e >= 0 && p->config.again)
        e = judge_bind(config.profile, p->config.again, p->config.again_mirror, config.again, err);
    return e < 0 ? e : judge_new(&config, &p->judge);
}

int pipeline_new(const struct pipeline_config *config, struct result_sink sink, struct pipeline **ret,
                 struct error *err)
{
    struct trace_config trace = {.profile = config->profile,
                                 .many_clocks = config->many_clocks,
                                 .clock = config->clock,
                                 .nclocks = config->nclocks};
    struct pipeline *p = calloc(1, sizeof *p);
    int e;

    if (!p)
        return error_set(err, ENOMEM, "out of memory");
    p->config = *config;
    p->sink = sink;
    p->news.evidence.sees_all = config->sees_all;
    p->news.evidence.ends = p->ends;
    arena_init(&p->reasons, REASONS_BYTES_MAX);
    messages_init(&p->messages, (struct message_sink){put_message, p});
    e = new_judge(p, err);
    p->pool = trace.pool = pool_new();
    if (e >= 0 && !p->pool)
        e = -ENOMEM;
    if (e >= 0)
        e = trace_new(&trace, (struct session_sink){judge_one, p}, &p->trace);
    if (e >= 0)
        e = wire_new(config->wire, (struct payload_sink){messages_take, &p->messages}, &p->wire);
    if (e < 0) {
        pipeline_free(p);
        return e == -ENOMEM ? error_set(err, ENOMEM, "out of memory") : e;
    }
    /* Without a thread it is the same work, in this one. */
    if (config->two_threads)
        (void)handover_new((struct handover_taker){take_message, take_end, p}, &p->handover);
    *ret = p;
    return 0;
}

void pipeline_free(struct pipeline *p)
{
    if (!p)
        return;
    handover_free(p->handover);
    wire_free(p->wire);
    trace_free(p->trace);
    pool_free(p->pool);
    judge_free(p->judge);
    arena_done(&p->reasons);
    free(p);
}

/* The reading half has failed, or was told that the judging half has: what that one says comes first. */
static int give_up(struct pipeline *p, int e)
{
    int answer = p->handover ? handover_stop(p->handover) : 0;

    return answer < 0 ? answer : e;
}

int pipeline_frame(struct pipeline *p, const struct frame *f)
{
    struct evidence *known = &p->news.evidence;
    int e;

    /* The time first: what a frame ends was waited for until then. */
    if (f->time > known->until)
        known->until = f->time;
    if (f->source < SOURCES_MAX && f->source >= known->nends)
        known->nends = f->source + 1;
    if (f->source < SOURCES_MAX && f->time > p->ends[f->source])
        p->ends[f->source] = f->time;
    e = wire_frame(p->wire, f);
    return e < 0 ? give_up(p, e) : 0;
}

void pipeline_dropped(struct pipeline *p, uint64_t dropped)
{
    p->news.evidence.dropped = dropped;
}

/* A copy, since who judges may be behind who reads. */
static const char *keep_reason(struct pipeline *p, const char *why)
{
    const char *copy = why ? arena_copy(&p->reasons, slice_of(why)).p : NULL;

    return why && !copy ? "the capture is not whole" : copy;
}

void pipeline_doubt(struct pipeline *p, const char *why)
{
    p->news.evidence.doubt = keep_reason(p, why);
}

void pipeline_cut(struct pipeline *p, const char *why)
{
    p->news.evidence.cut = keep_reason(p, why);
}

int pipeline_end(struct pipeline *p)
{
    int e = wire_flush(p->wire);

    if (e < 0)
        return give_up(p, e);
    p->news.holes = wire_holes(p->wire);
    return p->handover ? handover_end(p->handover, &p->news) : take_end(p, &p->news);
}

static void add_reason(struct capture_facts *f, const char *name, uint64_t count)
{
    if (!count || f->nreasons == REASONS_MAX)
        return;
    f->reason[f->nreasons].name = name;
    f->reason[f->nreasons++].count = count;
}

void pipeline_facts(const struct pipeline *p, struct capture_facts *ret)
{
    const struct trace_counts *t = trace_counts(p->trace);

    *ret = (struct capture_facts){.frames = wire_frames(p->wire),
                                  .sip_messages = t->messages,
                                  .duplicate_frames = wire_count(p->wire, WIRE_DUPLICATE),
                                  .malformed = t->malformed,
                                  .dropped = p->news.evidence.dropped,
                                  .open_sessions = t->open};
    for (int i = 0; i < WIRE_COUNTS; i++)
        if (i != WIRE_USED && i != WIRE_DUPLICATE)
            add_reason(ret, wire_count_name((enum wire_count)i), wire_count(p->wire, (enum wire_count)i));
    add_reason(ret, "no_sip_message", p->messages.not_sip);
    add_reason(ret, "stream_bytes_skipped", p->messages.skipped_bytes);
    add_reason(ret, "outside_sessions", t->outside);
    add_reason(ret, "foreign_address", t->foreign);
    add_reason(ret, "after_session_end", t->late);
    add_reason(ret, "session_evicted", t->evicted);
}
