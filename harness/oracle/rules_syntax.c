/* Whether the messages can be read (RFC 3261 7, 25). */
#include "oracle/rules.h"
#include "oracle/walk.h"

/* Values that the rules go by and that cannot be read, as bits beside those of enum sip_defect. */
enum { BAD_VIA = 1u << 24, BAD_FROM = 1u << 25, BAD_TO = 1u << 26, BAD_ROUTE = 1u << 27 };

/* "SIP/2.0/UDP": no other protocol's entry (20.42). */
static bool speaks_sip(struct slice via)
{
    size_t slash = slice_find(via, '/');
    struct slice rest = slice_tail(via, slash + 1);

    return slice_ieq(slice_trim(slice_head(via, slash)), SLICE("SIP")) &&
           slice_eq(slice_trim(slice_head(rest, slice_find(rest, '/'))), SLICE("2.0"));
}

/* Hops share what says the same: a Via is looked at where it is new. */
static bool vias_read(const struct hop *h, const struct hop *before)
{
    for (unsigned i = 0; i < h->nvias; i++) {
        bool known =
            before && i + before->nvias >= h->nvias && before->via[i + before->nvias - h->nvias] == h->via[i];
        if (!known && (!h->via[i]->whole || !speaks_sip(h->via[i]->text)))
            return false;
    }
    return true;
}

static bool has_field(const struct sip_msg *m, enum sip_header id, struct slice value)
{
    for (uint32_t i = (uint32_t)m->first[id], left = m->count[id]; left && i < m->nfields; i++) {
        left -= m->field[i].id == id;
        if (m->field[i].id == id && slice_eq(sip_field_value(m, &m->field[i]), value))
            return true;
    }
    return false;
}

static bool field_read(enum sip_header id, struct slice field)
{
    struct sip_list list = {.rest = field};
    struct sip_nameaddr at;
    struct slice value;

    if (!sip_header_is_list(id))
        return sip_nameaddr_decode(field, &at);
    while (sip_list_next(&list, &value))
        if (!sip_nameaddr_decode(value, &at))
            return false;
    return true;
}

/* A field that could be read before is not looked at again. */
static bool addresses_read(const struct sip_msg *m, const struct hop *before, enum sip_header id)
{
    for (uint32_t i = (uint32_t)m->first[id], left = m->count[id]; left && i < m->nfields; i++) {
        struct slice field = sip_field_value(m, &m->field[i]);
        left -= m->field[i].id == id;
        if (m->field[i].id == id && !(before && has_field(&before->msg, id, field)) && !field_read(id, field))
            return false;
    }
    return true;
}

/* `known` is what could not be read before. */
static uint32_t unread(const struct hop *h, const struct hop *before, uint32_t known)
{
    static const struct {
        uint32_t bit;
        enum sip_header id;
    } address[] = {{BAD_FROM, SIP_FROM}, {BAD_TO, SIP_TO}, {BAD_ROUTE, SIP_ROUTE}};
    uint32_t bad = vias_read(h, known & BAD_VIA ? NULL : before) ? 0 : BAD_VIA;

    for (size_t i = 0; i < sizeof address / sizeof address[0]; i++)
        if (!addresses_read(&h->msg, known & address[i].bit ? NULL : before, address[i].id))
            bad |= address[i].bit;
    return bad;
}

static const char *wrong_with(uint32_t bits)
{
    const char *defect = sip_defect_text(bits);

    return defect              ? defect
           : (bits & BAD_VIA)  ? "a Via that cannot be read"
           : (bits & BAD_FROM) ? "a From that cannot be read"
           : (bits & BAD_TO)   ? "a To that cannot be read"
                               : "a Route that cannot be read";
}

static void check_syntax(struct judgement *j, const struct rule *self)
{
    const uint32_t broken = SIP_DEFECT_LF | SIP_DEFECT_CR | SIP_DEFECT_NUL | SIP_DEFECT_NO_COLON |
                            SIP_DEFECT_START_LINE | SIP_DEFECT_VERSION | SIP_DEFECT_STATUS |
                            SIP_DEFECT_NO_BLANK_LINE | SIP_DEFECT_REPEATED | SIP_DEFECT_EMPTY |
                            SIP_DEFECT_NAME;
    const struct hop *last = NULL;
    uint32_t before = 0;

    for (struct walk w = {0}; walk_next(j, &w);) {
        const struct sip_msg *m = &w.hop->msg;
        uint32_t here = m->defects & broken;
        struct finding *f;

        if (m->defects & SIP_DEFECT_CUT)
            continue;
        if (sip_has(m, SIP_CSEQ) && !m->cseq_ok) /* one of another method: cseq.method */
            here |= SIP_DEFECT_CSEQ;
        here |= unread(w.hop, last, before);
        last = w.hop;
        if (here & ~before) { /* what was handed on is the first one's */
            f = judgement_find(
                j, self, w.step,
                judgement_text(j, "%s sends a message of the grammar of RFC 3261 25", walk_sender(j, &w)),
                wrong_with(here & ~before));
            finding_show(f, w.hop);
        }
        before = here;
    }
}

const struct rule rule_syntax = {
    .id = "syntax",
    .severity = SEVERITY_MUST,
    .clause = "RFC 3261 7, 25",
    .required = "Every message follows the grammar of SIP.",
    .harm = "Which functions still understand it, and what they make of it, is left to chance.",
    .evidence = "The messages, not cut by the snap length.",
    .check = check_syntax,
};
