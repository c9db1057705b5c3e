#include "report/svg.h"

#include "report/ladder_text.h"

#include <stdio.h>

/* In the drawing's own units; the page scales it to its width. */
enum {
    LEFT = 90,      /* the middle of the first lifeline */
    APART = 150,    /* between lifelines */
    RIGHT = 400,    /* past the last one: frame, time, notes */
    TOP = 64,       /* the first arrow */
    DOWN = 36,      /* between arrows */
    BOX = 60,       /* half the width of a function's box */
    NOTE_AT = 76,   /* after the last lifeline */
    NAME_MOST = 17, /* columns of a name in its box */
};

struct drawing {
    const char *name[SVG_LIFELINES];
    int n;        /* lifelines */
    int rows;     /* arrows drawn */
    int left_out; /* rows that were not */
    int last_x;   /* of the last lifeline */
};

static int lifeline(const struct drawing *d, const char *name)
{
    for (int i = 0; i < d->n; i++)
        if (strcmp(d->name[i], name ? name : "") == 0)
            return i;
    return -1;
}

static void meet(struct drawing *d, const char *name)
{
    if (lifeline(d, name) < 0 && d->n < SVG_LIFELINES)
        d->name[d->n++] = name ? name : "";
}

/* Functions in the order of the flow's steps; strangers after them. */
static struct drawing plan(const struct result *r)
{
    struct drawing d = {.n = 0};

    for (int extra = 0; extra < 2; extra++)
        for (int i = 0; i < r->nrows && i < SVG_ROWS; i++)
            if ((r->row[i].mark == LADDER_EXTRA) == extra) {
                meet(&d, r->row[i].from);
                meet(&d, r->row[i].to);
            }
    for (int i = 0; i < r->nrows; i++) {
        bool drawn = i < SVG_ROWS && lifeline(&d, r->row[i].from) >= 0 && lifeline(&d, r->row[i].to) >= 0;
        d.rows += drawn;
        d.left_out += !drawn;
    }
    d.last_x = LEFT + (d.n - 1) * APART;
    return d;
}

static void line(struct xmlout *x, const char *class, int x1, int y1, int x2, int y2)
{
    xmlout_start(x, "line");
    xmlout_attr(x, "class", class);
    xmlout_attrf(x, "x1", "%d", x1);
    xmlout_attrf(x, "y1", "%d", y1);
    xmlout_attrf(x, "x2", "%d", x2);
    xmlout_attrf(x, "y2", "%d", y2);
    xmlout_end(x);
}

static void words(struct xmlout *x, const char *class, int at_x, int at_y, const char *text)
{
    xmlout_start(x, "text");
    xmlout_attr(x, "class", class);
    xmlout_attrf(x, "x", "%d", at_x);
    xmlout_attrf(x, "y", "%d", at_y);
    xmlout_text(x, text);
    xmlout_end(x);
}

/* `text` made fit and cut to NAME_MOST columns. */
static void short_words(struct xmlout *x, const char *class, int at_x, int at_y, const char *text)
{
    static const struct style style = {.utf8 = true};
    struct buf piece;
    struct paint p = {.out = &piece, .style = &style};

    buf_init(&piece, TEXT_MAX * 8);
    paint_short(&p, text, NAME_MOST);
    paint_keep(&p, buf_add(&piece, (struct slice){"", 1}));
    words(x, class, at_x, at_y, p.error ? "" : piece.p);
    buf_done(&piece);
}

static void lifelines(struct xmlout *x, const struct drawing *d)
{
    int bottom = TOP + d->rows * DOWN - DOWN / 2 + 4;

    for (int i = 0; i < d->n; i++) {
        int at = LEFT + i * APART;

        line(x, "life", at, 34, at, bottom);
        xmlout_start(x, "rect");
        xmlout_attr(x, "class", "box");
        xmlout_attrf(x, "x", "%d", at - BOX);
        xmlout_attr(x, "y", "6");
        xmlout_attrf(x, "width", "%d", 2 * BOX);
        xmlout_attr(x, "height", "28");
        xmlout_attr(x, "rx", "6");
        xmlout_end(x);
        xmlout_start(x, "g");
        xmlout_element(x, "title", d->name[i]);
        short_words(x, "role", at, 25, d->name[i]);
        xmlout_end(x);
    }
}

static const char *class_of(const struct ladder_row *row)
{
    static const char *const class[] = {"hop seen",    "hop inferred", "hop inside",
                                        "hop missing", "hop unseen",   "hop extra"};

    if (row->wrong && row->mark != LADDER_MISSING)
        return "hop wrong";
    return class[row->mark];
}

static void arrow(struct xmlout *x, int x1, int x2, int y)
{
    int way = x2 > x1 ? 1 : -1;

    if (x1 == x2) { /* to itself: there and back */
        xmlout_start(x, "path");
        xmlout_attr(x, "class", "shaft");
        xmlout_attrf(x, "d", "M%d %d h40 v12 h-34", x1, y - 6);
        xmlout_end(x);
        y += 6;
        way = -1;
    } else {
        line(x, "shaft", x1, y, x2 - way * 8, y);
    }
    xmlout_start(x, "path");
    xmlout_attr(x, "class", "head");
    xmlout_attrf(x, "d", "M%d %d l%d -5 v10 z", x2, y, -10 * way);
    xmlout_end(x);
}

static void number(struct xmlout *x, int step, int at, int y)
{
    char text[16];

    snprintf(text, sizeof text, "%d", step);
    xmlout_start(x, "circle");
    xmlout_attrf(x, "cx", "%d", at);
    xmlout_attrf(x, "cy", "%d", y);
    xmlout_attr(x, "r", "10");
    xmlout_end(x);
    words(x, "step", at, y + 4, text);
}

/* "frame 29, 0.410 ms" and, below it, the notes. */
static void beside(struct xmlout *x, const struct drawing *d, const struct summary *s, const struct result *r,
                   int i, int y)
{
    const struct ladder_row *row = &r->row[i];
    char note[LADDER_NOTE], text[128] = "";
    bool other = false;
    double ms = 0;
    int n = 0;

    if (row->frame)
        n = snprintf(text, sizeof text, "frame %llu", (unsigned long long)row->frame);
    if (ladder_offset(s, r, i, &ms, &other) && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, "%s%s%.3f ms", n ? ", " : "", other ? LADDER_OTHER : "",
                 ms);
    ladder_note(s, r, i, note);
    if (*text)
        words(x, "where", d->last_x + NOTE_AT, *note ? y - 3 : y + 4, text);
    if (*note)
        words(x, "note", d->last_x + NOTE_AT, *text ? y + 12 : y + 4, note);
}

static void hop(struct xmlout *x, const struct drawing *d, const struct summary *s, const struct result *r,
                int i, int y)
{
    const struct ladder_row *row = &r->row[i];
    int x1 = LEFT + lifeline(d, row->from) * APART, x2 = LEFT + lifeline(d, row->to) * APART;
    int step_at = x2 >= x1 ? x1 + 14 : x1 - 14;
    char note[LADDER_NOTE];

    ladder_note(s, r, i, note);
    xmlout_start(x, "g");
    xmlout_attr(x, "class", class_of(row));
    xmlout_attr(x, "role", "listitem");
    xmlout_start(x, "title");
    if (row->step > 0)
        xmlout_textf(x, "step %d: ", row->step);
    xmlout_textf(x, "%s from %s to %s", row->message ? row->message : "", row->from ? row->from : "",
                 row->to ? row->to : "");
    if (row->transport && *row->transport)
        xmlout_textf(x, " over %s", row->transport);
    if (*note)
        xmlout_textf(x, " (%s)", note);
    xmlout_end(x);
    arrow(x, x1, x2, y);
    if (row->step > 0)
        number(x, row->step, step_at, y);
    short_words(x, "what", x1 == x2 ? x1 + 60 : (x1 + x2) / 2 + (x2 > x1 ? 6 : -6), y - 6, row->message);
    beside(x, d, s, r, i, y);
    xmlout_end(x);
}

void svg_ladder(struct xmlout *x, const struct summary *s, const struct result *r)
{
    struct drawing d = plan(r);
    int y = TOP;

    if (d.rows > 0) {
        xmlout_start(x, "svg");
        xmlout_attr(x, "xmlns", "http://www.w3.org/2000/svg");
        xmlout_attrf(x, "viewBox", "0 0 %d %d", d.last_x + RIGHT, TOP + d.rows * DOWN);
        xmlout_attrf(x, "style", "max-width:%dpx", d.last_x + RIGHT);
        xmlout_attr(x, "role", "list");
        xmlout_attrf(x, "aria-label", "Ladder of %d messages", d.rows);
        lifelines(x, &d);
        for (int i = 0; i < r->nrows && i < SVG_ROWS; i++) {
            if (lifeline(&d, r->row[i].from) < 0 || lifeline(&d, r->row[i].to) < 0)
                continue;
            hop(x, &d, s, r, i, y);
            y += DOWN;
        }
        xmlout_end(x);
    }
    if (d.left_out) {
        xmlout_start(x, "p");
        xmlout_textf(x, "and %d more messages: see the JSON report", d.left_out);
        xmlout_end(x);
    }
}
