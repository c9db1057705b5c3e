#include "oracle/way.h"

#include <errno.h>

#include "oracle/strand.h"

struct finder {
    const struct session *session;
    const struct profile *profile;
    role_set clients;
    bool apart;
    struct arena *arena;
    int nstrands;
    struct strand strand[STRANDS_MAX];
    bool taken[STRANDS_MAX]; /* on a way already, or another attempt of one that is */
};

/* Who wrote a Via: by `received` or an address in sent-by; a name by what this session shows of it. 0:
 * unknown. */
static role_set via_owner(const struct finder *f, const struct sip_via *via)
{
    const struct session *s = f->session;
    struct endpoint e = {.port = via->port ? via->port : 5060};

    if (addr_parse(via->host, &e.addr) && profile_owners(f->profile, &e))
        return profile_owners(f->profile, &e);
    if (via->received.n && addr_parse(via->received, &e.addr))
        return profile_owners(f->profile, &e);
    for (unsigned i = 0; i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        if (!hop_is_reply(h) && h->nvias && slice_ieq(h->via[0]->host, via->host) &&
            h->via[0]->port == via->port)
            return h->from;
    }
    return 0;
}

static struct passage *add_passage(struct way *w)
{
    if (w->n == WAY_PASSAGES_MAX) {
        w->crowded = true;
        return NULL;
    }
    w->passage[w->n] = (struct passage){.step = -1};
    return &w->passage[w->n++];
}

/* The passages that the Via stack of `h` proves beyond the first `known` entries from the bottom, up to its
 * own. */
static void add_proved(const struct finder *f, struct way *w, const struct hop *h, unsigned known)
{
    for (unsigned depth = known + 1; depth < h->nvias; depth++) {
        const struct sip_via *via = h->via[h->nvias - depth];
        struct passage *p = add_passage(w);

        if (!p)
            return;
        p->joint = depth == known + 1 && known == 0 && w->n == 1 ? JOINT_FIRST : JOINT_PROXY;
        p->from = via_owner(f, via);
        p->to = via_owner(f, h->via[h->nvias - depth - 1]);
        p->proof = h;
        p->branch = via->branch;
        p->depth = depth;
        if (!p->from || !p->to)
            p->joint = w->n == 1 ? JOINT_FIRST : JOINT_GAP;
    }
}

/* Who sent a strand's request first: the writer of the lowest Via where the profile knows him. A B2BUA that
 * hides the network leaves Vias below its own that lead nowhere. */
static role_set first_sender(const struct finder *f, const struct strand *st)
{
    const struct hop *root = st->chain[0];
    role_set owner = root->nvias > 1 ? via_owner(f, root->via[root->nvias - 1]) : 0;

    return owner ? owner : root->from;
}

static bool declared_b2bua(const struct finder *f, role_set who)
{
    for (int i = 0; i < f->profile->nfunctions; i++)
        if ((who >> i & 1) && f->profile->function[i].b2bua)
            return true;
    return false;
}

static void add_strand(const struct finder *f, struct way *w, const struct strand *st)
{
    const struct hop *root = st->chain[0];
    bool hidden = w->n && root->nvias && !via_owner(f, root->via[root->nvias - 1]);

    for (unsigned i = 0; i < st->nchain; i++) {
        const struct hop *h = st->chain[i];
        unsigned known = i ? st->chain[i - 1]->nvias : 0, before = w->n;
        enum passage_joint joint = w->n == 0 ? JOINT_FIRST : i == 0 ? JOINT_B2BUA : JOINT_PROXY;
        struct passage *p;

        if (st->broken[i])
            joint = declared_b2bua(f, h->from) ? JOINT_B2BUA : JOINT_BROKEN;
        else if (i || !hidden)
            add_proved(f, w, h, known);
        if (w->n > before && joint == JOINT_B2BUA) {
            w->passage[before].joint = JOINT_B2BUA;
            joint = JOINT_PROXY;
        }
        p = add_passage(w);
        if (!p)
            return;
        p->joint = w->n > 1 && joint == JOINT_FIRST ? JOINT_PROXY : joint;
        p->from = h->from;
        p->to = h->to;
        p->request = p->proof = h;
        p->branch = hop_branch(h);
        p->depth = h->nvias;
    }
}

static const struct hop *strand_leaf(const struct strand *st)
{
    return st->nchain ? st->chain[st->nchain - 1] : NULL;
}

/* Whether `b` is the same end's further attempt at what `a` was to close. */
static bool same_end(const struct strand *a, const struct strand *b)
{
    return slice_eq(a->call_id, b->call_id) && slice_eq(a->from_tag, b->from_tag) &&
           slice_eq(a->to_tag, b->to_tag);
}

static bool opposite_end(const struct strand *a, const struct strand *b)
{
    return slice_eq(a->call_id, b->call_id) && slice_eq(a->from_tag, b->to_tag) &&
           slice_eq(a->to_tag, b->from_tag);
}

/* Where each attempt of an end has its own way: whether what begins with `root` goes on from a later one. */
static bool of_later_attempt(const struct finder *f, const struct strand *st, const struct hop *root)
{
    for (int i = 0; f->apart && i < f->nstrands; i++) {
        const struct strand *other = &f->strand[i];

        if (other != st && other->nchain && same_end(st, other) &&
            hop_before(st->chain[0], other->chain[0]) && hop_before(other->chain[0], root))
            return true;
    }
    return false;
}

/* The strand with which the function that `st` ended at sent the request on; -1 where it did not. */
static int continuation(const struct finder *f, const struct strand *st)
{
    const struct hop *leaf = strand_leaf(st);
    int best = -1;

    if (!leaf || !(leaf->to & ~f->clients))
        return -1;
    for (int i = 0; i < f->nstrands; i++) {
        const struct strand *next = &f->strand[i];
        const struct hop *root = next->nchain ? next->chain[0] : NULL;

        if (f->taken[i] || !root || next == st || same_end(st, next) || opposite_end(st, next))
            continue;
        if (!(first_sender(f, next) & leaf->to) || hop_before(root, st->chain[0]) ||
            of_later_attempt(f, st, root))
            continue;
        if (best < 0 || hop_before(root, f->strand[best].chain[0]))
            best = i;
    }
    return best;
}

/* The answer has the CSeq of the request; where none has, its branch is enough. */
static unsigned final_status(const struct session *s, const struct hop *request)
{
    unsigned status = 0;

    for (unsigned i = 0; i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        if (h->msg.status < 200 || !slice_eq(hop_branch(h), hop_branch(request)) ||
            !slice_eq(h->call_id, request->call_id))
            continue;
        if (h->cseq == request->cseq)
            return h->msg.status;
        status = status ? status : h->msg.status;
    }
    return status;
}

/* RFC 3261 15.1.1: with these answers the session is over for the one who asked; others may be mended. */
static bool ends_dialog(unsigned status)
{
    return (status >= 200 && status < 300) || status == 408 || status == 481;
}

static bool challenge(unsigned status)
{
    return status == 401 || status == 407;
}

/* What became of earlier attempts of the same end. */
static void note_earlier(const struct finder *f, struct way *w, int at)
{
    for (int i = 0; i < at; i++) {
        unsigned status = 0;

        if (f->strand[i].nchain && same_end(&f->strand[i], &f->strand[at]))
            status = final_status(f->session, f->strand[i].chain[0]);
        w->beyond |= ends_dialog(status);
        w->retry |= status >= 300 && !ends_dialog(status) && !challenge(status);
    }
}

/* Behind a B2BUA the attempt that goes on may not be the first of its leg: those before it were challenged.
 */
static void take_challenged(struct finder *f, struct way *w, int first)
{
    for (int i = 0; i < first; i++) {
        const struct strand *st = &f->strand[i];

        if (f->taken[i] || !st->nchain || !same_end(&f->strand[first], st) ||
            !challenge(final_status(f->session, st->chain[0])))
            continue;
        w->challenged = st->chain[0];
        f->taken[i] = true;
    }
}

/* Of one end's attempts, the first that was not merely challenged; the others are taken, and noted on the
 * way, those apart that begin one of their own. */
static int choose_attempt(struct finder *f, struct way *w, int first)
{
    int chosen = first;

    take_challenged(f, w, first);
    for (int i = first; i < f->nstrands; i++) {
        const struct strand *st = &f->strand[i];
        unsigned status;

        if (f->taken[i] || !st->nchain || (i != first && !same_end(&f->strand[first], st)))
            continue;
        status = final_status(f->session, f->strand[chosen].chain[0]);
        if (i != chosen && challenge(status)) {
            w->challenged = f->strand[chosen].chain[0];
            chosen = i;
        } else if (i != chosen && f->apart) {
            continue;
        } else if (i != chosen && !w->again && ends_dialog(status)) {
            w->again = st->chain[0];
        }
        f->taken[i] = true;
    }
    return chosen;
}

/* How surely an answer belongs to a passage that it ran back over: by everything that 17.1.3 and 8.2.6.2 ask
 * for, by its branch, or (where a function spoiled those) by its dialog alone. */
enum bond { BOND_FULL, BOND_BRANCH, BOND_DIALOG, BONDS };

/* Ends agree: the answer runs back where the request came from. Where its branch says so it may be another
 * node of the same function: sent-by need not be the address that the request came from (18.2.2). */
static bool runs_back(const struct passage *p, const struct hop *reply, enum bond bond)
{
    const struct hop *r = p->request;

    if (r && addr_eq(&reply->src.addr, &r->dst.addr) && addr_eq(&reply->dst.addr, &r->src.addr))
        return true;
    return (!r || bond != BOND_DIALOG) && (reply->from & p->to) && (reply->to & p->from);
}

static bool bound(const struct passage *p, const struct hop *h, enum bond bond)
{
    const struct hop *r = p->proof;
    bool branch = p->branch.n && slice_eq(hop_branch(h), p->branch);

    if (bond == BOND_BRANCH)
        return branch;
    if (!slice_eq(h->call_id, r->call_id))
        return false;
    if (bond == BOND_FULL)
        return branch && h->cseq == r->cseq;
    return slice_eq(h->from_tag, r->from_tag) && (h->cseq == r->cseq || !h->cseq_ok);
}

static bool on_passage(const struct way *w, const struct hop *h)
{
    for (unsigned i = 0; i < w->n; i++)
        if (w->passage[i].request == h || w->passage[i].reply == h)
            return true;
    return false;
}

static void attach_replies(struct way *w)
{
    const struct session *s = w->session;

    for (int bond = BOND_FULL; bond < BONDS; bond++)
        for (unsigned k = 0; k < w->n; k++) {
            struct passage *p = &w->passage[k];
            for (unsigned i = 0; i < s->nhops && !p->reply; i++) {
                const struct hop *h = s->hop[i];
                if (h->msg.status >= 200 && bound(p, h, (enum bond)bond) &&
                    runs_back(p, h, (enum bond)bond) && (bond == BOND_FULL || !on_passage(w, h)))
                    p->reply = h;
            }
        }
}

/* The dialogs of a fork share all but the To tag (CSeq numbers may be equal by chance): where that was
 * spoiled, the Via of whoever began still tells. */
static bool same_dialog(const struct hop *h, const struct hop *r)
{
    return slice_eq(h->to_tag, r->to_tag) || !h->to_tag.n ||
           (h->nvias && r->nvias && strand_same_via(h->via[h->nvias - 1], r->via[r->nvias - 1]));
}

static bool same_transactions(const struct way *w, const struct hop *h)
{
    for (unsigned k = 0; k < w->n; k++) {
        const struct hop *r = w->passage[k].proof;
        if (h->cseq == r->cseq && slice_eq(h->call_id, r->call_id) && slice_eq(h->from_tag, r->from_tag) &&
            same_dialog(h, r))
            return true;
    }
    return false;
}

static void gather_aside(struct way *w)
{
    const struct session *s = w->session;

    for (unsigned i = 0; i < s->nhops; i++) {
        if (on_passage(w, s->hop[i]) || !same_transactions(w, s->hop[i]))
            continue;
        if (w->naside < WAY_ASIDE_MAX)
            w->aside[w->naside++] = s->hop[i];
        else
            w->crowded = true;
    }
}

/* Whether an end had answered the other end's BYE before it sent its own: only then is it sure that it knew.
 */
static bool answered_before(const struct finder *f, const struct hop *root)
{
    const struct session *s = f->session;

    for (unsigned i = 0; i < s->nhops; i++)
        if (s->hop[i]->msg.status >= 200 && (s->hop[i]->from & root->from & f->clients) &&
            !slice_eq(s->hop[i]->from_tag, root->from_tag) && hop_before(s->hop[i], root))
            return true;
    return false;
}

/* Both ends' BYEs, each sent before the other one was answered (RFC 5407 3.2.1); or one that came after the
 * closing. */
static void note_crossing(const struct finder *f, struct way *w, const struct strand *own)
{
    w->late = answered_before(f, own->chain[0]);
    for (int i = 0; i < f->nstrands && !w->late; i++) {
        const struct strand *st = &f->strand[i];
        const struct hop *root = st->nchain ? st->chain[0] : NULL;

        if (root && (root->from & f->clients) && !(root->from & own->chain[0]->from) &&
            !answered_before(f, root))
            w->crossed = true;
    }
}

static struct way *follow(struct finder *f, int first)
{
    struct way *w = arena_alloc(f->arena, sizeof *w);
    int at;

    if (!w)
        return NULL;
    w->session = f->session;
    w->crowded = f->nstrands == STRANDS_MAX;
    at = choose_attempt(f, w, first);
    w->leg = f->strand[at].leg;
    note_earlier(f, w, at);
    note_crossing(f, w, &f->strand[at]);
    while (at >= 0) {
        add_strand(f, w, &f->strand[at]);
        w->nlegs++;
        at = continuation(f, &f->strand[at]);
        if (at >= 0)
            at = choose_attempt(f, w, at);
    }
    for (unsigned i = 0; i < w->n; i++)
        w->passage[i].inner = (w->passage[i].from & w->passage[i].to) != 0;
    attach_replies(w);
    gather_aside(w);
    return w;
}

/* A strand that some other one goes on into does not begin a way. */
static bool begins_way(const struct finder *f, int at)
{
    for (int i = 0; i < f->nstrands; i++)
        if (i != at && !f->taken[i] && continuation(f, &f->strand[i]) == at)
            return false;
    return true;
}

int way_find(const struct session *s, const struct profile *profile, role_set clients, bool apart,
             struct arena *arena, struct way *ret_way[WAYS_MAX])
{
    struct finder *f = arena_alloc(arena, sizeof *f);
    int n = 0;

    if (!f)
        return -ENOMEM;
    f->session = s;
    f->profile = profile;
    f->clients = clients;
    f->apart = apart;
    f->arena = arena;
    f->nstrands = strand_find(s, arena, f->strand);
    if (f->nstrands < 0)
        return f->nstrands;
    for (int pass = 0; pass < 2;
         pass++) /* what begins no way by itself begins one where nothing leads to it */
        for (int i = 0; i < f->nstrands && n < WAYS_MAX; i++) {
            if (f->taken[i] || !f->strand[i].nchain || (pass == 0 && !begins_way(f, i)))
                continue;
            ret_way[n] = follow(f, i);
            if (!ret_way[n])
                return -ENOMEM;
            n++;
        }
    return n;
}

const struct passage *way_last_seen(const struct way *w)
{
    for (unsigned i = w->n; i-- > 0;)
        if (w->passage[i].request)
            return &w->passage[i];
    return NULL;
}
