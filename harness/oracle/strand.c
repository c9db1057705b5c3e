#include "oracle/strand.h"

#include <errno.h>

/* Without a port sent-by means the transport's own one (RFC 3261 20.42). */
static bool same_port(const struct sip_via *a, const struct sip_via *b)
{
    const uint16_t own = slice_ieq(a->transport, SLICE("TLS")) ? 5061 : 5060;

    return a->port == b->port || (a->port ? a->port : own) == (b->port ? b->port : own);
}

/* An IPv6 address can be written in more ways than one. */
static bool same_host(struct slice a, struct slice b)
{
    struct addr x, y;

    return slice_ieq(a, b) || (addr_parse(a, &x) && addr_parse(b, &y) && addr_eq(&x, &y));
}

bool strand_same_via(const struct sip_via *a, const struct sip_via *b)
{
    return a == b || (slice_eq(a->branch, b->branch) && same_port(a, b) && same_host(a->host, b->host));
}

bool strand_continues(const struct hop *parent, const struct hop *child, unsigned more)
{
    if (!parent->nvias || child->nvias != parent->nvias + more)
        return false;
    for (unsigned i = 0; i < parent->nvias; i++)
        if (!strand_same_via(child->via[i + more], parent->via[i]))
            return false;
    return true;
}

static bool belongs(const struct strand *st, const struct hop *h)
{
    return st->cseq == h->cseq && slice_eq(st->call_id, h->call_id) && slice_eq(st->from_tag, h->from_tag) &&
           slice_eq(st->to_tag, h->to_tag);
}

/* A function that spoiled the dialog identifiers sent on the same request all the same: its Vias tell, also
 * where what is between them was not captured. */
static bool grows_from(const struct strand *st, const struct hop *h)
{
    for (unsigned i = 0; i < st->n; i++)
        if (h->nvias > st->hop[i]->nvias && strand_continues(st->hop[i], h, h->nvias - st->hop[i]->nvias))
            return true;
    return false;
}

static struct strand *strand_of(struct strand *all, int n, const struct hop *h)
{
    for (int i = 0; i < n; i++)
        if (belongs(&all[i], h))
            return &all[i];
    for (int i = 0; i < n; i++)
        if (grows_from(&all[i], h))
            return &all[i];
    return NULL;
}

/* The hop whose Via stack that of `h` continues: of several with the same stack (one that pushed none) the
 * one that was handed to its sender. -1 where there is none. */
static int parent_by_via(const struct strand *st, unsigned at)
{
    const struct hop *h = st->hop[at];
    int found = -1;

    for (unsigned more = 1; more < h->nvias && found < 0; more++)
        for (unsigned i = 0; i < st->n; i++) {
            if (i == at || !strand_continues(st->hop[i], h, more))
                continue;
            if (found < 0 || (st->hop[i]->to & h->from))
                found = (int)i;
        }
    return found;
}

/* Where the Via stack tells nothing: the newest hop before it that was handed to its sender. */
static int parent_by_place(const struct strand *st, unsigned at)
{
    const struct hop *h = st->hop[at];
    int best = -1;

    for (unsigned i = 0; i < st->n; i++) {
        const struct hop *p = st->hop[i];
        if (i == at || !hop_before(p, h) || !(p->to & h->from) || strand_continues(h, p, 1))
            continue;
        if (best < 0 || hop_before(st->hop[best], p))
            best = (int)i;
    }
    return best;
}

/* Whether some hop before it that was handed to its sender has the very same stack: its sender pushed no Via.
 */
static bool pushed_none(const struct strand *st, unsigned at)
{
    const struct hop *h = st->hop[at];

    for (unsigned i = 0; i < st->n; i++)
        if (i != at && strand_continues(st->hop[i], h, 0) && (st->hop[i]->to & h->from) &&
            hop_before(st->hop[i], h))
            return true;
    return false;
}

/* Whether a request that only one Via was added to was handed to another function than added it: some Via in
 * between is gone. */
static bool elsewhere(const struct hop *parent, const struct hop *child)
{
    return child->nvias == parent->nvias + 1 && parent->to && child->from && !(parent->to & child->from);
}

/* Whether its sender was handed a request that lacks but its own Via, of which it spoiled the others: those
 * that it left alone continue an earlier hop's. */
static bool spoiled(const struct strand *st, int parent, unsigned at)
{
    const struct hop *h = st->hop[at];

    for (unsigned i = 0; i < st->n && st->hop[parent]->nvias + 1 < h->nvias; i++)
        if ((int)i != parent && st->hop[i]->nvias + 1 == h->nvias && (st->hop[i]->to & h->from) &&
            hop_before(st->hop[i], h))
            return true;
    return false;
}

/* Index of the hop that hop[at] was made from, or -1. */
static int parent_of(const struct strand *st, unsigned at, bool *ret_broken)
{
    int parent = pushed_none(st, at) ? -1 : parent_by_via(st, at);

    *ret_broken = false;
    if (parent < 0 || elsewhere(st->hop[parent], st->hop[at]) || spoiled(st, parent, at)) {
        int place = parent_by_place(st, at);
        *ret_broken = place >= 0;
        return place >= 0 ? place : parent;
    }
    return parent;
}

struct tree {
    int parent[SESSION_HOPS_MAX];
    bool broken[SESSION_HOPS_MAX];
};

static unsigned depth_of(const struct tree *t, unsigned at, unsigned n)
{
    unsigned depth = 1;

    for (int i = t->parent[at]; i >= 0 && depth <= n; i = t->parent[i])
        depth++;
    return depth;
}

/* The main line runs to the hop with the longest line behind it; of equals to the first. */
static int find_chain(struct strand *st, struct arena *arena, struct tree *t)
{
    unsigned deepest = 0, best = 0;

    for (unsigned i = 0; i < st->n; i++)
        t->parent[i] = parent_of(st, i, &t->broken[i]);
    for (unsigned i = 0; i < st->n; i++) {
        unsigned depth = depth_of(t, i, st->n);
        if (depth > best && depth <= st->n) { /* deeper than there are hops is a circle of broken joints */
            best = depth;
            deepest = i;
        }
    }
    st->chain = arena_alloc(arena, (best + 1) * sizeof(struct hop *));
    st->broken = arena_alloc(arena, (best + 1) * sizeof(bool));
    if (!st->chain || !st->broken)
        return -ENOMEM;
    st->nchain = best;
    for (int i = (int)deepest; best-- > 0; i = t->parent[i]) {
        st->chain[best] = st->hop[i];
        st->broken[best] = t->broken[i];
    }
    return 0;
}

int strand_find(const struct session *s, struct arena *arena, struct strand ret[STRANDS_MAX])
{
    struct tree *tree = arena_alloc(arena, sizeof *tree);
    int n = 0;

    if (!tree)
        return -ENOMEM;
    for (unsigned i = 0; i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        struct strand *st;

        if (hop_is_reply(h))
            continue;
        st = strand_of(ret, n, h);
        if (!st) {
            if (n == STRANDS_MAX)
                continue;
            st = &ret[n++];
            *st = (struct strand){.call_id = h->call_id,
                                  .from_tag = h->from_tag,
                                  .to_tag = h->to_tag,
                                  .cseq = h->cseq,
                                  .leg = session_leg(s, h->call_id)};
            st->hop = arena_alloc(arena, s->nhops * sizeof(struct hop *));
            if (!st->hop)
                return -ENOMEM;
        }
        st->hop[st->n++] = h;
    }
    for (int i = 0; i < n; i++)
        if (find_chain(&ret[i], arena, tree) < 0)
            return -ENOMEM;
    return n;
}
