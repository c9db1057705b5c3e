/* The operator's charging data (3GPP TS 32.260, RFC 7315): kept from the users, and the same inside. */
#include "oracle/rules.h"
#include "oracle/walk.h"

static const char *show(struct judgement *j, struct slice s)
{
    return judgement_text(j, "%.*s", SLICE_ARG(slice_head(s, 160)));
}

static void check_hidden(struct judgement *j, const struct rule *self)
{
    static const enum sip_header hidden[] = {SIP_P_CHARGING_VECTOR, SIP_P_CHARGING_FUNCTION_ADDRESSES};

    for (struct walk w = {0}; walk_next(j, &w);) {
        role_set receiver = w.reply ? w.hop->to : w.passage->to;
        if (!(receiver & j->bound->clients))
            continue;
        for (unsigned i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
            struct finding *f;
            if (!sip_has(&w.hop->msg, hidden[i]))
                continue;
            f = judgement_find(j, self, w.step,
                               judgement_text(j, "%s takes %s off before it sends to a client",
                                              walk_sender(j, &w), sip_header_name(hidden[i])),
                               show(j, sip_value(&w.hop->msg, hidden[i])));
            finding_show(f, w.hop);
        }
    }
}

/* P-Charging-Vector is nothing but parameters (RFC 7315 5.6); p == NULL where it has no identifier. */
static struct slice charging_id(const struct hop *h)
{
    return sip_param(sip_value(&h->msg, SIP_P_CHARGING_VECTOR), SLICE("icid-value"));
}

/* Of a function that hands back to whom it got from: both sides of it are one network's, and none is a
 * client's. Where networks or users meet, the identifier may change; a B2BUA's own request may have none. */
static void check_icid(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        struct slice in = charging_id(p->in), out = charging_id(p->out);

        if (!in.n || !(p->in->from & p->out->to) || slice_eq(in, out) || (p->b2bua && !out.n))
            continue;
        judgement_find_pair(
            j, self, p,
            judgement_text(j, "%s hands the charging identifier %s on", judgement_maker(j, p), show(j, in)),
            out.n ? judgement_text(j, "it sent %s", show(j, out)) : "it sent none");
    }
}

const struct rule rule_charging_hidden = {
    .id = "charging.hidden",
    .severity = SEVERITY_MUST,
    .clause = "3GPP TS 32.260 5.1.2.2, RFC 7315 4.6",
    .required = "P-Charging-Vector and P-Charging-Function-Addresses do not reach a client.",
    .harm = "The operator's charging identifiers and hosts are shown to outsiders.",
    .evidence = "The messages towards the clients.",
    .check = check_hidden,
};
const struct rule rule_charging_icid = {
    .id = "charging.icid",
    .severity = SEVERITY_SHOULD,
    .clause = "3GPP TS 32.260 5.1.2.2",
    .required = "Where P-Charging-Vector is used, a participating function hands the message back with the "
                "icid-value that it came with.",
    .harm = "Charging records of one session do not find together: it is charged twice, or not at all.",
    .evidence = "The message on both sides of the function.",
    .check = check_icid,
};
