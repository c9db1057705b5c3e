#include "report/story.h"

#include "report/causes.h"
#include "report/ladder_text.h"
#include "report/paint.h"
#include "report/text.h"

#include <errno.h>

enum { FINDINGS_SHOWN = 40, CALL_IDS_SHOWN = 4, NAME_MOST = 80, TITLE_MOST = 120 };

static enum colour verdict_colour(enum verdict v)
{
    static const enum colour colour[VERDICT_COUNT] = {
        [VERDICT_NOT_APPLICABLE] = PAINT_DIM,  [VERDICT_PASS] = PAINT_GREEN,
        [VERDICT_INCONCLUSIVE] = PAINT_YELLOW, [VERDICT_FAIL] = PAINT_RED,
        [VERDICT_ERROR] = PAINT_MAGENTA,
    };

    return colour[v];
}

int story_add_verdict(struct buf *out, const struct style *style, enum verdict v, const char *word)
{
    struct paint p = {.out = out, .style = style};

    paint_begin(&p, verdict_colour(v));
    paint_text(&p, word);
    paint_end(&p);
    return p.error;
}

static const char *verdict_mark(const struct style *style, enum verdict v)
{
    static const char *const utf8[VERDICT_COUNT] = {"\u2212", "\u2713", "?", "\u2717", "!"};
    static const char *const ascii[VERDICT_COUNT] = {"-", "v", "?", "x", "!"};

    return style->utf8 ? utf8[v] : ascii[v];
}

/* "✗ session-3  fail  Client A closes" */
static void head(struct paint *p, const struct result *r)
{
    paint_begin(p, verdict_colour(r->verdict));
    paint_raw(p, verdict_mark(p->style, r->verdict));
    paint_raw(p, " ");
    paint_short(p, r->id, NAME_MOST);
    paint_end(p);
    paint_raw(p, "  ");
    paint_begin(p, verdict_colour(r->verdict));
    paint_raw(p, verdict_name(r->verdict));
    paint_end(p);
    if (r->title && *r->title) {
        paint_raw(p, "  ");
        paint_short(p, r->title, TITLE_MOST);
    }
}

static void where(struct paint *p, const struct finding *f)
{
    if (f->step > 0)
        paint_printf(p, " at step %d", f->step);
}

int story_add_line(struct buf *out, const struct style *style, const struct result *r, bool call_id)
{
    struct paint p = {.out = out, .style = style};
    const struct finding *f = r->verdict == VERDICT_PASS ? NULL : causes_first(r);

    head(&p, r);
    if (f) {
        paint_raw(&p, "  ");
        paint_short(&p, f->rule, NAME_MOST);
        where(&p, f);
    } else if (r->verdict != VERDICT_PASS && r->reason) {
        paint_raw(&p, "  ");
        paint_short(&p, r->reason, TITLE_MOST);
    }
    if (call_id && r->ncall_ids) {
        paint_begin(&p, PAINT_DIM);
        paint_raw(&p, "  Call-ID ");
        paint_short(&p, r->call_id[0], NAME_MOST);
        paint_end(&p);
    }
    paint_raw(&p, "\n");
    return p.error;
}

/* "  flow close-1-1, closed by client-a, Call-ID …"; no line where none of it is known. */
static void identity(struct paint *p, const struct result *r)
{
    const char *gap = "  ";

    paint_begin(p, PAINT_DIM);
    if (r->flow) {
        paint_raw(p, "  flow ");
        paint_short(p, r->flow, NAME_MOST);
        gap = ", ";
    }
    if (r->closer) {
        paint_raw(p, gap);
        paint_raw(p, "closed by ");
        paint_short(p, r->closer, NAME_MOST);
        gap = ", ";
    }
    for (int i = 0; i < r->ncall_ids && i < CALL_IDS_SHOWN; i++) {
        paint_raw(p, i ? ", " : gap);
        paint_raw(p, i ? "" : "Call-ID ");
        paint_short(p, r->call_id[i], NAME_MOST);
    }
    if (r->ncall_ids > CALL_IDS_SHOWN)
        paint_printf(p, " and %d more", r->ncall_ids - CALL_IDS_SHOWN);
    paint_end(p);
    if (r->flow || r->closer || r->ncall_ids)
        paint_raw(p, "\n");
}

static int add_frames(struct buf *out, const struct finding *f, uint32_t source, bool all)
{
    const char *gap = "";
    int r = 0;

    for (int i = 0; i < f->nframes && i < FINDING_FRAMES_MAX && r == 0; i++) {
        if (!all && f->frame_source[i] != source)
            continue;
        r = buf_printf(out, "%s%llu", gap, (unsigned long long)f->frame[i]);
        gap = ", ";
    }
    return r;
}

bool story_first_of_source(const struct finding *f, int i)
{
    for (int k = 0; k < i; k++)
        if (f->frame_source[k] == f->frame_source[i])
            return false;
    return true;
}

/* Whether a name can be shown as it is. */
static bool is_plain(struct paint *p, const char *name)
{
    struct buf fit;
    bool plain;

    buf_init(&fit, STORY_MAX);
    paint_keep(p, text_add(&fit, name, p->style->utf8 ? TEXT_LINE : TEXT_ASCII));
    plain = slice_eq(buf_slice(&fit), slice_of(name));
    buf_done(&fit);
    return plain;
}

/* As a shell reads it: in single quotes; with bytes that no terminal should see, in $'…'. */
static void quoted(struct paint *p, const char *name)
{
    bool plain = is_plain(p, name);

    paint_raw(p, plain ? "'" : "$'");
    for (; *name; name++) {
        char one[2] = {*name, '\0'};

        if (plain)
            paint_raw(p, *name == '\'' ? "'\\''" : one);
        else if ((unsigned char)*name < ' ' || (unsigned char)*name >= 0x7f)
            paint_printf(p, "\\x%02x", (unsigned)(unsigned char)*name);
        else
            paint_printf(p, *name == '\'' || *name == '\\' ? "\\%c" : "%c", *name);
    }
    paint_raw(p, "'");
}

static void command(struct paint *p, const struct summary *s, const struct finding *f, uint32_t source)
{
    const char *name = s && source < (uint32_t)s->nsources ? s->source[source] : NULL;

    paint_raw(p, "tshark ");
    if (name && *name) {
        paint_raw(p, "-r ");
        quoted(p, name);
        paint_raw(p, " ");
    }
    paint_raw(p, "-Y 'frame.number in {");
    paint_keep(p, add_frames(p->out, f, source, false));
    paint_raw(p, "}'");
}

int story_add_command(struct buf *out, const struct summary *s, const struct finding *f, uint32_t source)
{
    static const struct style plain = {.utf8 = true};
    struct paint p = {.out = out, .style = &plain};

    command(&p, s, f, source);
    return p.error;
}

/* Not broken between words: a command is there to be copied. */
static void proof(struct paint *p, const struct summary *s, const struct finding *f)
{
    for (int i = 0; i < f->nframes && i < FINDING_FRAMES_MAX; i++) {
        if (!story_first_of_source(f, i))
            continue;
        paint_raw(p, "    look at   ");
        paint_begin(p, PAINT_CYAN);
        command(p, s, f, f->frame_source[i]);
        paint_end(p);
        paint_raw(p, "\n");
    }
}

static void finding_head(struct paint *p, const struct finding *f)
{
    paint_begin(p, f->inconclusive || f->severity == SEVERITY_SHOULD ? PAINT_YELLOW
                   : f->severity == SEVERITY_MUST                    ? PAINT_RED
                                                                     : PAINT_CYAN);
    paint_short(p, f->rule, NAME_MOST);
    paint_end(p);
    where(p, f);
    paint_printf(p, " (%s%s)", severity_name(f->severity), f->inconclusive ? ", evidence is missing" : "");
}

static void cause(struct paint *p, const struct summary *s, const struct finding *f)
{
    paint_raw(p, "  ");
    finding_head(p, f);
    if (f->clause && *f->clause) {
        paint_begin(p, PAINT_DIM);
        paint_raw(p, "  ");
        paint_short(p, f->clause, TITLE_MOST);
        paint_end(p);
    }
    paint_raw(p, "\n");
    paint_paragraph(p, 4, "expected", f->expected);
    paint_paragraph(p, 4, "observed", f->observed);
    proof(p, s, f);
}

static void consequence(struct paint *p, const struct finding *f)
{
    paint_raw(p, p->style->utf8 ? "    \u21b3 " : "    > ");
    finding_head(p, f);
    paint_raw(p, "\n");
    paint_paragraph(p, 6, "", f->observed);
}

static void findings(struct paint *p, const struct summary *s, const struct result *r)
{
    if (r->nfindings)
        paint_raw(p, "\n");
    for (int i = 0; i < r->nfindings && i < FINDINGS_SHOWN; i++) {
        if (r->finding[i].cause < 0)
            cause(p, s, &r->finding[i]);
        else
            consequence(p, &r->finding[i]);
    }
    if (r->nfindings > FINDINGS_SHOWN)
        paint_printf(p, "  and %d more findings: see the JSON report\n", r->nfindings - FINDINGS_SHOWN);
}

static void verdict(struct paint *p, const struct result *r)
{
    const char *name = verdict_name(r->verdict);

    paint_raw(p, "\n  verdict: ");
    paint_begin(p, verdict_colour(r->verdict));
    paint_raw(p, name);
    paint_end(p);
    if (r->reason && *r->reason) {
        paint_raw(p, ": ");
        paint_words(p, 13 + strlen(name), 4, r->reason);
    } else {
        paint_raw(p, "\n");
    }
}

int story_add(struct buf *out, const struct style *style, const struct summary *s, const struct result *r)
{
    struct paint p = {.out = out, .style = style};
    size_t start = out->n;

    head(&p, r);
    paint_raw(&p, "\n");
    identity(&p, r);
    ladder_text(&p, s, r);
    findings(&p, s, r);
    verdict(&p, r);
    while (p.error && out->n > start && out->p[out->n - 1] != '\n')
        out->n--;
    return p.error;
}

int story_add_sentence(struct buf *out, const struct result *r)
{
    static const struct style plain = {.utf8 = true};
    struct paint p = {.out = out, .style = &plain};
    const char *gap = "";

    if (r->reason && *r->reason) {
        paint_text(&p, r->reason);
        gap = " | ";
    }
    for (int i = 0; i < r->nfindings && i < FINDINGS_SHOWN; i++) {
        const struct finding *f = &r->finding[i];

        if (f->cause >= 0 || f->severity == SEVERITY_NOTE)
            continue;
        paint_raw(&p, gap);
        finding_head(&p, f);
        paint_raw(&p, ": expected: ");
        paint_text(&p, f->expected);
        paint_raw(&p, "; observed: ");
        paint_text(&p, f->observed);
        paint_raw(&p, "; ");
        paint_text(&p, f->clause);
        if (f->nframes) {
            paint_raw(&p, f->nframes == 1 ? "; frame " : "; frames ");
            paint_keep(&p, add_frames(out, f, 0, true));
        }
        gap = " | ";
    }
    return p.error;
}
