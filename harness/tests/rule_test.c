#include "oracle/rule.h"

#include "base/slice.h"
#include "tests/test.h"

/* The ids that the design promises: readers and scripts know them by name. */
static const char *const promised[] = {"path.missing",
                                       "path.order",
                                       "path.extra",
                                       "path.foreign",
                                       "request.duplicate",
                                       "reply.missing",
                                       "reply.reverse",
                                       "reply.origin",
                                       "reply.causality",
                                       "reply.status",
                                       "reply.duplicate",
                                       "reply.provisional",
                                       "via.pushed",
                                       "via.popped",
                                       "via.preserved",
                                       "via.branch",
                                       "route.popped",
                                       "route.set",
                                       "ruri.preserved",
                                       "maxforwards.present",
                                       "maxforwards.decremented",
                                       "dialog.identity",
                                       "cseq.preserved",
                                       "cseq.increasing",
                                       "cseq.method",
                                       "response.copied",
                                       "headers.mandatory",
                                       "headers.preserved",
                                       "body.preserved",
                                       "contentlength.exact",
                                       "charging.hidden",
                                       "syntax",
                                       "retransmit.timing",
                                       "retransmit.transport",
                                       "timeout.final",
                                       "session.closed"};

static void keeps_its_ids(void)
{
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
        CU_ASSERT_PTR_NOT_NULL(rule_find(promised[i]));
    CU_ASSERT_PTR_NULL(rule_find("path"));
    CU_ASSERT_PTR_NULL(rule_find(""));
    CU_ASSERT_PTR_NULL(rule_find("path.missing.x"));
}

static bool is_sentence(const char *text)
{
    size_t n = strlen(text);

    return n > 10 && n < 400 && text[0] >= 'A' && text[0] <= 'Z' && text[n - 1] == '.';
}

static void every_rule_says_what_it_is(void)
{
    unsigned n;
    const struct rule *const *rule = rule_all(&n);

    CU_ASSERT_TRUE(n >= sizeof promised / sizeof promised[0]);
    for (unsigned i = 0; i < n; i++) {
        CU_ASSERT_TRUE(rule_find(rule[i]->id) == rule[i]); /* none twice */
        CU_ASSERT_TRUE(rule[i]->check && rule[i]->clause[0]);
        CU_ASSERT_TRUE(is_sentence(rule[i]->required));
        CU_ASSERT_TRUE(is_sentence(rule[i]->harm));
        CU_ASSERT_TRUE(is_sentence(rule[i]->evidence));
        CU_ASSERT_EQUAL(slice_starts(slice_of(rule[i]->id), SLICE("note.")) ||
                            slice_starts(slice_of(rule[i]->id), SLICE("witness.")),
                        rule[i]->severity == SEVERITY_NOTE);
    }
}

static const struct test tests[] = {
    {"keeps its ids", keeps_its_ids},
    {"every rule says what it is", every_rule_says_what_it_is},
};
TEST_MAIN("rule", tests)
