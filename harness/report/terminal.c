#include "report/terminal.h"

#include "report/causes.h"
#include "report/paint.h"
#include "report/text.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { HELD_MAX = TERMINAL_FEW * STORY_MAX };

/* What one of the first results comes to: its story, and the line that replaces it if many follow. */
struct held {
    struct buf story, line;
    bool passed;
};

struct terminal {
    struct report_writer base;
    FILE *stream;
    struct terminal_options options;
    bool left;                /* nobody reads any more */
    uint64_t results, passed; /* seen so far */
    int nheld;                /* of the first TERMINAL_FEW, until it is known whether more come */
    struct held held[TERMINAL_FEW];
    uint64_t stories, lines, passes; /* shown so far */
    uint64_t unfit;                  /* test cases of a run that do not apply */
    struct causes causes;
    struct buf text;
};

static const struct report_writer_ops terminal_ops;

/* What a narrow terminal would break, we break between words; a wide one is no reason for long lines. */
static int width_of(FILE *stream)
{
    struct winsize size;

    if (ioctl(fileno(stream), TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_col > PAINT_WIDTH)
        return PAINT_WIDTH;
    return size.ws_col < PAINT_NARROW ? PAINT_NARROW : size.ws_col;
}

struct style terminal_style(FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

    return (struct style){
        .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .colour = isatty(fileno(stream)) && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0,
        .width = width_of(stream),
    };
}

int terminal_open(FILE *stream, const struct terminal_options *options, struct report_writer **ret,
                  struct error *err)
{
    struct terminal *t = calloc(1, sizeof *t);

    if (!t)
        return error_set(err, ENOMEM, "out of memory for the report on the terminal");
    t->base.ops = &terminal_ops;
    t->stream = stream;
    t->options = *options;
    buf_init(&t->text, HELD_MAX);
    for (int i = 0; i < TERMINAL_FEW; i++) {
        buf_init(&t->held[i].story, STORY_MAX);
        buf_init(&t->held[i].line, STORY_MAX);
    }
    *ret = &t->base;
    return 0;
}

static int failed(int r, struct error *err)
{
    return error_set(err, -r, "the report on the terminal stopped: %s", strerror(-r));
}

/* Hands the text over; a story that was cut at its bound is shown as far as it goes. */
static int show(struct terminal *t, struct buf *text, struct error *err)
{
    size_t n = text->n && !t->left ? fwrite(text->p, 1, text->n, t->stream) : text->n;
    bool whole = n == text->n && (t->left || fflush(t->stream) == 0);
    int r = whole ? 0 : errno ? -errno : -EIO;

    text->n = 0;
    if (r == -EPIPE && t->options.may_leave) {
        t->left = true;
        __fpurge(t->stream);
        clearerr(t->stream);
        r = 0;
    }
    return r < 0 ? failed(r, err) : 0;
}

static int compose(struct terminal *t, struct buf *story, struct buf *line, const struct summary *s,
                   const struct result *r)
{
    int n = story ? story_add(story, &t->options.style, s, r) : 0;

    if (story && (n == 0 || n == -ENOBUFS))
        n = buf_add(story, SLICE("\n"));
    if (line && (n == 0 || n == -ENOBUFS))
        n = story_add_line(line, &t->options.style, r, t->options.expected == 0);
    return n == -ENOBUFS ? 0 : n;
}

/* A run has as many results as it has test cases: each has its line. A capture may have any number. */
static uint64_t lines_most(const struct terminal *t, uint64_t most)
{
    return t->options.expected > 0 ? (uint64_t)t->options.expected : most;
}

/* By the rule for many results; nothing where enough of its kind has been shown. */
static int show_one_of_many(struct terminal *t, const struct summary *s, const struct result *r,
                            struct error *err)
{
    bool passed = r->verdict == VERDICT_PASS || r->verdict == VERDICT_NOT_APPLICABLE;
    int n = 0;

    if (r->verdict == VERDICT_NOT_APPLICABLE && t->options.expected > 0) {
        t->unfit++;
        return 0;
    }
    if (passed && t->options.expected > 0 && !t->passes) /* once, what a pass looks like */
        n = compose(t, &t->text, NULL, s, r);
    else if (passed && t->passes < lines_most(t, TERMINAL_PASSES))
        n = compose(t, NULL, &t->text, s, r);
    else if (!passed && t->stories < TERMINAL_STORIES && ++t->stories)
        n = compose(t, &t->text, NULL, s, r);
    else if (!passed && t->lines++ < lines_most(t, TERMINAL_LINES))
        n = compose(t, NULL, &t->text, s, r);
    t->passes += passed;
    return n < 0 ? failed(n, err) : show(t, &t->text, err);
}

static int hold(struct terminal *t, const struct summary *s, const struct result *r, struct error *err)
{
    struct held *h = &t->held[t->nheld];
    int n = compose(t, &h->story, &h->line, s, r);

    if (n < 0)
        return failed(n, err);
    h->passed = r->verdict == VERDICT_PASS || r->verdict == VERDICT_NOT_APPLICABLE;
    t->nheld++;
    return 0;
}

static int release(struct terminal *t, bool many, struct error *err)
{
    int r = 0;

    for (int i = 0; i < t->nheld && r == 0; i++) {
        struct held *h = &t->held[i];

        t->passes += h->passed;
        t->stories += !h->passed;
        r = show(t, many && h->passed ? &h->line : &h->story, err);
    }
    for (int i = 0; i < TERMINAL_FEW; i++) {
        buf_done(&t->held[i].story);
        buf_done(&t->held[i].line);
    }
    t->nheld = 0;
    return r;
}

static int terminal_result(struct report_writer *w, const struct summary *s, const struct result *r,
                           struct error *err)
{
    struct terminal *t = (struct terminal *)w;
    bool known = t->options.expected > 0;
    int n = 0;

    t->results++;
    causes_add(&t->causes, r);
    if (t->options.quiet)
        return 0;
    if (!known && t->results <= TERMINAL_FEW)
        return hold(t, s, r, err);
    if (known && t->options.expected <= TERMINAL_RUN) {
        n = compose(t, &t->text, NULL, s, r);
        return n < 0 ? failed(n, err) : show(t, &t->text, err);
    }
    if (t->nheld)
        n = release(t, true, err);
    return n < 0 ? n : show_one_of_many(t, s, r, err);
}

static void left_out(struct paint *p, const struct terminal *t)
{
    uint64_t lines = lines_most(t, TERMINAL_LINES), passes = lines_most(t, TERMINAL_PASSES);
    uint64_t shown = t->stories + (t->lines < lines ? t->lines : lines);
    uint64_t bad = t->stories + t->lines;

    if (t->passes > passes)
        paint_printf(p, "and %llu more that passed or did not apply\n",
                     (unsigned long long)(t->passes - passes));
    if (bad > shown)
        paint_printf(p, "and %llu more that did not pass: see the JSON or HTML report\n",
                     (unsigned long long)(bad - shown));
    if (t->unfit)
        paint_printf(p, "and %llu that do not apply here: cpmspec list says why\n",
                     (unsigned long long)t->unfit);
    if (t->results > TERMINAL_FEW)
        paint_raw(p, "\n");
}

/* "    334  path.missing at step 3, first in session-1" */
static void causes(struct paint *p, struct causes *c)
{
    causes_sort(c);
    paint_raw(p, "not passed, by first cause:\n");
    for (int i = 0; i < c->n; i++) {
        const struct cause *k = &c->kind[i];
        char step[32] = "";

        if (k->step)
            snprintf(step, sizeof step, " at step %d", k->step);
        paint_printf(p, "  %7llu  ", (unsigned long long)k->n);
        paint_keep(p, story_add_verdict(p->out, p->style, k->verdict, k->what));
        paint_printf(p, "%s, first in ", step);
        paint_text(p, k->first);
        paint_raw(p, "\n");
    }
    if (c->others)
        paint_printf(p, "  %7llu  others\n", (unsigned long long)c->others);
    paint_raw(p, "\n");
}

static void totals(struct paint *p, const struct summary *s)
{
    static const enum verdict order[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_ERROR,
                                         VERDICT_NOT_APPLICABLE};
    const char *gap = "";

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        char words[64];

        if (s->total[order[i]] == 0 && order[i] != VERDICT_PASS && order[i] != VERDICT_FAIL)
            continue;
        snprintf(words, sizeof words, "%llu %s", (unsigned long long)s->total[order[i]],
                 verdict_name(order[i]));
        paint_raw(p, gap);
        if (s->total[order[i]])
            paint_keep(p, story_add_verdict(p->out, p->style, order[i], words));
        else
            paint_raw(p, words);
        gap = ", ";
    }
    paint_raw(p, "\n");
}

static void capture_facts(struct paint *p, const struct capture_facts *c)
{
    char words[TEXT_MAX];
    int n;

    if (c->frames == 0)
        return;
    n = snprintf(words, sizeof words, "%llu frames, %llu SIP messages", (unsigned long long)c->frames,
                 (unsigned long long)c->sip_messages);
    const struct {
        uint64_t count;
        const char *what;
    } rest[] = {{c->duplicate_frames, "captured twice"},
                {c->malformed, "malformed"},
                {c->dropped, "lost by the capture"},
                {c->open_sessions, "sessions left open"}};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        if (rest[i].count)
            n += snprintf(words + n, sizeof words - (size_t)n, ", %llu %s", (unsigned long long)rest[i].count,
                          rest[i].what);
    for (int i = 0; i < c->nreasons && i < REASONS_MAX && (size_t)n < sizeof words - 128; i++)
        n += snprintf(words + n, sizeof words - (size_t)n, ", %llu %.64s",
                      (unsigned long long)c->reason[i].count, c->reason[i].name);
    paint_paragraph(p, 0, "capture:", words);
}

static void summary(struct paint *p, const struct summary *s)
{
    static const char *const nothing = "nothing was judged";

    capture_facts(p, &s->capture);
    if (s->interrupted) {
        paint_begin(p, PAINT_YELLOW);
        paint_raw(p, "interrupted: what was complete is told above\n");
        paint_end(p);
    }
    totals(p, s);
    paint_raw(p, "verdict: ");
    if (summary_exit_status(s) == 5)
        paint_keep(p, story_add_verdict(p->out, p->style, VERDICT_INCONCLUSIVE, nothing));
    else
        paint_keep(p, story_add_verdict(p->out, p->style, s->verdict, verdict_name(s->verdict)));
    paint_raw(p, "\n");
}

static int terminal_finish(struct report_writer *w, const struct summary *s, struct error *err)
{
    struct terminal *t = (struct terminal *)w;
    struct paint p = {.out = &t->text, .style = &t->options.style};
    int r = release(t, false, err);

    if (r < 0)
        return r;
    if (!t->options.quiet)
        left_out(&p, t);
    if (!t->options.quiet && t->results > TERMINAL_FEW && t->causes.n)
        causes(&p, &t->causes);
    summary(&p, s);
    return p.error ? failed(p.error, err) : show(t, &t->text, err);
}

static void terminal_free(struct report_writer *w)
{
    struct terminal *t = (struct terminal *)w;

    for (int i = 0; i < TERMINAL_FEW; i++) {
        buf_done(&t->held[i].story);
        buf_done(&t->held[i].line);
    }
    buf_done(&t->text);
    free(t);
}

static const struct report_writer_ops terminal_ops = {terminal_result, terminal_finish, terminal_free};
