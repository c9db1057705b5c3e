#include "oracle/rule.h"

#include "oracle/rules.h"

static const struct rule *const all[] = {
    &rule_path_foreign,
    &rule_path_order,
    &rule_path_missing,
    &rule_path_extra,
    &rule_request_duplicate,
    &rule_reply_status,
    &rule_reply_unavailable,
    &rule_reply_causality,
    &rule_reply_origin,
    &rule_reply_reverse,
    &rule_reply_missing,
    &rule_reply_duplicate,
    &rule_reply_provisional,
    &rule_headers_mandatory,
    &rule_via_pushed,
    &rule_via_preserved,
    &rule_via_popped,
    &rule_via_branch,
    &rule_route_popped,
    &rule_route_set,
    &rule_ruri_preserved,
    &rule_maxforwards_present,
    &rule_maxforwards_decremented,
    &rule_dialog_identity,
    &rule_dialog_early,
    &rule_dialog_unacknowledged,
    &rule_cseq_preserved,
    &rule_cseq_increasing,
    &rule_cseq_method,
    &rule_response_copied,
    &rule_headers_preserved,
    &rule_headers_unexpected,
    &rule_reason_distinct,
    &rule_contentlength_exact,
    &rule_body_preserved,
    &rule_charging_hidden,
    &rule_charging_icid,
    &rule_syntax,
    &rule_retransmit_timing,
    &rule_retransmit_transport,
    &rule_timeout_final,
    &rule_session_closed,
    &rule_session_both,
    &rule_capture_whole,
    &rule_witness_client,
    &rule_note_b2bua,
    &rule_note_challenged,
    &rule_note_crossed,
    &rule_note_network,
    &rule_note_setup,
    &rule_note_sides,
};

const struct rule *const *rule_all(unsigned *ret_n)
{
    *ret_n = sizeof all / sizeof all[0];
    return all;
}

const struct rule *rule_find(const char *id)
{
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
        if (slice_eq(slice_of(all[i]->id), slice_of(id)))
            return all[i];
    return NULL;
}
