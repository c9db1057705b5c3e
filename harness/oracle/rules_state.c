/* In which state of its dialog an end may close it (RFC 3261 15): the caller in any, the callee only once its
 * 2xx was sent and acknowledged, or nobody acknowledged it for 64*T1. And that both ends learn of it where
 * none of them closes. */
#include "oracle/rules.h"

/* An INVITE rings for no longer than its proxies wait (Timer C, RFC 3261 16.6(11)): what comes later was
 * accepted in between, where nothing was captured. */
#define TIMER_C (180 * NSEC_PER_SEC)

/* A callee's leaving request, and its dialog as far as the setup was captured. */
struct leaving {
    const struct passage *passage;
    const struct hop *request;
    const struct leg *leg;
    const struct dialog *dialog;
};

/* A proxy that closes of its own accord speaks for an end whose state it only guesses at: it is let alone. */
static bool by_callee(const struct judgement *j, const struct passage *p, struct leaving *ret)
{
    struct leg *leg = judgement_own(p) ? session_leg(j->session, p->request->call_id) : NULL;
    enum dialog_end end;

    if (!leg || !leg->invite_seen || leg->cut ||
        (p->joint != JOINT_B2BUA && !(p->request->from & j->bound->clients)))
        return false;
    *ret = (struct leaving){.passage = p, .request = p->request, .leg = leg};
    ret->dialog = leg_dialog(leg, p->request->from_tag, p->request->to_tag, false, &end);
    return ret->dialog && end == DIALOG_CALLEE;
}

/* Whether the clock that saw the other message had seen the request before, by more than a mirror port may
 * have turned them. */
static bool surely_before(const struct hop *request, const struct farthest *other)
{
    const struct sighting *first = &request->first;

    return other->vias && hop_seen_before(request, &other->at) &&
           (first->clock != other->at.clock || other->at.time - first->time >= MIRRORED);
}

/* By one clock the shortest time that may have gone by since another message; -1 where no clock saw both. */
static nsec_t since(const struct hop *request, const struct farthest *other, bool longest)
{
    nsec_t shorter, longer;

    if (!other->vias || other->at.clock != request->first.clock)
        return -1;
    sighting_gap(&other->at, &request->first, &shorter, &longer);
    return longest ? longer : shorter;
}

/* Its own link showed it ring, and no 2xx at all; or its 2xx only after the request. */
static bool is_early(const struct leaving *l)
{
    const struct dialog *d = l->dialog;
    nsec_t rung;

    if (d->confirmed)
        return (d->answered.from & l->request->from) && surely_before(l->request, &d->answered) &&
               (!d->acked || surely_before(l->request, &d->ack));
    rung = since(l->request, &d->rang, true);
    return (d->rang.from & l->request->from) && rung >= 0 && rung < TIMER_C;
}

static void check_early(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        struct finding *f;
        struct leaving l;

        if (!by_callee(j, &j->way->passage[i], &l) || !is_early(&l))
            continue;
        f = judgement_find(j, self, judgement_own_step(j, l.passage),
                           judgement_text(j,
                                          "%s, which was called, refuses the INVITE as long as it has not "
                                          "accepted it",
                                          judgement_sender(j, l.request)),
                           l.dialog->confirmed ? "it sent the leaving request first and the 2xx then"
                                               : "it sent a leaving request, and no 2xx was seen");
        judgement_weigh(j, f);
        finding_show_at(f, l.dialog->confirmed ? &l.dialog->answered.at : &l.dialog->rang.at);
        finding_show(f, l.request);
    }
}

/* Its own link showed its 2xx; the ACK only after the request, or none on any link. */
static bool is_unacknowledged(const struct judgement *j, const struct leaving *l)
{
    const struct dialog *d = l->dialog;
    const nsec_t limit = 64 * j->profile->t1;
    const nsec_t waited = since(l->request, &d->answered, true);

    if (!(d->answered.from & l->request->from) || waited < 0 || waited >= limit - limit / 4)
        return false;
    return d->acked ? (d->ack.to & l->request->from) && surely_before(l->request, &d->ack) : true;
}

/* An ACK that no link shows may have come all the same: some captures leave ACKs out, by a filter or because
 * they trace transactions. */
static const char *why_unacknowledged(const struct judgement *j, const struct leaving *l)
{
    if (l->dialog->acked)
        return "before the ACK was there";
    return j->evidence->sees_all
               ? "and no ACK was sent"
               : "and no ACK was seen on any link; if the capture leaves ACKs out, capture them, too";
}

static void check_unacknowledged(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        struct finding *f;
        struct leaving l;

        if (!by_callee(j, &j->way->passage[i], &l) || !is_unacknowledged(j, &l))
            continue;
        f = judgement_find(
            j, self, judgement_own_step(j, l.passage),
            judgement_text(j, "%s, which was called, waits for the ACK of its 2xx, or for 64*T1",
                           judgement_sender(j, l.request)),
            judgement_text(j, "it sent the leaving request %.3f s after the 2xx, %s",
                           (double)since(l.request, &l.dialog->answered, false) / (double)NSEC_PER_SEC,
                           why_unacknowledged(j, &l)));
        if (f && !l.dialog->acked && !j->evidence->sees_all)
            f->inconclusive = true;
        judgement_weigh(j, f);
        finding_show_at(f, &l.dialog->answered.at);
        finding_show(f, l.request);
        if (l.dialog->acked)
            finding_show_at(f, &l.dialog->ack.at);
    }
}

/* Whether a session was set up from or to a client: seen on its own link, and acknowledged. */
static bool takes_part(const struct session *s, int client)
{
    for (unsigned i = 0; i < s->nlegs; i++) {
        const struct leg *leg = s->leg[i];
        for (unsigned k = 0; ((leg->root | leg->reached) >> client & 1) && k < leg->ndialogs; k++)
            if (leg->dialog[k]->confirmed && leg->dialog[k]->acked)
                return true;
    }
    return false;
}

/* Whether a leaving request came to a client, or from it. */
static bool has_left(const struct session *s, int client)
{
    for (unsigned i = 0; i < s->nhops; i++)
        if (!hop_is_reply(s->hop[i]) && ((s->hop[i]->from | s->hop[i]->to) >> client & 1))
            return true;
    return false;
}

/* The network closes: the flow is entered behind its first step, so the client that takes that one is left
 * aside. */
static void check_both(struct judgement *j, const struct rule *self)
{
    const struct flow_step *first = &j->bound->flow->step[0];
    const int client = j->bound->function[first->from];
    struct finding *f;

    if (!j->first_step || client < 0 || !takes_part(j->session, client) || has_left(j->session, client))
        return;
    f = judgement_find(
        j, self, j->bound->flow->step[j->first_step].number,
        judgement_text(j, "%s, which closes of its own accord, closes towards both ends",
                       judgement_from(j, &j->way->passage[0])),
        judgement_text(j, "no leaving request came to %s, nor from it", judgement_function(j, first->from)));
    if (f && judgement_ends_within(j, j->profile->t4)) {
        f->inconclusive = true;
        f->observed = judgement_text(j, "%s; the capture ends soon after: capture for T4 (%.0f s) more",
                                     f->observed, (double)j->profile->t4 / (double)NSEC_PER_SEC);
    }
    judgement_weigh(j, f);
    finding_show(f, j->way->passage[0].request);
}

const struct rule rule_dialog_early = {
    .id = "dialog.early",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 15",
    .required =
        "Only the caller closes an early dialog; the callee sends a leaving request after its 2xx, and "
        "refuses the INVITE before.",
    .harm =
        "The INVITE stays unanswered: the caller's side goes on ringing, or sets a session up that is closed "
        "already.",
    .evidence =
        "The callee's link, with its 1xx and no 2xx up to the leaving request, or with its 2xx behind that; "
        "else the rule is silent.",
    .check = check_early,
};
const struct rule rule_dialog_unacknowledged = {
    .id = "dialog.unacknowledged",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 15",
    .required =
        "The callee sends no leaving request before it has the ACK of its 2xx, or 64*T1 are over without "
        "one.",
    .harm = "The leaving request overtakes what sets the session up: the caller's side may refuse it and set "
            "up a "
            "session that nobody is in.",
    .evidence = "The callee's link, with its 2xx, the leaving request and the ACK behind it, in one capture; "
                "where no "
                "link shows an ACK it is inconclusive, else silent.",
    .check = check_unacknowledged,
};
const struct rule rule_session_both = {
    .id = "session.both",
    .severity = SEVERITY_SHOULD,
    .clause = "3GPP TS 24.229 5.4.5.1.2",
    .required =
        "A function that closes the session of its own accord sends a leaving request towards each end; "
        "where one of them is out of reach it may be spared.",
    .harm = "The other user sits in a session that nobody is in any more, and that may still be charged.",
    .evidence = "The setup on the link of the end that was left out, and T4 (5 s) of the capture behind the "
                "closing.",
    .check = check_both,
};
