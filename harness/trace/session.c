#include "trace/session.h"

struct leg *session_leg(const struct session *s, struct slice call_id)
{
    for (unsigned i = 0; i < s->nlegs; i++)
        if (slice_eq(s->leg[i]->call_id, call_id))
            return s->leg[i];
    return NULL;
}

static bool make_room(struct session *s)
{
    unsigned size = s->hops_size ? 2 * s->hops_size : 32;
    struct hop **hop;

    if (s->nhops < s->hops_size)
        return true;
    if (s->nhops >= SESSION_HOPS_MAX)
        return false;
    hop = arena_alloc(&s->arena, size * sizeof(struct hop *));
    if (!hop)
        return false;
    if (s->nhops)
        memcpy(hop, s->hop, s->nhops * sizeof(struct hop *));
    s->hop = hop;
    s->hops_size = size;
    return true;
}

/* A BYE ends what a re-INVITE or UPDATE had begun: from here on it is not sure where the other end listens.
 */
static void note_closing(struct leg *leg, const struct said *said, unsigned vias)
{
    enum dialog_end sender;
    struct dialog *d = leg_dialog(leg, said->from_tag, said->to_tag, true, &sender);

    if (!leg->closing || vias < leg->bye_vias)
        leg->bye_vias = vias;
    leg->closing = true;
    if (d)
        d->closing = true;
    if (d && (d->new_target[DIALOG_CALLER].p || d->new_target[DIALOG_CALLEE].p))
        d->target_moving = true;
}

/* Counts a message that is known already; false where it is new. */
static bool add_again(struct session *s, const struct said *said, struct slice branch)
{
    for (unsigned i = s->nhops; i-- > 0;) {
        if (!hop_same(s->hop[i], said, branch))
            continue;
        if (!hop_repeat(&s->arena, s->hop[i], said))
            s->hops_lost++;
        return true;
    }
    return false;
}

void session_add(struct session *s, struct leg *leg, const struct said *said)
{
    struct via_texts vias;
    struct slice branch;
    struct hop *h;

    said_vias(said, &vias);
    branch = vias.n ? sip_via_branch(vias.text[0]) : (struct slice){NULL, 0};
    if (!said->msg->status)
        note_closing(leg, said, vias.n);
    if (add_again(s, said, branch))
        return;
    h = make_room(s) ? hop_keep(&s->arena, said, &vias, s->nhops ? s->hop[s->nhops - 1] : NULL) : NULL;
    if (h)
        s->hop[s->nhops++] = h;
    else
        s->hops_lost++;
}

void session_add_again(struct session *s, const struct said *said)
{
    (void)add_again(s, said, said_branch(said));
}

static bool challenge(unsigned status)
{
    return status == 401 || status == 407;
}

static bool request_answered(const struct session *s, const struct hop *request)
{
    for (unsigned i = 0; i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        if (h->msg.status >= 200 && !challenge(h->msg.status) &&
            slice_eq(hop_branch(h), hop_branch(request)) && slice_eq(h->call_id, request->call_id))
            return true;
    }
    return false;
}

bool session_closed_before(const struct session *s, const struct sighting *at)
{
    for (unsigned i = 0; i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        const struct leg *leg = session_leg(s, h->call_id);
        if (h->msg.status >= 200 && leg && h->nvias <= leg->bye_vias && hop_seen_before(h, at))
            return true;
    }
    return false;
}

bool session_answered(const struct session *s)
{
    bool any = false;

    for (unsigned i = 0; i < s->nhops; i++) {
        const struct hop *h = s->hop[i];
        const struct leg *leg;

        if (hop_is_reply(h))
            continue;
        leg = session_leg(s, h->call_id);
        if (!leg || h->nvias > leg->bye_vias)
            continue;
        if (!request_answered(s, h))
            return false;
        any = true;
    }
    return any;
}
