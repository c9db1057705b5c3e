#include "tests/talk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void talk_init(struct talk *t)
{
    memset(t, 0, sizeof *t);
    t->now = 1700000000 * NSEC_PER_SEC;
    t->step = NSEC_PER_MSEC;
}

void talk_done(struct talk *t)
{
    for (int i = 0; i < t->n; i++)
        buf_done(&t->message[i].text);
    t->n = 0;
}

struct talk_session talk_default(unsigned number)
{
    return (struct talk_session){.node = {"127.0.10.1", "127.0.10.2", "127.0.10.3", "127.0.10.2",
                                          "127.0.20.2", "127.0.20.3", "127.0.20.2", "127.0.20.1"},
                                 .nnodes = 8,
                                 .number = number,
                                 .transport = TRANSPORT_UDP,
                                 .more = ""};
}

/* One request and the way it takes: the session's, or that way back. */
struct request {
    const struct talk_session *s;
    const char *method;
    bool callee; /* sent by the callee */
    unsigned cseq;
    bool confirmed; /* inside the dialog */
};

static const char *node(const struct request *r, int i)
{
    return r->s->node[r->callee ? r->s->nnodes - 1 - i : i];
}

static struct talk_message *add(struct talk *t, const struct request *r, int hop, bool reply)
{
    struct talk_message *m = &t->message[t->n++];

    if (t->n > TALK_MESSAGES_MAX)
        abort();
    memset(m, 0, sizeof *m);
    addr_parse(slice_of(node(r, reply ? hop + 1 : hop)), &m->src.addr);
    addr_parse(slice_of(node(r, reply ? hop : hop + 1)), &m->dst.addr);
    m->src.port = m->dst.port = 5060;
    m->transport = r->s->transport;
    m->time = t->now;
    m->hop = hop;
    m->reply = reply;
    snprintf(m->method, sizeof m->method, "%s", r->method);
    buf_init(&m->text, 1 << 16);
    t->now += t->step;
    return m;
}

static void put_vias(struct buf *b, const struct request *r, int hop)
{
    for (int i = hop; i >= 0; i--)
        buf_printf(b, "Via: SIP/2.0/%s %s:5060;branch=z9hG4bK-%u-%s-%u-%d\r\n",
                   transport_name(r->s->transport), node(r, i), r->s->number, r->method, r->cseq, i);
}

static void put_dialog(struct buf *b, const struct request *r, bool to_tag)
{
    const char *from = r->callee ? "b" : "a", *to = r->callee ? "a" : "b";

    buf_printf(b, "From: <sip:%s@%s.example>;tag=%s%u\r\n", r->callee ? "bob" : "alice", from, from,
               r->s->number);
    buf_printf(b, "To: <sip:%s@%s.example>", r->callee ? "alice" : "bob", to);
    if (to_tag)
        buf_printf(b, ";tag=%s%u", to, r->s->number);
    buf_printf(b, "\r\nCall-ID: %u@%s\r\nCSeq: %u %s\r\n", r->s->number, r->s->node[0], r->cseq, r->method);
}

static void put_record_route(struct buf *b, const struct request *r, int hop)
{
    for (int i = hop; i > 0; i--)
        buf_printf(b, "Record-Route: <sip:%s;lr>\r\n", node(r, i));
}

static void put_request(struct talk *t, const struct request *r, int hop)
{
    struct buf *b = &add(t, r, hop, false)->text;
    int last = r->s->nnodes - 1;
    bool invite = strcmp(r->method, "INVITE") == 0;

    if (r->confirmed)
        buf_printf(b, "%s sip:%s@%s:5060 SIP/2.0\r\n", r->method, r->callee ? "alice" : "bob", node(r, last));
    else
        buf_printf(b, "%s sip:bob@b.example SIP/2.0\r\n", r->method);
    put_vias(b, r, hop);
    for (int i = hop + 1; r->confirmed && i < last; i++)
        buf_printf(b, "Route: <sip:%s;lr>\r\n", node(r, i));
    put_dialog(b, r, r->confirmed);
    buf_printf(b, "Max-Forwards: %d\r\n", 70 - hop);
    if (invite) {
        put_record_route(b, r, hop);
        buf_printf(b, "Contact: <sip:alice@%s:5060>\r\nContribution-ID: c%u\r\n", node(r, 0), r->s->number);
        buf_printf(b, "P-Asserted-Service: urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session\r\n%s",
                   r->s->more);
    }
    if (strcmp(r->method, "BYE") == 0)
        buf_printf(b, "Reason: SIP;cause=200;text=\"Call completed\"\r\n");
    buf_printf(b, "Content-Length: 0\r\n\r\n");
}

static void put_reply(struct talk *t, const struct request *r, int hop, const char *status)
{
    struct buf *b = &add(t, r, hop, true)->text;
    bool invite = strcmp(r->method, "INVITE") == 0;

    buf_printf(b, "SIP/2.0 %s\r\n", status);
    put_vias(b, r, hop);
    put_dialog(b, r, true);
    if (invite && status[0] == '2') {
        put_record_route(b, r, r->s->nnodes - 2);
        buf_printf(b, "Contact: <sip:bob@%s:5060>\r\n", node(r, r->s->nnodes - 1));
    }
    buf_printf(b, "Content-Length: 0\r\n\r\n");
}

void talk_setup(struct talk *t, const struct talk_session *s)
{
    struct request invite = {.s = s, .method = "INVITE", .cseq = 1};
    struct request ack = {.s = s, .method = "ACK", .cseq = 1, .confirmed = true};
    int hops = s->nnodes - 1;

    for (int i = 0; i < hops; i++)
        put_request(t, &invite, i);
    for (int i = hops; i-- > 0;)
        put_reply(t, &invite, i, "200 OK");
    for (int i = 0; i < hops; i++)
        put_request(t, &ack, i);
}

int talk_close(struct talk *t, const struct talk_session *s, bool callee, unsigned cseq)
{
    struct request bye = {.s = s, .method = "BYE", .cseq = cseq, .confirmed = true, .callee = callee};
    int hops = s->nnodes - 1, first = t->n;

    for (int i = 0; i < hops; i++)
        put_request(t, &bye, i);
    for (int i = hops; i-- > 0;)
        put_reply(t, &bye, i, "200 OK");
    return first;
}

bool talk_edit(struct talk_message *m, const char *from, const char *to)
{
    struct slice all = buf_slice(&m->text);
    size_t at = slice_find_slice(all, slice_of(from));
    struct buf b;

    if (at == all.n)
        return false;
    buf_init(&b, 1 << 16);
    buf_add(&b, slice_head(all, at));
    buf_add(&b, slice_of(to));
    buf_add(&b, slice_tail(all, at + strlen(from)));
    buf_done(&m->text);
    m->text = b;
    return true;
}

bool talk_cut_line(struct talk_message *m, const char *name)
{
    struct slice all = buf_slice(&m->text);
    size_t at = slice_find_slice(all, slice_of(name));
    char line[1024];
    size_t n;

    if (at == all.n)
        return false;
    n = slice_find_slice(slice_tail(all, at), SLICE("\r\n")) + 2;
    if (n >= sizeof line)
        return false;
    memcpy(line, all.p + at, n);
    line[n] = '\0';
    return talk_edit(m, line, "");
}

int talk_repeat(struct talk *t, int at, nsec_t after)
{
    struct talk_message *m = &t->message[t->n];

    *m = t->message[at];
    buf_init(&m->text, 1 << 16);
    buf_add(&m->text, buf_slice(&t->message[at].text));
    m->time = t->now + after;
    return t->n++;
}

struct order {
    const struct talk_message *m;
    int at;
};

static int by_time(const void *a, const void *b)
{
    const struct order *x = a, *y = b;

    if (x->m->time != y->m->time)
        return x->m->time < y->m->time ? -1 : 1;
    return x->at - y->at;
}

int talk_feed(struct talk *t, struct payload_sink sink)
{
    struct order *order = calloc((size_t)t->n + 1, sizeof *order);
    uint64_t frame[4] = {0};
    int64_t r = 0;
    int n = 0;

    if (!order)
        return -ENOMEM;
    for (int i = 0; i < t->n; i++)
        if (!t->message[i].gone)
            order[n++] = (struct order){&t->message[i], i};
    qsort(order, (size_t)n, sizeof *order, by_time);
    for (int i = 0; i < n && r >= 0; i++) {
        const struct talk_message *m = order[i].m;
        struct payload p = {.bytes = m->cut ? slice_head(buf_slice(&m->text), m->cut) : buf_slice(&m->text),
                            .cut = m->cut != 0,
                            .src = m->src,
                            .dst = m->dst,
                            .transport = m->transport,
                            .time = m->time,
                            .frame = ++frame[m->source & 3],
                            .source = m->source,
                            .reporter = m->reporter,
                            .stamp = m->stamp,
                            .again = m->again};
        r = sink.take(sink.ctx, &p);
    }
    free(order);
    return r < 0 ? (int)r : 0;
}
