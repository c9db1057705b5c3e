#include "cli/pipeline.h"

#include <errno.h>
#include <stdlib.h>

#include "trace/trace.h"

/* Sources whose ends are told apart; further ones share the newest. */
enum { SOURCES_MAX = 64 };

struct pipeline {
    struct pipeline_config config;
    struct result_sink sink;
    struct evidence evidence;
    uint64_t holes; /* counted so far */
    nsec_t ends[SOURCES_MAX];
    struct wire *wire;
    struct trace *trace;
    struct judge *judge;
};

/* Frames whose bytes could have been SIP and were not handed on. */
static uint64_t count_holes(const struct pipeline *p)
{
    static const enum wire_count holes[] = {
        WIRE_AFTER_CLOSE,
        WIRE_TLS_UNREADABLE,
        WIRE_TLS_KEYLESS,
        WIRE_ENCRYPTED,
        WIRE_LINK_UNKNOWN,
        WIRE_SHORT,
        WIRE_NESTED,
        WIRE_FRAGMENT_CROWDED,
        WIRE_FRAGMENT_INCOMPLETE,
        WIRE_HEP_BAD,
        WIRE_TCP_GAP,
        WIRE_TCP_LIMIT_STREAM,
        WIRE_TCP_LIMIT_BYTES,
        WIRE_TCP_LIMIT_CONNECTIONS,
        WIRE_SCTP_GAP,
        WIRE_SCTP_LIMIT,
        WIRE_WS_UNREADABLE,
        WIRE_WS_LOST,
    };
    uint64_t n = 0;

    for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++)
        n += wire_count(p->wire, holes[i]);
    return n;
}

static void note_holes(struct pipeline *p)
{
    uint64_t n = count_holes(p);

    if (n > p->holes)
        p->evidence.last_hole = p->evidence.until;
    p->holes = n;
}

static int judge_one(void *ctx, struct session *s)
{
    struct pipeline *p = ctx;
    int e;

    note_holes(p);
    e = judge_session(p->judge, s, &p->evidence, p->sink.take, p->sink.ctx);

    session_free(s);
    return e;
}

static int new_judge(struct pipeline *p, struct error *err)
{
    struct judge_config config = {.profile = p->config.profile, .strict = p->config.strict};
    int e = judge_bind(config.profile, p->config.flow, p->config.mirror, config.flow, err);

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
    p->evidence.sees_all = config->sees_all;
    e = new_judge(p, err);
    if (e >= 0)
        e = trace_new(&trace, (struct session_sink){judge_one, p}, &p->trace);
    if (e >= 0)
        e = wire_new(config->wire, (struct payload_sink){trace_take, p->trace}, &p->wire);
    if (e < 0) {
        pipeline_free(p);
        return e == -ENOMEM ? error_set(err, ENOMEM, "out of memory") : e;
    }
    p->evidence.links = trace_links(p->trace);
    p->evidence.ends = p->ends;
    p->evidence.nends = SOURCES_MAX;
    *ret = p;
    return 0;
}

void pipeline_free(struct pipeline *p)
{
    if (!p)
        return;
    wire_free(p->wire);
    trace_free(p->trace);
    judge_free(p->judge);
    free(p);
}

int pipeline_frame(struct pipeline *p, const struct frame *f)
{
    /* The time first: what a frame ends was waited for until then. */
    if (f->time > p->evidence.until)
        p->evidence.until = f->time;
    if (f->source < SOURCES_MAX && f->time > p->ends[f->source])
        p->ends[f->source] = f->time;
    return wire_frame(p->wire, f);
}

void pipeline_dropped(struct pipeline *p, uint64_t dropped)
{
    p->evidence.dropped = dropped;
}

void pipeline_doubt(struct pipeline *p, const char *why)
{
    p->evidence.doubt = why;
}

void pipeline_cut(struct pipeline *p, const char *why)
{
    p->evidence.cut = why;
}

int pipeline_end(struct pipeline *p)
{
    int e = wire_flush(p->wire);

    return e < 0 ? e : trace_end(p->trace);
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
                                  .dropped = p->evidence.dropped,
                                  .open_sessions = t->open};
    for (int i = 0; i < WIRE_COUNTS; i++)
        if (i != WIRE_USED && i != WIRE_DUPLICATE)
            add_reason(ret, wire_count_name((enum wire_count)i), wire_count(p->wire, (enum wire_count)i));
    add_reason(ret, "no_sip_message", t->not_sip);
    add_reason(ret, "stream_bytes_skipped", t->skipped_bytes);
    add_reason(ret, "outside_sessions", t->outside);
    add_reason(ret, "foreign_address", t->foreign);
    add_reason(ret, "after_session_end", t->late);
    add_reason(ret, "session_evicted", t->evicted);
}
