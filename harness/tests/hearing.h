/* What becomes of a talk before it is judged: its sessions, its ways, its judgement as it is prepared. On the
 * default profile, from the top of the tree. */
#ifndef CPMSPEC_TESTS_HEARING_H
#define CPMSPEC_TESTS_HEARING_H

#include "oracle/judge.h"
#include "tests/talk.h"
#include "tests/test.h"
#include "trace/trace.h"

enum { HEARD_MAX = 8 };

struct hearing {
    struct profile *profile;
    struct flow *flow, *mirror;
    struct bound_flow bound[2];
    struct talk talk;
    struct trace *trace;
    int n;
    struct session *session[HEARD_MAX];
    struct arena arena;
    struct way *way[WAYS_MAX];
    struct evidence evidence;
    struct judgement judgement;
};

static inline int hearing_take(void *ctx, struct session *s)
{
    struct hearing *h = ctx;

    if (h->n < HEARD_MAX)
        h->session[h->n++] = s;
    else
        session_free(s);
    return 0;
}

static inline void hearing_open(struct hearing *h)
{
    struct trace_config config = {0};

    memset(h, 0, sizeof *h);
    talk_init(&h->talk);
    arena_init(&h->arena, 16 << 20);
    CU_ASSERT_EQUAL_FATAL(profile_load("reference-network/sut.xml", "testcases/schema", &h->profile, NULL),
                          0);
    CU_ASSERT_EQUAL_FATAL(flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &h->flow, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(flow_mirror(h->flow, &h->mirror), 0);
    CU_ASSERT_EQUAL_FATAL(judge_bind(h->profile, h->flow, h->mirror, h->bound, NULL), 0);
    config.profile = h->profile;
    CU_ASSERT_EQUAL_FATAL(trace_new(&config, (struct session_sink){hearing_take, h}, &h->trace), 0);
}

/* A session of the default way that A closes; returns its BYE. */
static inline int hearing_talk(struct hearing *h)
{
    struct talk_session s = talk_default(1);

    talk_setup(&h->talk, &s);
    return talk_close(&h->talk, &s, false, 2);
}

/* Hears the talk; returns how many ways the first session has. */
static inline int hearing_hold(struct hearing *h)
{
    CU_ASSERT_EQUAL(talk_feed(&h->talk, (struct payload_sink){trace_take, h->trace}), 0);
    CU_ASSERT_EQUAL(trace_end(h->trace), 0);
    CU_ASSERT_TRUE_FATAL(h->n > 0);
    return way_find(h->session[0], h->profile, h->bound[0].clients, false, &h->arena, h->way);
}

/* The judgement of a way against the flow where A closes. */
static inline struct judgement *hearing_judge(struct hearing *h, int way)
{
    h->evidence.until = h->talk.now + 120 * NSEC_PER_SEC;
    h->evidence.links = trace_links(h->trace);
    h->judgement = (struct judgement){.session = h->session[0],
                                      .way = h->way[way],
                                      .bound = &h->bound[0],
                                      .profile = h->profile,
                                      .evidence = &h->evidence,
                                      .arena = &h->arena};
    judgement_prepare(&h->judgement);
    return &h->judgement;
}

static inline void hearing_close(struct hearing *h)
{
    for (int i = 0; i < h->n; i++)
        session_free(h->session[i]);
    arena_done(&h->arena);
    trace_free(h->trace);
    flow_free(h->mirror);
    flow_free(h->flow);
    profile_free(h->profile);
    talk_done(&h->talk);
}

#endif
