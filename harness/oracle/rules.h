/* Every rule of the catalogue, for rule.c to list. Each stands in the file of its group beside its function.
 */
#ifndef CPMSPEC_ORACLE_RULES_H
#define CPMSPEC_ORACLE_RULES_H

#include "oracle/judgement.h"

/* A mirror port may show two messages in the wrong order when they are as near as this: nearer than any
 * function answers of itself. */
#define MIRRORED (20 * NSEC_PER_USEC)

/* rules_path.c */
extern const struct rule rule_path_foreign, rule_path_order, rule_path_missing, rule_path_extra,
    rule_request_duplicate;
/* rules_reply.c */
extern const struct rule rule_reply_origin, rule_reply_reverse, rule_reply_missing, rule_reply_causality,
    rule_reply_status, rule_reply_unavailable, rule_reply_duplicate, rule_reply_provisional;
/* rules_via.c */
extern const struct rule rule_via_pushed, rule_via_popped, rule_via_preserved, rule_via_branch;
/* rules_routing.c */
extern const struct rule rule_route_popped, rule_route_set, rule_ruri_preserved, rule_maxforwards_present,
    rule_maxforwards_decremented;
/* rules_dialog.c */
extern const struct rule rule_dialog_identity, rule_cseq_preserved, rule_cseq_increasing, rule_cseq_method,
    rule_response_copied;
/* rules_state.c */
extern const struct rule rule_dialog_early, rule_dialog_unacknowledged, rule_session_both;
/* rules_content.c */
extern const struct rule rule_headers_mandatory, rule_headers_preserved, rule_headers_unexpected,
    rule_reason_distinct, rule_body_preserved, rule_contentlength_exact, rule_syntax;
/* rules_charging.c */
extern const struct rule rule_charging_hidden, rule_charging_icid;
/* rules_time.c */
extern const struct rule rule_retransmit_timing, rule_retransmit_transport, rule_timeout_final,
    rule_session_closed;
/* rules_note.c */
extern const struct rule rule_capture_whole, rule_note_b2bua, rule_note_challenged, rule_note_crossed,
    rule_note_network, rule_note_setup, rule_note_sides, rule_witness_client;

#endif
