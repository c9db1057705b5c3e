/* Putting words, colours and paragraphs into a buffer of text. Errors stick in `error`. */
#ifndef CPMSPEC_REPORT_PAINT_H
#define CPMSPEC_REPORT_PAINT_H

#include "report/story.h"

/* Columns where the style does not say; and the fewest that words are broken for. */
enum { PAINT_WIDTH = 100, PAINT_NARROW = 60 };

enum colour { PAINT_BOLD, PAINT_DIM, PAINT_RED, PAINT_GREEN, PAINT_YELLOW, PAINT_MAGENTA, PAINT_CYAN };

struct paint {
    struct buf *out;
    const struct style *style;
    int error; /* 0, or the negative errno that stuck */
};

void paint_begin(struct paint *p, enum colour c);
void paint_end(struct paint *p);

/* Our own words, as they are; words of outside origin, made fit for one line (text.h). NULL counts as "". */
void paint_raw(struct paint *p, const char *words);
void paint_text(struct paint *p, const char *words);
void paint_printf(struct paint *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void paint_keep(struct paint *p, int r);

/* As paint_text, but no more than `most` columns, the last one "…" where words are cut. */
void paint_short(struct paint *p, const char *words, size_t most);

/* As paint_short, then spaces up to `width` columns. */
void paint_column(struct paint *p, const char *words, size_t width, size_t most);

/* How many columns a line has. */
size_t paint_line(const struct paint *p);

/* The columns that paint_text would take. */
size_t paint_width(const struct paint *p, const char *words);

/* Words, the first at column `at`, broken between words before the width of the style, further lines from
 * column `left`; ends the line. */
void paint_words(struct paint *p, size_t at, size_t left, const char *words);

/* "label     words" from column `indent`, broken likewise under the first word. Nothing where there are no
 * words. */
void paint_paragraph(struct paint *p, size_t indent, const char *label, const char *words);

#endif
