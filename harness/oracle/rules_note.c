/* What is no break of anything, and yet worth a word: how the closing was shaped, and what could not be
 * judged. */
#include "oracle/rules.h"

static void check_whole(struct judgement *j, const struct rule *self)
{
    const char *hole = judgement_hole(j);
    struct finding *f =
        hole ? judgement_find(j, self, 0, "the capture holds every message of the session", hole) : NULL;

    if (f)
        f->inconclusive = true;
}

static void check_b2bua(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        struct finding *f;
        bool declared = false;

        if (p->joint != JOINT_B2BUA)
            continue;
        for (int k = 0; k < j->profile->nfunctions; k++)
            declared |= (p->from >> k & 1) && j->profile->function[k].b2bua;
        if (declared)
            continue;
        f = judgement_find(j, self, judgement_step(j, p, false),
                           "a B2BUA is declared in the ICS of the profile",
                           judgement_text(j, "%s acts as one, and is not: add <b2bua role=\"%s\"/>",
                                          judgement_from(j, p), judgement_from(j, p)));
        finding_show(f, i ? j->way->passage[i - 1].request : NULL);
        finding_show(f, p->request);
    }
}

static void check_challenged(struct judgement *j, const struct rule *self)
{
    struct finding *f;

    if (!j->way->challenged)
        return;
    f = judgement_find(j, self, 0, "nothing: a challenge of the leaving request is allowed",
                       "an earlier one was answered 401 or 407; the one that was sent then is judged");
    finding_show(f, j->way->challenged);
}

static void check_crossed(struct judgement *j, const struct rule *self)
{
    struct finding *f;

    if (!j->way->crossed)
        return;
    f = judgement_find(j, self, 0, "nothing: both ends may close at once",
                       "the other end sent a leaving request of its own; each is judged, and 481 is allowed");
    finding_show(f, j->way->n ? j->way->passage[0].request : NULL);
}

static void check_by_network(struct judgement *j, const struct rule *self)
{
    struct finding *f;

    if (!j->first_step)
        return;
    f = judgement_find(j, self, j->bound->flow->step[j->first_step].number,
                       "nothing: the network may close a session of its own accord",
                       judgement_text(j, "%s closed it; the flow is judged from there on",
                                      judgement_from(j, &j->way->passage[0])));
    finding_show(f, j->way->passage[0].request);
}

/* What the rules on the dialog need: without it they are silent, and that has to be said. */
static void check_setup(struct judgement *j, const struct rule *self)
{
    const struct leg *leg = j->way->leg;
    const struct passage *p = j->way->n ? &j->way->passage[0] : NULL;

    for (unsigned i = 0; leg && leg->invite_seen && p && p->request && i < leg->ndialogs; i++)
        if (leg->dialog[i]->confirmed)
            return;
    judgement_find(
        j, self, 0, "the INVITE, its answer and the closing end's own request are captured",
        "they are not all there: route.set, cseq.increasing and the tags of the dialog were not judged");
}

static void check_sides(struct judgement *j, const struct rule *self)
{
    const char *who = NULL;
    int n = 0;

    for (unsigned i = 1; i < j->way->n; i++) {
        const struct passage *in = &j->way->passage[i - 1], *out = &j->way->passage[i];
        if (in->inner || out->inner || (in->request && out->request))
            continue;
        who = n++ ? judgement_text(j, "%s, %s", who, judgement_from(j, out)) : judgement_from(j, out);
    }
    if (n)
        judgement_find(
            j, self, 0, "each function is captured on both sides",
            judgement_text(j, "these were not: %s; via, routing, header and body rules were not judged there",
                           who));
}

/* A capture has no clients that could be asked: the run that drove them adds this finding itself. */
static void check_witness(struct judgement *j, const struct rule *self)
{
    (void)j, (void)self;
}

const struct rule rule_capture_whole = {
    .id = "capture.whole",
    .severity = SEVERITY_MUST,
    .clause = "ISO/IEC 9646-1 (inconclusive)",
    .required = "The capture lost nothing that could bear on the session.",
    .harm = "None for the user; the session cannot pass, nor fail for what was not seen.",
    .evidence = "The counters of the capturing side, and the end of the capture.",
    .check = check_whole,
};
const struct rule rule_witness_client = {
    .id = "witness.client",
    .severity = SEVERITY_NOTE,
    .clause = "the client's own word",
    .required = "The clients that a run drives end as content with the session as the wire shows it.",
    .harm = "What the user met is not what the wire shows: where the wire shows nothing wrong the test case "
            "does not pass, it is inconclusive.",
    .evidence = "How each SIPp ended; a capture alone has no such witness.",
    .check = check_witness,
};
const struct rule rule_note_b2bua = {
    .id = "note.b2bua",
    .severity = SEVERITY_NOTE,
    .clause = "RFC 7092",
    .required = "A function that ends one dialog and begins another is declared as a B2BUA.",
    .harm = "None for the user; other rules apply to it than to a proxy.",
    .evidence = "The requests on both sides of the function.",
    .check = check_b2bua,
};
const struct rule rule_note_challenged = {
    .id = "note.challenged",
    .severity = SEVERITY_NOTE,
    .clause = "RFC 3261 22.2",
    .required =
        "A leaving request that was challenged is sent again with credentials and a higher CSeq; that one is "
        "judged.",
    .harm = "None for the user.",
    .evidence = "The challenge.",
    .check = check_challenged,
};
const struct rule rule_note_crossed = {
    .id = "note.crossed",
    .severity = SEVERITY_NOTE,
    .clause = "RFC 5407 3.2.1",
    .required = "Both ends may close at the same time; then each leaving request is judged by itself.",
    .harm = "None for the user.",
    .evidence = "Both leaving requests.",
    .check = check_crossed,
};
const struct rule rule_note_network = {
    .id = "note.network",
    .severity = SEVERITY_NOTE,
    .clause = "3GPP TS 24.229 5.4.5.1.2",
    .required = "A function may close the session of its own accord, with a leaving request towards each "
                "end; the flow is "
                "judged from that function on.",
    .harm = "None for the user.",
    .evidence = "The first request, with a single Via.",
    .check = check_by_network,
};
const struct rule rule_note_setup = {
    .id = "note.setup",
    .severity = SEVERITY_NOTE,
    .clause = "RFC 3261 12.1",
    .required = "The rules on the dialog are judged where its setup was captured.",
    .harm = "None; those rules are silent.",
    .evidence = "The INVITE and its 2xx.",
    .check = check_setup,
};
const struct rule rule_note_sides = {
    .id = "note.sides",
    .severity = SEVERITY_NOTE,
    .clause = "RFC 3261 16.6",
    .required = "What a function does with a message is judged where it was captured on both sides.",
    .harm = "None; those rules are silent for that function.",
    .evidence = "The request on both sides of every function.",
    .check = check_sides,
};
