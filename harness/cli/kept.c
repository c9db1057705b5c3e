#include "cli/kept.h"

#include "cli/provoked.h"
#include "oracle/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_BYTES_MAX = 64 << 20, WITNESS_FINDINGS_MAX = DRIVE_WITNESSES_MAX + 1 };

void kept_init(struct kept *k, const struct testcase *testcase, uint32_t first_source)
{
    *k = (struct kept){.testcase = testcase, .closer = testcase->closer, .first_source = first_source};
    arena_init(&k->arena, KEPT_BYTES_MAX);
}

void kept_done(struct kept *k)
{
    arena_done(&k->arena);
    k->nclosings = 0;
}

/* --- copies: NULL stays NULL; *ok turns false where memory is out */

static const char *copy(struct kept *k, const char *text, bool *ok)
{
    struct slice s;

    if (!text)
        return NULL;
    s = arena_copy(&k->arena, slice_of(text));
    *ok &= s.p != NULL;
    return s.p;
}

static const char *const *copy_texts(struct kept *k, const char *const *text, int n, bool *ok)
{
    const char **to = arena_alloc(&k->arena, sizeof *to * (size_t)(n ? n : 1));

    for (int i = 0; to && i < n; i++)
        to[i] = copy(k, text[i], ok);
    *ok &= to != NULL;
    return (const char *const *)to;
}

static const struct finding *copy_findings(struct kept *k, const struct finding *from, int n, bool *ok)
{
    struct finding *to = arena_alloc(&k->arena, sizeof *to * (size_t)(n ? n : 1));

    *ok &= to != NULL;
    for (int i = 0; to && i < n; i++) {
        to[i] = from[i];
        to[i].rule = copy(k, from[i].rule, ok);
        to[i].clause = copy(k, from[i].clause, ok);
        to[i].expected = copy(k, from[i].expected, ok);
        to[i].observed = copy(k, from[i].observed, ok);
        for (int f = 0; f < to[i].nframes; f++)
            to[i].frame_source[f] += k->first_source;
    }
    return to;
}

static const struct ladder_row *copy_rows(struct kept *k, const struct ladder_row *from, int n, bool *ok)
{
    struct ladder_row *to = arena_alloc(&k->arena, sizeof *to * (size_t)(n ? n : 1));

    *ok &= to != NULL;
    for (int i = 0; to && i < n; i++) {
        to[i] = from[i];
        to[i].from = copy(k, from[i].from, ok);
        to[i].to = copy(k, from[i].to, ok);
        to[i].message = copy(k, from[i].message, ok);
        to[i].transport = copy(k, from[i].transport, ok);
        to[i].source += k->first_source;
    }
    return to;
}

int kept_add(struct kept *k, const struct result *r)
{
    struct result *to = &k->closing[k->nclosings];
    bool ok = true;

    if (k->nclosings == KEPT_CLOSINGS_MAX) {
        k->closings_lost++;
        return 0;
    }
    *to = *r;
    to->id = copy(k, r->id, &ok);
    to->title = copy(k, r->title, &ok);
    to->closer = copy(k, r->closer, &ok);
    to->reason = copy(k, r->reason, &ok);
    to->flow = copy(k, r->flow, &ok);
    to->call_id = copy_texts(k, r->call_id, r->ncall_ids, &ok);
    to->attachment = copy_texts(k, r->attachment, r->nattachments, &ok);
    to->finding = copy_findings(k, r->finding, r->nfindings, &ok);
    to->row = copy_rows(k, r->row, r->nrows, &ok);
    if (!ok)
        return -ENOMEM;
    k->nclosings++;
    /* The copies are ours. */
    return provoked_forgive(k->testcase, k->strict, &k->arena, (struct finding *)(uintptr_t)to->finding, to);
}

int kept_attach(struct kept *k, const char *path)
{
    bool ok = true;

    if (k->nattachments < KEPT_ATTACHMENTS_MAX)
        k->attachment[k->nattachments++] = copy(k, path, &ok);
    return ok ? 0 : -ENOMEM;
}

/* --- several closings as one result */

static void count(const struct kept *k, struct result *r)
{
    r->ncall_ids = r->nfindings = r->nrows = 0;
    for (int i = 0; i < k->nclosings; i++) {
        r->ncall_ids += k->closing[i].ncall_ids;
        r->nfindings += k->closing[i].nfindings;
        r->nrows += k->closing[i].nrows;
    }
}

/* The closing that says what the whole came to. */
static const struct result *worst(const struct kept *k)
{
    const struct result *w = &k->closing[0];

    for (int i = 1; i < k->nclosings; i++)
        if (k->closing[i].verdict != w->verdict &&
            verdict_worst(k->closing[i].verdict, w->verdict) != w->verdict)
            w = &k->closing[i];
    return w;
}

/* Room is left behind the findings for what the clients say. */
static int join(struct kept *k, struct result *r)
{
    const char **call;
    struct finding *finding;
    struct ladder_row *row;
    int c = 0, f = 0, w = 0;

    count(k, r);
    call = arena_alloc(&k->arena, sizeof *call * (size_t)(r->ncall_ids + 1));
    finding = arena_alloc(&k->arena, sizeof *finding * (size_t)(r->nfindings + WITNESS_FINDINGS_MAX));
    row = arena_alloc(&k->arena, sizeof *row * (size_t)(r->nrows + 1));
    if (!call || !finding || !row)
        return -ENOMEM;
    for (int i = 0; i < k->nclosings; i++) {
        const struct result *one = &k->closing[i];
        int base = f;
        for (int n = 0; n < one->ncall_ids; n++)
            call[c++] = one->call_id[n];
        for (int n = 0; n < one->nrows; n++)
            row[w++] = one->row[n];
        for (int n = 0; n < one->nfindings; n++) {
            finding[f] = one->finding[n];
            if (finding[f].cause >= 0)
                finding[f].cause += base;
            f++;
        }
    }
    r->call_id = (const char *const *)call;
    r->finding = finding;
    r->row = row;
    return 0;
}

/* --- what the clients say, beside what the wire shows */

static void add_witness(struct result *r, bool counts, const char *expected, const char *observed)
{
    /* join() left the room, and the array is ours. */
    struct finding *f = (struct finding *)(uintptr_t)&r->finding[r->nfindings];

    *f = (struct finding){.rule = rule_witness_client.id,
                          .severity = rule_witness_client.severity,
                          .cause = -1,
                          .inconclusive = counts && r->verdict == VERDICT_PASS,
                          .clause = rule_witness_client.clause,
                          .expected = expected,
                          .observed = observed};
    r->nfindings++;
}

static const char *complaint(struct kept *k, const struct drive_witness *w)
{
    if (w->iut)
        return arena_printf(&k->arena, "the start command of %s, which is under test, %s %d%s%s", w->role,
                            w->status < 0 ? "was ended by signal" : "ended with status", abs(w->status),
                            *w->word ? ": " : "", w->word);
    if (!w->ended)
        return arena_printf(&k->arena, "%s (SIPp, %s) was still waiting when its time was over", w->role,
                            w->scenario);
    return arena_printf(&k->arena, "%s (SIPp, %s) says that the session failed: %s", w->role, w->scenario,
                        *w->word ? w->word : "it gives no reason");
}

static bool broke_off(const struct drive_outcome *o, const char *role)
{
    for (int i = 0; i < o->nwitnesses; i++) {
        const struct drive_witness *w = &o->witness[i];
        if (!w->iut && w->ended && w->status != 0 && strcmp(w->role, role) == 0)
            return true;
    }
    return false;
}

/* Whether a step is missing that a client of ours should have taken. */
static bool is_ours(const struct drive_outcome *o, const struct result *r, const struct finding *f)
{
    if (strcmp(f->rule, "path.missing") != 0 && strcmp(f->rule, "reply.missing") != 0)
        return false;
    for (int i = 0; i < r->nrows; i++)
        if (f->step && r->row[i].step == f->step)
            return broke_off(o, r->row[i].from);
    return false;
}

/* What a client that the harness plays left out because it broke off is no fail of the SUT, nor is what
 * follows from it. */
static void excuse(const struct kept *k, const struct drive_outcome *o, struct result *r)
{
    struct finding *f = (struct finding *)(uintptr_t)r->finding; /* the array is ours */
    bool excused = false, fails = false;

    for (int i = 0; i < r->nfindings; i++) {
        if (is_ours(o, r, &f[f[i].cause >= 0 ? f[i].cause : i]))
            excused = f[i].inconclusive = true;
        else if (!f[i].inconclusive)
            fails |= f[i].severity == SEVERITY_MUST || (k->strict && f[i].severity == SEVERITY_SHOULD);
    }
    if (!excused || fails || r->verdict != VERDICT_FAIL)
        return;
    r->verdict = VERDICT_INCONCLUSIVE;
    r->reason = "a client that the harness plays broke off before it had done its part";
}

/* Two witnesses of one event: where one says that all went well and the other does not, that is told, and
 * such a test case does not pass. */
static int hear_witnesses(struct kept *k, const struct drive_outcome *o, struct result *r)
{
    const char *text;
    bool all_content = o->nwitnesses > 0, disagree = false;

    for (int i = 0; i < o->nwitnesses; i++) {
        const struct drive_witness *w = &o->witness[i];
        /* One that is under test may well complain of what the test case has others do to it. */
        bool counts = !w->iut || k->testcase->nprovoked == 0;
        if (w->status == 0 && (w->ended || w->iut)) /* who is under test need not end */
            continue;
        all_content = false;
        disagree |= counts;
        text = complaint(k, w);
        if (!text)
            return -ENOMEM;
        add_witness(r, counts, "the client gets every message that its scenario waits for", text);
    }
    if (all_content && r->verdict == VERDICT_FAIL)
        add_witness(r, true, "what the clients say and what the wire shows agree",
                    "every client is content: it cannot see what the wire shows");
    if (disagree && r->verdict == VERDICT_PASS) {
        r->verdict = VERDICT_INCONCLUSIVE;
        r->reason = "the wire shows the flow as it should be, but a client says that its session failed";
    }
    return 0;
}

/* --- the whole */

static void lower(struct result *r, enum verdict v, const char *reason)
{
    if (verdict_worst(r->verdict, v) == v && r->verdict != v) {
        r->verdict = v;
        r->reason = reason;
    }
}

/* Both ends may close at once: then one of the closings is the wanted one. */
static bool closed_as_wanted(const struct kept *k)
{
    for (int i = 0; i < k->nclosings; i++)
        if (!k->closing[i].closer || strcmp(k->closing[i].closer, k->closer) == 0)
            return true;
    return !*k->closer;
}

static void weigh_outcome(const struct kept *k, const struct drive_outcome *o, struct result *r)
{
    switch (o->end) {
    case DRIVE_DONE:
        break;
    case DRIVE_INCONCLUSIVE:
        lower(r, VERDICT_INCONCLUSIVE, o->reason);
        break;
    case DRIVE_ERROR:
        lower(r, VERDICT_ERROR, o->reason);
        break;
    case DRIVE_INTERRUPTED:
        lower(r, VERDICT_INCONCLUSIVE, o->reason);
        break;
    }
    if (k->nclosings == 0)
        lower(r, VERDICT_INCONCLUSIVE, "no BYE was seen: the test case came to no closing");
    else if (!closed_as_wanted(k))
        lower(r, VERDICT_INCONCLUSIVE, "somebody else closed the session than the test case wants");
    if (k->closings_lost)
        lower(r, VERDICT_INCONCLUSIVE, "more closings were seen than one test case can hold");
}

static int judged(struct kept *k, const struct drive_outcome *o, struct result *r)
{
    struct drive_outcome *own = arena_alloc(&k->arena, sizeof *own);
    int e;

    if (!own)
        return -ENOMEM;
    *own = *o; /* reasons point into it */
    r->verdict = VERDICT_PASS;
    r->reason = "";
    r->closer = k->closer;
    for (int i = 0; i < k->nclosings; i++)
        excuse(k, own, &k->closing[i]);
    if (k->nclosings > 0) {
        const struct result *w = worst(k);
        r->verdict = w->verdict;
        r->reason = w->reason;
        r->closer = w->closer;
    }
    e = join(k, r);
    if (e < 0)
        return e;
    weigh_outcome(k, own, r);
    return own->end == DRIVE_DONE ? hear_witnesses(k, own, r) : 0;
}

int kept_result(struct kept *k, const struct drive_outcome *outcome, const char *why, struct result *ret)
{
    struct result r = {.id = k->testcase->id,
                       .title = k->testcase->title,
                       .flow = k->testcase->flow->id,
                       .verdict = VERDICT_NOT_APPLICABLE,
                       .reason = why,
                       .nattachments = k->nattachments,
                       .attachment = k->attachment};
    int e = 0;

    if (outcome) {
        r.begin = outcome->begin;
        r.end = outcome->end_time;
        e = judged(k, outcome, &r);
    } else {
        bool ok = true;
        r.reason = copy(k, why, &ok);
        e = ok ? 0 : -ENOMEM;
    }
    if (e == 0)
        *ret = r;
    return e;
}
