#include "sip/reason.h"

#include "sip/lex.h"
#include "sip/value.h"

bool sip_reason_decode(struct slice value, struct sip_reason *ret)
{
    const char *p = lex_text(value).p, *end = p + value.n;
    const char *semi = p + slice_find(value, ';');
    uint64_t code = 0;
    bool ok;

    *ret = (struct sip_reason){.protocol = lex_trimmed(p, semi)};
    if (semi < end)
        ret->params = lex_slice(semi, end);
    ret->cause = sip_param(ret->params, SLICE("cause"));
    ret->text = sip_param(ret->params, SLICE("text"));
    ok = lex_is_token(ret->protocol);
    if (ret->cause.p && !slice_number(ret->cause, UINT32_MAX, &code))
        ok = false;
    ret->cause_code = (uint32_t)code;
    return ok;
}

bool sip_reason_find(const struct sip_msg *m, struct slice protocol, struct sip_reason *ret)
{
    struct sip_values walk;
    struct sip_reason reason;
    struct slice value;

    for (sip_values_start(&walk, m, SIP_REASON); sip_values_next(&walk, &value);) {
        (void)sip_reason_decode(value, &reason);
        if (slice_ieq(reason.protocol, protocol)) {
            *ret = reason;
            return true;
        }
    }
    return false;
}
