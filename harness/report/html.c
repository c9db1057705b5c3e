#include "report/html.h"

#include "report/causes.h"
#include "report/html_result.h"
#include "report/html_style.h"
#include "report/xmlout.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Results of one kind, on their way to one section of the page. */
struct section {
    struct outfile *spool;
    struct xmlout *x;
    uint64_t results;
    uint64_t stories; /* how many of them may have their ladder */
};

struct html {
    struct report_writer base;
    struct outfile *file;
    struct section bad, good;
    struct causes causes;
    char folder[PATH_MAX];
};

static const struct report_writer_ops html_ops;

static void section_done(struct section *s)
{
    xmlout_free(s->x);
    outfile_free(s->spool);
}

static void html_free(struct report_writer *w)
{
    struct html *h = (struct html *)w;

    section_done(&h->bad);
    section_done(&h->good);
    outfile_free(h->file);
    free(h);
}

static int section_open(struct section *s, struct outfile *beside, uint64_t stories, struct error *err)
{
    int r = outfile_spool(beside, &s->spool, err);

    s->stories = stories;
    return r == 0 ? xmlout_open(s->spool, XML_HTML, &s->x, err) : r;
}

int html_open(const char *path, const char *folder, struct report_writer **ret, struct error *err)
{
    struct html *h = calloc(1, sizeof *h);
    int r;

    if (!h)
        return error_at(err, ENOMEM, path, 0, "cannot be written: out of memory");
    h->base.ops = &html_ops;
    snprintf(h->folder, sizeof h->folder, "%s", folder ? folder : "");
    r = outfile_open(path, &h->file, err);
    if (r == 0)
        r = section_open(&h->bad, h->file, HTML_STORIES, err);
    if (r == 0)
        r = section_open(&h->good, h->file, HTML_PASSES, err);
    if (r < 0) {
        html_free(&h->base);
        return r;
    }
    *ret = &h->base;
    return 0;
}

static int html_result(struct report_writer *w, const struct summary *s, const struct result *r,
                       struct error *err)
{
    struct html *h = (struct html *)w;
    bool good = r->verdict == VERDICT_PASS || r->verdict == VERDICT_NOT_APPLICABLE;
    struct section *to = good ? &h->good : &h->bad;
    uint64_t n = to->results++;

    causes_add(&h->causes, r);
    if (n < to->stories)
        html_story(to->x, s, r, h->folder, !good && n < 3);
    else if (n < HTML_LINES)
        html_line(to->x, r);
    return xmlout_check(to->x, err);
}

static void total(struct xmlout *x, const struct summary *s, enum verdict v)
{
    xmlout_start(x, "div");
    xmlout_attr(x, "class", s->total[v] ? verdict_name(v) : "zero");
    xmlout_start(x, "b");
    xmlout_textf(x, "%llu", (unsigned long long)s->total[v]);
    xmlout_end(x);
    xmlout_text(x, verdict_name(v));
    xmlout_end(x);
}

static void count(struct xmlout *x, const char *name, uint64_t n)
{
    char text[32];

    snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    html_fact(x, name, n ? text : NULL);
}

static void facts(struct xmlout *x, const struct summary *s)
{
    const struct capture_facts *c = &s->capture;

    xmlout_start(x, "dl");
    html_times(x, s->begin, s->end - s->begin);
    for (int i = 0; i < s->nsources && i < 32; i++)
        html_fact(x, "Capture", s->source[i]);
    count(x, "Frames", c->frames);
    count(x, "SIP messages", c->sip_messages);
    count(x, "Captured twice", c->duplicate_frames);
    count(x, "Malformed", c->malformed);
    count(x, "Lost by the capture", c->dropped);
    count(x, "Sessions left open", c->open_sessions);
    for (int i = 0; i < c->nreasons && i < REASONS_MAX; i++)
        count(x, c->reason[i].name, c->reason[i].count);
    html_fact(x, "Command", s->command);
    xmlout_end(x);
}

static void head(struct xmlout *x, const struct summary *s)
{
    bool nothing = summary_exit_status(s) == 5;

    xmlout_start(x, "header");
    xmlout_start(x, "h1");
    xmlout_text(x, s->sut && *s->sut ? s->sut : "cpmspec");
    xmlout_start(x, "span");
    xmlout_attrf(x, "class", "badge %s", nothing ? "inconclusive" : verdict_name(s->verdict));
    xmlout_text(x, nothing ? "nothing was judged" : verdict_name(s->verdict));
    xmlout_end(x);
    if (s->interrupted) {
        xmlout_start(x, "span");
        xmlout_attr(x, "class", "badge inconclusive");
        xmlout_text(x, "interrupted");
        xmlout_end(x);
    }
    xmlout_end(x);
    xmlout_start(x, "div");
    xmlout_attr(x, "class", "totals");
    total(x, s, VERDICT_PASS);
    total(x, s, VERDICT_FAIL);
    total(x, s, VERDICT_INCONCLUSIVE);
    total(x, s, VERDICT_ERROR);
    total(x, s, VERDICT_NOT_APPLICABLE);
    xmlout_end(x);
    facts(x, s);
    xmlout_end(x);
}

/* A number at the right; 0 is none. */
static void number(struct xmlout *x, uint64_t n)
{
    xmlout_start(x, "td");
    xmlout_attr(x, "class", "number");
    if (n)
        xmlout_textf(x, "%llu", (unsigned long long)n);
    xmlout_end(x);
}

/* What is the same in many results is told once, before them. */
static void causes(struct xmlout *x, struct causes *c)
{
    static const char *const head[] = {"results", "first cause", "step", "first in"};

    causes_sort(c);
    xmlout_start(x, "div");
    xmlout_element(x, "h2", "Not passed, by first cause");
    xmlout_start(x, "table");
    xmlout_start(x, "tr");
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        xmlout_element(x, "th", head[i]);
    xmlout_end(x);
    for (int i = 0; i < c->n; i++) {
        const struct cause *k = &c->kind[i];

        xmlout_start(x, "tr");
        number(x, k->n);
        xmlout_start(x, "td");
        xmlout_attr(x, "class", verdict_name(k->verdict));
        xmlout_text(x, k->what);
        xmlout_end(x);
        number(x, (uint64_t)k->step);
        xmlout_element(x, "td", k->first);
        xmlout_end(x);
    }
    if (c->others) {
        xmlout_start(x, "tr");
        number(x, c->others);
        xmlout_element(x, "td", "others");
        xmlout_end(x);
    }
    xmlout_end(x);
    xmlout_end(x);
}

static void put_section(struct xmlout *x, const char *title, struct section *s)
{
    if (s->results == 0)
        return;
    xmlout_start(x, "section");
    xmlout_element(x, "h2", title);
    xmlout_spool(x, s->spool);
    if (s->results > HTML_LINES) {
        xmlout_start(x, "p");
        xmlout_attr(x, "class", "soft");
        xmlout_textf(x, "and %llu more: see the JSON report", (unsigned long long)(s->results - HTML_LINES));
        xmlout_end(x);
    }
    xmlout_end(x);
}

static void page(struct html *h, struct xmlout *x, const struct summary *s)
{
    xmlout_raw(x, SLICE("<!DOCTYPE html>\n"));
    xmlout_start(x, "html");
    xmlout_attr(x, "lang", "en");
    xmlout_start(x, "head");
    xmlout_raw(x, SLICE("<meta charset=\"utf-8\"/>"
                        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>"
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                        "style-src 'unsafe-inline'\"/>"));
    xmlout_start(x, "title");
    xmlout_textf(x, "%s: %s", verdict_name(s->verdict), s->sut ? s->sut : "cpmspec");
    xmlout_end(x);
    xmlout_start(x, "style");
    xmlout_raw(x, html_style());
    xmlout_end(x);
    xmlout_end(x);
    xmlout_start(x, "body");
    head(x, s);
    xmlout_start(x, "main");
    if (h->bad.results > HTML_FEW)
        causes(x, &h->causes);
    put_section(x, "Not passed", &h->bad);
    put_section(x, "Passed, or not applicable", &h->good);
    xmlout_end(x);
    xmlout_element(x, "footer",
                   "Written by cpmspec. Steps are those of OMA CPM System Description, C.2.3.1.");
    xmlout_end(x);
    xmlout_end(x);
    xmlout_raw(x, SLICE("\n"));
}

static int html_finish(struct report_writer *w, const struct summary *s, struct error *err)
{
    struct html *h = (struct html *)w;
    struct xmlout *x = NULL;
    int r = xmlout_check(h->bad.x, err);

    if (r == 0)
        r = xmlout_check(h->good.x, err);
    if (r == 0)
        r = xmlout_open(h->file, XML_HTML, &x, err);
    if (r < 0)
        return r;
    page(h, x, s);
    r = xmlout_check(x, err);
    if (r == 0)
        r = outfile_commit(h->file, err);
    xmlout_free(x);
    return r;
}

static const struct report_writer_ops html_ops = {html_result, html_finish, html_free};
