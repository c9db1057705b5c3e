#include "trace/leg.h"

enum { ROUTE_TEXT_MAX = 8192 };

/* Copies only what is new: the same value comes again on every hop. */
static bool keep(struct arena *arena, struct slice *kept, struct slice value)
{
    struct slice copy;

    if (!value.p || (kept->p && slice_eq(*kept, value)))
        return true;
    copy = arena_copy(arena, value);
    if (!copy.p)
        return false;
    *kept = copy;
    return true;
}

static struct slice contact_uri(const struct sip_msg *m)
{
    struct sip_nameaddr contact;
    struct sip_values walk;
    struct slice value;

    sip_values_start(&walk, m, SIP_CONTACT);
    if (!sip_values_next(&walk, &value) || !sip_nameaddr_decode(value, &contact))
        return (struct slice){NULL, 0};
    return contact.uri;
}

/* Whether the message counts more than what was taken before: see struct taken. What is for the sender of the
 * request comes with few Vias, what is for the other end with many. */
static bool take(struct taken *t, const struct said *said, unsigned vias, bool for_sender)
{
    const uint32_t cseq = said->msg->cseq;
    const bool nearer = for_sender ? vias <= t->vias : vias >= t->vias;

    if (t->vias && (cseq < t->cseq || (cseq == t->cseq && !nearer)))
        return false;
    *t = (struct taken){cseq, vias};
    return true;
}

static struct dialog *add_dialog(struct leg *leg, struct slice caller_tag, struct slice callee_tag)
{
    struct arena *arena = leg->arena;
    struct dialog *d;

    if (leg->ndialogs == LEG_DIALOGS_MAX)
        return NULL;
    d = arena_alloc(arena, sizeof *d);
    if (!d || !keep(arena, &d->tag[DIALOG_CALLER], caller_tag) ||
        !keep(arena, &d->tag[DIALOG_CALLEE], callee_tag))
        return NULL;
    d->target[DIALOG_CALLER] = leg->caller_target;
    d->cseq[DIALOG_CALLER] = leg->caller_cseq;
    leg->dialog[leg->ndialogs++] = d;
    return d;
}

struct dialog *leg_dialog(struct leg *leg, struct slice from_tag, struct slice to_tag, bool add,
                          enum dialog_end *ret_sender)
{
    for (unsigned i = 0; i < leg->ndialogs; i++) {
        struct dialog *d = leg->dialog[i];
        for (int end = DIALOG_CALLER; end <= DIALOG_CALLEE; end++)
            if (slice_eq(d->tag[end], from_tag) && slice_eq(d->tag[!end], to_tag)) {
                *ret_sender = (enum dialog_end)end;
                return d;
            }
    }
    if (!add)
        return NULL;
    /* Where the INVITE was not seen, nobody knows who the caller was: the sender is taken for it. */
    *ret_sender = leg->invite_seen && !slice_eq(leg->caller_tag, from_tag) ? DIALOG_CALLEE : DIALOG_CALLER;
    return *ret_sender == DIALOG_CALLER ? add_dialog(leg, from_tag, to_tag)
                                        : add_dialog(leg, to_tag, from_tag);
}

static bool has_service(const struct sip_msg *m)
{
    static const enum sip_header carriers[] = {SIP_P_ASSERTED_SERVICE, SIP_P_PREFERRED_SERVICE,
                                               SIP_ACCEPT_CONTACT, SIP_CONTACT};

    for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++) {
        struct sip_values walk;
        struct slice value;

        sip_values_start(&walk, m, carriers[i]);
        while (sip_values_next(&walk, &value))
            if (slice_find_slice(value, SLICE("3gpp-service.ims.icsi.oma.cpm")) < value.n)
                return true;
    }
    return false;
}

static bool note_caller_target(struct leg *leg, struct slice target)
{
    const char *before = leg->caller_target.p;

    if (!keep(leg->arena, &leg->caller_target, target))
        return false;
    for (unsigned i = 0; i < leg->ndialogs; i++)
        if (leg->dialog[i]->target[DIALOG_CALLER].p == before)
            leg->dialog[i]->target[DIALOG_CALLER] = leg->caller_target;
    return true;
}

static bool note_invite(struct leg *leg, const struct said *said)
{
    const struct sip_msg *m = said->msg;
    struct arena *arena = leg->arena;
    unsigned vias = sip_values_count(m, SIP_VIA);

    if (take(&leg->invited, said, vias, false) && !note_caller_target(leg, contact_uri(m)))
        return false;
    if (!leg->invite_seen || vias < leg->root_vias) {
        leg->root = said->from;
        leg->root_vias = vias;
    }
    if (vias == 1 && !keep(arena, &leg->invite_branch, said_branch(said)))
        return false;
    leg->reached |= said->to;
    leg->service = leg->service || has_service(m);
    leg->invite_seen = true;
    if (said->msg->cseq_ok && said->msg->cseq > leg->caller_cseq)
        leg->caller_cseq = said->msg->cseq;
    return keep(arena, &leg->caller_tag, said->from_tag) &&
           (leg->from.p || keep(arena, &leg->from, sip_value(m, SIP_FROM))) &&
           (leg->to.p || keep(arena, &leg->to, sip_value(m, SIP_TO)));
}

/* All values of Record-Route as one list. False where they are more than fits: then they count as not seen.
 */
static bool route_text(const struct sip_msg *m, char text[ROUTE_TEXT_MAX], struct slice *ret)
{
    struct sip_values walk;
    struct slice value;
    size_t n = 0;

    sip_values_start(&walk, m, SIP_RECORD_ROUTE);
    while (sip_values_next(&walk, &value)) {
        if (n + value.n + 1 > ROUTE_TEXT_MAX)
            return false;
        if (n)
            text[n++] = ',';
        if (value.n)
            memcpy(text + n, value.p, value.n);
        n += value.n;
    }
    *ret = (struct slice){text, n};
    return true;
}

static bool note_route(struct arena *arena, struct dialog *d, const struct said *said, unsigned vias)
{
    char text[ROUTE_TEXT_MAX];
    struct slice route;

    if (!route_text(said->msg, text, &route))
        return true;
    if (take(&d->down, said, vias, false)) {
        if (!keep(arena, &d->route_down, route))
            return false;
        if (!d->route_up.p)
            d->route_up = d->route_down;
    }
    return !take(&d->up, said, vias, true) || keep(arena, &d->route_up, route);
}

/* Of messages that were seen equally far the first one counts, or the newest. */
static void note_farthest(struct farthest *f, const struct said *said, unsigned vias, bool newest)
{
    if (vias > f->vias || (newest && vias == f->vias))
        *f = (struct farthest){.vias = vias, .from = said->from, .to = said->to, .at = said_where(said)};
}

/* Whether it belongs to the transaction of the leg's own INVITE: no later one's inside the dialog. */
static bool of_setup(const struct leg *leg, const struct said *said, enum dialog_end caller)
{
    return caller == DIALOG_CALLER && said->msg->cseq_ok && said->msg->cseq == leg->caller_cseq;
}

static bool note_accepted(struct leg *leg, const struct said *said)
{
    struct arena *arena = leg->arena;
    enum dialog_end sender;
    struct dialog *d = leg_dialog(leg, said->from_tag, said->to_tag, true, &sender);
    unsigned vias = sip_values_count(said->msg, SIP_VIA);

    if (!d)
        return true;
    if (said->msg->method == SIP_INVITE && !d->confirmed) {
        d->confirmed = true;
    } else if (d->new_target[sender].p) {
        d->target[sender] = d->new_target[sender];
        d->new_target[sender] = (struct slice){NULL, 0};
    }
    if (said->msg->method == SIP_INVITE && of_setup(leg, said, sender)) {
        note_farthest(&d->answered, said, vias, false);
        if (!note_route(arena, d, said, vias))
            return false;
    }
    return !take(&d->answered_with[!sender], said, vias, true) ||
           keep(arena, &d->target[!sender], contact_uri(said->msg));
}

/* RFC 3261 12.1: a provisional answer with a tag makes an early dialog, which the caller may close. */
static bool note_early(struct leg *leg, const struct said *said)
{
    enum dialog_end sender;
    struct dialog *d = leg_dialog(leg, said->from_tag, said->to_tag, true, &sender);

    if (d && !d->confirmed) {
        d->early = true;
        note_farthest(&d->rang, said, sip_values_count(said->msg, SIP_VIA), true);
    }
    return true;
}

static bool note_inside(struct leg *leg, const struct said *said)
{
    enum dialog_end sender;
    struct dialog *d = leg_dialog(leg, said->from_tag, said->to_tag, false, &sender);
    bool refresh = said->msg->method == SIP_INVITE || said->msg->method == SIP_UPDATE;

    if (!d)
        return true;
    if (said->msg->method == SIP_ACK) {
        d->acked = true;
        if (of_setup(leg, said, sender))
            note_farthest(&d->ack, said, sip_values_count(said->msg, SIP_VIA), false);
        return true;
    }
    if (said->msg->cseq_ok && said->msg->cseq > d->cseq[sender] && !leg->closing)
        d->cseq[sender] = said->msg->cseq;
    if (said->msg->cseq_ok && said->msg->cseq > d->begun[sender])
        d->begun[sender] = said->msg->cseq;
    return !refresh || !take(&d->asked[sender], said, sip_values_count(said->msg, SIP_VIA), false) ||
           keep(leg->arena, &d->new_target[sender], contact_uri(said->msg));
}

bool leg_note(struct leg *leg, const struct said *said)
{
    const struct sip_msg *m = said->msg;
    enum dialog_end sender;
    struct dialog *d;

    if (!m->status)
        return m->method == SIP_INVITE && !said->to_tag.n ? note_invite(leg, said) : note_inside(leg, said);
    if (m->method != SIP_INVITE && m->method != SIP_UPDATE)
        return true;
    if (m->status >= 200 && m->status < 300)
        return note_accepted(leg, said);
    if (m->status > 100 && m->status < 200 && m->method == SIP_INVITE && said->to_tag.n)
        return note_early(leg, said);
    d = m->status >= 300 ? leg_dialog(leg, said->from_tag, said->to_tag, false, &sender) : NULL;
    if (d)
        d->new_target[sender] = (struct slice){NULL, 0}; /* refused: the target stays */
    return true;
}
