#include "trace/registry.h"

#include <errno.h>
#include <stdlib.h>

#include "trace/join.h"
#include "trace/tracked.h"

enum {
    SESSION_BYTES_MAX = 4 << 20, /* of one session */
    SPOILED_LOOK_MAX = 64,
    LATE_SLOTS = 1 << 16, /* Call-IDs of sessions that are over; a later one takes an earlier one's slot */
};

struct registry {
    struct trace_config config;
    struct session_sink sink;
    struct trace_counts *counts;
    struct tracked_leg *legs; /* by Call-ID */
    struct join *join;
    struct tracked_list list[TRACKED_STATES];
    size_t held;    /* bytes of all sessions */
    uint64_t *late; /* hashes of Call-IDs, 0 for an empty slot */
};

int registry_new(const struct trace_config *config, struct session_sink sink, struct trace_counts *counts,
                 struct registry **ret)
{
    struct registry *r = calloc(1, sizeof *r);
    int e = -ENOMEM;

    if (r)
        r->late = calloc(LATE_SLOTS, sizeof *r->late);
    if (r && r->late)
        e = join_new(config->profile, &r->join);
    if (e < 0) {
        registry_free(r);
        return e;
    }
    r->config = *config;
    r->sink = sink;
    r->counts = counts;
    *ret = r;
    return 0;
}

/* Takes a session out of every table; it is the caller's then. */
static void forget(struct registry *r, struct tracked *t)
{
    for (unsigned i = 0; i < t->session.nlegs; i++) {
        struct tracked_leg *leg = tracked_leg_of(t->session.leg[i]);
        tracked_leg_remove(&r->legs, leg);
        r->late[leg->hash % LATE_SLOTS] = leg->hash;
    }
    join_forget(r->join, t);
    tracked_list_remove(&r->list[t->state], t);
    r->held -= t->held;
}

static int hand_over(struct registry *r, struct tracked *t)
{
    forget(r, t);
    if (t->session.nhops || t->session.hops_lost)
        return r->sink.take(r->sink.ctx, &t->session);
    r->counts->open++;
    session_free(&t->session);
    return 0;
}

void registry_free(struct registry *r)
{
    if (!r)
        return;
    for (int state = 0; state < TRACKED_STATES; state++)
        while (r->list[state].oldest) {
            struct tracked *t = r->list[state].oldest;
            forget(r, t);
            session_free(&t->session);
        }
    join_free(r->join);
    free(r->late);
    free(r);
}

/* Of a fork with two answered dialogs, one may be closed long before the other. */
static bool lives_on(const struct session *s)
{
    for (unsigned i = 0; i < s->nlegs; i++) {
        const struct leg *leg = s->leg[i];
        bool closing = false, lives = false;
        for (unsigned k = 0; k < leg->ndialogs; k++) {
            closing |= leg->dialog[k]->closing;
            lives |= leg->dialog[k]->confirmed && !leg->dialog[k]->closing;
        }
        if (closing && lives)
            return true;
    }
    return false;
}

static enum tracked_state answered_state(const struct session *s)
{
    if (!session_answered(s))
        return TRACKED_CLOSING;
    return lives_on(s) ? TRACKED_OPEN : TRACKED_CLOSED;
}

/* The state a session is in after its newest message, and how long it may stay silent in it. */
static enum tracked_state state_of(struct tracked *t, const struct said *said)
{
    const struct session *s = &t->session;

    if (!s->nhops)
        return TRACKED_OPEN;
    if (said->msg->method != SIP_BYE && !said->msg->status)
        return t->state;
    if (said->msg->status == 0) /* a BYE, new or once more: its answer decides */
        return t->state == TRACKED_CLOSED ? answered_state(s) : TRACKED_CLOSING;
    return answered_state(s);
}

static nsec_t patience(const struct registry *r, enum tracked_state state)
{
    const struct profile *p = r->config.profile;

    if (state == TRACKED_CLOSED)
        return r->config.linger ? r->config.linger
                                : p->t4; /* T4: the longest a message stays in the network */
    return 64 * p->t1 + 2 * p->t4;
}

static int retire(struct registry *r, nsec_t now)
{
    for (int state = TRACKED_CLOSING; state < TRACKED_STATES; state++) {
        struct tracked *t;
        nsec_t wait = patience(r, (enum tracked_state)state);

        while ((t = r->list[state].oldest) && now - t->session.last.time > wait) {
            int e;
            if (t->newer)
                arena_prefetch(&t->newer->session.arena); /* the next one, while this one is judged */
            e = hand_over(r, t);
            if (e < 0)
                return e;
        }
    }
    return 0;
}

static int keep_bound(struct registry *r)
{
    while (r->held > r->config.memory_max) {
        struct tracked *t = NULL;
        int e;

        for (int state = TRACKED_STATES - 1; !t && state >= 0; state--)
            t = r->list[state].oldest;
        if (!t)
            return 0;
        t->session.evicted = t->state != TRACKED_CLOSED;
        r->counts->evicted += t->session.evicted;
        e = hand_over(r, t);
        if (e < 0)
            return e;
    }
    return 0;
}

/* A capture may begin inside a session, so a BYE opens one as well as an INVITE outside a dialog. */
static bool begins(const struct said *said)
{
    const struct sip_msg *m = said->msg;

    if (!(said->from | said->to))
        return false;
    return m->method == SIP_BYE || (m->method == SIP_INVITE && !m->status && !said->to_tag.n);
}

static struct tracked *new_session(struct registry *r)
{
    struct tracked *t = tracked_new(SESSION_BYTES_MAX, r->config.pool);

    if (!t)
        return NULL;
    t->session.number = ++r->counts->sessions;
    tracked_list_add(&r->list[TRACKED_OPEN], t);
    return t;
}

/* A leg for a Call-ID that is new. *ret is NULL where the session that it belongs to has no room for it; that
 * session cannot pass then. */
static int begin(struct registry *r, struct said *said, uint64_t hash, struct tracked_leg **ret)
{
    struct tracked *joined = join_find(r->join, said);
    struct tracked *t = joined ? joined : new_session(r);

    if (!t)
        return -ENOMEM;
    *ret = tracked_leg_add(&r->legs, t, sip_value(said->msg, SIP_CALL_ID), hash);
    if (*ret && join_note(r->join, t, said))
        return 0;
    *ret = NULL;
    t->session.hops_lost++;
    if (joined)
        return 0;
    forget(r, t);
    session_free(&t->session);
    return -ENOMEM;
}

/* The ACK of a BYE's OK: there is no such thing (RFC 3261 17.1.2). */
static bool acknowledges_bye(const struct session *s, const struct said *said)
{
    for (unsigned i = 0; said->msg->cseq_ok && i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        if (!hop_is_reply(h) && h->cseq_ok && h->cseq == said->msg->cseq &&
            slice_eq(h->from_tag, said->from_tag) && slice_eq(h->to_tag, said->to_tag))
            return true;
    }
    return false;
}

/* A request that is begun inside the dialog after its OK has no business there (RFC 3261 15.1.1); one that
 * was under way already has more than its sender's Via. */
static void note_after(struct tracked *t, struct leg *leg, const struct said *said)
{
    const struct sip_msg *m = said->msg;
    const struct sighting at = said_where(said);
    const struct dialog *d;
    enum dialog_end sender;

    if (t->state != TRACKED_CLOSED || m->status || m->method == SIP_BYE || m->method == SIP_NOTIFY ||
        m->method == SIP_SUBSCRIBE || /* another usage of the dialog: RFC 5057 4 */
        !said->to_tag.n || sip_values_count(m, SIP_VIA) != 1 || !session_closed_before(&t->session, &at))
        return;
    if (m->method == SIP_ACK && !acknowledges_bye(&t->session, said))
        return; /* of the INVITE, once more */
    d = leg_dialog(leg, said->from_tag, said->to_tag, false, &sender);
    if (d && m->cseq_ok && m->cseq <= d->begun[sender])
        return; /* once more: it crossed the closing (RFC 5407 3.2.2) */
    if (!t->session.after++)
        t->session.after_first = at;
}

/* What joins legs may come on the way: the core gives the INVITE its icid. */
static bool note_setup(struct registry *r, struct tracked_leg *leg, const struct said *said)
{
    bool invite = said->msg->method == SIP_INVITE && !said->msg->status && !said->to_tag.n;

    if (sip_head_cut(said->msg)) {
        leg->leg.cut = true;
        return true;
    }
    return leg_note(&leg->leg, said) && (!invite || join_note(r->join, leg->owner, said));
}

/* A BYE or an answer to one; an answer whose CSeq is gone, or names another method, is known by its branch
 * (and by its number: an INVITE's answer has the BYE's branch where that was not made anew). */
static bool of_closing(const struct session *s, const struct said *said)
{
    const struct sip_msg *m = said->msg;
    struct slice branch;

    if (m->method == SIP_BYE || !m->status || !s->nhops)
        return m->method == SIP_BYE;
    branch = said_branch(said);
    for (unsigned i = 0; i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        if (branch.n && slice_eq(hop_branch(h), branch) && (!m->cseq_ok || m->cseq == h->cseq))
            return true;
    }
    return false;
}

static int add(struct registry *r, struct tracked_leg *leg, struct said *said)
{
    struct tracked *t = leg->owner;
    struct session *s = &t->session;
    size_t before = t->held;

    s->last = said_where(said);
    if (!s->begin.frame)
        s->begin = s->last;
    links_note(s->links, said->from, said->to);
    note_after(t, &leg->leg, said);
    if (of_closing(s, said))
        session_add(s, &leg->leg, said);
    else if (!note_setup(r, leg, said))
        s->hops_lost++;
    t->held = sizeof *t + s->arena.held;
    r->held += t->held - before;
    tracked_list_remove(&r->list[t->state], t);
    t->state = state_of(t, said);
    tracked_list_add(&r->list[t->state], t);
    return keep_bound(r);
}

/* The branch that a request was made from (of its second Via), or that an answer belongs to. */
static struct slice former_branch(const struct said *said)
{
    struct sip_values walk;
    struct slice value;

    if (said->msg->status)
        return said_branch(said);
    sip_values_start(&walk, said->msg, SIP_VIA);
    for (int i = 0; i < 2; i++)
        if (!sip_values_next(&walk, &value))
            return (struct slice){NULL, 0};
    return sip_via_branch(value);
}

static struct tracked_leg *leg_of_branch(const struct session *s, struct slice branch)
{
    for (unsigned i = s->nhops; i-- > 0;) {
        const struct hop *h = s->hop[i];
        struct leg *leg = session_leg(s, h->call_id);
        if (!hop_is_reply(h) && slice_eq(hop_branch(h), branch))
            return tracked_leg_of(leg ? leg : s->leg[0]);
    }
    return NULL;
}

/* A BYE or its answer whose Call-ID was spoiled on the way belongs to the closing that its Vias continue.
 * Only the newest closings are looked at. */
static struct tracked_leg *find_by_branch(const struct registry *r, const struct said *said)
{
    struct slice branch = {NULL, 0};
    const struct tracked *t = r->list[TRACKED_CLOSING].newest;

    if (said->msg->method == SIP_BYE)
        branch = former_branch(said);
    for (int i = 0; branch.n && t && i < SPOILED_LOOK_MAX; i++, t = t->older) {
        struct tracked_leg *leg = leg_of_branch(&t->session, branch);
        if (leg)
            return leg;
    }
    return NULL;
}

int registry_say(struct registry *r, struct said *said)
{
    struct slice call_id = sip_value(said->msg, SIP_CALL_ID);
    uint64_t hash = hash_bytes(call_id, 0);
    struct tracked_leg *leg;
    int e = 0;

    if (!r->config.many_clocks) {
        e = retire(r, said->payload->time);
        if (e < 0)
            return e;
    }
    said_about(said);
    leg = tracked_leg_find(r->legs, call_id, hash);
    if (said->again) {
        if (leg)
            session_add_again(&leg->owner->session, said);
        return 0;
    }
    if (!leg)
        leg = find_by_branch(r, said);
    if (leg)
        return add(r, leg, said);
    if (!begins(said)) {
        r->counts->outside++;
        return 0;
    }
    if (said->msg->method == SIP_BYE && r->late[hash % LATE_SLOTS] == hash) {
        r->counts->late++;
        return 0;
    }
    e = begin(r, said, hash, &leg);
    return leg && e == 0 ? add(r, leg, said) : e;
}

int registry_end(struct registry *r)
{
    for (int state = TRACKED_STATES; state-- > 0;)
        while (r->list[state].oldest) {
            int e = hand_over(r, r->list[state].oldest);
            if (e < 0)
                return e;
        }
    return 0;
}
