#include "tests/mutants/outcome.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mutants/script.h"

static void take(char *out, size_t size, const json_t *value)
{
    snprintf(out, size, "%s", json_is_string(value) ? json_string_value(value) : "");
}

/* What SIPp says of itself is another witness than the wire: its findings are not the oracle's. */
static bool counts(const json_t *finding)
{
    const char *rule = json_string_value(json_object_get(finding, "rule"));
    const char *severity = json_string_value(json_object_get(finding, "severity"));

    return rule && severity && strncmp(rule, "witness", 7) != 0 && strcmp(severity, "note") != 0;
}

static void read_result(const json_t *o, struct said_result *r)
{
    const json_t *findings = json_object_get(o, "findings");

    take(r->verdict, sizeof r->verdict, json_object_get(o, "verdict"));
    take(r->closer, sizeof r->closer, json_object_get(o, "closer"));
    take(r->reason, sizeof r->reason, json_object_get(o, "reason"));
    take(r->call_id, sizeof r->call_id, json_array_get(json_object_get(o, "call_ids"), 0));
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *f = json_array_get(findings, i);
        if (!counts(f))
            continue;
        take(r->rule, sizeof r->rule, json_object_get(f, "rule"));
        r->step = (int)json_integer_value(json_object_get(f, "step"));
        return;
    }
}

int outcome_read(const char *path, struct outcome *ret, struct error *err)
{
    json_error_t bad;
    json_t *root = json_load_file(path, 0, &bad), *results = json_object_get(root, "results");

    if (!json_is_array(results)) {
        json_decref(root);
        return error_at(err, EINVAL, path, 0, "there are no results: %s", bad.text);
    }
    *ret = (struct outcome){.result = must(calloc(json_array_size(results) + 1, sizeof *ret->result))};
    for (size_t i = 0; i < json_array_size(results); i++)
        read_result(json_array_get(results, i), &ret->result[ret->n++]);
    json_decref(root);
    return 0;
}

void outcome_done(struct outcome *o)
{
    free(o->result);
    *o = (struct outcome){0};
}

const struct said_result *outcome_main(const struct outcome *o)
{
    for (int i = 0; i < o->n; i++)
        if (strcmp(o->result[i].verdict, "pass") != 0)
            return &o->result[i];
    return o->n ? &o->result[0] : NULL;
}

const char *outcome_text(const struct said_result *r, char *out, size_t size)
{
    if (!r)
        snprintf(out, size, "nothing");
    else if (r->rule[0] && r->step)
        snprintf(out, size, "%s %s %d", r->verdict, r->rule, r->step);
    else
        snprintf(out, size, "%s%s%s", r->verdict, r->rule[0] ? " " : "", r->rule);
    return out;
}

bool outcome_fits(const struct outcome *o, const struct expectation *e, char *why, size_t size)
{
    static const char *const verdicts[] = {"fail", "pass", "inconclusive"};
    const struct said_result *r = outcome_main(o);
    char text[120];
    int others = 0;

    for (int i = 0; i < o->n; i++)
        others +=
            strcmp(o->result[i].verdict, "pass") == 0 || (e->kind == EXPECT_UNCLEAR && &o->result[i] != r &&
                                                          strcmp(o->result[i].verdict, r->verdict) == 0);
    why[0] = '\0';
    if (o->n != e->results)
        snprintf(why, size, "%d results, wanted %d; %s: %.300s", o->n, e->results,
                 outcome_text(r, text, sizeof text), r ? r->reason : "");
    else if (strcmp(r->verdict, verdicts[e->kind]) != 0 || (e->rule[0] && strcmp(r->rule, e->rule) != 0) ||
             (e->rule[0] && e->step != STEP_ANY && r->step != e->step) ||
             (e->kind == EXPECT_PASS && r->rule[0]))
        snprintf(why, size, "%s: %.300s", outcome_text(r, text, sizeof text), r->reason);
    else if (others != (e->kind == EXPECT_PASS ? o->n : o->n - 1))
        snprintf(why, size, "%d of %d others are as they should be", others, o->n - 1);
    else if (e->says[0] && !strstr(r->reason, e->says))
        snprintf(why, size, "the reason does not say \"%s\": %.300s", e->says, r->reason);
    return !why[0];
}
