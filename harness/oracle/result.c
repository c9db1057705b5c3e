#include "oracle/result.h"

const char *verdict_name(enum verdict v)
{
    static const char *const name[VERDICT_COUNT] = {"not-applicable", "pass", "inconclusive", "fail",
                                                    "error"};

    return name[v];
}

enum verdict verdict_worst(enum verdict a, enum verdict b)
{
    return a > b ? a : b;
}

const char *severity_name(enum severity s)
{
    static const char *const name[] = {"note", "should", "must"};

    return name[s];
}

int summary_exit_status(const struct summary *s)
{
    if (s->interrupted)
        return 2;
    if (s->total[VERDICT_ERROR])
        return 3;
    if (s->total[VERDICT_FAIL])
        return 1;
    if (s->total[VERDICT_INCONCLUSIVE])
        return 6;
    return s->total[VERDICT_PASS] ? 0 : 5;
}
