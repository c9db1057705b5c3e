/* What the messages carry (RFC 3261 7.3, 16.6, 20). */
#include "oracle/rules.h"
#include "oracle/walk.h"
#include "sip/diff.h"

/* Tables 2 and 3 of RFC 3261 20; Max-Forwards has a rule of its own. */
static void check_mandatory(struct judgement *j, const struct rule *self)
{
    static const enum sip_header needed[] = {SIP_VIA, SIP_FROM, SIP_TO, SIP_CALL_ID, SIP_CSEQ};
    unsigned lost = 0;

    for (struct walk w = {0}; walk_next(j, &w);) {
        unsigned lacking = 0;
        for (unsigned i = 0; i < sizeof needed / sizeof needed[0]; i++)
            if (!sip_has(&w.hop->msg, needed[i]))
                lacking |= 1u << i;
        for (unsigned i = 0; i < sizeof needed / sizeof needed[0]; i++) {
            struct finding *f;
            if (!((lacking & ~lost) >> i & 1) || (w.hop->msg.defects & SIP_DEFECT_CUT))
                continue;
            f = judgement_find(
                j, self, w.step,
                judgement_text(j, "%s sends the header %s", walk_sender(j, &w), sip_header_name(needed[i])),
                "there is none");
            finding_show(f, w.hop);
        }
        lost = lacking;
    }
}

static const char *show(struct judgement *j, struct slice s)
{
    return judgement_text(j, "%.*s", SLICE_ARG(slice_head(s, 160)));
}

/* What a proxy may change or take out by a document of its own, and what other rules look at. */
#define NOT_COMPARED                                                                                         \
    (SIP_SET_HOP | SIP_SET(SIP_FROM) | SIP_SET(SIP_TO) | SIP_SET(SIP_CALL_ID) | SIP_SET(SIP_CSEQ) |          \
     SIP_SET(SIP_P_CHARGING_VECTOR) | SIP_SET(SIP_P_CHARGING_FUNCTION_ADDRESSES) |                           \
     SIP_SET(SIP_P_ASSERTED_IDENTITY) | SIP_SET(SIP_P_PREFERRED_SERVICE) | SIP_SET(SIP_P_ASSERTED_SERVICE))

static bool may_vanish(struct slice name)
{
    static const char *const names[] = {
        "Proxy-Authorization",   /* RFC 3261 22.3: taken by the proxy that it is for */
        "Proxy-Require",         /* 16.6: likewise */
        "P-Access-Network-Info", /* RFC 7315 4.4: stays in the trust domain */
        "P-Preferred-Identity",  /* RFC 3325 9.2 */
        "Privacy",               /* RFC 3323 5 */
        "P-Served-User",         /* RFC 5502 5: between the core and its application servers alone */
        "P-Visited-Network-ID",  /* RFC 7315 4.3: stays in the trust domain */
        "Cellular-Network-Info", /* 3GPP TS 24.229 7.2: likewise, and the next four */
        "Relayed-Charge",
        "Resource-Share",
        "Restoration-Info",
        "Service-Interact-Info",
        "P-Private-Network-Indication", /* RFC 7316 */
        "Security-Client",              /* RFC 3329 2.3.1: these two end at the first hop */
        "Security-Verify",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_ieq(name, slice_of(names[i])))
            return true;
    return false;
}

/* The first hop takes the security agreement out of what it sends on (RFC 3329 2.3.1). */
static bool of_security_agreement(const struct sip_diff *d)
{
    return slice_ieq(d->name, SLICE("Require")) && slice_ieq(slice_trim(d->before), SLICE("sec-agree"));
}

/* In small letters, but for what is in quotes. */
static struct slice folded(struct judgement *j, struct slice value)
{
    struct slice copy = arena_copy(j->arena, value);
    char *text = (char *)(uintptr_t)copy.p; /* ours, just made */
    bool quoted = false;

    for (size_t i = 0; text && i < copy.n; i++) {
        if (quoted && text[i] == '\\' && i + 1 < copy.n)
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] | 0x20);
    }
    return copy;
}

/* Whether all values of a header are the same but for the case of their tokens (RFC 3261 7.3.1): true of
 * those whose grammar is tokens and quoted strings alone. */
static bool same_tokens(struct judgement *j, const struct pair *p, enum sip_header id)
{
    struct sip_values before, after;
    struct slice x, y;
    bool have_x, have_y;

    sip_values_start(&before, &p->in->msg, id);
    sip_values_start(&after, &p->out->msg, id);
    do {
        have_x = sip_values_next(&before, &x);
        have_y = sip_values_next(&after, &y);
    } while (have_x && have_y && (sip_value_eq(x, y) || sip_value_eq(folded(j, x), folded(j, y))));
    return !have_x && !have_y;
}

static bool changed(struct judgement *j, const struct pair *p, const struct sip_diff *d)
{
    if (slice_ieq(d->name, SLICE("Reason")))
        return !same_tokens(j, p, SIP_REASON);
    if (slice_ieq(d->name, SLICE("Content-Type")))
        return !same_tokens(j, p, SIP_CONTENT_TYPE);
    return true;
}

/* The first header that did not come through; headers may be added (16.6(1), 16.6(10)). */
static bool lost_header(struct judgement *j, const struct pair *p, struct sip_diff *ret)
{
    struct sip_diff_walk walk;

    if (p->b2bua) {
        *ret = (struct sip_diff){.name = SLICE("Reason"),
                                 .before = sip_value(&p->in->msg, SIP_REASON),
                                 .after = sip_value(&p->out->msg, SIP_REASON)};
        return !p->reply && sip_has(&p->in->msg, SIP_REASON) && !same_tokens(j, p, SIP_REASON);
    }
    sip_diff_start(&walk, &p->in->msg, &p->out->msg, NOT_COMPARED);
    while (sip_diff_next(&walk, ret))
        if ((ret->kind == SIP_CHANGED && changed(j, p, ret)) ||
            (ret->kind == SIP_DROPPED && !may_vanish(ret->name) && !of_security_agreement(ret)))
            return true;
    return false;
}

static void check_preserved(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        struct sip_diff d;

        if (((p->in->msg.defects | p->out->msg.defects) & SIP_DEFECT_CUT) || !lost_header(j, p, &d))
            continue;
        judgement_find_pair(j, self, p,
                            judgement_text(j, "%s sends %.*s on as it was: %s", judgement_maker(j, p),
                                           SLICE_ARG(slice_head(d.name, 60)), show(j, d.before)),
                            d.after.p ? judgement_text(j, "it sent %s", show(j, d.after)) : "it left it out");
    }
}

/* Of these protocols a message gives one reason (RFC 3326 2); others may allow more (RFC 9366). */
static bool gives_twice(const struct sip_msg *m, struct slice protocol)
{
    struct sip_values walk;
    struct slice value;
    unsigned n = 0;

    if (m->count[SIP_REASON] == 1 && !memchr(sip_value(m, SIP_REASON).p, ',', sip_value(m, SIP_REASON).n))
        return false;
    sip_values_start(&walk, m, SIP_REASON);
    while (sip_values_next(&walk, &value))
        n += slice_ieq(slice_trim(slice_head(value, slice_find(value, ';'))), protocol);
    return n > 1;
}

static void check_reasons(struct judgement *j, const struct rule *self)
{
    bool before = false;

    for (struct walk w = {0}; walk_next(j, &w) && !w.reply;) {
        const struct sip_msg *m = &w.hop->msg;
        bool twice = gives_twice(m, SLICE("SIP")) || gives_twice(m, SLICE("Q.850"));
        struct finding *f;

        if (twice && !before) {
            f = judgement_find(j, self, w.step,
                               judgement_text(j, "%s gives one Reason of each protocol", walk_sender(j, &w)),
                               judgement_text(j, "it gives %u, the first %s", sip_values_count(m, SIP_REASON),
                                              show(j, sip_value(m, SIP_REASON))));
            finding_show(f, w.hop);
        }
        before = twice;
    }
}

/* Headers that tables of their RFCs do not allow in a BYE: their presence is a deviation, no reason to lose
 * it. */
static void check_unexpected(struct judgement *j, const struct rule *self)
{
    static const enum sip_header wrong[] = {SIP_CONTACT, SIP_P_ASSERTED_SERVICE, SIP_P_PREFERRED_SERVICE};
    unsigned before = 0;
    bool reply = false;

    for (struct walk w = {0}; walk_next(j, &w);) {
        unsigned present = 0;
        if (w.reply != reply)
            before = 0;
        reply = w.reply;
        for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            struct finding *f;
            if (!sip_has(&w.hop->msg, wrong[i]))
                continue;
            present |= 1u << i;
            if (before >> i & 1)
                continue;
            f = judgement_find(j, self, w.step,
                               judgement_text(j, "%s sends no %s in a %s", walk_sender(j, &w),
                                              sip_header_name(wrong[i]), w.reply ? "2xx to BYE" : "BYE"),
                               show(j, sip_value(&w.hop->msg, wrong[i])));
            finding_show(f, w.hop);
        }
        before = present;
    }
}

/* Where a wrong Content-Length leaves it open what the body is: contentlength.exact. */
#define BODY_UNSURE (SIP_DEFECT_CONTENT_LENGTH | SIP_DEFECT_BODY_SHORT | SIP_DEFECT_BODY_LONG)

static void check_body(struct judgement *j, const struct rule *self)
{
    for (unsigned i = 0; i < j->npairs; i++) {
        const struct pair *p = &j->pair[i];
        struct slice in = sip_body(&p->in->msg), out = sip_body(&p->out->msg);

        if (((p->in->msg.defects | p->out->msg.defects) & (SIP_DEFECT_CUT | BODY_UNSURE)) ||
            slice_eq(in, out) || (p->b2bua && p->reply))
            continue;
        judgement_find_pair(
            j, self, p,
            judgement_text(j, "%s sends the body on as it was, %zu bytes", judgement_maker(j, p), in.n),
            judgement_text(j, "it sent %zu bytes%s", out.n, in.n == out.n ? ", others" : ""));
    }
}

static void check_length(struct judgement *j, const struct rule *self)
{
    bool before = true;

    for (struct walk w = {0}; walk_next(j, &w);) {
        const struct sip_msg *m = &w.hop->msg;
        bool stream = transport_reliable(w.hop->transport) && w.hop->transport != TRANSPORT_SCTP &&
                      w.hop->transport != TRANSPORT_WS;
        bool exact = (m->defects & SIP_DEFECT_CUT) ||
                     (!(m->defects & BODY_UNSURE) && (!stream || sip_has(m, SIP_CONTENT_LENGTH)));
        struct finding *f;

        if (!exact && before) {
            f = judgement_find(
                j, self, w.step,
                judgement_text(j, "%s sends a Content-Length that counts the body", walk_sender(j, &w)),
                sip_has(m, SIP_CONTENT_LENGTH)
                    ? judgement_text(j, "it says %s", show(j, sip_value(m, SIP_CONTENT_LENGTH)))
                    : "there is none, on a stream");
            finding_show(f, w.hop);
        }
        before = exact;
    }
}

const struct rule rule_headers_mandatory = {
    .id = "headers.mandatory",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 8.1.1, 20 (tables 2 and 3)",
    .required = "Request and answer carry Via, From, To, Call-ID and CSeq.",
    .harm = "The message cannot be matched with its session and is refused or dropped.",
    .evidence = "The messages.",
    .check = check_mandatory,
};
const struct rule rule_headers_preserved = {
    .id = "headers.preserved",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.3(1), 16.6(1), 16.7(9), RFC 3326 2",
    .required = "A proxy sends every header on that is not its own to change, unknown ones and Reason "
                "included; a B2BUA "
                "sends Reason on.",
    .harm =
        "The far end and what stands behind it (charging, records) never learn why the session was closed.",
    .evidence = "The message on both sides of a function.",
    .check = check_preserved,
};
const struct rule rule_reason_distinct = {
    .id = "reason.distinct",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3326 2",
    .required = "Several Reasons of one request are of different protocols.",
    .harm = "Why the session was closed is told twice and differently: charging and records take either.",
    .evidence = "The requests.",
    .check = check_reasons,
};
const struct rule rule_headers_unexpected = {
    .id = "headers.unexpected",
    .severity = SEVERITY_SHOULD,
    .clause = "RFC 3261 20 (table 2), RFC 6050 4.1, 4.2",
    .required = "A leaving request and its OK carry no Contact, P-Asserted-Service or P-Preferred-Service.",
    .harm = "None for a receiver that ignores them, as it must; one that does not may take it for something "
            "else.",
    .evidence = "The messages.",
    .check = check_unexpected,
};
const struct rule rule_body_preserved = {
    .id = "body.preserved",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 16.6(1), 16.7(9)",
    .required = "No function changes the body.",
    .harm = "What the user or the client said in it is lost.",
    .evidence = "The message on both sides of a function.",
    .check = check_body,
};
const struct rule rule_contentlength_exact = {
    .id = "contentlength.exact",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 18.3, 20.14",
    .required = "Content-Length is the number of bytes in the body, and over a stream it is there.",
    .harm = "The next message on the connection is read from the wrong place: whole connections break.",
    .evidence = "The messages, not cut by the snap length.",
    .check = check_length,
};
