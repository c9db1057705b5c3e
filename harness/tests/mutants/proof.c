#include "tests/mutants/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/rule.h"
#include "tests/mutants/script.h"

/* Made by a run, not out of a capture. */
static bool driven(const struct proof_entry *x)
{
    return strcmp(x->section, "live") == 0 || strcmp(x->section, "suite") == 0;
}

static struct proof_entry *add(struct proof *p, const char *section, const char *name, const char *about,
                               const struct expectation *e)
{
    struct proof_entry *x;

    if (p->n == p->size) {
        p->size = p->size ? 2 * p->size : 128;
        p->entry = must(realloc(p->entry, (size_t)p->size * sizeof *p->entry));
    }
    x = &p->entry[p->n++];
    *x = (struct proof_entry){.expect = *e};
    snprintf(x->name, sizeof x->name, "%s", name);
    snprintf(x->section, sizeof x->section, "%s", section);
    snprintf(x->about, sizeof x->about, "%s", about);
    return x;
}

static const char *wanted(const struct expectation *e, char out[120])
{
    static const char *const verdicts[] = {"fail", "pass", "inconclusive"};

    if (e->rule[0] && e->step > 0)
        snprintf(out, 120, "%s %s %d", verdicts[e->kind], e->rule, e->step);
    else
        snprintf(out, 120, "%s%s%s", verdicts[e->kind], e->rule[0] ? " " : "", e->rule);
    return out;
}

void proof_add(struct proof *p, const char *section, const char *name, const char *about,
               const struct expectation *e, const struct outcome *o)
{
    struct proof_entry *x = add(p, section, name, about, e);
    const struct said_result *r = outcome_main(o);
    char why[600], want[120];

    x->right = outcome_fits(o, e, why, sizeof why);
    outcome_text(r, x->got, sizeof x->got);
    if (r)
        snprintf(x->rule, sizeof x->rule, "%s", r->rule);
    if (!x->right)
        printf("NOT SO  %s %s: wanted %s; got %s\n", section, name, wanted(e, want), why);
}

void proof_add_error(struct proof *p, const char *section, const char *name, const char *about,
                     const struct expectation *e, const char *error)
{
    struct proof_entry *x = add(p, section, name, about, e);

    snprintf(x->got, sizeof x->got, "nothing");
    printf("NOT SO  %s %s: %s\n", section, name, error);
}

void proof_done(struct proof *p)
{
    free(p->entry);
    *p = (struct proof){0};
}

struct kills proof_kills(const struct proof *p, const char *rule)
{
    struct kills k = {0};

    for (int i = 0; i < p->n; i++) {
        const struct proof_entry *x = &p->entry[i];
        if (x->expect.kind == EXPECT_UNCLEAR && x->right)
            k.unclear += strcmp(x->rule, rule) == 0;
        if (x->expect.kind != EXPECT_FAIL || strcmp(x->expect.rule, rule) != 0)
            continue;
        if (!x->right)
            k.others++;
        else if (driven(x))
            k.live++;
        else
            k.captured++;
    }
    return k;
}

bool proof_holds(const struct proof *p, bool all)
{
    unsigned n;
    const struct rule *const *rule = rule_all(&n);
    bool holds = p->mixed == p->mixed_right && p->reformed == p->reformed_right;

    for (int i = 0; i < p->n; i++)
        holds &= p->entry[i].right;
    for (unsigned i = 0; all && i < n; i++) {
        struct kills k = proof_kills(p, rule[i]->id);
        if (rule[i]->severity == SEVERITY_NOTE || k.live + k.captured ||
            (strncmp(rule[i]->id, "capture.", 8) == 0 && k.unclear))
            continue;
        printf("NOT SO  the rule %s kills no mutant\n", rule[i]->id);
        holds = false;
    }
    return holds;
}

static int count(const struct proof *p, enum expected_kind kind, bool right)
{
    int n = 0;

    for (int i = 0; i < p->n; i++)
        n += p->entry[i].expect.kind == kind && (p->entry[i].right || !right);
    return n;
}

static void put_rules(FILE *f, const struct proof *p)
{
    unsigned n;
    const struct rule *const *rule = rule_all(&n);

    fputs("## Rules\n\nKilled: how many mutants the rule reported as the first finding, at the step that "
          "they were "
          "made for. By\nanother: mutants of that rule which another one reported in its place. Unclear: "
          "captures "
          "that lack the evidence\nfor it, and were left inconclusive.\n\n"
          "| rule | severity | killed live | killed in captures | by another | unclear |\n"
          "| --- | --- | ---: | ---: | ---: | ---: |\n",
          f);
    for (unsigned i = 0; i < n; i++) {
        struct kills k = proof_kills(p, rule[i]->id);
        if (rule[i]->severity != SEVERITY_NOTE)
            fprintf(f, "| `%s` | %s | %d | %d | %d | %d |\n", rule[i]->id, severity_name(rule[i]->severity),
                    k.live, k.captured, k.others, k.unclear);
    }
}

/* `section`: "live" or "suite"; NULL for all that was done to captures. */
static void put_section(FILE *f, const struct proof *p, const char *title, const char *text,
                        enum expected_kind kind, const char *section)
{
    char want[120];

    fprintf(f, "\n## %s\n\n%s\n\n| name | what it is | wanted | got |\n| --- | --- | --- | --- |\n", title,
            text);
    for (int i = 0; i < p->n; i++) {
        const struct proof_entry *x = &p->entry[i];
        bool in = section ? strcmp(x->section, section) == 0 : !driven(x);

        if (x->expect.kind == kind && in)
            fprintf(f, "| %s | %s | %s | %s |\n", x->name, x->about, wanted(&x->expect, want),
                    x->right ? "the same" : x->got);
    }
}

static void put_totals(FILE *f, const struct proof *p)
{
    fprintf(
        f,
        "# What the oracle was shown\n\n"
        "Generated by `make mutants`; do not edit. Every line is a run of `cpmspec run --strict` on the "
        "reference network\nor of `cpmspec judge --strict` on a capture. A mutant counts as killed where the "
        "verdict is fail and the first finding\nnames the rule and the step that it was made for.\n\n"
        "| shown | number | as wanted |\n| --- | ---: | ---: |\n"
        "| mutants | %d | %d |\n| benign variants (must pass) | %d | %d |\n"
        "| unclear ones (must be inconclusive) | %d | %d |\n"
        "| sessions judged in %d mixtures of all mutants and variants | %d | %d |\n"
        "| mutants once more, every message in other legal forms | %d | %d |\n\n",
        count(p, EXPECT_FAIL, false), count(p, EXPECT_FAIL, true), count(p, EXPECT_PASS, false),
        count(p, EXPECT_PASS, true), count(p, EXPECT_UNCLEAR, false), count(p, EXPECT_UNCLEAR, true),
        p->mixtures, p->mixed, p->mixed_right, p->reformed, p->reformed_right);
}

int proof_table(const struct proof *p, const char *path, struct error *err)
{
    FILE *f = fopen(path, "we");

    if (!f)
        return error_at(err, 5, path, 0, "cannot be written");
    put_totals(f, p);
    put_rules(f, p);
    put_section(f, p, "Mutants, live", "Faults of the reference network (`reference-network/faults.xml`).",
                EXPECT_FAIL, "live");
    put_section(f, p, "Test cases and what they find",
                "Each test case with a fault that it names (`<finds>`), where that is not in the list above.",
                EXPECT_FAIL, "suite");
    put_section(f, p, "Mutants of captures",
                "`NAME@BASE`: the operations of NAME done to the golden capture BASE; without a base it is "
                "generated.\nThey stand in `harness/tests/mutants/*.xml`.",
                EXPECT_FAIL, NULL);
    put_section(f, p, "Benign variants, live", "Shapes of the reference network that are conformant.",
                EXPECT_PASS, "live");
    put_section(f, p, "Benign variants of captures", "Conformant, however unusual: they must pass.",
                EXPECT_PASS, NULL);
    put_section(f, p, "Unclear captures",
                "What was not captured can neither pass nor fail; the verdict says where to capture.",
                EXPECT_UNCLEAR, NULL);
    return fclose(f) == 0 ? 0 : error_at(err, 5, path, 0, "cannot be written");
}
