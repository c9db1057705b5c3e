/* From frames to JSON, with each allocation failing in turn: it is told, or the evidence that was lost keeps
 * the verdict from being one. What is good never fails, and what is broken never passes. */
#include "cli/pipeline.h"
#include "report/json.h"
#include "report/report.h"
#include "tests/craft.h"
#include "tests/defaults.h"
#include "tests/oom.h"
#include "tests/scratch.h"
#include "tests/talk.h"
#include "tests/test.h"
#include "wire/source.h"

#include <errno.h>

enum { FRAMES_MAX = 128, LINKTYPE_RAW = 101 };

/* One conversation as frames, and the verdict that it deserves. */
struct scene {
    enum verdict verdict;
    const char *capture; /* a file; NULL: the frames */
    bool b2bua;          /* pf-a is one */
    int n;
    struct frame frame[FRAMES_MAX];
    struct buf bytes[FRAMES_MAX];
};

/* What a run of the pipeline came to. */
struct outcome {
    struct report report;
    struct summary summary;
    struct error error;
    int results;
};

static int take(void *ctx, const struct result *r)
{
    struct outcome *o = ctx;

    o->results++;
    o->summary.total[r->verdict]++;
    o->summary.verdict = verdict_worst(o->summary.verdict, r->verdict);
    return report_result(&o->report, &o->summary, r, &o->error);
}

static int feed_file(struct pipeline *p, const char *path)
{
    struct source *in = NULL;
    struct error err;
    struct frame f;
    int e = source_open(path, 0, &in, &err);

    while (e == 0 && (e = source_next(in, &f, &err)) > 0)
        e = pipeline_frame(p, &f);
    source_free(in);
    return e;
}

static int feed(struct pipeline *p, const struct scene *s)
{
    int e = 0;

    if (s->capture)
        return feed_file(p, s->capture);
    for (int i = 0; i < s->n && e >= 0; i++)
        e = pipeline_frame(p, &s->frame[i]);
    return e;
}

static int work(const struct scene *s, struct outcome *o)
{
    struct pipeline_config config = {.profile = profile, .flow = flow, .mirror = mirror};
    struct pipeline *p = NULL;
    struct report_writer *w;
    int e = json_open(scratch_path("oom.json"), &w, &o->error);

    if (e >= 0)
        e = report_add(&o->report, w, &o->error);
    if (e >= 0)
        e = pipeline_new(&config, (struct result_sink){take, o}, &p, &o->error);
    if (e >= 0)
        e = feed(p, s);
    if (e >= 0)
        e = pipeline_end(p);
    if (e >= 0) {
        pipeline_facts(p, &o->summary.capture);
        e = report_finish(&o->report, &o->summary, &o->error);
    }
    pipeline_free(p);
    report_done(&o->report);
    return e;
}

static int judges(void *ctx)
{
    const struct scene *s = ctx;
    struct outcome o = {.summary = {.sut = "S", .verdict = VERDICT_NOT_APPLICABLE}};
    int e = work(s, &o);

    if (e < 0)
        return e;
    return o.results == 1 && (o.summary.verdict == s->verdict || o.summary.verdict == VERDICT_INCONCLUSIVE)
               ? 0
               : -EILSEQ;
}

/* Both legs of a session over pf-a, or the plain one. */
static void converse(struct talk *t, bool b2bua, enum transport transport)
{
    struct talk_session s = talk_default(1), right = talk_default(2);

    talk_init(t);
    s.transport = right.transport = transport;
    if (!b2bua) {
        talk_setup(t, &s);
        talk_close(t, &s, false, 2);
        return;
    }
    s.nnodes = 3;
    right.nnodes = 6;
    memmove(right.node, right.node + 2, 6 * sizeof right.node[0]);
    s.more = right.more = "Session-ID: s1\r\n";
    talk_setup(t, &s);
    talk_setup(t, &right);
    talk_close(t, &s, false, 2);
    talk_close(t, &right, false, 2);
    for (int i = 0; i < t->n; i++) { /* RFC 7332 */
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - t->message[i].hop);
        snprintf(after, sizeof after, "Max-Forwards: %d", 60 - t->message[i].hop);
        if (slice_find_slice(buf_slice(&t->message[i].text), SLICE("Call-ID: 2@")) < t->message[i].text.n)
            talk_edit(&t->message[i], before, after);
        if (t->message[i].reply && strcmp(t->message[i].method, "BYE") == 0 && i < t->n - 10)
            t->message[i].time += NSEC_PER_SEC; /* pf-a's answer waits for the far one */
    }
}

/* One direction of a connection: how many bytes were sent over it. */
static uint32_t *sent(const struct talk_message *m)
{
    static uint32_t bytes[256][256];

    return &bytes[m->src.addr.b[14] ^ m->src.addr.b[15] << 4][m->dst.addr.b[14] ^ m->dst.addr.b[15] << 4];
}

static struct slice packet(const struct talk_message *m, int i)
{
    char src[ADDR_TEXT], dst[ADDR_TEXT];
    struct slice text = buf_slice(&m->text), segment;
    uint32_t *seq = sent(m);

    if (m->transport == TRANSPORT_UDP)
        return ip4(addr_format(&m->src.addr, src), addr_format(&m->dst.addr, dst), 17, (uint16_t)i,
                   udp(5060, 5060, text));
    segment = tcp_seg(5060, 5060, 1 + *seq, 1, 0x18, text);
    *seq += (uint32_t)text.n;
    return ip4(addr_format(&m->src.addr, src), addr_format(&m->dst.addr, dst), 6, (uint16_t)i, segment);
}

static int by_time(const void *a, const void *b)
{
    const struct frame *x = a, *y = b;

    return x->time < y->time ? -1 : x->time > y->time;
}

static void play(struct scene *s, struct talk *t)
{
    for (int i = 0; i < t->n; i++) {
        if (t->message[i].gone)
            continue;
        buf_init(&s->bytes[s->n], 1 << 16);
        CU_ASSERT_EQUAL_FATAL(buf_add(&s->bytes[s->n], packet(&t->message[i], i)), 0);
        s->frame[s->n] =
            craft_frame((uint64_t)s->n + 1, t->message[i].time, LINKTYPE_RAW, buf_slice(&s->bytes[s->n]));
        s->n++;
    }
    qsort(s->frame, (size_t)s->n, sizeof s->frame[0], by_time);
    for (int i = 0; i < s->n; i++)
        s->frame[i].number = (uint64_t)i + 1;
    talk_done(t);
}

static struct talk talk;

static void survives(struct scene *s)
{
    struct outcome o = {.summary = {.sut = "S", .verdict = VERDICT_NOT_APPLICABLE}};

    profile->function[profile_function(profile, "pf-a")].b2bua = s->b2bua;
    CU_ASSERT_EQUAL(work(s, &o), 0);
    CU_ASSERT_EQUAL(o.results, 1);
    CU_ASSERT_EQUAL(o.summary.verdict, s->verdict);
    CU_ASSERT_TRUE(oom_check(judges, s) > 30);
    for (int i = 0; i < s->n; i++)
        buf_done(&s->bytes[i]);
}

static void a_capture(void)
{
    static struct scene s = {.verdict = VERDICT_PASS, .capture = "harness/tests/captures/close-udp.pcap"};

    survives(&s);
}

static void tcp(void)
{
    static struct scene s = {.verdict = VERDICT_PASS};

    converse(&talk, false, TRANSPORT_TCP);
    play(&s, &talk);
    survives(&s);
}

static void a_b2bua(void)
{
    static struct scene s = {.verdict = VERDICT_PASS, .b2bua = true};

    converse(&talk, true, TRANSPORT_UDP);
    play(&s, &talk);
    survives(&s);
}

/* core-b changes the To tag: whatever is lost to lack of memory, this never passes. */
static void a_broken_one(void)
{
    static struct scene s = {.verdict = VERDICT_FAIL};
    int bye;

    converse(&talk, false, TRANSPORT_UDP);
    bye = talk.n - 14;
    for (int i = bye + 4; i < bye + 10; i++)
        talk_edit(&talk.message[i], ";tag=b1", ";tag=x1");
    play(&s, &talk);
    survives(&s);
}

static void a_broken_one_over_tcp(void)
{
    static struct scene s = {.verdict = VERDICT_FAIL};

    converse(&talk, false, TRANSPORT_TCP);
    for (int i = talk.n - 9; i < talk.n - 5; i++) /* pf-b is passed over on the way back */
        talk_edit(&talk.message[i], "Max-Forwards: 6", "Max-Forwards: 5");
    play(&s, &talk);
    survives(&s);
}

static const struct test tests[] = {
    {"a capture", a_capture},
    {"TCP", tcp},
    {"a B2BUA", a_b2bua},
    {"a broken one", a_broken_one},
    {"a broken one over TCP", a_broken_one_over_tcp},
};

int main(int argc, char **argv)
{
    int status;

    if (!defaults_load())
        return 99;
    status = test_main(argc, argv, "pipeline_oom", tests, sizeof tests / sizeof tests[0]);
    defaults_free();
    return status;
}
