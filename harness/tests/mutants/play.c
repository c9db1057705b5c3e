#include "tests/mutants/play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "suite/duration.h"

enum { NODES_MAX = 24, PATH_MAX_TEXT = 512, TEXT_MAX_PLAY = 512 };

#define DAY (86400 * NSEC_PER_SEC)

struct node {
    char text[ADDR_TEXT + 12];    /* as it stands in messages, the port where it is not 5060 included */
    char sent_by[ADDR_TEXT + 12]; /* with its port */
    struct endpoint at;           /* as it stands on the packets */
    bool natted;
    bool b2bua;
};

struct play {
    struct script *script;
    const struct places *places;
    struct error *err;
    int nnodes;
    struct node node[NODES_MAX];
    unsigned number;
    char caller_tag[24], callee_tag[24], share[TEXT_MAX_PLAY];
    enum transport transport;
    int fork; /* the first hop of this session's own; those before are another's INVITE */
    nsec_t begin, now, step;
};

/* One transaction. Nodes and hops are counted along its own direction: the sender is 0. */
struct transaction {
    struct play *play;
    const xmlNode *xml;
    char method[METHOD_MAX], name[LINE_NAME_MAX], more[TEXT_MAX_PLAY], contact[TEXT_MAX_PLAY], target[80];
    bool callee, dialog;
    int cseq, first, last; /* hops */
    unsigned attempt;
};

static const struct node *node(const struct transaction *t, int i)
{
    return &t->play->node[t->callee ? t->play->nnodes - 1 - i : i];
}

static bool is_client(const struct play *p, int i)
{
    return i == 0 || i == p->nnodes - 1;
}

/* Number of the leg, counted from the caller, and the nodes where it begins and ends along the direction. */
static int leg_of(const struct transaction *t, int hop, int *ret_begin, int *ret_end)
{
    const struct play *p = t->play;
    int leg = 0, at = t->callee ? p->nnodes - 2 - hop : hop;

    for (*ret_begin = hop; *ret_begin > t->first && !node(t, *ret_begin)->b2bua;)
        --*ret_begin;
    for (*ret_end = hop + 1; *ret_end < p->nnodes - 1 && !node(t, *ret_end)->b2bua;)
        ++*ret_end;
    for (int i = 1; i <= at; i++)
        leg += p->node[i].b2bua;
    return leg;
}

static void put_vias(struct buf *b, const struct transaction *t, int hop, bool reply)
{
    int begin, end, leg = leg_of(t, hop, &begin, &end);

    for (int i = hop; i >= begin; i--) {
        const struct node *n = node(t, i);
        bool own = !t->dialog && i >= t->play->fork;

        buf_printf(b, "Via: SIP/2.0/%s %s;branch=z9hG4bK-%u-%d-%s-%d-%u-%d%s",
                   transport_name(t->play->transport), n->sent_by, t->play->number, leg, t->method, t->cseq,
                   t->attempt, i, t->dialog || (own && t->play->fork) ? t->play->callee_tag : "");
        if (n->natted && (i < hop || reply)) {
            char text[ADDR_TEXT];
            buf_printf(b, ";rport=%u;received=%s", (unsigned)n->at.port, addr_format(&n->at.addr, text));
        } else if (n->natted) {
            buf_add(b, SLICE(";rport"));
        }
        buf_add(b, SLICE("\r\n"));
    }
}

static void put_dialog(struct buf *b, const struct transaction *t, int hop, bool to_tag)
{
    const struct play *p = t->play;
    int begin, end, leg = leg_of(t, hop, &begin, &end);
    const char *from = t->callee ? "bob@b" : "alice@a", *to = t->callee ? "alice@a" : "bob@b";
    const char *from_tag = t->callee ? p->callee_tag : p->caller_tag;

    buf_printf(b, "From: <sip:%s.example>;tag=%s%d\r\n", from, from_tag, leg);
    buf_printf(b, "To: <sip:%s.example>", to);
    if (to_tag)
        buf_printf(b, ";tag=%s%d", t->callee ? p->caller_tag : p->callee_tag, leg);
    buf_printf(b, "\r\nCall-ID: play-%u-%d@a.example\r\nCSeq: %d %s\r\n", p->number, leg, t->cseq + 10 * leg,
               t->method);
}

/* Proxies of the leg between two nodes, nearest to the second one first. */
static void put_record_route(struct buf *b, const struct transaction *t, int begin, int end)
{
    for (int i = end - 1; i > begin; i--)
        buf_printf(b, "Record-Route: <sip:%s;lr>\r\n", node(t, i)->text);
}

static void put_contact(struct buf *b, const struct transaction *t, int at, bool sender)
{
    if (sender && t->contact[0] && at == 0)
        buf_printf(b, "Contact: <%s>\r\n", t->contact);
    else
        buf_printf(b, "Contact: <sip:%s@%s>\r\n", (t->callee == sender) ? "bob" : "alice",
                   node(t, at)->sent_by);
}

static struct line *add(struct transaction *t, int from, int to, const struct buf *text)
{
    struct play *p = t->play;
    struct line *l = script_add(p->script, buf_slice(text));

    l->src = node(t, from)->at;
    l->dst = node(t, to)->at;
    l->transport = p->transport;
    l->time = p->now;
    p->now += p->step;
    snprintf(l->name, sizeof l->name, "%s", t->name);
    return l;
}

static void put_target(struct buf *b, const struct transaction *t, int end)
{
    if (!t->dialog)
        buf_printf(b, "%s sip:bob@b.example SIP/2.0\r\n", t->method);
    else if (t->target[0] && end == t->play->nnodes - 1)
        buf_printf(b, "%s %s SIP/2.0\r\n", t->method, t->target);
    else
        buf_printf(b, "%s sip:%s@%s SIP/2.0\r\n", t->method, t->callee ? "alice" : "bob",
                   node(t, end)->sent_by);
}

static void say_request(struct transaction *t, int hop)
{
    bool invite = strcmp(t->method, "INVITE") == 0, refresh = invite || strcmp(t->method, "UPDATE") == 0;
    int begin, end;
    struct buf b;

    leg_of(t, hop, &begin, &end);
    buf_init(&b, LINE_BYTES_MAX);
    put_target(&b, t, end);
    put_vias(&b, t, hop, false);
    buf_printf(&b, "Max-Forwards: %d\r\n", 70 - hop);
    for (int i = hop + 1; t->dialog && i < end; i++)
        buf_printf(&b, "Route: <sip:%s;lr>\r\n", node(t, i)->text);
    put_dialog(&b, t, hop, t->dialog);
    if (refresh) {
        put_contact(&b, t, begin, true);
        if (!t->dialog)
            put_record_route(&b, t, begin, hop + 1);
    }
    if (invite && !t->dialog)
        buf_printf(&b, "P-Asserted-Service: urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session\r\n%s",
                   t->play->share);
    buf_printf(&b, "%sContent-Length: 0\r\n\r\n", t->more);
    add(t, hop, hop + 1, &b);
    buf_done(&b);
}

static void say_reply(struct transaction *t, int hop, const char *status)
{
    bool invite = strcmp(t->method, "INVITE") == 0, refresh = invite || strcmp(t->method, "UPDATE") == 0;
    int begin, end;
    struct buf b;

    leg_of(t, hop, &begin, &end);
    buf_init(&b, LINE_BYTES_MAX);
    buf_printf(&b, "SIP/2.0 %s\r\n", status);
    put_vias(&b, t, hop, true);
    put_dialog(&b, t, hop, true);
    if (refresh && status[0] == '2') {
        if (invite && !t->dialog)
            put_record_route(&b, t, begin, end);
        put_contact(&b, t, end, false);
    }
    buf_add(&b, SLICE("Content-Length: 0\r\n\r\n"));
    add(t, hop + 1, hop, &b);
    buf_done(&b);
}

/* False, and `out` untouched, where it is not there. */
static bool attribute(const struct transaction *t, const char *name, char *out, size_t size)
{
    char value[TEXT_MAX_PLAY];

    if (xml_attr(t->xml, name, value, sizeof value, t->play->err) < 0 || !value[0])
        return false;
    snprintf(out, size, "%.*s", (int)size - 1, value);
    return true;
}

static int number(const struct transaction *t, const char *name, int otherwise)
{
    char text[16];

    return attribute(t, name, text, sizeof text) ? (int)strtol(text, NULL, 10) : otherwise;
}

/* An attribute that holds header fields, "a: b|c: d". */
static void fields_of(const struct transaction *t, const char *name, char out[TEXT_MAX_PLAY])
{
    char raw[TEXT_MAX_PLAY];
    size_t n = 0;

    out[0] = '\0';
    if (!attribute(t, name, raw, sizeof raw))
        return;
    for (const char *p = raw; *p && n + 4 < TEXT_MAX_PLAY; p++)
        n += (size_t)snprintf(out + n, TEXT_MAX_PLAY - n, "%.*s", *p == '|' ? 2 : 1, *p == '|' ? "\r\n" : p);
    snprintf(out + n, TEXT_MAX_PLAY - n, "\r\n");
}

static void begin_transaction(struct play *p, const xmlNode *xml, struct transaction *t)
{
    char text[32];
    nsec_t at;

    *t = (struct transaction){.play = p, .xml = xml, .cseq = 1, .last = p->nnodes - 2};
    attribute(t, "method", t->method, sizeof t->method);
    if (!t->method[0])
        snprintf(t->method, sizeof t->method, "%s", xml_is(xml, "bye") ? "BYE" : "INVITE");
    attribute(t, "name", t->name, sizeof t->name);
    attribute(t, "contact", t->contact, sizeof t->contact);
    attribute(t, "target", t->target, sizeof t->target);
    t->callee = attribute(t, "by", text, sizeof text) && strcmp(text, "callee") == 0;
    t->dialog = !xml_is(xml, "invite");
    t->cseq = number(t, "cseq", xml_is(xml, "bye") ? 2 : 1);
    t->first = number(t, "first", 0);
    t->last = number(t, "last", p->nnodes - 2);
    t->attempt = (unsigned)number(t, "attempt", 1);
    fields_of(t, "more", t->more);
    if (xml_is(xml, "bye") && !t->more[0])
        snprintf(t->more, sizeof t->more, "Reason: SIP;cause=200;text=\"Call completed\"\r\n");
    if (attribute(t, "at", text, sizeof text) && duration_parse(slice_of(text), DAY, &at))
        p->now = p->begin + at;
}

static void say_transaction(struct play *p, const xmlNode *xml)
{
    char status[64] = "200 OK", answered[8] = "";
    struct transaction t;

    begin_transaction(p, xml, &t);
    attribute(&t, "status", status, sizeof status);
    attribute(&t, "answered", answered, sizeof answered);
    for (int i = t.dialog ? t.first : p->fork; i <= t.last; i++)
        say_request(&t, i);
    if (strcmp(answered, "no") != 0)
        for (int i = t.last; i >= t.first; i--)
            say_reply(&t, i, status);
    if (strcmp(t.method, "INVITE") != 0 || strcmp(answered, "no") == 0 || status[0] != '2')
        return;
    snprintf(t.method, sizeof t.method, "ACK");
    t.dialog = true;
    t.more[0] = '\0';
    for (int i = 0; i < p->nnodes - 1; i++)
        say_request(&t, i);
}

static int read_node(struct play *p, struct slice word, const xmlNode *xml)
{
    size_t at = slice_find(word, '@');
    struct endpoint text;
    struct node *n;
    char address[ADDR_TEXT];
    bool v6;

    if (p->nnodes == NODES_MAX)
        return xml_error(xml, p->err, "the path is too long");
    n = &p->node[p->nnodes++];
    *n = (struct node){.natted = at < word.n};
    if (!place_find(p->places, slice_head(word, at), &text) ||
        !place_find(p->places, slice_tail(word, at < word.n ? at + 1 : 0), &n->at))
        return xml_error(xml, p->err, "no place is called \"%.*s\"", SLICE_ARG(word));
    addr_format(&text.addr, address);
    v6 = !addr_is_v4(&text.addr);
    snprintf(n->sent_by, sizeof n->sent_by, v6 ? "[%s]:%u" : "%s:%u", address, (unsigned)text.port);
    if (text.port == 5060)
        snprintf(n->text, sizeof n->text, v6 ? "[%s]" : "%s", address);
    else
        snprintf(n->text, sizeof n->text, v6 ? "[%s]:%u" : "%s:%u", address, (unsigned)text.port);
    return 0;
}

static int read_path(struct play *p, const xmlNode *xml)
{
    char path[PATH_MAX_TEXT], b2bua[64];
    struct slice rest;
    int e = xml_attr(xml, "path", path, sizeof path, p->err);

    if (e == 0)
        e = xml_attr(xml, "b2bua", b2bua, sizeof b2bua, p->err);
    for (rest = slice_trim(slice_of(path)); e == 0 && rest.n;) {
        size_t n = slice_find(rest, ' ');
        e = read_node(p, slice_head(rest, n), xml);
        rest = slice_trim(slice_tail(rest, n));
    }
    for (rest = slice_of(b2bua); e == 0 && rest.n;) {
        size_t n = slice_find(rest, ' ');
        uint64_t at;
        if (!slice_number(slice_head(rest, n), NODES_MAX - 1, &at) || is_client(p, (int)at))
            return xml_error(xml, p->err, "b2bua counts nodes of the path, from 0");
        p->node[at].b2bua = true;
        rest = slice_trim(slice_tail(rest, n));
    }
    return e;
}

static int read_session(struct play *p, const xmlNode *xml)
{
    struct transaction t = {.play = p, .xml = xml};
    char text[32];
    int e = read_path(p, xml);

    if (e < 0)
        return e;
    p->number = (unsigned)number(&t, "number", 1);
    p->fork = number(&t, "fork", 0);
    p->transport = TRANSPORT_UDP;
    for (int i = 0; attribute(&t, "transport", text, sizeof text) && i < TRANSPORT_COUNT; i++)
        if (strcmp(text, transport_name((enum transport)i)) == 0)
            p->transport = (enum transport)i;
    snprintf(p->caller_tag, sizeof p->caller_tag, "a%u-", p->number);
    snprintf(p->callee_tag, sizeof p->callee_tag, "b%u%s-", p->number, p->fork ? "f" : "");
    fields_of(&t, "share", p->share);
    if (!p->share[0])
        snprintf(p->share, sizeof p->share, "Contribution-ID: c-%u\r\n", p->number);
    p->step = NSEC_PER_MSEC;
    p->begin = 1700000000 * NSEC_PER_SEC;
    if (attribute(&t, "at", text, sizeof text)) {
        nsec_t at;
        if (!duration_parse(slice_of(text), DAY, &at))
            return xml_error(xml, p->err, "\"%s\" is no time", text);
        p->begin += at;
    }
    p->now = p->begin;
    return 0;
}

int play_session(struct script *s, const struct places *places, const xmlNode *session, struct error *err)
{
    struct play *p = must(calloc(1, sizeof *p));
    int e;

    p->script = s;
    p->places = places;
    p->err = err;
    e = read_session(p, session);
    for (const xmlNode *n = xml_first(session, NULL); e == 0 && n; n = xml_next(n, NULL))
        say_transaction(p, n);
    free(p);
    return e;
}
