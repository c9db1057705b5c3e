#include "report/ladder_text.h"

#include <stdio.h>

/* Columns grow with what stands in them, up to this; a longer name is cut at NAME_MOST. */
enum { NAME_WIDEST = 24, NAME_MOST = 48, MESSAGE_WIDEST = 14, TRANSPORT_WIDTH = 9 };

struct widths {
    size_t name, message;
};

static struct widths measure(const struct paint *p, const struct result *r)
{
    struct widths w = {8, 7};

    for (int i = 0; i < r->nrows && i < LADDER_ROWS_SHOWN; i++) {
        const struct ladder_row *row = &r->row[i];
        size_t from = paint_width(p, row->from), to = paint_width(p, row->to);
        size_t message = paint_width(p, row->message);
        size_t name = from > to ? from : to;

        w.name = name > w.name && name <= NAME_WIDEST ? name : w.name;
        w.message = message > w.message && message <= MESSAGE_WIDEST ? message : w.message;
    }
    return w;
}

static const char *mark(const struct style *style, const struct ladder_row *row)
{
    static const char *const utf8[] = {"\u2713", "\u2248", "\u2713", "\u2717", "?", "!"};
    static const char *const ascii[] = {"v", "~", "v", "x", "?", "!"};

    if (row->wrong)
        return style->utf8 ? "\u2717" : "x";
    return style->utf8 ? utf8[row->mark] : ascii[row->mark];
}

static enum colour row_colour(const struct ladder_row *row)
{
    if (row->wrong || row->mark == LADDER_MISSING)
        return PAINT_RED;
    if (row->mark == LADDER_UNSEEN || row->mark == LADDER_EXTRA)
        return PAINT_YELLOW;
    return PAINT_GREEN;
}

static uint32_t clock_of(const struct summary *s, const struct ladder_row *row)
{
    return s && s->clock && row->source < (uint32_t)s->nsources ? s->clock[row->source] : row->source;
}

bool ladder_offset(const struct summary *s, const struct result *r, int i, double *ret_ms, bool *ret_other)
{
    const struct ladder_row *row = &r->row[i];
    bool other = false;

    for (int first = 0; first <= i && row->time; first++) {
        if (r->row[first].time == 0)
            continue;
        if (clock_of(s, &r->row[first]) != clock_of(s, row)) {
            other = true;
            continue;
        }
        *ret_ms = (double)(row->time - r->row[first].time) / (double)NSEC_PER_MSEC;
        *ret_other = other;
        return true;
    }
    return false;
}

bool ladder_has_clocks(const struct summary *s, const struct result *r)
{
    bool other = false;
    double ms;

    for (int i = 0; i < r->nrows && !other; i++)
        if (!ladder_offset(s, r, i, &ms, &other))
            other = false;
    return other;
}

nsec_t ladder_duration(const struct summary *s, const struct result *r)
{
    double longest = 0, ms = 0;
    bool other;

    if (!s || s->clock || !ladder_has_clocks(s, r))
        return r->begin && r->end > r->begin ? r->end - r->begin : 0;
    for (int i = 0; i < r->nrows; i++)
        if (ladder_offset(s, r, i, &ms, &other) && ms > longest)
            longest = ms;
    return (nsec_t)(longest * (double)NSEC_PER_MSEC);
}

/* The rule of the first cause that points at the row's step. */
static const char *rule_at(const struct result *r, const struct ladder_row *row)
{
    for (int pass = 0; pass < 2 && row->wrong && row->step > 0; pass++)
        for (int i = 0; i < r->nfindings; i++)
            if (r->finding[i].step == row->step && (pass == 1 || r->finding[i].cause < 0))
                return r->finding[i].rule;
    return NULL;
}

static void note(char out[LADDER_NOTE], const char *prefix, const char *words)
{
    size_t n = strlen(out);

    snprintf(out + n, LADDER_NOTE - n, "%s%s%s", n ? ", " : "", prefix, words);
}

/* Only where its rows come from more than one capture does a row say from which. */
static bool several_sources(const struct result *r)
{
    const struct ladder_row *first = NULL;

    for (int i = 0; i < r->nrows; i++) {
        if (!r->row[i].frame)
            continue;
        if (first && first->source != r->row[i].source)
            return true;
        first = &r->row[i];
    }
    return false;
}

const char *ladder_note(const struct summary *s, const struct result *r, int i, char out[LADDER_NOTE])
{
    static const char *const word[] = {NULL,      "inferred", "inside",
                                       "missing", "not seen", "no step of the flow"};
    const struct ladder_row *row = &r->row[i];
    const char *rule = rule_at(r, row);
    char times[32];

    out[0] = '\0';
    if (word[row->mark])
        note(out, "", word[row->mark]);
    if (rule && !(row->mark == LADDER_MISSING && strcmp(rule, "path.missing") == 0)) /* said already */
        note(out, "", rule);
    snprintf(times, sizeof times, "%u", row->repeats);
    if (row->repeats)
        note(out, "retransmitted x", times);
    if (s && row->frame && row->source < (uint32_t)s->nsources && several_sources(r)) {
        const char *name = s->source[row->source];
        const char *slash = strrchr(name, '/');
        note(out, "in ", slash ? slash + 1 : name);
    }
    return out;
}

static void numbers(struct paint *p, const struct summary *s, const struct result *r, int i)
{
    const struct ladder_row *row = &r->row[i];
    bool other = false;
    char time[64];
    double ms = 0;

    if (row->frame)
        paint_printf(p, "%7llu  ", (unsigned long long)row->frame);
    else
        paint_printf(p, "%7s  ", "-");
    paint_column(p, row->transport && *row->transport ? row->transport : "-", TRANSPORT_WIDTH,
                 TRANSPORT_WIDTH);
    if (ladder_offset(s, r, i, &ms, &other)) {
        snprintf(time, sizeof time, "%s%.3f", other ? LADDER_OTHER : "", ms);
        paint_printf(p, "%10s", time);
    } else {
        paint_printf(p, "%10s", "-");
    }
}

/* What a row takes without its note: its columns and the gaps between them. */
static size_t row_columns(const struct paint *p, struct widths w)
{
    return 10 + w.name + (p->style->utf8 ? 3 : 4) + w.name + 2 + w.message + 9 + TRANSPORT_WIDTH + 10;
}

static void put_row(struct paint *p, const struct summary *s, const struct result *r, int i, struct widths w)
{
    const struct ladder_row *row = &r->row[i];
    char words[LADDER_NOTE];

    if (row->step > 0)
        paint_printf(p, "  %4d  ", row->step);
    else
        paint_raw(p, "        ");
    paint_begin(p, row_colour(row));
    paint_raw(p, mark(p->style, row));
    paint_end(p);
    paint_raw(p, " ");
    paint_column(p, row->from, w.name, NAME_MOST);
    paint_raw(p, p->style->utf8 ? " \u2192 " : " -> ");
    paint_column(p, row->to, w.name, NAME_MOST);
    paint_raw(p, "  ");
    paint_column(p, row->message, w.message, MESSAGE_WIDEST);
    numbers(p, s, r, i);
    if (*ladder_note(s, r, i, words)) {
        bool fits = row_columns(p, w) + 2 + paint_width(p, words) <= paint_line(p);

        paint_raw(p, fits ? "  " : "\n          ");
        paint_begin(p, row_colour(row));
        paint_text(p, words);
        paint_end(p);
    }
    paint_raw(p, "\n");
}

void ladder_text(struct paint *p, const struct summary *s, const struct result *r)
{
    struct widths w = measure(p, r);

    if (r->nrows == 0)
        return;
    paint_raw(p, "\n");
    paint_begin(p, PAINT_DIM);
    paint_printf(p, "  step    %-*s%s%-*s  %-*s  frame  %-9s%10s", (int)w.name, "from",
                 p->style->utf8 ? "   " : "    ", (int)w.name, "to", (int)w.message, "message", "transport",
                 "ms");
    paint_end(p);
    paint_raw(p, "\n");
    for (int i = 0; i < r->nrows && i < LADDER_ROWS_SHOWN; i++)
        put_row(p, s, r, i, w);
    if (r->nrows > LADDER_ROWS_SHOWN)
        paint_printf(p, "        and %d more: see the JSON report\n", r->nrows - LADDER_ROWS_SHOWN);
    if (ladder_has_clocks(s, r)) {
        paint_printf(p, "%8s", "");
        paint_words(p, 8, 10, LADDER_CLOCKS);
    }
}
