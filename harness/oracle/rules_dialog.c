/* Which dialog the request and its answer belong to (RFC 3261 8.2.6.2, 12.2). */
#include "oracle/rules.h"
#include "oracle/strand.h"

/* A part of a message that has to stay the same from hop to hop. */
struct part {
    const char *name;
    enum sip_header header;
    struct slice (*of)(const struct hop *h);
};

static struct slice part_call_id(const struct hop *h)
{
    return h->call_id;
}

static struct slice part_from_tag(const struct hop *h)
{
    return h->from_tag;
}

static struct slice part_to_tag(const struct hop *h)
{
    return h->to_tag;
}

static struct slice uri_of(const struct hop *h, enum sip_header id)
{
    struct sip_nameaddr at = {0};
    struct slice value = sip_value(&h->msg, id);

    return sip_nameaddr_decode(value, &at) ? at.uri : value;
}

static struct slice part_from(const struct hop *h)
{
    return uri_of(h, SIP_FROM);
}

static struct slice part_to(const struct hop *h)
{
    return uri_of(h, SIP_TO);
}

enum { PART_CALL_ID, PART_FROM_TAG, PART_TO_TAG, PART_FROM, PART_TO, PARTS };

static const struct part parts[PARTS] = {{"Call-ID", SIP_CALL_ID, part_call_id},
                                         {"From tag", SIP_FROM, part_from_tag},
                                         {"To tag", SIP_TO, part_to_tag},
                                         {"From URI", SIP_FROM, part_from},
                                         {"To URI", SIP_TO, part_to}};

/* The same header has the same parts: nearly always there is nothing to decode. */
static bool same_part(int i, const struct hop *a, const struct hop *b)
{
    const enum sip_header id = parts[i].header;
    struct slice x, y;

    if (slice_eq(sip_value(&a->msg, id), sip_value(&b->msg, id)))
        return true;
    x = parts[i].of(a);
    y = parts[i].of(b);
    return slice_eq(x, y) || (i >= PART_FROM && sip_uri_eq(x, y));
}

/* Where the whole header is gone, headers.mandatory says so. */
static bool part_changed(const struct pair *p, int part)
{
    return !same_part(part, p->in, p->out) && sip_has(&p->out->msg, parts[part].header);
}

static const char *show_part(struct judgement *j, struct slice s)
{
    return s.p ? judgement_text(j, "%.*s", SLICE_ARG(slice_head(s, 120))) : "nothing";
}

static void find_changed(struct judgement *j, const struct rule *self, const struct pair *p, int part)
{
    struct finding *f =
        judgement_find(j, self, p->step,
                       judgement_text(j, "%s leaves the %s as it was: %s", judgement_maker(j, p),
                                      parts[part].name, show_part(j, parts[part].of(p->in))),
                       judgement_text(j, "it sent %s", show_part(j, parts[part].of(p->out))));

    finding_show(f, p->in);
    finding_show(f, p->out);
}

/* A request against what the INVITE of its dialog and its answer settled. */
static void check_against_dialog(struct judgement *j, const struct rule *self, const struct passage *p)
{
    struct leg *leg = session_leg(j->session, p->request->call_id);
    enum dialog_end end;
    struct dialog *d = leg ? leg_dialog(leg, p->request->from_tag, p->request->to_tag, false, &end) : NULL;
    struct finding *f;

    if (j->bound->flow->stray || !leg || !leg->invite_seen || leg->ndialogs == LEG_DIALOGS_MAX ||
        (d && (d->confirmed || d->early)))
        return;
    for (unsigned i = 0; i < leg->ndialogs; i++)
        if (leg->dialog[i]->confirmed) {
            f = judgement_find(j, self, judgement_own_step(j, p),
                               judgement_text(j, "%s sends the tags of the dialog, %s and %s",
                                              judgement_sender(j, p->request),
                                              show_part(j, leg->dialog[i]->tag[DIALOG_CALLER]),
                                              show_part(j, leg->dialog[i]->tag[DIALOG_CALLEE])),
                               judgement_text(j, "it sent From tag %s, To tag %s",
                                              show_part(j, p->request->from_tag),
                                              show_part(j, p->request->to_tag)));
            judgement_weigh(j, f);
            finding_show(f, p->request);
            return;
        }
}

static void check_identity(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++)
        if (judgement_own(&j->way->passage[i]))
            check_against_dialog(j, self, &j->way->passage[i]);
    for (unsigned i = 0; i < j->npairs; i++)
        for (int part = 0; part < PARTS && !j->pair[i].reply && !j->pair[i].b2bua; part++)
            if (part_changed(&j->pair[i], part))
                find_changed(j, self, &j->pair[i], part);
}

/* Of a request the method is cseq.method's affair. */
static bool cseq_changed(const struct pair *p)
{
    return !p->out->cseq_ok || p->in->cseq != p->out->cseq ||
           (p->reply && !slice_eq(sip_method_text(&p->in->msg), sip_method_text(&p->out->msg)));
}

static const char *show_cseq(struct judgement *j, const struct hop *h)
{
    return judgement_text(j, "%.*s", SLICE_ARG(slice_head(sip_value(&h->msg, SIP_CSEQ), 80)));
}

static void check_cseq_preserved(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];

        if (p->b2bua || !p->in->cseq_ok || !sip_has(&p->out->msg, SIP_CSEQ) || !cseq_changed(p))
            continue;
        judgement_find_pair(
            j, self, p,
            judgement_text(j, "%s leaves the CSeq %s as it was", judgement_maker(j, p), show_cseq(j, p->in)),
            judgement_text(j, "it sent %s", show_cseq(j, p->out)));
    }
}

/* Each first request of a dialog along the way: the client's, and behind every B2BUA. */
static void check_cseq_increasing(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        struct leg *leg;
        struct dialog *d;
        enum dialog_end end;
        struct finding *f;

        if (!p->request || !p->request->cseq_ok || p->depth > 1 ||
            (p->joint != JOINT_FIRST && p->joint != JOINT_B2BUA))
            continue;
        leg = session_leg(j->session, p->request->call_id);
        d = leg ? leg_dialog(leg, p->request->from_tag, p->request->to_tag, false, &end) : NULL;
        if (!d || !d->cseq[end] || p->request->cseq > d->cseq[end])
            continue;
        f = judgement_find(j, self, judgement_step(j, p, false),
                           judgement_text(j, "%s sends a CSeq above %u, its last in this dialog",
                                          judgement_from(j, p), (unsigned)d->cseq[end]),
                           judgement_text(j, "it sent %u", (unsigned)p->request->cseq));
        finding_show(f, p->request);
    }
}

static bool method_agrees(const struct hop *h)
{
    uint32_t number;
    struct slice method;

    return !sip_cseq(&h->msg, &number, &method) || slice_eq(method, SLICE("BYE"));
}

static void check_cseq_method(struct judgement *j, const struct rule *self)
{
    bool before = true;

    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        struct finding *f;
        bool agrees;

        if (!p->request || p->inner)
            continue;
        agrees = method_agrees(p->request);
        if (!agrees && before) {
            f = judgement_find(
                j, self, judgement_step(j, p, false), "the method in CSeq is the request's own, BYE",
                judgement_text(j, "CSeq is %.*s",
                               SLICE_ARG(slice_head(sip_value(&p->request->msg, SIP_CSEQ), 60))));
            finding_show(f, p->request);
        }
        before = agrees;
    }
}

static bool same_vias(const struct hop *a, const struct hop *b)
{
    if (a->nvias != b->nvias)
        return false;
    for (unsigned i = 0; i < a->nvias; i++)
        if (!strand_same_via(a->via[i], b->via[i]))
            return false;
    return true;
}

/* A header that stands there twice: nobody says which of the two is to be copied. */
static bool twofold(const struct hop *request, enum sip_header id)
{
    return request->msg.count[id] > 1;
}

/* Where the request's own CSeq names another method there is nothing to be right about. */
static bool same_cseq(const struct hop *request, const struct hop *reply)
{
    return reply->cseq_ok && request->cseq == reply->cseq &&
           (reply->msg.method == request->msg.method || !method_agrees(request));
}

/* What the end that answers must copy (8.2.6.2): the index of the part that is not, PARTS for CSeq, PARTS + 1
 * for the Vias, -1 where all is well. */
static int not_copied(const struct hop *request, const struct hop *reply)
{
    for (int part = 0; part < PARTS; part++)
        if (!same_part(part, request, reply) && sip_has(&reply->msg, parts[part].header) &&
            !twofold(request, parts[part].header) && !(part == PART_TO_TAG && !request->to_tag.p))
            return part;
    if (request->cseq_ok && sip_has(&reply->msg, SIP_CSEQ) && !twofold(request, SIP_CSEQ) &&
        !same_cseq(request, reply))
        return PARTS;
    return same_vias(request, reply) ? -1 : PARTS + 1;
}

static void find_not_copied(struct judgement *j, const struct rule *self, const struct passage *p, int part)
{
    const char *name = part < PARTS ? parts[part].name : part == PARTS ? "CSeq" : "Via list";
    struct finding *f;

    f = judgement_find(j, self, judgement_step(j, p, true),
                       judgement_text(j, "%s copies the %s of the request%s%s", judgement_to(j, p), name,
                                      part < PARTS ? ": " : "",
                                      part < PARTS ? show_part(j, parts[part].of(p->request)) : ""),
                       part < PARTS ? judgement_text(j, "it sent %s", show_part(j, parts[part].of(p->reply)))
                                    : "it sent another one");
    finding_show(f, p->request);
    finding_show(f, p->reply);
}

static void check_copied(struct judgement *j, const struct rule *self)
{
    for (unsigned i = j->way->n; i-- > 0;) {
        const struct passage *p = &j->way->passage[i];
        bool makes = i + 1 == j->way->n || j->way->passage[i + 1].joint == JOINT_B2BUA;
        int part = p->request && p->reply && makes ? not_copied(p->request, p->reply) : -1;

        if (part >= 0)
            find_not_copied(j, self, p, part);
    }
    for (unsigned i = 0; i < j->npairs; i++)
        for (int part = 0; part < PARTS && j->pair[i].reply && !j->pair[i].b2bua; part++)
            if (part_changed(&j->pair[i], part))
                find_changed(j, self, &j->pair[i], part);
}

const struct rule rule_dialog_identity = {
    .id = "dialog.identity",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 12.2.1.1, 16.6(1)",
    .required = "Call-ID, From and To with their tags are the dialog's, and no proxy changes them.",
    .harm = "The next function finds no session that the request could close, and answers 481.",
    .evidence = "The request on both sides of a function; for the client the INVITE and its answer.",
    .check = check_identity,
};
const struct rule rule_cseq_preserved = {
    .id = "cseq.preserved",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.6(1), 16.7(9)",
    .required = "No proxy changes the CSeq of a request or of its answer.",
    .harm = "The request is taken for an old one and refused, or the answer for that of another request.",
    .evidence = "The message on both sides of a function.",
    .check = check_cseq_preserved,
};
const struct rule rule_cseq_increasing = {
    .id = "cseq.increasing",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 12.2.1.1",
    .required = "The CSeq number is higher than in every request that this end sent in the dialog before.",
    .harm = "The far end must refuse it with 500: the session stays open.",
    .evidence = "The INVITE and the other requests of that end.",
    .check = check_cseq_increasing,
};
const struct rule rule_cseq_method = {
    .id = "cseq.method",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 8.1.1.5, 20.16",
    .required = "The method in CSeq is that of the request.",
    .harm = "Functions that go by the one and those that go by the other disagree on what is asked.",
    .evidence = "The requests.",
    .check = check_cseq_method,
};
const struct rule rule_response_copied = {
    .id = "response.copied",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 8.2.6.2, 16.7(9)",
    .required = "The answer carries Via, From, To with its tag, Call-ID and CSeq of the request, and proxies "
                "leave them so.",
    .harm = "A function cannot match the answer to the request and throws it away.",
    .evidence = "The request and its answer at the far client, and the answer on both sides of a function.",
    .check = check_copied,
};
