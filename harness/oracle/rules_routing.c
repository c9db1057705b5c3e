/* Where to, and how far still: Route, Request-URI, Max-Forwards (RFC 3261 12.2.1.1, 16.4, 16.6). */
#include "oracle/rules.h"

enum { ROUTES_MAX = 32, MAX_FORWARDS_MAX = 255 /* RFC 3261 20.22 */ };

struct routes {
    unsigned n;
    struct slice value[ROUTES_MAX];
};

static void read_routes(const struct sip_msg *m, enum sip_header id, struct routes *r)
{
    struct sip_values walk;

    r->n = 0;
    sip_values_start(&walk, m, id);
    while (r->n < ROUTES_MAX && sip_values_next(&walk, &r->value[r->n]))
        r->n++;
}

/* The URI of an entry; false where it is none. */
static bool route_uri(const struct routes *r, unsigned i, struct sip_uri *ret)
{
    struct sip_nameaddr at;

    sip_nameaddr_decode(r->value[i], &at);
    return sip_uri_decode(at.uri, ret);
}

/* Whether every parameter of `a` stands in `b` with its value. */
static bool params_in(struct slice a, struct slice b)
{
    struct sip_params walk = {.rest = a};
    struct slice name, value, other;

    while (sip_params_next(&walk, &name, &value)) {
        other = sip_param(b, name);
        if (!other.p || !slice_ieq(sip_unquoted(value), other))
            return false;
    }
    return true;
}

/* Equivalent URIs may differ in parameters that one of them lacks (19.1.4). In a route entry they may not:
 * what a function put there it needs when the request comes back. */
static bool same_entry(struct slice one, struct slice other)
{
    struct sip_nameaddr a, b;
    struct sip_uri x, y;

    if (slice_eq(one, other))
        return true;
    sip_nameaddr_decode(one, &a);
    sip_nameaddr_decode(other, &b);
    if (!sip_uri_eq(a.uri, b.uri) || !sip_value_eq(a.params, b.params))
        return false;
    if (slice_eq(a.uri, b.uri) || !sip_uri_decode(a.uri, &x) || !sip_uri_decode(b.uri, &y))
        return true;
    return params_in(x.params, y.params) && params_in(y.params, x.params);
}

static bool same_routes(const struct routes *a, unsigned skip, const struct routes *b)
{
    if (a->n - skip != b->n)
        return false;
    for (unsigned i = 0; i < b->n; i++)
        if (!same_entry(a->value[i + skip], b->value[i]))
            return false;
    return true;
}

static bool loose(const struct routes *r)
{
    struct sip_uri uri;

    return !r->n || (route_uri(r, 0, &uri) && sip_param(uri.params, SLICE("lr")).p);
}

/* Whether the first `n` entries may name the function that took them off: those that surely name another may
 * not. */
static bool may_pop(const struct judgement *j, const struct routes *r, unsigned n, role_set owner)
{
    for (unsigned i = 0; i < n; i++) {
        struct sip_uri uri;
        struct endpoint e = {.port = 5060};
        role_set named;

        if (!route_uri(r, i, &uri) || !addr_parse(uri.host, &e.addr))
            continue;
        if (uri.port)
            e.port = uri.port;
        named = profile_owners(j->profile, &e);
        if (named && !(named & owner))
            return false;
    }
    return true;
}

/* Entries that must go: its own at the top. More than one where it put in two (RFC 5658) or has several
 * nodes. */
static unsigned own_routes(const struct judgement *j, const struct routes *r, role_set owner)
{
    unsigned n = 0;

    while (n < r->n) {
        struct sip_uri uri;
        struct endpoint e = {.port = 5060};
        if (!route_uri(r, n, &uri) || !addr_parse(uri.host, &e.addr))
            break;
        if (uri.port)
            e.port = uri.port;
        if (!(profile_owners(j->profile, &e) & owner))
            break;
        n++;
    }
    return n;
}

static void check_popped(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        struct routes in, out;
        role_set owner = p->in->to & p->out->from;
        unsigned gone;

        if (p->reply || p->b2bua || p->hops > 1 || !owner)
            continue;
        read_routes(&p->in->msg, SIP_ROUTE, &in);
        read_routes(&p->out->msg, SIP_ROUTE, &out);
        gone = in.n > out.n ? in.n - out.n : 0;
        if ((out.n <= in.n && same_routes(&in, gone, &out) && may_pop(j, &in, gone, owner) &&
             (gone > 0 || own_routes(j, &in, owner) == 0)) ||
            !loose(&in))
            continue;
        judgement_find_pair(j, self, p,
                            judgement_text(j, "%s takes its own entry off the Route and leaves the rest",
                                           judgement_maker(j, p)),
                            judgement_text(j, "of %u entries it sent on %u, the first %.*s", in.n, out.n,
                                           SLICE_ARG(out.n ? slice_head(out.value[0], 100) : SLICE("none"))));
    }
}

/* The route set as the closing end has it: Record-Route in order for the callee, reversed for the caller. */
static void route_set(const struct dialog *d, enum dialog_end sender, struct routes *ret)
{
    struct slice rest = sender == DIALOG_CALLER ? d->route_up : d->route_down;
    struct sip_field field = {.id = SIP_ROUTE, .value_len = (uint32_t)rest.n};
    struct sip_msg list = {.base = rest.p, .nfields = 1, .field = &field};

    for (int i = 0; i < SIP_HEADER_COUNT; i++)
        list.first[i] = -1;
    list.first[SIP_ROUTE] = 0;
    list.count[SIP_ROUTE] = 1;
    ret->n = 0;
    if (rest.n)
        read_routes(&list, SIP_ROUTE, ret);
    if (sender == DIALOG_CALLER)
        for (unsigned i = 0; i < ret->n / 2; i++) {
            struct slice value = ret->value[i];
            ret->value[i] = ret->value[ret->n - 1 - i];
            ret->value[ret->n - 1 - i] = value;
        }
}

/* The dialog that an own request of its sender belongs to; NULL where its setup was not captured. */
static struct dialog *own_dialog(const struct judgement *j, const struct passage *p, enum dialog_end *ret_end)
{
    struct leg *leg = judgement_own(p) ? session_leg(j->session, p->request->call_id) : NULL;
    struct dialog *d = leg ? leg_dialog(leg, p->request->from_tag, p->request->to_tag, false, ret_end) : NULL;

    return d && d->confirmed ? d : NULL;
}

/* A proxy that closes of its own accord (TS 24.229 5.4.5.1.2) sends on from where it stands: without the
 * entries of those on the other side of it, and its own. */
static unsigned passed_over(const struct judgement *j, const struct passage *p, const struct routes *want,
                            const struct routes *have)
{
    bool client = p->request->from & j->bound->clients;

    return !client && p->joint == JOINT_FIRST && have->n < want->n ? want->n - have->n : 0;
}

static void check_own_routes(struct judgement *j, const struct rule *self, const struct passage *p)
{
    enum dialog_end end;
    const struct dialog *d = own_dialog(j, p, &end);
    struct routes want, have;
    struct finding *f;

    if (!d || !d->route_down.p)
        return;
    route_set(d, end, &want);
    read_routes(&p->request->msg, SIP_ROUTE, &have);
    if (!loose(&want) || want.n == ROUTES_MAX || same_routes(&want, passed_over(j, p, &want, &have), &have))
        return;
    f = judgement_find(j, self, judgement_own_step(j, p),
                       judgement_text(j, "%s sends the Route set of the dialog, %u entries, the first %.*s",
                                      judgement_sender(j, p->request), want.n,
                                      SLICE_ARG(want.n ? slice_head(want.value[0], 100) : SLICE("none"))),
                       judgement_text(j, "it sent %u, the first %.*s", have.n,
                                      SLICE_ARG(have.n ? slice_head(have.value[0], 100) : SLICE("none"))));
    judgement_weigh(j, f);
    finding_show(f, p->request);
}

static void check_route_set(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++)
        check_own_routes(j, self, &j->way->passage[i]);
}

/* A proxy that is responsible for the Request-URI may put the registered contact in its place (16.5): never
 * where the URI names an address already. */
static bool names_address(struct slice text)
{
    struct sip_uri uri;
    struct addr a;

    return sip_uri_decode(text, &uri) && addr_parse(uri.host, &a);
}

static void check_own_target(struct judgement *j, const struct rule *self, const struct passage *p)
{
    enum dialog_end end;
    const struct dialog *d = own_dialog(j, p, &end);
    struct finding *f;

    if (!d || !d->target[!end].p || d->target_moving ||
        sip_uri_eq(d->target[!end], sip_uri(&p->request->msg)))
        return;
    f = judgement_find(
        j, self, judgement_own_step(j, p),
        judgement_text(j, "%s sends the request to the remote target, %.*s", judgement_sender(j, p->request),
                       SLICE_ARG(slice_head(d->target[!end], 120))),
        judgement_text(j, "its Request-URI is %.*s", SLICE_ARG(slice_head(sip_uri(&p->request->msg), 120))));
    judgement_weigh(j, f);
    finding_show(f, p->request);
}

static void check_ruri(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->way->n; i++)
        check_own_target(j, self, &j->way->passage[i]);
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        struct routes in;

        if (p->reply || p->b2bua || slice_eq(sip_uri(&p->in->msg), sip_uri(&p->out->msg)))
            continue;
        read_routes(&p->in->msg, SIP_ROUTE, &in);
        if (!loose(&in) || !names_address(sip_uri(&p->in->msg)) ||
            sip_uri_eq(sip_uri(&p->in->msg), sip_uri(&p->out->msg)))
            continue;
        judgement_find_pair(
            j, self, p,
            judgement_text(j, "%s leaves the Request-URI %.*s as it is", judgement_maker(j, p),
                           SLICE_ARG(slice_head(sip_uri(&p->in->msg), 120))),
            judgement_text(j, "it sent %.*s", SLICE_ARG(slice_head(sip_uri(&p->out->msg), 120))));
    }
}

static void check_present(struct judgement *j, const struct rule *self)
{
    bool before = true;

    for (unsigned i = 0; i < j->way->n; i++) {
        const struct passage *p = &j->way->passage[i];
        struct finding *f;
        uint32_t number;
        bool present;

        if (!p->request || p->inner || (p->request->msg.defects & SIP_DEFECT_CUT))
            continue;
        present = sip_max_forwards(&p->request->msg, &number) && number <= MAX_FORWARDS_MAX;
        if (!present && before) { /* whoever is handed none adds it, so each absence is its sender's */
            f = judgement_find(
                j, self, judgement_step(j, p, false),
                judgement_text(j, "%s sends Max-Forwards, a number up to 255", judgement_from(j, p)),
                sip_has(&p->request->msg, SIP_MAX_FORWARDS)
                    ? judgement_text(j, "it says %.*s",
                                     SLICE_ARG(slice_head(sip_value(&p->request->msg, SIP_MAX_FORWARDS), 60)))
                    : "there is none");
            finding_show(f, p->request);
        }
        before = present;
    }
}

static void check_decremented(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        const uint32_t hops = p->hops && !p->b2bua ? p->hops : 1;
        uint32_t in, out, least;

        if (p->reply || !sip_max_forwards(&p->in->msg, &in) || !sip_max_forwards(&p->out->msg, &out))
            continue;
        least = p->b2bua || hops > in ? 0 : in - hops;
        if (hops <= in && out < in && out >= least)
            continue;
        judgement_find_pair(
            j, self, p,
            hops > in  ? judgement_text(j, "%s answers 483 where none is left", judgement_maker(j, p))
            : p->b2bua ? judgement_text(j, "%s sends less than %u", judgement_maker(j, p), in)
                       : judgement_text(j, "%s sends %u", judgement_maker(j, p), least),
            judgement_text(j, "it was handed %u and sent %u", in, out));
    }
}

const struct rule rule_route_popped = {
    .id = "route.popped",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.4, 16.6",
    .required = "A proxy takes the Route entry that names itself off the top, and no other.",
    .harm = "The request comes back to the same function, or skips the next one.",
    .evidence = "The request on both sides of the function.",
    .check = check_popped,
};
const struct rule rule_route_set = {
    .id = "route.set",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 12.1, 12.2.1.1",
    .required = "The end that closes sends the Route set of the dialog: the Record-Route of its INVITE, in "
                "order for the "
                "callee, reversed for the caller.",
    .harm = "The request leaves the way on which the functions wait for it.",
    .evidence = "The answer to the INVITE, and the closing client's own request.",
    .check = check_route_set,
};
const struct rule rule_ruri_preserved = {
    .id = "ruri.preserved",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 12.2.1.1, 16.4-16.6",
    .required = "The Request-URI is the remote target of the dialog, and loose routing proxies leave it so.",
    .harm = "The request arrives at a node that does not know the session.",
    .evidence = "The request on both sides of a function; for the client the other end's Contact.",
    .check = check_ruri,
};
const struct rule rule_maxforwards_present = {
    .id = "maxforwards.present",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 8.1.1.6, 16.6(3), 20.22",
    .required =
        "Every request carries Max-Forwards, a number up to 255; a proxy that is handed none adds one.",
    .harm = "Nothing stops the request in a loop.",
    .evidence = "The requests.",
    .check = check_present,
};
const struct rule rule_maxforwards_decremented = {
    .id = "maxforwards.decremented",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.3(3), 16.6(3), RFC 7332",
    .required =
        "A proxy sends Max-Forwards one lower than it was handed it, a B2BUA lower by at least one; at 0 "
        "neither sends the request on.",
    .harm = "A request in a loop goes round for longer than it should, or for ever.",
    .evidence = "The request on both sides of the function.",
    .check = check_decremented,
};
