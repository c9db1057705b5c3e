#include "tests/mutants/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "suite/duration.h"
#include "tests/mutants/alter.h"
#include "tests/mutants/golden.h"
#include "tests/mutants/play.h"
#include "tests/mutants/select.h"

enum { BASES_TEXT = 256, FILE_TEXT = 512 };

static int read_place(struct catalogue *c, const xmlNode *n, struct error *err)
{
    struct places *p = &c->places;
    char address[64];

    if (p->n == PLACES_MAX)
        return xml_error(n, err, "there are too many places");
    if (xml_attr(n, "name", p->place[p->n].name, sizeof p->place[0].name, err) < 0 ||
        xml_attr(n, "address", address, sizeof address, err) < 0)
        return -EINVAL;
    if (!place_parse(slice_of(address), &p->place[p->n].at))
        return xml_error(n, err, "\"%s\" is no address", address);
    p->n++;
    return 0;
}

static int read_golden(struct catalogue *c, const xmlNode *n, const char *captures, struct error *err)
{
    struct golden *g = &c->golden[c->ngoldens];
    char file[64], path[FILE_TEXT], closer[4];
    int e;

    if (c->ngoldens == GOLDENS_MAX)
        return xml_error(n, err, "there are too many golden captures");
    if (xml_attr(n, "name", g->name, sizeof g->name, err) < 0 ||
        xml_attr(n, "file", file, sizeof file, err) < 0 ||
        xml_attr(n, "closer", closer, sizeof closer, err) < 0)
        return -EINVAL;
    snprintf(path, sizeof path, "%s/%s", captures, file);
    g->closer = closer[0];
    e = golden_read(path, &g->script, err);
    c->ngoldens++;
    return e;
}

static int read_style(const xmlNode *n, struct specimen *s, struct error *err)
{
    char fragment[16], snap[16];
    int e = 0;

    e = e ? e : xml_attr(n, "link", s->style.link, sizeof s->style.link, err);
    e = e ? e : xml_attr(n, "tcp", s->style.tcp, sizeof s->style.tcp, err);
    e = e ? e : xml_attr(n, "fragment", fragment, sizeof fragment, err);
    e = e ? e : xml_attr(n, "snap", snap, sizeof snap, err);
    e = e ? e : xml_attr(n, "profile", s->profile, sizeof s->profile, err);
    e = e ? e : xml_attr(n, "format", s->format, sizeof s->format, err);
    if (e == 0)
        s->style.fragment = (int)strtol(fragment, NULL, 10);
    if (e == 0)
        s->style.snap = (int)strtol(snap, NULL, 10);
    return e;
}

static int read_expectation(const xmlNode *n, struct expectation *x, struct error *err)
{
    char step[8] = "", results[8] = "";
    int e = 0;

    x->kind = xml_is(n, "mutant") ? EXPECT_FAIL : xml_is(n, "benign") ? EXPECT_PASS : EXPECT_UNCLEAR;
    e = e ? e : xml_attr(n, "rule", x->rule, sizeof x->rule, err);
    e = e ? e : xml_attr(n, "step", step, sizeof step, err);
    e = e ? e : xml_attr(n, "says", x->says, sizeof x->says, err);
    e = e ? e : xml_attr(n, "results", results, sizeof results, err);
    x->step = (int)strtol(step, NULL, 10);
    x->results = results[0] ? (int)strtol(results, NULL, 10) : 1;
    return e;
}

static int add_specimen(struct catalogue *c, const xmlNode *n, const char *file, const struct golden *base,
                        struct error *err)
{
    struct specimen *s = &c->specimen[c->ncases];
    char name[64], closer[4];

    if (c->ncases == CASES_MAX)
        return xml_error(n, err, "there are too many specimens");
    *s = (struct specimen){.node = n, .base = base};
    if (xml_attr(n, "name", name, sizeof name, err) < 0 ||
        xml_attr(n, "closer", closer, sizeof closer, err) < 0 || read_style(n, s, err) < 0 ||
        read_expectation(n, &s->expect, err) < 0)
        return -EINVAL;
    snprintf(s->name, sizeof s->name, "%s%s%s", name, base ? "@" : "", base ? base->name : "");
    snprintf(s->file, sizeof s->file, "%s", file);
    s->closer = base ? base->closer : closer[0] ? closer[0] : 'a';
    s->tail = !xmlHasProp(n, (const xmlChar *)"tail") || xml_yes(n, "tail");
    for (const xmlNode *p = xml_first(n, "point"); p; p = xml_next(p, "point"))
        s->npoints++;
    s->mixed = !s->npoints && s->expect.kind != EXPECT_UNCLEAR &&
               (!xmlHasProp(n, (const xmlChar *)"mixed") || xml_yes(n, "mixed"));
    s->reformed = s->expect.kind == EXPECT_FAIL &&
                  (!xmlHasProp(n, (const xmlChar *)"reformed") || xml_yes(n, "reformed"));
    c->ncases++;
    return 0;
}

static const struct golden *find_golden(const struct catalogue *c, struct slice name)
{
    for (int i = 0; i < c->ngoldens; i++)
        if (slice_eq(name, slice_of(c->golden[i].name)))
            return &c->golden[i];
    return NULL;
}

static int read_specimens(struct catalogue *c, const xmlNode *n, const char *file, struct error *err)
{
    char bases[BASES_TEXT];
    struct slice rest;
    int e = xml_attr(n, "base", bases, sizeof bases, err);

    rest = slice_of(bases);
    if (e == 0 && !rest.n)
        return add_specimen(c, n, file, NULL, err);
    while (e == 0 && rest.n) {
        size_t end = slice_find(rest, ' ');
        const struct golden *g = find_golden(c, slice_head(rest, end));
        e = g ? add_specimen(c, n, file, g, err)
              : xml_error(n, err, "no golden capture is called \"%.*s\"", SLICE_ARG(slice_head(rest, end)));
        rest = slice_trim(slice_tail(rest, end));
    }
    return e;
}

static int read_file(struct catalogue *c, const char *dir, const char *file, const char *captures,
                     struct error *err)
{
    char path[FILE_TEXT], schema[FILE_TEXT];
    int e;

    snprintf(path, sizeof path, "%s/%s.xml", dir, file);
    snprintf(schema, sizeof schema, "%s/mutants.rng", dir);
    e = xml_load(path, schema, &c->doc[c->nfiles], err);
    if (e < 0)
        return e;
    for (const xmlNode *n = xml_first(xmlDocGetRootElement(c->doc[c->nfiles++]), NULL); e == 0 && n;
         n = xml_next(n, NULL)) {
        if (xml_is(n, "place"))
            e = read_place(c, n, err);
        else if (xml_is(n, "golden"))
            e = read_golden(c, n, captures, err);
        else
            e = read_specimens(c, n, file, err);
    }
    return e;
}

int catalogue_load(const char *dir, const char *const *files, int nfiles, const char *captures,
                   struct catalogue **ret, struct error *err)
{
    struct catalogue *c = must(calloc(1, sizeof *c));
    int e = 0;

    c->specimen = must(calloc(CASES_MAX, sizeof *c->specimen));
    for (int i = 0; e == 0 && i < nfiles && i < CATALOGUE_FILES_MAX; i++)
        e = read_file(c, dir, files[i], captures, err);
    if (e < 0) {
        catalogue_free(c);
        return e;
    }
    *ret = c;
    return 0;
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->ngoldens; i++)
        script_done(&c->golden[i].script);
    for (int i = 0; i < c->ncases; i++)
        script_done(&c->specimen[i].script);
    for (int i = 0; i < c->nfiles; i++)
        xmlFreeDoc(c->doc[i]);
    free(c->specimen);
    free(c);
}

int catalogue_build(struct catalogue *c, struct specimen *s, struct error *err)
{
    int e = 0;

    c->places.closer = s->closer;
    script_init(&s->script);
    if (s->base)
        script_append(&s->script, &s->base->script);
    for (const xmlNode *n = xml_first(s->node, "session"); e == 0 && n; n = xml_next(n, "session"))
        e = play_session(&s->script, &c->places, n, err);
    script_number(&s->script);
    for (const xmlNode *n = xml_first(s->node, NULL); e == 0 && n; n = xml_next(n, NULL))
        if (alter_knows(n))
            e = alter(&s->script, &c->places, n, err);
    for (int i = 0; i < s->script.n; i++)
        s->script.line[i].style = &s->style;
    return e;
}

static const xmlNode *nth_point(const struct specimen *s, int point)
{
    const xmlNode *n = xml_first(s->node, "point");

    while (point--)
        n = xml_next(n, "point");
    return n;
}

static int keep_seen(struct catalogue *c, const struct specimen *s, const xmlNode *n, struct script *ret,
                     struct error *err)
{
    bool *seen = must(calloc((size_t)s->script.n + 1, sizeof *seen));
    char sees[256];
    int e = xml_attr(n, "sees", sees, sizeof sees, err);

    if (e == 0 && select_lines(&s->script, &c->places, sees, "", seen) <= 0)
        e = xml_error(n, err, "\"%s\" chooses no line", sees);
    script_append(ret, &s->script);
    for (int i = 0; i < ret->n; i++)
        ret->line[i].gone |= !seen[i];
    free(seen);
    return e;
}

int catalogue_point(struct catalogue *c, const struct specimen *s, int point, struct script *ret,
                    struct error *err)
{
    const xmlNode *n = nth_point(s, point);
    char clock[32];
    nsec_t by = 0;
    int e = xml_attr(n, "clock", clock, sizeof clock, err);

    c->places.closer = s->closer;
    script_init(ret);
    if (e == 0 && clock[0] && !duration_parse(slice_of(clock + (clock[0] == '-')), 86400 * NSEC_PER_SEC, &by))
        e = xml_error(n, err, "\"%s\" is no time", clock);
    if (e == 0)
        e = keep_seen(c, s, n, ret, err);
    for (int i = 0; i < ret->n; i++)
        ret->line[i].time += clock[0] == '-' ? -by : by;
    return e;
}
