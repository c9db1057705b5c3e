#include "report/html_result.h"

#include "report/ladder_text.h"
#include "report/story.h"
#include "report/svg.h"

#include <ctype.h>

enum { FINDINGS_SHOWN = 40, CALL_IDS_SHOWN = 8 };

static void head(struct xmlout *x, const struct result *r)
{
    xmlout_start(x, "span");
    xmlout_attr(x, "class", "id");
    xmlout_text(x, r->id);
    xmlout_end(x);
    xmlout_start(x, "span");
    xmlout_attr(x, "class", "title");
    xmlout_text(x, r->title);
    xmlout_end(x);
    xmlout_start(x, "span");
    xmlout_attrf(x, "class", "badge %s", verdict_name(r->verdict));
    xmlout_text(x, verdict_name(r->verdict));
    xmlout_end(x);
}

void html_line(struct xmlout *x, const struct result *r)
{
    xmlout_start(x, "div");
    xmlout_attrf(x, "class", "row %s", verdict_name(r->verdict));
    head(x, r);
    if (r->verdict != VERDICT_PASS && r->reason && *r->reason) {
        xmlout_start(x, "span");
        xmlout_attr(x, "class", "soft");
        xmlout_text(x, r->reason);
        xmlout_end(x);
    }
    if (r->ncall_ids) {
        xmlout_start(x, "span");
        xmlout_attr(x, "class", "soft id");
        xmlout_text(x, r->call_id[0]);
        xmlout_end(x);
    }
    xmlout_end(x);
}

void html_fact(struct xmlout *x, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    xmlout_element(x, "dt", name);
    xmlout_element(x, "dd", value);
}

void html_times(struct xmlout *x, nsec_t begin, nsec_t duration)
{
    char time[TEXT_TIME];

    html_fact(x, "Begin", text_time(begin, time));
    if (!begin || duration <= 0)
        return;
    xmlout_element(x, "dt", "Duration");
    xmlout_start(x, "dd");
    xmlout_textf(x, "%s s", text_seconds(duration, time));
    xmlout_end(x);
}

/* A command for each capture that has frames of the finding. */
static void proof(struct xmlout *x, const struct summary *s, const struct finding *f)
{
    struct buf text;

    buf_init(&text, STORY_MAX);
    for (int i = 0; i < f->nframes && i < FINDING_FRAMES_MAX; i++) {
        if (!story_first_of_source(f, i))
            continue;
        text.n = 0;
        if (story_add_command(&text, s, f, f->frame_source[i]) < 0 ||
            buf_add(&text, (struct slice){"", 1}) < 0)
            break;
        xmlout_start(x, "code");
        xmlout_attr(x, "class", "proof");
        xmlout_text(x, text.p);
        xmlout_end(x);
    }
    buf_done(&text);
}

static void open_finding(struct xmlout *x, const struct summary *s, const struct finding *f)
{
    xmlout_start(x, "div");
    xmlout_attrf(x, "class", "finding %s", f->inconclusive ? "evidence" : severity_name(f->severity));
    xmlout_start(x, "h3");
    xmlout_element(x, "code", f->rule);
    if (f->step > 0)
        xmlout_textf(x, " at step %d", f->step);
    xmlout_textf(x, " (%s%s)", severity_name(f->severity), f->inconclusive ? ", evidence is missing" : "");
    xmlout_end(x);
    xmlout_start(x, "dl");
    html_fact(x, "Clause", f->clause);
    html_fact(x, "Expected", f->expected);
    html_fact(x, "Observed", f->observed);
    xmlout_end(x);
    proof(x, s, f);
}

/* Consequences stand inside the box of their cause. */
static void findings(struct xmlout *x, const struct summary *s, const struct result *r)
{
    bool open = false;

    for (int i = 0; i < r->nfindings && i < FINDINGS_SHOWN; i++) {
        const struct finding *f = &r->finding[i];

        if (f->cause < 0 && open)
            xmlout_end(x);
        open_finding(x, s, f);
        if (f->cause >= 0 && open)
            xmlout_end(x);
        open = true;
    }
    if (open)
        xmlout_end(x);
    if (r->nfindings > FINDINGS_SHOWN) {
        xmlout_start(x, "p");
        xmlout_textf(x, "and %d more findings: see the JSON report", r->nfindings - FINDINGS_SHOWN);
        xmlout_end(x);
    }
}

/* A path as part of a URI (RFC 3986): a folder may have any name. */
static void add_uri(struct buf *to, const char *path)
{
    for (; *path; path++)
        if (((unsigned char)*path < 0x80 && isalnum((unsigned char)*path)) || strchr("-._~/", *path))
            buf_add(to, (struct slice){path, 1});
        else
            buf_printf(to, "%%%02X", (unsigned)(unsigned char)*path);
}

/* Where memory is out, the link leads nowhere, and the words are there still. */
static void put_href(struct xmlout *x, const char *folder, const char *path)
{
    struct buf uri;

    buf_init(&uri, STORY_MAX);
    add_uri(&uri, *folder ? folder : ".");
    add_uri(&uri, "/");
    add_uri(&uri, path);
    if (buf_add(&uri, (struct slice){"", 1}) == 0)
        xmlout_attr(x, "href", uri.p);
    buf_done(&uri);
}

static void attachments(struct xmlout *x, const struct result *r, const char *folder)
{
    if (r->nattachments == 0)
        return;
    xmlout_start(x, "p");
    xmlout_attr(x, "class", "files");
    xmlout_text(x, "Files:");
    for (int i = 0; i < r->nattachments; i++) {
        xmlout_text(x, " ");
        xmlout_start(x, "a");
        put_href(x, folder, r->attachment[i]);
        xmlout_text(x, r->attachment[i]);
        xmlout_end(x);
    }
    xmlout_end(x);
}

static void identity(struct xmlout *x, const struct summary *s, const struct result *r)
{
    xmlout_start(x, "dl");
    html_fact(x, "Verdict", r->reason);
    html_fact(x, "Flow", r->flow);
    html_fact(x, "Closed by", r->closer);
    for (int i = 0; i < r->ncall_ids && i < CALL_IDS_SHOWN; i++)
        html_fact(x, "Call-ID", r->call_id[i]);
    html_times(x, r->begin, ladder_duration(s, r));
    xmlout_end(x);
}

void html_story(struct xmlout *x, const struct summary *s, const struct result *r, const char *folder,
                bool open)
{
    xmlout_start(x, "details");
    xmlout_attr(x, "class", verdict_name(r->verdict));
    if (open)
        xmlout_attr(x, "open", "open");
    xmlout_start(x, "summary");
    head(x, r);
    xmlout_end(x);
    xmlout_start(x, "div");
    xmlout_attr(x, "class", "body");
    identity(x, s, r);
    xmlout_start(x, "div");
    xmlout_attr(x, "class", "scroll");
    svg_ladder(x, s, r);
    xmlout_end(x);
    if (ladder_has_clocks(s, r)) {
        xmlout_start(x, "p");
        xmlout_attr(x, "class", "soft");
        xmlout_text(x, LADDER_CLOCKS);
        xmlout_end(x);
    }
    findings(x, s, r);
    attachments(x, r, folder);
    xmlout_end(x);
    xmlout_end(x);
}
