#include "tests/mutants/captured.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mutants/mixture.h"
#include "tests/mutants/outcap.h"
#include "tests/mutants/runs.h"
#include "tests/mutants/siptext.h"
#include "tests/mutants/unique.h"

enum { POINTS_MAX = 8, FILE_MAX = 512, MIXTURES_MAX = 16 };

/* Another form of every message, which changes nothing of what it means. */
#define FORMS    "joined turned spaced compact folded"
#define FOLDER   "harness/tests/mutants"
#define CAPTURES "harness/tests/captures"
#define DEADLINE (120 * NSEC_PER_SEC)
#define TAIL     (130 * NSEC_PER_SEC)

/* A specimen (or a mixture) and the run that judges it. */
struct exhibit {
    struct specimen *specimen; /* NULL: a mixture */
    const struct specimen *of; /* that it shows in other forms; NULL: none */
    const char *profile;
    char json[FILE_MAX], log[FILE_MAX], sut[FILE_MAX], capture[POINTS_MAX][FILE_MAX];
    int ncaptures;
    struct outcome outcome;
    bool judged;
};

struct gallery {
    const struct captured_config *config;
    struct catalogue *catalogue;
    struct error *err;
    int n;
    struct exhibit *exhibit;
    struct run *run;
    int active; /* index of the first exhibit of what runs now */
};

static int write_capture(struct gallery *g, struct exhibit *x, struct script *s, const char *name,
                         const char *format, bool tail)
{
    char *path = x->capture[x->ncaptures];
    struct frames f;
    nsec_t end = script_end(s);
    int e;

    snprintf(path, FILE_MAX, "%s/%s-%d.pcap", g->config->work, name, ++x->ncaptures);
    pack_script(s, &f);
    if (tail)
        pack_tail(&f, end + TAIL);
    e = outcap_write(path, format, &f, g->err);
    frames_done(&f);
    return e;
}

static void prepare_run(struct gallery *g, struct exhibit *x, const char *name)
{
    struct run *r = &g->run[x - g->exhibit];
    int n = 0;

    snprintf(x->json, sizeof x->json, "%s/%s.json", g->config->work, name);
    snprintf(x->log, sizeof x->log, "%s/%s.log", g->config->work, name);
    snprintf(x->sut, sizeof x->sut, FOLDER "/%s", x->profile);
    *r = (struct run){.log = x->log, .timeout = DEADLINE};
    r->argv[n++] = g->config->cpmspec;
    r->argv[n++] = "judge";
    r->argv[n++] = "--strict";
    r->argv[n++] = "--quiet";
    r->argv[n++] = "--json";
    r->argv[n++] = x->json;
    if (x->profile[0]) {
        r->argv[n++] = "--sut";
        r->argv[n++] = x->sut;
    }
    for (int i = 0; i < x->ncaptures; i++)
        r->argv[n++] = x->capture[i];
    remove(x->json);
    remove(x->log);
}

static int prepare(struct gallery *g, struct specimen *s, int number)
{
    struct exhibit *x = &g->exhibit[g->n++];
    int e = catalogue_build(g->catalogue, s, g->err);

    x->specimen = s;
    x->profile = s->profile;
    if (e < 0)
        return e;
    unique_make(&s->script, number);
    for (int i = 0; e == 0 && i < s->npoints && i < POINTS_MAX; i++) {
        struct script seen;
        e = catalogue_point(g->catalogue, s, i, &seen, g->err);
        if (e == 0)
            e = write_capture(g, x, &seen, s->name, s->format, s->tail);
        script_done(&seen);
    }
    if (e == 0 && !s->npoints) {
        struct script copy; /* packing may drop lines from it */
        script_init(&copy);
        script_append(&copy, &s->script);
        e = write_capture(g, x, &copy, s->name, s->format, s->tail);
        script_done(&copy);
    }
    prepare_run(g, x, s->name);
    return e;
}

static void over(void *ctx, struct run *r)
{
    struct gallery *g = ctx;
    struct exhibit *x = &g->exhibit[g->active + (r - &g->run[g->active])];
    struct error err;

    x->judged = outcome_read(x->json, &x->outcome, &err) == 0;
}

static int judge(struct gallery *g, int first)
{
    g->active = first;
    return runs_all(&g->run[first], g->n - first, g->config->jobs, over, g, g->err);
}

static void show(struct gallery *g, struct exhibit *x, struct proof *proof)
{
    const struct specimen *s = x->specimen;
    struct error err;
    char about[512], text[600];

    if (xml_text(xml_first(s->node, "why"), about, sizeof about, &err) < 0)
        about[0] = '\0';
    if (x->judged) {
        proof_add(proof, s->file, s->name, about, &s->expect, &x->outcome);
        return;
    }
    snprintf(text, sizeof text, "ended with status %d; see %s", g->run[x - g->exhibit].status, x->log);
    proof_add_error(proof, s->file, s->name, about, &s->expect, text);
}

/* One mixture for each profile that more than one specimen has. */
static int mix(struct gallery *g, const char *profile, int number)
{
    struct exhibit *x = &g->exhibit[g->n];
    struct script all;
    char name[32];
    int n = 0, e = 0;

    script_init(&all);
    for (int i = 0; i < g->n; i++)
        if (g->exhibit[i].specimen && g->exhibit[i].specimen->mixed &&
            strcmp(g->exhibit[i].profile, profile) == 0)
            mixture_add(&all, g->exhibit[i].specimen, n++);
    if (n > 1) {
        *x = (struct exhibit){.profile = profile};
        snprintf(name, sizeof name, "mixture-%d", number);
        g->n++;
        e = write_capture(g, x, &all, name, "", true);
        prepare_run(g, x, name);
    }
    script_done(&all);
    return e;
}

static int reform(struct gallery *g, const struct specimen *s)
{
    struct exhibit *x = &g->exhibit[g->n++];
    struct script copy;
    char name[SPECIMEN_NAME_MAX + 16];
    int e;

    *x = (struct exhibit){.of = s, .profile = s->profile};
    snprintf(name, sizeof name, "reformed-%s", s->name);
    script_init(&copy);
    script_append(&copy, &s->script);
    siptext_reform(&copy, FORMS);
    e = write_capture(g, x, &copy, name, s->format, s->tail);
    script_done(&copy);
    prepare_run(g, x, name);
    return e;
}

static void compare_reformed(const struct exhibit *x, struct proof *proof)
{
    char why[600] = "it could not be judged";
    bool right = x->judged && outcome_fits(&x->outcome, &x->of->expect, why, sizeof why);

    proof->reformed++;
    proof->reformed_right += right;
    if (!right)
        printf("NOT SO  %s in other forms: %s\n", x->of->name, why);
}

static int reform_all(struct gallery *g, int alone, struct proof *proof)
{
    int first = g->n, e = 0;

    for (int i = 0; e == 0 && i < alone; i++)
        if (g->exhibit[i].specimen->reformed && !g->exhibit[i].specimen->npoints)
            e = reform(g, g->exhibit[i].specimen);
    if (e == 0)
        e = judge(g, first);
    for (int i = first; e == 0 && i < g->n; i++)
        compare_reformed(&g->exhibit[i], proof);
    return e;
}

static bool first_of_profile(const struct gallery *g, int at)
{
    for (int i = 0; i < at; i++)
        if (strcmp(g->exhibit[i].profile, g->exhibit[at].profile) == 0)
            return false;
    return true;
}

static int mix_all(struct gallery *g, int alone)
{
    int e = 0;

    for (int i = 0; e == 0 && i < alone; i++)
        if (first_of_profile(g, i))
            e = mix(g, g->exhibit[i].profile, i);
    return e < 0 ? e : judge(g, alone);
}

static void compare(const struct gallery *g, int alone, struct proof *proof)
{
    for (int m = alone; m < g->n; m++) {
        proof->mixtures++;
        for (int i = 0; i < alone; i++) {
            const struct exhibit *x = &g->exhibit[i];
            if (!x->specimen->mixed || strcmp(x->profile, g->exhibit[m].profile) != 0)
                continue;
            proof->mixed += x->outcome.n;
            proof->mixed_right += mixture_agrees(&g->exhibit[m].outcome, &x->outcome, x->specimen->name);
        }
    }
}

static int prove(struct gallery *g, struct proof *proof)
{
    struct catalogue *c = g->catalogue;
    int alone, e = 0;

    for (int i = 0; e == 0 && i < c->ncases; i++)
        if (!g->config->only || fnmatch(g->config->only, c->specimen[i].name, 0) == 0)
            e = prepare(g, &c->specimen[i], i + 1);
    alone = g->n;
    if (e == 0)
        e = judge(g, 0);
    for (int i = 0; e == 0 && i < alone; i++)
        show(g, &g->exhibit[i], proof);
    if (e == 0)
        e = mix_all(g, alone);
    if (e == 0)
        compare(g, alone, proof);
    return e < 0 ? e : reform_all(g, alone, proof);
}

int captured_prove(const struct captured_config *config, struct proof *proof, struct error *err)
{
    static const char *const files[] = {"mutants", "benign", "unclear"};
    struct gallery g = {.config = config, .err = err};
    int e = catalogue_load(FOLDER, files, (int)(sizeof files / sizeof files[0]), CAPTURES, &g.catalogue, err);

    if (e < 0)
        return e;
    g.exhibit = must(calloc(2 * CASES_MAX + MIXTURES_MAX, sizeof *g.exhibit));
    g.run = must(calloc(2 * CASES_MAX + MIXTURES_MAX, sizeof *g.run));
    e = prove(&g, proof);
    for (int i = 0; i < g.n; i++)
        outcome_done(&g.exhibit[i].outcome);
    free(g.exhibit);
    free(g.run);
    catalogue_free(g.catalogue);
    return e;
}
