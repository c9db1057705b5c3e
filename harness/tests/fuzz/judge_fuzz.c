/* A conformant closing, spoiled as the input says: messages lost, repeated, moved in time, said by others,
 * their bytes changed. Whatever comes of it, the judgement holds together. */
#include "tests/fuzz/verdicts.h"
#include "tests/talk.h"
#include "trace/trace.h"

#include <stdio.h>

enum { SPOILS_MAX = 48, MESSAGES_MAX = 600 };

static struct profile *proxy_profile, *b2bua_profile;
static struct flow *flow, *mirror;
static struct talk talk;

static void set_up(void)
{
    if (mirror)
        return;
    MUST(profile_load("reference-network/sut.xml", "testcases/schema", &proxy_profile, NULL) == 0);
    MUST(profile_load("reference-network/sut.xml", "testcases/schema", &b2bua_profile, NULL) == 0);
    b2bua_profile->function[profile_function(b2bua_profile, "pf-a")].b2bua = true;
    MUST(flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &flow, NULL) == 0);
    MUST(flow_mirror(flow, &mirror) == 0);
}

static const char *const nodes[] = {"127.0.10.1", "127.0.10.2", "127.0.10.3",  "127.0.20.1",
                                    "127.0.20.2", "127.0.20.3", "203.0.113.9", "2001:db8::1"};

static const char *const lines[] = {
    "Via: SIP/2.0/UDP 127.0.10.3:5060;branch=z9hG4bK-1-BYE-2-1\r\n",
    "Via: SIP/2.0/UDP pf.example;branch=z9hG4bK-x\r\n",
    "Via: SIP/2.0/TCP [2001:db8::1]:5060\r\n",
    "Route: <sip:127.0.10.3;lr>\r\n",
    "Route: <sip:pf.example>\r\n",
    "Record-Route: <sip:127.0.20.3;lr>\r\n",
    "Max-Forwards: 4294967295\r\n",
    "Max-Forwards: 0\r\n",
    "Content-Length: 7\r\n",
    "CSeq: 2 INVITE\r\n",
    "CSeq: 4294967295 BYE\r\n",
    "To: <sip:bob@b.example>\r\n",
    "From: \"\xff\xfe\" <sip:a@b;x>;tag=\r\n",
    "Call-ID: 2@127.0.10.1\r\n",
    "Contact: <sip:x@127.0.20.1>\r\n",
    "P-Charging-Vector: icid-value=1;orig-ioi=a\r\n",
    "Reason: Q.850;cause=16\r\n",
    "X: 1\r\n 2\r\n",
};

static const char *const starts[] = {"SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 407 Auth",
                                     "SIP/2.0 481 Gone",   "SIP/2.0 500 Error",   "SIP/2.0 408 Timeout"};

static const char *const names[] = {
    "Via:",  "Route:",          "Max-Forwards:", "From:",         "To:",     "Call-ID:",
    "CSeq:", "Content-Length:", "Reason:",       "Record-Route:", "Contact:"};

#define PICK(table, s) table[script_byte(s) % (sizeof(table) / sizeof(table)[0])]

static void insert(struct talk_message *m, size_t at, struct slice what)
{
    struct slice all = buf_slice(&m->text);
    struct buf b;

    buf_init(&b, 1 << 16);
    at = all.n ? at % (all.n + 1) : 0;
    MUST(buf_add(&b, slice_head(all, at)) == 0 && buf_add(&b, what) == 0 &&
         buf_add(&b, slice_tail(all, at)) == 0);
    buf_done(&m->text);
    m->text = b;
}

static void insert_line(struct talk_message *m, const char *line)
{
    struct slice all = buf_slice(&m->text);

    if (all.n < 32000)
        insert(m, slice_find_slice(all, SLICE("\r\n")) + 2, slice_of(line));
}

static void change_byte(struct talk_message *m, struct script *s)
{
    size_t at = script_u16(s);

    if (m->text.n)
        m->text.p[at % m->text.n] = (char)script_byte(s);
}

static void set_start(struct talk_message *m, const char *start)
{
    char line[1024];
    size_t n = slice_find_slice(buf_slice(&m->text), SLICE("\r\n"));

    if (n >= sizeof line)
        return;
    snprintf(line, sizeof line, "%.*s", (int)n, m->text.p ? m->text.p : "");
    talk_edit(m, line, start);
}

static void move(struct talk_message *m, struct script *s)
{
    static const nsec_t unit[] = {NSEC_PER_USEC, NSEC_PER_MSEC, 100 * NSEC_PER_MSEC, NSEC_PER_SEC};
    nsec_t by = PICK(unit, s);

    m->time += (int8_t)script_byte(s) * by;
}

static void repeat(int at, struct script *s)
{
    unsigned n = script_byte(s) % 24 + 1;
    nsec_t gap = (nsec_t)script_byte(s) * 20 * NSEC_PER_MSEC;
    bool fresh = script_byte(s) & 1;

    for (unsigned i = 0; i < n && talk.n < MESSAGES_MAX; i++) {
        int again = talk_repeat(&talk, at, gap * (nsec_t)(i + 1));
        char branch[16];

        snprintf(branch, sizeof branch, "branch=z9hG4bK%u", i);
        if (fresh)
            talk_edit(&talk.message[again], "branch=z9hG4bK", branch);
    }
}

static void spoil(struct script *s)
{
    int at = script_u16(s) % talk.n;
    struct talk_message *m = &talk.message[at];
    struct addr a;

    switch (script_byte(s) % 13) {
    case 0:
        m->gone = !m->gone;
        break;
    case 1:
        repeat(at, s);
        break;
    case 2:
        move(m, s);
        break;
    case 3:
        change_byte(m, s);
        break;
    case 4:
        insert_line(m, PICK(lines, s));
        break;
    case 5:
        talk_cut_line(m, PICK(names, s));
        break;
    case 6:
        m->source = script_byte(s) & 3;
        break;
    case 7:
        m->transport = script_byte(s) % TRANSPORT_COUNT;
        break;
    case 8:
        MUST(addr_parse(slice_of(PICK(nodes, s)), &a));
        m->src.addr = a;
        break;
    case 9:
        MUST(addr_parse(slice_of(PICK(nodes, s)), &a));
        m->dst.addr = a;
        break;
    case 10:
        set_start(m, PICK(starts, s));
        break;
    case 11:
        m->text.n = m->text.n ? script_u16(s) % m->text.n : 0;
        break;
    default: /* nobody at this node is captured */
        for (int i = 0; i < talk.n; i++)
            talk.message[i].gone |= talk.message[i].hop == m->hop;
    }
}

static void converse(unsigned shape)
{
    struct talk_session first = talk_default(1), second = talk_default(2);

    first.transport = shape & 1 ? TRANSPORT_TCP : TRANSPORT_UDP;
    if (shape & 2) { /* pf-a as B2BUA */
        first.nnodes = 3;
        second.nnodes = 6;
        memmove(second.node, second.node + 2, 6 * sizeof second.node[0]);
    }
    first.more = second.more = shape & 4 ? "Conversation-ID: k\r\nSession-ID: 1\r\n" : "";
    talk_setup(&talk, &first);
    if (shape & (2 | 8))
        talk_setup(&talk, &second);
    talk_close(&talk, &first, shape & 16, 2);
    if (shape & (2 | 8))
        talk_close(&talk, &second, shape & 16, 2);
    if (shape & 32)
        talk_close(&talk, &first, !(shape & 16), 2);
    if (shape & 64)
        talk_close(&talk, &first, shape & 16, 3);
}

struct hearing {
    struct judge *judge;
    struct evidence evidence;
    struct verdicts verdicts;
};

static bool asks(const struct session *s)
{
    for (unsigned i = 0; i < s->nhops; i++)
        if (!hop_is_reply(s->hop[i]))
            return true;
    return false;
}

static int hear(void *ctx, struct session *s)
{
    struct hearing *h = ctx;
    unsigned before = h->verdicts.n;

    MUST(judge_session(h->judge, s, &h->evidence, check_result, &h->verdicts) == 0);
    MUST(!asks(s) || h->verdicts.n > before);
    session_free(s);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script s = {data, size};
    struct hearing h = {.judge = NULL};
    struct judge_config config = {.strict = script_byte(&s) & 1};
    struct trace_config trace = {.many_clocks = config.strict};
    const struct profile *profile;
    struct trace *t;

    set_up();
    talk_init(&talk);
    profile = script_byte(&s) & 1 ? b2bua_profile : proxy_profile;
    config.profile = trace.profile = profile;
    converse(script_byte(&s));
    h.evidence.sees_all = script_byte(&s) & 1;
    for (int i = 0; s.n && i < SPOILS_MAX; i++)
        spoil(&s);
    h.verdicts.strict = config.strict;
    MUST(judge_bind(profile, flow, mirror, config.flow, NULL) == 0);
    MUST(judge_new(&config, &h.judge) == 0);
    MUST(trace_new(&trace, (struct session_sink){hear, &h}, &t) == 0);
    h.evidence.links = trace_links(t);
    MUST(talk_feed(&talk, (struct payload_sink){trace_take, t}) == 0);
    h.evidence.until = talk.now + 120 * NSEC_PER_SEC;
    MUST(trace_end(t) == 0);
    trace_free(t);
    judge_free(h.judge);
    talk_done(&talk);
    return 0;
}
