#include "report/junit.h"

#include "report/ladder_text.h"
#include "report/story.h"
#include "report/xmlout.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct junit {
    struct report_writer base;
    struct outfile *file, *body;
    struct xmlout *cases; /* into the body: the suite's counts come before it */
    struct buf text;
    char folder[PATH_MAX];
    uint64_t tests, failures, errors, skipped;
};

static const struct report_writer_ops junit_ops;
static const struct style plain = {.utf8 = true};

static void junit_free(struct report_writer *w)
{
    struct junit *j = (struct junit *)w;

    xmlout_free(j->cases);
    outfile_free(j->body);
    outfile_free(j->file);
    buf_done(&j->text);
    free(j);
}

int junit_open(const char *path, const char *folder, struct report_writer **ret, struct error *err)
{
    struct junit *j = calloc(1, sizeof *j);
    int r;

    if (!j)
        return error_at(err, ENOMEM, path, 0, "cannot be written: out of memory");
    j->base.ops = &junit_ops;
    buf_init(&j->text, STORY_MAX);
    snprintf(j->folder, sizeof j->folder, "%s", folder ? folder : "");
    r = outfile_open(path, &j->file, err);
    if (r == 0)
        r = outfile_spool(j->file, &j->body, err);
    if (r == 0)
        r = xmlout_open(j->body, XML_INDENTED, &j->cases, err);
    if (r < 0) {
        junit_free(&j->base);
        return r;
    }
    *ret = &j->base;
    return 0;
}

/* The text in j->text, ended for C. A story cut at its bound is good enough; -ENOMEM is not. */
static int terminated(struct junit *j, int r)
{
    if (r == -ENOBUFS)
        j->text.n = j->text.n == j->text.limit ? j->text.n - 1 : j->text.n;
    else if (r < 0)
        return r;
    return buf_add(&j->text, (struct slice){"", 1});
}

static int put_outcome(struct junit *j, const struct summary *s, const struct result *r, const char *element)
{
    int n;

    xmlout_start(j->cases, element);
    xmlout_attr(j->cases, "type", verdict_name(r->verdict));
    j->text.n = 0;
    n = terminated(j, story_add_sentence(&j->text, r));
    if (n < 0)
        return n;
    xmlout_attr(j->cases, "message", j->text.n > 1 ? j->text.p : verdict_name(r->verdict));
    if (outfile_size(j->body) < JUNIT_STORY_BYTES) {
        j->text.n = 0;
        n = terminated(j, story_add(&j->text, &plain, s, r));
    }
    if (n == 0)
        xmlout_fit_text(j->cases, j->text.p);
    xmlout_end(j->cases);
    return n;
}

/* What a test case prints: the findings that it passed in spite of, and where its files are. */
static int put_output(struct junit *j, const struct result *r)
{
    bool remarks = r->verdict == VERDICT_PASS && r->nfindings > 0;
    size_t n = strlen(j->folder);
    int e = 0;

    if (r->nattachments == 0 && !remarks)
        return 0;
    xmlout_start(j->cases, "system-out");
    if (remarks) {
        j->text.n = 0;
        e = terminated(j, story_add_sentence(&j->text, r));
        if (e == 0)
            xmlout_fit_text(j->cases, j->text.p);
    }
    for (int i = 0; i < r->nattachments; i++)
        xmlout_textf(j->cases, "\n[[ATTACHMENT|%s%s%s]]", j->folder, n && j->folder[n - 1] != '/' ? "/" : "",
                     r->attachment[i]);
    xmlout_text(j->cases, "\n");
    xmlout_end(j->cases);
    return e;
}

static const char *outcome_element(struct junit *j, enum verdict v)
{
    switch (v) {
    case VERDICT_PASS:
        return NULL;
    case VERDICT_NOT_APPLICABLE:
        j->skipped++;
        return "skipped";
    case VERDICT_FAIL:
        j->failures++;
        return "failure";
    case VERDICT_INCONCLUSIVE:
    case VERDICT_ERROR:
    case VERDICT_COUNT:
        break;
    }
    j->errors++;
    return "error";
}

static int junit_result(struct report_writer *w, const struct summary *s, const struct result *r,
                        struct error *err)
{
    struct junit *j = (struct junit *)w;
    const char *element = outcome_element(j, r->verdict);
    char seconds[TEXT_TIME];
    int n = 0;

    j->tests++;
    xmlout_start(j->cases, "testcase");
    xmlout_attrf(j->cases, "classname", "cpmspec.%s", r->flow && *r->flow ? r->flow : "flow");
    if (r->title && *r->title)
        xmlout_attrf(j->cases, "name", "%s: %s", r->id, r->title);
    else
        xmlout_attr(j->cases, "name", r->id);
    xmlout_attr(j->cases, "time", text_seconds(ladder_duration(s, r), seconds));
    if (element)
        n = put_outcome(j, s, r, element);
    if (n == 0)
        n = put_output(j, r);
    xmlout_end(j->cases);
    if (n < 0)
        return error_set(err, -n, "the JUnit report stopped at %s: %s", r->id, strerror(-n));
    return xmlout_check(j->cases, err);
}

/* A test case of our own, for what went wrong with the run as a whole. */
static void put_trouble(struct junit *j, const char *name, const char *message)
{
    j->tests++;
    j->errors++;
    xmlout_start(j->cases, "testcase");
    xmlout_attr(j->cases, "classname", "cpmspec");
    xmlout_attr(j->cases, "name", name);
    xmlout_attr(j->cases, "time", "0.000");
    xmlout_start(j->cases, "error");
    xmlout_attr(j->cases, "type", name);
    xmlout_attr(j->cases, "message", message);
    xmlout_text(j->cases, message);
    xmlout_end(j->cases);
    xmlout_end(j->cases);
}

static void put_counts(struct junit *j, struct xmlout *x, const struct summary *s)
{
    char seconds[TEXT_TIME];

    xmlout_attrf(x, "tests", "%llu", (unsigned long long)j->tests);
    xmlout_attrf(x, "failures", "%llu", (unsigned long long)j->failures);
    xmlout_attrf(x, "errors", "%llu", (unsigned long long)j->errors);
    xmlout_attr(x, "time", text_seconds(s->end - s->begin, seconds));
}

static void put_document(struct junit *j, struct xmlout *x, const struct summary *s)
{
    char stamp[TEXT_TIME];

    text_time(s->begin, stamp);
    stamp[strcspn(stamp, ".")] = '\0'; /* some readers want neither fractions nor a zone */
    xmlout_declaration(x);
    xmlout_start(x, "testsuites");
    xmlout_attr(x, "name", "cpmspec");
    put_counts(j, x, s);
    xmlout_start(x, "testsuite");
    xmlout_attr(x, "name", s->sut && *s->sut ? s->sut : "cpmspec");
    put_counts(j, x, s);
    xmlout_attrf(x, "skipped", "%llu", (unsigned long long)j->skipped);
    if (*stamp)
        xmlout_attr(x, "timestamp", stamp);
    xmlout_raw(x, SLICE("\n"));
    xmlout_spool(x, j->body);
    xmlout_end(x);
    xmlout_end(x);
    xmlout_raw(x, SLICE("\n"));
}

static int junit_finish(struct report_writer *w, const struct summary *s, struct error *err)
{
    struct junit *j = (struct junit *)w;
    struct xmlout *x = NULL;
    int r;

    if (s->interrupted)
        put_trouble(j, "interrupted", "The run was interrupted: only what was complete is reported here.");
    else if (summary_exit_status(s) == 5)
        put_trouble(j, "nothing was judged", "Nothing was judged, so nothing is proved.");
    r = xmlout_check(j->cases, err);
    if (r == 0)
        r = xmlout_open(j->file, XML_PLAIN, &x, err);
    if (r < 0)
        return r;
    put_document(j, x, s);
    r = xmlout_check(x, err);
    if (r == 0)
        r = outfile_commit(j->file, err);
    xmlout_free(x);
    return r;
}

static const struct report_writer_ops junit_ops = {junit_result, junit_finish, junit_free};
